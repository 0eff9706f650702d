import { addInt64, type Int64, toSafeNumber } from '../bytes/int64.ts'
import { baseOffset, baseTimestamp, maxTimestamp, partitionLeaderEpoch, timestampType } from './batch.ts'
import { openRecords } from './record-cursor.ts'

/** A record found by its timestamp. */
export interface FoundTimestamp {
  readonly offset: number
  readonly timestamp: Int64
  readonly leaderEpoch: number
}

/** The first record of a batch with at least this timestamp and this offset; its codec must be loaded. Throws RecordsError. */
export function lookUpTimestamp(
  batch: Buffer,
  timestamp: Int64,
  from: number,
  limitBytes?: number,
): FoundTimestamp | null {
  const cursor = openRecords(batch, 0, limitBytes)
  const firstOffset = toSafeNumber(baseOffset(batch, 0))
  const firstTimestamp = baseTimestamp(batch, 0)
  const appendTime = timestampType(batch, 0) === 'LogAppendTime' ? maxTimestamp(batch, 0) : undefined
  while (cursor.next()) {
    const offset = firstOffset + cursor.offsetDelta
    const recordTime = appendTime ?? addInt64(firstTimestamp, cursor.timestampDelta)
    if (recordTime < timestamp || offset < from) continue
    return { offset, timestamp: recordTime, leaderEpoch: partitionLeaderEpoch(batch, 0) }
  }
  return null
}
