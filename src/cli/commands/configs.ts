import { defineCommand } from '../command.ts'
import { alterConfigs } from '../configs/alter.ts'
import { readChanges } from '../configs/changes.ts'
import { checkEntities, readEntities } from '../configs/entity.ts'
import { configListing } from '../configs/listing.ts'
import { describeQuotas } from '../configs/quotas.ts'
import { describeResources, isResource } from '../configs/resources.ts'
import { describeScram } from '../configs/scram.ts'
import { UsageError } from '../failures.ts'
import { settingHint } from '../kafka/setting-hint.ts'
import type { Given } from '../option-spec.ts'
import {
  CONTROLLER_OPTION,
  checkServerChoice,
  DRY_RUN,
  exactlyOne,
  forbid,
  SERVER_OPTIONS,
} from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { shownArguments } from '../shown-arguments.ts'

export const configs = defineCommand({
  name: 'configs',
  options: {
    ...SERVER_OPTIONS,
    bootstrapController: CONTROLLER_OPTION,
    describe: { flags: '--describe', help: 'Print settings.', section: 'What to do' },
    alter: { flags: '--alter', help: 'Change settings.', section: 'What to do' },
    all: { flags: '--all', help: 'With --describe: defaults as well.', section: 'What to do' },
    addConfig: {
      flags: '--add-config <k=v,...>',
      help: 'Settings to set, as a=1,b=[2,3].',
      details: 'Brackets group a value with commas.',
      section: 'What to do',
    },
    addConfigFile: {
      flags: '--add-config-file <file>',
      help: 'Settings to set, as a Java properties file.',
      section: 'What to do',
    },
    deleteConfig: {
      flags: '--delete-config <k,...>',
      help: 'Settings to put back to their default.',
      repeatable: true,
      section: 'What to do',
    },
    topic: { flags: '-t, --topic <name>', help: 'Of a topic.', section: 'Of what' },
    broker: { flags: '--broker <id>', help: 'Of a broker.', section: 'Of what' },
    brokerDefaults: { flags: '--broker-defaults', help: 'Of all brokers.', section: 'Of what' },
    brokerLogger: {
      flags: '--broker-logger <id>',
      help: "The levels of a broker's loggers.",
      section: 'Of what',
    },
    user: { flags: '--user <name>', help: 'Quotas and credentials of a user.', section: 'Of what' },
    userDefaults: {
      flags: '--user-defaults',
      help: 'Quotas of users without any of their own.',
      section: 'Of what',
    },
    client: { flags: '--client <id>', help: 'Quotas of a client id.', section: 'Of what' },
    clientDefaults: {
      flags: '--client-defaults',
      help: 'Quotas of client ids without any of their own.',
      section: 'Of what',
    },
    ip: { flags: '--ip <address>', help: 'Quotas of an address.', section: 'Of what' },
    ipDefaults: {
      flags: '--ip-defaults',
      help: 'Quotas of addresses without any of their own.',
      section: 'Of what',
    },
    group: { flags: '-g, --group <id>', help: 'Of a group.', section: 'Of what' },
    clientMetrics: {
      flags: '--client-metrics <name>',
      help: 'Of a subscription to metrics of clients.',
      section: 'Of what',
    },
    entityType: {
      flags: '--entity-type <type>',
      help: 'topics, clients, users, brokers, broker-loggers, ips, …',
      repeatable: true,
      details: 'Also client-metrics and groups; users and clients go together.',
      section: 'Of what',
      completes: [
        'topics',
        'clients',
        'users',
        'brokers',
        'broker-loggers',
        'ips',
        'client-metrics',
        'groups',
      ],
    },
    entityName: {
      flags: '--entity-name <name>',
      help: 'The entity of that type.',
      repeatable: true,
      section: 'Of what',
    },
    entityDefault: {
      flags: '--entity-default',
      help: 'The default entity of that type.',
      section: 'Of what',
    },
    dryRun: DRY_RUN,
  },
  words: ['describe', 'alter'],
  subjects: ['entityType', 'entityName'],
  formats: ALL_FORMATS,
  failure: {
    // Kafka leaves the reason to its stack trace, but for the names of topics, which it checks itself.
    sentence: (reason, args, code) =>
      code === 'INVALID_TOPIC_EXCEPTION'
        ? reason
        : `Error while executing config command with args '${shownArguments(args)}'\n${reason}`,
    noServer: 'Either --bootstrap-server or --bootstrap-controller must be specified.',
    hints: { INVALID_CONFIG: settingHint, UNKNOWN_TOPIC_OR_PARTITION: 'topics --list tells which there are' },
  },
  examples: [
    'configs --describe --topic orders --all',
    'configs alter topics orders --add-config retention.ms=60000,cleanup.policy=[compact,delete]',
    'configs --alter --topic orders --delete-config retention.ms --dry-run',
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
