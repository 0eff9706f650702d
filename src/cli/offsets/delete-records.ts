import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import type { LeaderResult } from '../../client/leaders.ts'
import { requestLeaders } from '../../client/leaders.ts'
import { byTopic } from '../../client/topic-partition.ts'
import { DeleteRecords } from '../../protocol/messages/offsets.ts'
import type { OffsetTarget } from './offset-file.ts'

/** Moves the start of each partition; the answer is where it starts now. */
export function deleteRecords(
  cluster: Cluster,
  targets: readonly OffsetTarget[],
): Promise<LeaderResult<OffsetTarget, Int64>[]> {
  return requestLeaders(cluster, targets, {
    api: DeleteRecords,
    body: (led) => ({
      topics: byTopic(led, ({ partition, offset }) => ({ partitionIndex: partition, offset })),
      timeoutMs: cluster.requestTimeoutMs,
    }),
    *read({ topics }) {
      for (const { name, partitions } of topics) {
        for (const { partitionIndex, errorCode, lowWatermark } of partitions) {
          yield { topic: name, partition: partitionIndex, errorCode, answer: lowWatermark }
        }
      }
    },
  })
}
