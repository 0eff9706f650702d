import type { Cluster } from '../../client/cluster.ts'
import { ListOffsets } from '../../protocol/messages/offsets.ts'
import { itemError } from '../item-error.ts'
import type { Outcome, TopicPartition } from '../per-leader.ts'
import { askLeaders, groupByTopic } from '../per-leader.ts'

/** Names that stand for a timestamp in ListOffsets, and since which version each is understood. */
export const NAMED_TIMES: Readonly<Record<string, { readonly timestamp: number; readonly version: number }>> =
  {
    latest: { timestamp: -1, version: 1 },
    earliest: { timestamp: -2, version: 1 },
    'max-timestamp': { timestamp: -3, version: 7 },
    'earliest-local': { timestamp: -4, version: 8 },
    'latest-tiered': { timestamp: -5, version: 9 },
    'earliest-pending-upload': { timestamp: -6, version: 11 },
  }

export interface FoundOffset {
  /** -1 when no record is at or after that time. */
  readonly offset: number
  readonly timestamp: number
  readonly leaderEpoch: number
}

/** The offset of each partition at a time, asked of its leader. */
export function listOffsets<P extends TopicPartition>(
  cluster: Cluster,
  partitions: readonly P[],
  timestamp: number,
): Promise<Map<P, Outcome<FoundOffset>>> {
  return askLeaders(cluster, partitions, async (node, led) => {
    const topics = groupByTopic(led).map(({ name, partitions: ofTopic }) => ({
      name,
      partitions: ofTopic.map(({ partition }) => ({ partitionIndex: partition, timestamp })),
    }))
    const request = { replicaId: -1, isolationLevel: 0, topics, timeoutMs: cluster.requestTimeoutMs }
    const answer = await cluster.request(ListOffsets, request, { node })
    const outcomes = new Map<P, Outcome<FoundOffset>>()
    for (const { name, partitions: ofTopic } of answer.topics) {
      for (const found of ofTopic) {
        const partition = led.find(
          (asked) => asked.topic === name && asked.partition === found.partitionIndex,
        )
        const error = itemError(found)
        if (partition) outcomes.set(partition, error ? { error } : { answer: found })
      }
    }
    return outcomes
  })
}
