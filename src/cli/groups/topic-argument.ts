import type { Cluster } from '../../client/cluster.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { UsageError } from '../failures.ts'

export interface TopicArgument {
  readonly topic: string
  /** Null stands for all of them. */
  readonly partitions: readonly number[] | null
}

/** `orders`, or `orders:0,2`; UsageError in Kafka's words. */
export function parseTopicArgument(text: string): TopicArgument {
  if (!text.includes(':')) return { topic: text, partitions: null }
  const [topic, partitions, ...more] = text.split(':')
  if (!topic || !partitions || more.length > 0) {
    throw new UsageError(`Invalid topic arg '${text}', expected topic name and partitions`)
  }
  return { topic, partitions: partitions.split(',').map((part) => readPartition(part, text)) }
}

function readPartition(part: string, argument: string): number {
  if (/^[+-]?\d+$/.test(part)) return Number(part)
  throw new UsageError(`Invalid partition '${part}' specified in topic arg '${argument}''`)
}

/** The partitions that arguments name; KafkaError for a topic without numbers that does not exist. */
export async function namedPartitions(
  cluster: Cluster,
  topicArguments: readonly TopicArgument[],
  options: { readonly timeoutMs: number },
): Promise<TopicPartition[]> {
  const whole = topicArguments.filter(({ partitions }) => partitions === null).map(({ topic }) => topic)
  const topics = await cluster.topics(whole, options)
  const named = topicArguments.flatMap(({ topic, partitions }) =>
    (partitions ?? existing(topic, topics)).map((partition) => ({ topic, partition })),
  )
  return [...new Map(named.map((partition) => [partitionName(partition), partition])).values()]
}

function existing(topic: string, topics: Awaited<ReturnType<Cluster['topics']>>): number[] {
  const found = topics.get(topic)
  if (found === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
  if (found.error !== 'NONE') throw new KafkaError(found.error)
  return found.partitions.map(({ partition }) => partition)
}

/** Refuses partitions that are not there or that nobody leads. */
export async function checkPartitions(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  options: { readonly timeoutMs: number },
): Promise<void> {
  const topics = await cluster.topics(
    partitions.map(({ topic }) => topic),
    options,
  )
  for (const { topic, partition } of partitions) {
    if (topics.get(topic)?.error !== 'INVALID_TOPIC_EXCEPTION') continue
    throw new KafkaError(
      'INVALID_TOPIC_EXCEPTION',
      `Failed to fetch metadata for partition ${topic}-${partition} due to invalid topic \`${topic}\``,
    )
  }
  const leaderOf = ({ topic, partition }: TopicPartition) => topics.get(topic)?.partitions[partition]?.leader
  const named = (some: readonly TopicPartition[]): string => some.map(partitionName).join(',')
  const missing = partitions.filter((partition) => leaderOf(partition) === undefined)
  if (missing.length > 0) {
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The partitions "${named(missing)}" do not exist`)
  }
  const leaderless = partitions.filter((partition) => leaderOf(partition)! < 0)
  if (leaderless.length > 0) {
    throw new KafkaError('LEADER_NOT_AVAILABLE', `The partitions "${named(leaderless)}" have no leader`)
  }
}
