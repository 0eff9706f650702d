import type { TopicPartition } from '../../client/topic-partition.ts'
import { defineCommand } from '../command.ts'
import type { ElectionType } from '../election/elect.ts'
import { UsageError } from '../failures.ts'
import { BadValue } from '../option-spec.ts'
import { DRY_RUN, forbid, int, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { readTextFile } from '../read-file.ts'

const TARGETS = ['topic', 'allTopicPartitions', 'pathToJsonFile'] as const

export const leaderElection = defineCommand({
  name: 'leader-election',
  needsKafka: true,
  options: {
    electionType: {
      flags: '--election-type <type>',
      help: 'preferred: the replica that stands first; unclean: any alive.',
      details:
        'A preferred election changes nothing where that replica leads or is not in sync. An unclean one is only held ' +
        'where there is no leader, and may lose records.',
      parse: electionType,
      completes: ['preferred', 'unclean'],
    },
    topic: { flags: '-t, --topic <name>', help: 'The topic, with --partition.', completes: 'topic' },
    partition: { flags: '--partition <number>', help: 'The partition of that topic.', parse: int },
    allTopicPartitions: { flags: '--all-topic-partitions', help: 'Every partition that can have one.' },
    pathToJsonFile: {
      flags: '--path-to-json-file <file>',
      help: 'The partitions, as JSON.',
      details: '`{"partitions": [{"topic": "orders", "partition": 0}]}`',
      completes: 'file',
    },
    ...SERVER_OPTIONS,
    'admin.config': {
      flags: '--admin.config <file>',
      help: 'As --command-config.',
      deprecated:
        'Option --admin.config has been deprecated and will be removed in a future version. Use --command-config instead.',
    },
    dryRun: DRY_RUN,
  },
  subjects: ['topic', 'partition'],
  formats: ALL_FORMATS,
  failure: { noServer: 'Missing required option(s): bootstrap-server' },
  examples: [
    'leader-election orders 0 --election-type preferred',
    'leader-election --election-type preferred --all-topic-partitions',
    'leader-election --election-type unclean --all-topic-partitions --dry-run',
  ],
  check(given) {
    forbid(given, 'admin.config', ['commandConfig'])
    if (!given.has('electionType')) throw new UsageError('Missing required option(s): election-type')
    if (TARGETS.filter((target) => given.has(target)).length !== 1) {
      throw new UsageError(
        'One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file',
      )
    }
    if (given.has('topic') && !given.has('partition')) {
      throw new UsageError('Missing required option(s): partition')
    }
    if (given.has('partition') && !given.has('topic')) {
      throw new UsageError('Option partition is only allowed if topic is used')
    }
  },
  async run({ dryRun, 'admin.config': adminConfig, ...options }, context) {
    const type = options.electionType!
    const partitions = await readTargets(options)
    const { commandConfig = adminConfig } = options
    const cluster = await context.cluster({ ...options, commandConfig })
    if (dryRun) {
      const { foreseeElection } = await import('../election/foresee.ts')
      const changes = await foreseeElection(cluster, type, partitions)
      if (changes.length === 0) context.say('dry run: no leader would change')
      for (const change of changes) context.say(`dry run: ${change}`)
      return 0
    }
    const { electLeaders, electedListing } = await import('../election/elect.ts')
    const rows = await electLeaders(cluster, type, partitions)
    await context.print(electedListing(rows))
    const failed = rows.filter(({ result }) => result === 'failed')
    if (failed.length === 0) return 0
    for (const { topic, partition, error } of failed) {
      context.say(`Error completing leader election (${type}) for partition: ${topic}-${partition}: ${error}`)
    }
    context.say(`${failed.length} replica(s) could not be elected`)
    return 1
  },
})

function electionType(text: string): ElectionType {
  const type = text.toUpperCase()
  if (type === 'PREFERRED' || type === 'UNCLEAN') return type
  throw new BadValue('')
}

/** Null stands for every partition. */
async function readTargets({
  topic,
  partition,
  pathToJsonFile,
}: {
  readonly topic?: string | undefined
  readonly partition?: number | undefined
  readonly pathToJsonFile?: string | undefined
}): Promise<TopicPartition[] | null> {
  if (topic !== undefined && partition !== undefined) return [{ topic, partition }]
  if (pathToJsonFile === undefined) return null
  const { parseElectionFile } = await import('../election/election-file.ts')
  return parseElectionFile(readTextFile(pathToJsonFile))
}
