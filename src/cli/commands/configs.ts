import { defineCommand } from '../command.ts'
import { alterConfigs } from '../configs/alter.ts'
import { readChanges } from '../configs/changes.ts'
import { checkEntities, readEntities } from '../configs/entity.ts'
import { configListing } from '../configs/listing.ts'
import { describeQuotas } from '../configs/quotas.ts'
import { describeResources, isResource } from '../configs/resources.ts'
import { describeScram } from '../configs/scram.ts'
import { UsageError } from '../failures.ts'
import type { Given } from '../option-spec.ts'
import {
  CONTROLLER_OPTION,
  checkServerChoice,
  DRY_RUN,
  exactlyOne,
  forbid,
  SERVER_OPTIONS,
} from '../options.ts'
import { ALL_FORMATS } from '../output.ts'

export const configs = defineCommand({
  name: 'configs',
  options: {
    ...SERVER_OPTIONS,
    bootstrapController: CONTROLLER_OPTION,
    describe: { flags: '--describe', help: 'Print settings.' },
    alter: { flags: '--alter', help: 'Change settings.' },
    all: { flags: '--all', help: 'With --describe: defaults as well.' },
    addConfig: {
      flags: '--add-config <k=v,...>',
      help: 'Settings to set; brackets group a value with commas: k=[a,b].',
    },
    addConfigFile: { flags: '--add-config-file <file>', help: 'Settings to set, as a Java properties file.' },
    deleteConfig: {
      flags: '--delete-config <k,...>',
      help: 'Settings to put back to their default.',
      repeatable: true,
    },
    topic: { flags: '-t, --topic <name>', help: 'Of a topic.' },
    broker: { flags: '--broker <id>', help: 'Of a broker.' },
    brokerDefaults: { flags: '--broker-defaults', help: 'Of all brokers.' },
    brokerLogger: { flags: '--broker-logger <id>', help: "The levels of a broker's loggers." },
    user: { flags: '--user <name>', help: 'Quotas and credentials of a user.' },
    userDefaults: { flags: '--user-defaults', help: 'Quotas of users without any of their own.' },
    client: { flags: '--client <id>', help: 'Quotas of a client id.' },
    clientDefaults: { flags: '--client-defaults', help: 'Quotas of client ids without any of their own.' },
    ip: { flags: '--ip <address>', help: 'Quotas of an address.' },
    ipDefaults: { flags: '--ip-defaults', help: 'Quotas of addresses without any of their own.' },
    group: { flags: '-g, --group <id>', help: 'Of a group.' },
    clientMetrics: { flags: '--client-metrics <name>', help: 'Of a subscription to metrics of clients.' },
    entityType: {
      flags: '--entity-type <type>',
      help: 'topics, clients, users, brokers, broker-loggers, ips, client-metrics or groups; users and clients go together.',
      repeatable: true,
    },
    entityName: { flags: '--entity-name <name>', help: 'The entity of that type.', repeatable: true },
    entityDefault: { flags: '--entity-default', help: 'The default entity of that type.' },
    dryRun: DRY_RUN,
  },
  words: ['describe', 'alter'],
  subjects: ['entityType', 'entityName'],
  formats: ALL_FORMATS,
  failure: {
    // Kafka leaves the reason to its stack trace.
    sentence: (reason, args) =>
      `Error while executing config command with args '${args.join(' ')}'\n${reason}`,
    noServer: 'Either --bootstrap-server or --bootstrap-controller must be specified.',
  },
  examples: [
    'configs --describe --topic orders --all',
    'configs alter topics orders --add-config retention.ms=60000,cleanup.policy=[compact,delete]',
  ],
  check(given) {
    const action = exactlyOne(
      given,
      ['describe', 'alter'],
      'Command must include exactly one action: --describe, --alter',
    )
    forbid(given, 'describe', ['addConfig', 'deleteConfig'])
    checkServerChoice(given)
    checkEntities(readEntities(given), action, given)
    if (action === 'alter') checkChanges(given)
  },
  async run(options, context) {
    const entities = readEntities(context.given)
    if (options.alter) {
      const changes = readChanges(options)
      const cluster = await context.cluster(options)
      return await alterConfigs(cluster, entities, changes, options.dryRun, context)
    }
    const cluster = await context.cluster(options)
    const { types, names } = entities
    const type = types[0]!
    if (isResource(type)) {
      return await context.print(configListing(await describeResources(cluster, type, names[0], options.all)))
    }
    const quotas = await describeQuotas(cluster, entities)
    const hasCredentials = types.includes('users') && types.length === 1 && !names.includes('')
    const credentials = hasCredentials ? await describeScram(cluster, names) : []
    await context.print(configListing([...quotas, ...credentials]))
  },
})

function checkChanges(given: Given): void {
  if (given.has('addConfig') && given.has('addConfigFile')) {
    throw new UsageError('Only one of --add-config or --add-config-file must be specified')
  }
  if (!given.has('addConfig') && !given.has('addConfigFile') && !given.has('deleteConfig')) {
    throw new UsageError(
      'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter',
    )
  }
}
