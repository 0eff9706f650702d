import { ZERO_UUID } from '../../bytes/uuid.ts'
import type { Cluster } from '../../client/cluster.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import { partitionName } from '../../client/topic-partition.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import { DescribeTopicPartitions } from '../../protocol/messages/metadata.ts'
import { ListPartitionReassignments } from '../../protocol/messages/topics.ts'
import { javaHashOrder } from '../java/order.ts'
import type { ConfigEntry } from '../kafka/resource-configs.ts'
import { describeConfigs, sourceName } from '../kafka/resource-configs.ts'
import type { DescribedPartition, DescribedTopic } from './description.ts'

/** All that is to be known of these topics. `byId` is asked of the brokers another way, which does not tell of the ELR. */
export async function describeTopics(
  cluster: Cluster,
  topics: readonly TopicMetadata[],
  { byId, pageSize }: { readonly byId: boolean; readonly pageSize: number },
): Promise<DescribedTopic[]> {
  if (topics.length === 0) return []
  const names = topics.map(({ name }) => name)
  const [partitions, configs, reassignments] = await Promise.all([
    byId ? fromMetadata(topics) : askPartitions(cluster, topics, pageSize),
    describeConfigs(cluster, 'topic', names),
    askReassignments(cluster, topics),
  ])
  return topics.map(({ name, topicId, isInternal }) => ({
    name,
    topicId: topicId === ZERO_UUID ? null : topicId,
    isInternal,
    configs: setConfigs(configs.get(name) ?? []),
    minInsyncReplicas: Number(
      configs.get(name)?.find((entry) => entry.name === 'min.insync.replicas')?.value ?? 1,
    ),
    partitions: partitions.get(name)!.map((partition) => ({
      ...partition,
      ...(reassignments.get(partitionName({ topic: name, partition: partition.partition })) ?? {
        addingReplicas: null,
        removingReplicas: null,
      }),
    })),
  }))
}

type Seen = Omit<DescribedPartition, 'addingReplicas' | 'removingReplicas'>

async function askPartitions(
  cluster: Cluster,
  topics: readonly TopicMetadata[],
  pageSize: number,
): Promise<Map<string, Seen[]>> {
  const alive = new Set(cluster.connections.brokers.keys())
  const found = new Map<string, Seen[]>()
  let cursor: { topicName: string; partitionIndex: number } | null = null
  do {
    const page = await askPage(cluster, topics, pageSize, cursor)
    if (page === null) return fromMetadata(topics)
    for (const topic of page.topics) {
      const error = itemError(topic)
      if (error) throw error
      const partitions = topic.partitions.map((partition) => ({
        partition: partition.partitionIndex,
        leader: alive.has(partition.leaderId) ? partition.leaderId : null,
        replicas: partition.replicaNodes,
        isr: partition.isrNodes,
        elr: partition.eligibleLeaderReplicas,
        lastKnownElr: partition.lastKnownElr,
      }))
      const name = topic.name ?? ''
      found.set(
        name,
        [...(found.get(name) ?? []), ...partitions].sort((a, b) => a.partition - b.partition),
      )
    }
    cursor = page.nextCursor
  } while (cursor !== null)
  return found
}

/** One page; null when the broker is too old to give any. */
async function askPage(
  cluster: Cluster,
  topics: readonly TopicMetadata[],
  responsePartitionLimit: number,
  cursor: { topicName: string; partitionIndex: number } | null,
) {
  try {
    const names = topics
      .map(({ name }) => ({ name }))
      .filter(({ name }) => cursor === null || name >= cursor.topicName)
    return await cluster.request(DescribeTopicPartitions, { topics: names, responsePartitionLimit, cursor })
  } catch (error) {
    if (error instanceof KafkaError && error.code === 'UNSUPPORTED_VERSION') return null
    throw error
  }
}

function fromMetadata(topics: readonly TopicMetadata[]): Map<string, Seen[]> {
  const seen = (topic: TopicMetadata) =>
    topic.partitions.map(({ partition, leader, replicas, isr }) => ({
      partition,
      leader: leader < 0 ? null : leader,
      replicas,
      isr,
      elr: null,
      lastKnownElr: null,
    }))
  return new Map(topics.map((topic) => [topic.name, seen(topic)]))
}

type Reassignment = Pick<DescribedPartition, 'addingReplicas' | 'removingReplicas'>

/** Replicas on the move, by partition; none where the cluster cannot or must not tell. */
async function askReassignments(
  cluster: Cluster,
  topics: readonly TopicMetadata[],
): Promise<Map<string, Reassignment>> {
  const asked = topics.map(({ name, partitions }) => ({
    name,
    partitionIndexes: partitions.map(({ partition }) => partition),
  }))
  try {
    const answer = await cluster.request(
      ListPartitionReassignments,
      { topics: asked },
      { node: 'controller' },
    )
    return new Map(
      answer.topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex, addingReplicas, removingReplicas }) => [
          partitionName({ topic: name, partition: partitionIndex }),
          { addingReplicas, removingReplicas },
        ]),
      ),
    )
  } catch (error) {
    const isRefused = error instanceof KafkaError && REFUSALS.has(error.code)
    if (isRefused) return new Map()
    throw error
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['UNSUPPORTED_VERSION', 'CLUSTER_AUTHORIZATION_FAILED'])

/** What is set somewhere, in the order in which Kafka's client gives it. */
function setConfigs(entries: readonly ConfigEntry[]): DescribedTopic['configs'] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  return javaHashOrder([...byName.keys()])
    .map((name) => byName.get(name)!)
    .filter((entry) => sourceName(entry.configSource) !== 'DEFAULT_CONFIG')
    .map(({ name, value }) => ({ name, value }))
}
