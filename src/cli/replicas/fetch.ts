import type { Int64 } from '../../bytes/int64.ts'
import { sleep } from '../../client/clock.ts'
import type { Cluster } from '../../client/cluster.ts'
import { isRetriable } from '../../client/retry.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { Fetch } from '../../protocol/messages/fetch.ts'
import type { DecodedResponseOf, RequestOf } from '../../protocol/schema.ts'
import type { ReplicaData } from './compare.ts'

export interface ReplicatedPartition extends TopicPartition {
  readonly topicId: string
  /** The brokers that have it. */
  readonly replicas: readonly number[]
}

export interface FetchLimits {
  readonly fetchSize: number
  readonly maxWaitMs: number
}

/** Not a consumer, which is sent away from followers, and not a follower, which would be counted. */
const DEBUGGING_CONSUMER = -2

/** Reads each partition from every broker that has it; a broker that does not answer gives nothing this time. */
export async function fetchReplicas(
  cluster: Cluster,
  partitions: readonly ReplicatedPartition[],
  offsetOf: (partition: TopicPartition) => Int64,
  limits: FetchLimits,
): Promise<Map<string, ReplicaData[]>> {
  const brokers = [...new Set(partitions.flatMap(({ replicas }) => replicas))]
  const answers = await Promise.all(
    brokers.map(async (broker) => {
      const here = partitions.filter(({ replicas }) => replicas.includes(broker))
      return { broker, here, answer: await fetchFrom(cluster, broker, here, offsetOf, limits) }
    }),
  )
  const data = new Map<string, ReplicaData[]>()
  for (const { broker, here, answer } of answers) {
    for (const target of here) {
      const found = answer === null ? undefined : answerFor(answer, target)
      const isFine = found?.errorCode === 0
      const replica = {
        broker,
        highWatermark: isFine ? found.highWatermark : -1,
        records: isFine ? found.records : null,
      }
      const name = partitionName(target)
      if (!data.get(name)?.push(replica)) data.set(name, [replica])
    }
  }
  return data
}

async function fetchFrom(
  cluster: Cluster,
  broker: number,
  partitions: readonly ReplicatedPartition[],
  offsetOf: (partition: TopicPartition) => Int64,
  limits: FetchLimits,
): Promise<DecodedResponseOf<typeof Fetch> | null> {
  const deadline = cluster.deadline(cluster.requestTimeoutMs + limits.maxWaitMs)
  const body = (version: number) => requestBody(version, partitions, offsetOf, limits)
  try {
    return await cluster.requestOnce(Fetch, body, { node: broker, deadline, heldMs: limits.maxWaitMs })
  } catch (error) {
    if (!isRetriable(error)) throw error
    await sleep(cluster.clock, limits.maxWaitMs)
    return null
  }
}

function requestBody(
  version: number,
  partitions: readonly ReplicatedPartition[],
  offsetOf: (partition: TopicPartition) => Int64,
  { fetchSize, maxWaitMs }: FetchLimits,
): RequestOf<typeof Fetch> {
  const topics = new Map<string, { topic: string; topicId: string; partitions: PartitionRequest[] }>()
  for (const target of partitions) {
    const { topic, topicId, partition } = target
    const entry = topics.get(topic) ?? { topic, topicId, partitions: [] }
    entry.partitions.push({ partition, fetchOffset: offsetOf(target), partitionMaxBytes: fetchSize })
    topics.set(topic, entry)
  }
  return {
    ...(version >= 15
      ? { replicaState: { replicaId: DEBUGGING_CONSUMER, replicaEpoch: -1 } }
      : { replicaId: DEBUGGING_CONSUMER }),
    maxWaitMs,
    minBytes: 1,
    topics: [...topics.values()],
    forgottenTopicsData: [],
  }
}

interface PartitionRequest {
  readonly partition: number
  readonly fetchOffset: Int64
  readonly partitionMaxBytes: number
}

/** Topics go by their ids from version 13 on. */
function answerFor(
  { responses }: DecodedResponseOf<typeof Fetch>,
  { topic, topicId, partition }: ReplicatedPartition,
): DecodedResponseOf<typeof Fetch>['responses'][number]['partitions'][number] | undefined {
  return responses
    .find((answer) => (answer.topic === '' ? answer.topicId === topicId : answer.topic === topic))
    ?.partitions.find(({ partitionIndex }) => partitionIndex === partition)
}
