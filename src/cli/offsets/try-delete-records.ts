import { type Int64, maxInt64, subtractInt64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { listOffsets, OFFSET_SPECS } from '../../client/offsets.ts'
import { partitionName } from '../../client/topic-partition.ts'
import { errorMessage } from '../../protocol/errors.ts'
import type { OffsetTarget } from './offset-file.ts'

export interface TriedDeletion {
  readonly target: OffsetTarget
  /** Why nothing would be deleted; null when it would work. */
  readonly error: string | null
  /** How many offsets the partition would lose. */
  readonly count: Int64
}

/** What deleting records would come to: brokers refuse an offset that is not in the log. */
export async function tryDeleteRecords(
  cluster: Cluster,
  targets: readonly OffsetTarget[],
): Promise<TriedDeletion[]> {
  const at = async (timestamp: number) => {
    const results = await listOffsets(
      cluster,
      targets.map(({ topic, partition }) => ({ topic, partition, timestamp })),
    )
    return new Map(results.map((result) => [partitionName(result.target), result]))
  }
  const [starts, ends] = await Promise.all([at(OFFSET_SPECS.earliest), at(OFFSET_SPECS.latest)])
  return targets.map((target) => {
    const start = starts.get(partitionName(target))
    const end = ends.get(partitionName(target))
    const error = start?.error ?? end?.error
    if (error) return { target, error: error.message, count: 0 }
    const [first, last] = [start?.answer?.offset ?? 0, end?.answer?.offset ?? 0]
    const wanted = target.offset === -1 ? last : target.offset
    if (wanted < 0 || wanted > last) return { target, error: errorMessage('OFFSET_OUT_OF_RANGE'), count: 0 }
    return { target, error: null, count: maxInt64(0, subtractInt64(wanted, first)) }
  })
}
