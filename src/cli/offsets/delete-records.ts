import type { Cluster } from '../../client/cluster.ts'
import { DeleteRecords } from '../../protocol/messages/offsets.ts'
import { itemError } from '../item-error.ts'
import type { Outcome } from '../per-leader.ts'
import { askLeaders, groupByTopic } from '../per-leader.ts'
import type { OffsetTarget } from './offset-file.ts'

/** Moves the start of each partition; the answer is where it starts now. */
export function deleteRecords(
  cluster: Cluster,
  targets: readonly OffsetTarget[],
): Promise<Map<OffsetTarget, Outcome<number>>> {
  return askLeaders(cluster, targets, async (node, led) => {
    const topics = groupByTopic(led).map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
    }))
    const answer = await cluster.request(
      DeleteRecords,
      { topics, timeoutMs: cluster.requestTimeoutMs },
      { node },
    )
    const outcomes = new Map<OffsetTarget, Outcome<number>>()
    for (const { name, partitions } of answer.topics) {
      for (const result of partitions) {
        const target = led.find(
          ({ topic, partition }) => topic === name && partition === result.partitionIndex,
        )
        const error = itemError(result)
        if (target) outcomes.set(target, error ? { error } : { answer: result.lowWatermark })
      }
    }
    return outcomes
  })
}
