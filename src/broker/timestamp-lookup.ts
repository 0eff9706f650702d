import type { Int64 } from '../bytes/int64.ts'
import { lastOffset } from '../log/log-offsets.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { type Work, waitFor } from '../log/slices.ts'
import { compressionId } from '../records/batch.ts'
import { isCodecLoaded, loadCodec } from '../records/compression.ts'
import { RecordsError } from '../records/records-error.ts'
import { type FoundTimestamp, lookUpTimestamp } from '../records/timestamp-lookup.ts'
import type { WorkerPool } from './workers/worker-pool.ts'

/** Compressed batches of this size, or that decompress to more, are searched on a thread. */
const LARGE_BYTES = 32 * 1024
const MAX_UNFOLDED_BYTES = 512 * 1024

/** The first record at or after `from` with this timestamp or a later one; null when there is none. */
export function* findByTimestamp(
  log: PartitionLog,
  timestamp: Int64,
  from: number,
  workers: WorkerPool,
): Work<FoundTimestamp | null> {
  for (let next = from; ; ) {
    const batch = log.batchReaching(timestamp, next)
    if (batch === null) return null
    const found = yield* lookInto(batch, timestamp, next, workers)
    // A record that had this timestamp may have been deleted.
    if (found !== null) return found
    next = lastOffset(batch, 0) + 1
  }
}

/** The first record with the largest timestamp; null when no record has one. */
export function* findLargestTimestamp(log: PartitionLog, workers: WorkerPool): Work<FoundTimestamp | null> {
  const { largestTimestamp } = log
  return largestTimestamp < 0 ? null : yield* findByTimestamp(log, largestTimestamp, 0, workers)
}

function* lookInto(
  records: Buffer,
  timestamp: Int64,
  from: number,
  workers: WorkerPool,
): Work<FoundTimestamp | null> {
  const codec = compressionId(records, 0)
  if (codec === 0) return lookUpTimestamp(records, timestamp, from)
  if (records.length <= LARGE_BYTES) {
    if (!isCodecLoaded(codec)) yield* waitFor(loadCodec(codec))
    try {
      return lookUpTimestamp(records, timestamp, from, MAX_UNFOLDED_BYTES)
    } catch (error) {
      if (!(error instanceof RecordsError && error.code === 'EXPANSION_LIMIT')) throw error
    }
  }
  return yield* waitFor(workers.run('lookUp', { records, timestamp, from }))
}
