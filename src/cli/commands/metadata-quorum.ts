import { defineCommand, defineGroup } from '../command.ts'
import { Failure, messageOf, UsageError } from '../failures.ts'
import { javaUuid } from '../java/uuid.ts'
import type { Given } from '../option-spec.ts'
import { CONTROLLER_OPTION, checkServerChoice, int, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { readProperties } from '../properties/java-properties.ts'
import { askQuorum, endpointText } from '../quorum/ask.ts'

const OPTIONS = { ...SERVER_OPTIONS, bootstrapController: CONTROLLER_OPTION } as const

// Kafka breaks the line within the name of an option: the blank is part of what it says.
const COMMON = {
  style: 'argparse',
  needsKafka: true,
  failure: { noServer: 'error: one of the arguments --bootstrap-server -- bootstrap-controller is required' },
} as const

const checkServers = (given: Pick<Given, 'has'>) =>
  checkServerChoice(
    given,
    'error: argument --bootstrap-controller: not allowed with argument --bootstrap-server',
  )

const DRY_RUN = { flags: '--dry-run', help: 'Say what would be done, and do nothing.' } as const

const describe = defineCommand({
  ...COMMON,
  name: 'describe',
  summary: 'Tell who keeps the metadata, and how far each of them is.',
  options: {
    ...OPTIONS,
    status: { flags: '--status', help: 'The leader, the voters and the lag in short.' },
    replication: { flags: '--replication', help: 'One line for each replica of the metadata.' },
    humanReadable: { flags: '--human-readable', help: 'With --replication: times as "5 ms ago".' },
  },
  formats: ALL_FORMATS,
  examples: ['metadata-quorum describe --status'],
  check(given) {
    checkServers(given)
    const [hasStatus, hasReplication] = [given.has('status'), given.has('replication')]
    if (hasStatus && hasReplication) {
      throw new UsageError(
        'Only one of --status or --replication should be specified with describe sub-command',
      )
    }
    if (!hasStatus && !hasReplication) {
      throw new UsageError('One of --status or --replication must be specified with describe sub-command')
    }
    if (hasStatus && given.has('humanReadable')) {
      throw new UsageError('The option --human-readable is only supported along with --replication')
    }
  },
  async run({ status, humanReadable, ...server }, context) {
    const cluster = await context.cluster(server)
    const { statusListing, replicationListing } = await import('../quorum/listings.ts')
    if (status) await cluster.brokers()
    const quorum = await askQuorum(cluster)
    await context.print(
      status
        ? statusListing(quorum, cluster.metadata.clusterId)
        : replicationListing(quorum, humanReadable ? context.io.now() : undefined),
    )
  },
})

const addController = defineCommand({
  ...COMMON,
  name: 'add-controller',
  summary: 'Make a controller a voter; --command-config is its own server.properties.',
  options: { ...OPTIONS, dryRun: DRY_RUN },
  examples: ['metadata-quorum add-controller --command-config server.properties --dry-run'],
  check(given) {
    checkServers(given)
    if (!given.has('commandConfig')) {
      throw new UsageError(
        'You must supply the configuration file of the controller you are adding when using add-controller.',
      )
    }
  },
  async run({ dryRun, ...server }, context) {
    const { readController } = await import('../quorum/controller-file.ts')
    const { id, directoryId, endpoints } = readController(readConfig(server.commandConfig!))
    if (!dryRun) {
      const { AddRaftVoter } = await import('../../protocol/messages/cluster.ts')
      const cluster = await context.cluster(server)
      await cluster.request(AddRaftVoter, {
        clusterId: null,
        timeoutMs: cluster.requestTimeoutMs,
        voterId: id,
        voterDirectoryId: directoryId,
        listeners: [...endpoints],
      })
    }
    const done = dryRun ? 'DRY RUN of adding' : 'Added'
    context.io.out(
      `${done} controller ${id} with directory id ${directoryId} and endpoints: ${endpoints.map(endpointText).join(', ')}\n`,
    )
  },
})

/** As the other tools read it; Kafka's sentence is one of its own here. */
function readConfig(path: string): Map<string, string> {
  try {
    return readProperties(path)
  } catch (error) {
    if (!messageOf(error).endsWith('(No such file or directory)')) throw error
    throw new Failure(`Properties file ${path} does not exists!`, { cause: error })
  }
}

const removeController = defineCommand({
  ...COMMON,
  name: 'remove-controller',
  summary: 'Make a controller a voter no longer.',
  options: {
    ...OPTIONS,
    controllerId: { flags: '-i, --controller-id <id>', help: 'The controller.', parse: int, required: true },
    controllerDirectoryId: {
      flags: '-d, --controller-directory-id <id>',
      help: 'The id of its metadata folder, as describe tells it.',
      required: true,
    },
    dryRun: DRY_RUN,
  },
  examples: [
    'metadata-quorum remove-controller --controller-id 3 --controller-directory-id AAAAAAAAAAAAAAAAAAAAAQ --dry-run',
  ],
  check: checkServers,
  async run({ controllerId, controllerDirectoryId, dryRun, ...server }, context) {
    if (controllerId < 0) throw new UsageError(`Invalid negative --controller-id: ${controllerId}`)
    const directoryId = readDirectoryId(controllerDirectoryId)
    if (!dryRun) {
      const { RemoveRaftVoter } = await import('../../protocol/messages/cluster.ts')
      const cluster = await context.cluster(server)
      await cluster.request(RemoveRaftVoter, {
        clusterId: null,
        voterId: controllerId,
        voterDirectoryId: directoryId,
      })
    }
    // The second blank is Kafka's.
    const done = dryRun ? 'DRY RUN of removing ' : 'Removed '
    context.io.out(`${done} KRaft controller ${controllerId} with directory id ${directoryId}\n`)
  },
})

function readDirectoryId(text: string): string {
  try {
    return javaUuid(text)
  } catch (error) {
    throw new UsageError(`Failed to parse --controller-directory-id: ${messageOf(error)}`)
  }
}

export const metadataQuorum = defineGroup({
  name: 'metadata-quorum',
  style: 'argparse',
  subcommands: [describe, addController, removeController],
})
