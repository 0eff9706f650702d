import type { Cluster } from '../../client/cluster.ts'
import { CONTROLLER_ENDPOINTS } from '../../client/controllers.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { UnregisterBroker } from '../../protocol/messages/cluster.ts'
import { DescribeCluster } from '../../protocol/messages/metadata.ts'
import type { EndpointRow } from '../cluster/endpoints.ts'
import { clusterIdListing, endpointListing } from '../cluster/endpoints.ts'
import { defineCommand, defineGroup } from '../command.ts'
import type { Context, ServerOptions } from '../context.ts'
import { Failure, UsageError } from '../failures.ts'
import type { Given } from '../option-spec.ts'
import { CONTROLLER_OPTION, checkServerChoice, DRY_RUN, int, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

const OPTIONS = {
  ...SERVER_OPTIONS,
  bootstrapController: { ...CONTROLLER_OPTION, flags: '-C, --bootstrap-controller <host:port>' },
  commandConfig: { ...SERVER_OPTIONS.commandConfig, flags: '-c, --command-config <file>' },
  config: {
    flags: '--config <file>',
    help: 'As --command-config.',
    deprecated:
      'Option --config has been deprecated and will be removed in a future version. Use --command-config instead.',
  },
} as const

const COMMON = {
  style: 'argparse',
  // Kafka breaks the line within the name of an option: the blank is part of what it says.
  failure: {
    noServer: 'error: one of the arguments --bootstrap-server/-b -- bootstrap-controller/-C is required',
  },
  check(given: Pick<Given, 'has'>) {
    checkServerChoice(
      given,
      'error: argument --bootstrap-controller/-C: not allowed with argument --bootstrap-server/-b',
    )
    if (given.has('config') && given.has('commandConfig')) {
      throw new UsageError('--config and --command-config cannot be specified together.')
    }
  },
} as const

const connect = (
  { config, commandConfig = config, ...server }: ServerOptions & { readonly config?: string | undefined },
  context: Context,
): Promise<Cluster> => context.cluster({ ...server, commandConfig })

const clusterId = defineCommand({
  ...COMMON,
  name: 'cluster-id',
  summary: 'Print the id of the cluster.',
  examples: ['cluster cluster-id'],
  options: OPTIONS,
  formats: ALL_FORMATS,
  async run(options, context) {
    const cluster = await connect(options, context)
    await cluster.brokers()
    await context.print(clusterIdListing(cluster.metadata.clusterId))
  },
})

const unregister = defineCommand({
  ...COMMON,
  name: 'unregister',
  summary: 'Forget a broker that will not come back.',
  examples: ['cluster unregister 4 --dry-run'],
  options: {
    ...OPTIONS,
    id: { flags: '-i, --id <id>', help: 'The broker.', parse: int, required: true },
    dryRun: DRY_RUN,
  },
  subjects: ['id'],
  async run({ id, dryRun, ...server }, context) {
    const cluster = await connect(server, context)
    if (dryRun) {
      context.say(`dry run: broker ${id} would be unregistered`)
      return
    }
    try {
      await cluster.request(UnregisterBroker, { brokerId: id }, { node: 'controller' })
    } catch (error) {
      if (error instanceof KafkaError && error.code === 'UNSUPPORTED_VERSION') {
        throw new Failure('The target cluster does not support the broker unregistration API.', {
          code: error.code,
        })
      }
      throw error
    }
    context.io.out(`Broker ${id} is no longer registered.\n`)
  },
})

const listEndpoints = defineCommand({
  ...COMMON,
  name: 'list-endpoints',
  summary: 'List the addresses of the brokers.',
  examples: ['cluster list-endpoints -o table'],
  options: {
    ...OPTIONS,
    includeFencedBrokers: {
      flags: '--include-fenced-brokers',
      help: 'Also brokers that the controller keeps out.',
    },
  },
  formats: ALL_FORMATS,
  async run({ includeFencedBrokers, ...server }, context) {
    if (includeFencedBrokers && server.bootstrapController !== undefined) {
      throw new UsageError(
        'The option --include-fenced-brokers is only supported with --bootstrap-server option',
      )
    }
    const cluster = await connect(server, context)
    await context.print(endpointListing(await askEndpoints(cluster, includeFencedBrokers)))
  },
})

async function askEndpoints(cluster: Cluster, includeFencedBrokers: boolean): Promise<EndpointRow[]> {
  const answer = await cluster.request(DescribeCluster, (version) => ({
    includeClusterAuthorizedOperations: false,
    ...(cluster.controllers ? { endpointType: CONTROLLER_ENDPOINTS } : {}),
    includeFencedBrokers: version >= 2 && includeFencedBrokers,
  }))
  return answer.brokers
    .map(({ brokerId, host, port, rack, isFenced }) => ({
      id: brokerId,
      host,
      port,
      rack,
      // Nobody fences controllers.
      state: cluster.controllers ? null : isFenced ? ('fenced' as const) : ('unfenced' as const),
      endpointType: cluster.controllers ? ('controller' as const) : ('broker' as const),
    }))
    .sort((a, b) => a.id - b.id)
}

export const cluster = defineGroup({
  name: 'cluster',
  style: 'argparse',
  subcommands: [clusterId, unregister, listEndpoints],
})
