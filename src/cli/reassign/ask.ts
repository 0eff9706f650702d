import type { Cluster } from '../../client/cluster.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import {
  byTopic,
  comparePartitions,
  partitionName,
  type TopicPartition,
} from '../../client/topic-partition.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import { AlterPartitionReassignments, ListPartitionReassignments } from '../../protocol/messages/topics.ts'
import { askLogDirs } from '../log-dirs/ask.ts'
import type { Placed, Replica, Target } from './plan-file.ts'

/** A partition on its way; the adding replicas are among the replicas already. */
export interface Reassignment extends Target {
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}

/** The partitions that are being reassigned, of these or (null) of all. */
export async function askReassignments(
  cluster: Cluster,
  partitions: readonly TopicPartition[] | null,
): Promise<Reassignment[]> {
  const topics =
    partitions &&
    byTopic(partitions, ({ partition }) => partition).map(({ name, partitions: partitionIndexes }) => ({
      name,
      partitionIndexes,
    }))
  const answer = await cluster.request(
    ListPartitionReassignments,
    { topics, timeoutMs: cluster.requestTimeoutMs },
    { node: 'controller' },
  )
  return answer.topics
    .flatMap(({ name: topic, partitions: moving }) =>
      moving.map(({ partitionIndex: partition, replicas, addingReplicas, removingReplicas }) => ({
        topic,
        partition,
        replicas,
        addingReplicas,
        removingReplicas,
      })),
    )
    .sort(comparePartitions)
}

/** Starts reassignments, or (replicas: null) cancels them; gives what went wrong with each partition. */
export async function alterReassignments(
  cluster: Cluster,
  targets: readonly (TopicPartition & { readonly replicas: readonly number[] | null })[],
  allowReplicationFactorChange = true,
): Promise<(TopicPartition & { readonly error: KafkaError })[]> {
  const topics = byTopic(targets, ({ partition: partitionIndex, replicas }) => ({
    partitionIndex,
    replicas: replicas && [...replicas],
  }))
  const answer = await cluster.request(
    AlterPartitionReassignments,
    { timeoutMs: cluster.requestTimeoutMs, allowReplicationFactorChange, topics },
    { node: 'controller' },
  )
  return answer.responses
    .flatMap(({ name: topic, partitions }) =>
      partitions.flatMap((item) => {
        const error = itemError(item)
        return error ? [{ topic, partition: item.partitionIndex, error }] : []
      }),
    )
    .sort(comparePartitions)
}

/** Topics by name; KafkaError in Kafka's words when one does not exist. */
export async function requireTopics(
  cluster: Cluster,
  names: readonly string[],
): Promise<Map<string, TopicMetadata>> {
  const topics = await cluster.topics(names, { refresh: true })
  for (const name of names) {
    const error = topics.get(name)?.error ?? 'UNKNOWN_TOPIC_OR_PARTITION'
    if (error === 'UNKNOWN_TOPIC_OR_PARTITION') throw new KafkaError(error, `Topic ${name} not found.`)
    if (error !== 'NONE') throw new KafkaError(error)
  }
  return topics
}

/** Where these partitions are now, with the folders of the replicas on brokers that are alive. */
export async function askPlaced(
  cluster: Cluster,
  partitions: readonly (TopicPartition & { readonly replicas: readonly number[] })[],
): Promise<Placed[]> {
  const alive = new Set((await cluster.brokers()).map(({ nodeId }) => nodeId))
  const replicas = partitions.flatMap(({ topic, partition, replicas: brokers }) =>
    brokers.filter((broker) => alive.has(broker)).map((broker) => ({ topic, partition, broker })),
  )
  const found = await askReplicaDirs(cluster, replicas)
  return partitions
    .map(({ topic, partition, replicas: brokers }) => ({
      topic,
      partition,
      replicas: brokers,
      logDirs: brokers.map((broker) => found.get(replicaName({ topic, partition, broker }))?.current ?? null),
    }))
    .sort(comparePartitions)
}

export interface ReplicaDirs {
  current: string | null
  /** The folder it is being moved to. */
  future: string | null
}

/** Kafka's name of a replica: `orders-0-1` is that on broker 1. */
export const replicaName = (replica: Replica): string => `${partitionName(replica)}-${replica.broker}`

/** By broker, then topic and partition, as Kafka lists replicas. */
export const compareReplicas = (a: Replica, b: Replica): number =>
  a.broker - b.broker || comparePartitions(a, b)

/** The folders of replicas, by replicaName; those that no live folder has are absent. */
export async function askReplicaDirs(
  cluster: Cluster,
  replicas: readonly Replica[],
): Promise<Map<string, ReplicaDirs>> {
  const brokers = [...new Set(replicas.map(({ broker }) => broker))]
  const topics = [...new Set(replicas.map(({ topic }) => topic))]
  const found = new Map<string, ReplicaDirs>()
  if (brokers.length === 0) return found
  for (const { broker, logDir, partitions } of await askLogDirs(cluster, brokers, topics)) {
    for (const { topic, partition, isFuture } of partitions) {
      const name = replicaName({ topic, partition, broker })
      const dirs = found.get(name) ?? { current: null, future: null }
      dirs[isFuture ? 'future' : 'current'] = logDir
      found.set(name, dirs)
    }
  }
  return found
}
