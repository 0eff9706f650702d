import { type ErrorName, errorName, KafkaError } from '../protocol/errors.ts'
import { DescribeTopicPartitions } from '../protocol/messages/metadata.ts'
import type { Decoded } from '../protocol/schema.ts'
import type { Cluster } from './cluster.ts'
import type { PartitionMetadata, TopicMetadata } from './metadata.ts'

export interface PartitionDescription extends PartitionMetadata {
  /** Replicas that may lead although they are out of sync (KIP-966); null when the broker does not say. */
  readonly eligibleLeaderReplicas: readonly number[] | null
  readonly lastKnownElr: readonly number[] | null
}

export interface TopicDescription extends Omit<TopicMetadata, 'partitions'> {
  readonly partitions: readonly PartitionDescription[]
}

type TopicAnswer = Decoded<typeof DescribeTopicPartitions.response.fields>['topics'][number]

/**
 * Topics with all there is to know of their partitions, by name; one that does not exist has an error. Asks in pages,
 * as Kafka's tools do, and brokers too old for that with Metadata.
 */
export async function describeTopics(
  cluster: Cluster,
  names: readonly string[],
  options: { partitionLimit?: number | undefined; timeoutMs?: number | undefined } = {},
): Promise<Map<string, TopicDescription>> {
  // An empty list would mean every topic.
  if (names.length === 0) return new Map()
  try {
    return await describeInPages(cluster, names, options.partitionLimit ?? 2000, options.timeoutMs)
  } catch (error) {
    if (!(error instanceof KafkaError) || error.code !== 'UNSUPPORTED_VERSION') throw error
    const topics = await cluster.topics(names, { refresh: true, timeoutMs: options.timeoutMs })
    return new Map([...topics].map(([name, topic]) => [name, fromMetadata(topic)]))
  }
}

async function describeInPages(
  cluster: Cluster,
  names: readonly string[],
  responsePartitionLimit: number,
  timeoutMs: number | undefined,
): Promise<Map<string, TopicDescription>> {
  const deadline = cluster.deadline(timeoutMs)
  const found = new Map<string, TopicDescription>()
  let left = [...new Set(names)].sort()
  let cursor: { topicName: string; partitionIndex: number } | null = null
  do {
    const topics = left.map((name) => ({ name }))
    const answer: Decoded<typeof DescribeTopicPartitions.response.fields> = await cluster.request(
      DescribeTopicPartitions,
      { topics, responsePartitionLimit, cursor },
      { timeoutMs: deadline.leftMs },
    )
    for (const topic of answer.topics) addPage(found, topic)
    cursor = answer.nextCursor
    // The broker wants the rest of the list, from the topic of the cursor on.
    if (cursor !== null) left = left.filter((name) => name >= cursor!.topicName)
  } while (cursor !== null)
  return found
}

function addPage(found: Map<string, TopicDescription>, topic: TopicAnswer): void {
  const name = topic.name ?? ''
  const partitions = topic.partitions.map(readPartition)
  const before = found.get(name)?.partitions ?? []
  const error: ErrorName = errorName(topic.errorCode)
  const { topicId, isInternal } = topic
  found.set(name, { name, topicId, isInternal, error, partitions: [...before, ...partitions] })
}

function readPartition(partition: TopicAnswer['partitions'][number]): PartitionDescription {
  return {
    partition: partition.partitionIndex,
    leader: partition.leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicas: partition.replicaNodes,
    isr: partition.isrNodes,
    offlineReplicas: partition.offlineReplicas,
    error: errorName(partition.errorCode),
    eligibleLeaderReplicas: partition.eligibleLeaderReplicas,
    lastKnownElr: partition.lastKnownElr,
  }
}

function fromMetadata(topic: TopicMetadata): TopicDescription {
  const partitions = topic.partitions.map((partition) => ({
    ...partition,
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  }))
  return { ...topic, partitions }
}
