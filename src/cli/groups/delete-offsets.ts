import type { Cluster } from '../../client/cluster.ts'
import { deleteOffsets as requestDeletion } from '../../client/groups/committed-offsets.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { Failure } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import { padded, widest } from './padded.ts'
import type { TopicArgument } from './topic-argument.ts'

export interface DeletedOffset {
  readonly group: string
  readonly topic: string
  /** Null when the topic does not exist. */
  readonly partition: number | null
  readonly error: Error | null
}

/** Forgets what a group committed for topics, and gives the exit code; Failure when it stays for some partition. */
export async function deleteOffsets(
  cluster: Cluster,
  group: string,
  topicArguments: readonly TopicArgument[],
  { timeoutMs, dryRun }: { readonly timeoutMs: number; readonly dryRun: boolean },
  context: Context,
): Promise<number> {
  const { partitions, missing } = await findPartitions(cluster, topicArguments, timeoutMs)
  return await deleteFound(cluster, group, partitions, { timeoutMs, dryRun, missing }, context)
}

/** Forgets what a group committed for partitions, as deleteOffsets. */
export async function deleteFound(
  cluster: Cluster,
  group: string,
  partitions: readonly TopicPartition[],
  options: {
    readonly timeoutMs: number
    readonly dryRun: boolean
    /** Topics that are told as failed. */
    readonly missing?: readonly { readonly topic: string; readonly error: KafkaError }[]
  },
  context: Context,
): Promise<number> {
  const { timeoutMs, dryRun, missing = [] } = options
  const { groupError, errors } = dryRun
    ? { groupError: null, errors: new Map<string, KafkaError>() }
    : await tryDeletion(cluster, group, partitions, timeoutMs)
  const rows: DeletedOffset[] = [
    ...partitions.map((target) => ({
      group,
      ...target,
      error: groupError ?? errors.get(partitionName(target)) ?? null,
    })),
    ...missing.map(({ topic, error }) => ({ group, topic, partition: null, error })),
  ].sort((a, b) => (`${a.topic}${a.partition}` < `${b.topic}${b.partition}` ? -1 : 1))
  const [first] = errors.values()
  const refusal = groupError ?? first ?? null
  const done = dryRun
    ? `Would delete offsets from group ${group}.\n`
    : `Request succeeded for deleting offsets from group ${group}.\n`
  await context.print(deletedOffsetsListing(rows, refusal === null ? done : ''))
  if (refusal !== null) throw new Failure(sentence(refusal, groupError !== null), { code: refusal.code })
  return missing.length > 0 ? EXIT.failed : EXIT.done
}

async function findPartitions(
  cluster: Cluster,
  topicArguments: readonly TopicArgument[],
  timeoutMs: number,
): Promise<{ partitions: TopicPartition[]; missing: { topic: string; error: KafkaError }[] }> {
  const whole = topicArguments.filter(({ partitions }) => partitions === null).map(({ topic }) => topic)
  const topics = await cluster.topics(whole, { timeoutMs })
  const partitions = new Map<string, TopicPartition>()
  const missing: { topic: string; error: KafkaError }[] = []
  for (const { topic, partitions: numbers } of topicArguments) {
    const found = topics.get(topic)
    const code: ErrorName = found?.error ?? 'UNKNOWN_TOPIC_OR_PARTITION'
    if (numbers === null && code !== 'NONE') missing.push({ topic, error: new KafkaError(code) })
    for (const partition of numbers ?? found?.partitions.map((each) => each.partition) ?? []) {
      partitions.set(partitionName({ topic, partition }), { topic, partition })
    }
  }
  return { partitions: [...partitions.values()], missing }
}

async function tryDeletion(
  cluster: Cluster,
  group: string,
  partitions: readonly TopicPartition[],
  timeoutMs: number,
): Promise<{ groupError: KafkaError | null; errors: Map<string, KafkaError> }> {
  if (partitions.length === 0) return { groupError: null, errors: new Map() }
  try {
    return { groupError: null, errors: await requestDeletion(cluster, group, partitions, { timeoutMs }) }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { groupError: error, errors: new Map() }
  }
}

const PARTITION_ERRORS: ReadonlySet<string> = new Set([
  'GROUP_SUBSCRIBED_TO_TOPIC',
  'TOPIC_AUTHORIZATION_FAILED',
  'UNKNOWN_TOPIC_OR_PARTITION',
])

function sentence(error: KafkaError, isOfGroup: boolean): string {
  if (isOfGroup) return `Error: ${error.message}`
  return PARTITION_ERRORS.has(error.code)
    ? 'Error: Encountered some partition-level error, see the follow-up details.'
    : `Error: Encountered some unknown error: ${error.code}`
}

const COLUMNS = ['group', 'topic', 'partition', 'error'] as const

/** What `consumer-groups --delete-offsets` prints. */
export function deletedOffsetsListing(rows: readonly DeletedOffset[], introduction: string): Listing {
  const text = (): string => {
    const widths = [
      widest(
        15,
        rows.map(({ topic }) => topic),
      ),
      10,
      15,
    ]
    const lines = [
      ['TOPIC', 'PARTITION', 'STATUS'],
      ...rows.map(({ topic, partition, error }) => [
        topic,
        partition ?? '-',
        error === null ? 'Successful' : `Error: ${error.message}`,
      ]),
    ]
    return `${introduction}${lines.map((line) => `\n${padded(line, widths)}`).join('')}\n`
  }
  return {
    text,
    columns: COLUMNS,
    items: rows.map(({ group, topic, partition, error }) => ({
      group,
      topic,
      partition,
      error: error?.message ?? null,
    })),
    names: () => [...new Set(rows.map(({ topic }) => topic))],
  }
}
