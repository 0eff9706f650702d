import { addInt64, addSaturated, type Int64, subtractInt64, toSafeNumber } from '../bytes/int64.ts'
import type { ErrorName } from '../protocol/errors.ts'
import { baseTimestamp, maxTimestamp, NO_TIMESTAMP, type TimestampType, timestampType } from './batch.ts'
import { openRecords, type RecordCursor } from './record-cursor.ts'

/** What is wrong with one record of a batch. */
export interface RecordError {
  readonly code: Extract<ErrorName, 'INVALID_RECORD' | 'INVALID_TIMESTAMP'>
  readonly batchIndex: number
  readonly message: string
}

export interface RecordChecks {
  readonly topicPartition: string
  readonly isCompacted: boolean
  readonly timestampType: TimestampType
  readonly timestampBeforeMaxMs: Int64
  readonly timestampAfterMaxMs: Int64
}

export interface CursorAndErrors {
  /** Past the last record; it holds the unfolded records. */
  readonly cursor: RecordCursor
  readonly errors: readonly RecordError[]
  readonly maxTimestamp: Int64
  /** Whether offsets do not count 0, 1, 2, … */
  readonly hasGaps: boolean
}

/** Looks at every record of the batch as Kafka's LogValidator does; throws RecordsError when they cannot be read. */
export function checkRecords(
  batch: Buffer,
  checks: RecordChecks,
  nowMs: number,
  limitBytes?: number,
): CursorAndErrors {
  const cursor = openRecords(batch, 0, limitBytes)
  const errors: RecordError[] = []
  const firstTimestamp = baseTimestamp(batch, 0)
  const batchTimestamp = timestampType(batch, 0) === 'LogAppendTime' ? maxTimestamp(batch, 0) : undefined
  const takesCreateTime = checks.timestampType === 'CreateTime'
  // Nearly all timestamps are numbers, so they are compared with numbers.
  const earliest = toSafeNumber(subtractInt64(nowMs, checks.timestampBeforeMaxMs))
  const latest = toSafeNumber(addSaturated(nowMs, checks.timestampAfterMaxMs))
  let largest: Int64 = NO_TIMESTAMP
  let hasGaps = false
  while (cursor.next()) {
    const index = cursor.position - 1
    const timestamp = batchTimestamp ?? addInt64(firstTimestamp, cursor.timestampDelta)
    if (timestamp > largest) largest = timestamp
    if (cursor.offsetDelta !== index) hasGaps = true
    if (checks.isCompacted && cursor.keyBytes < 0) {
      const message = `Compacted topic cannot accept message without key in topic partition ${checks.topicPartition}`
      errors.push({ code: 'INVALID_RECORD', batchIndex: index, message })
    } else if (takesCreateTime && timestamp !== NO_TIMESTAMP) {
      const isInRange =
        typeof timestamp === 'number'
          ? timestamp >= earliest && timestamp <= latest
          : isWideInRange(timestamp, checks, nowMs)
      if (isInRange) continue
      const message = `Timestamp ${timestamp} of message with offset ${cursor.offsetDelta} is out of range. The timestamp should be within [${subtractInt64(nowMs, checks.timestampBeforeMaxMs)}, ${addInt64(nowMs, checks.timestampAfterMaxMs)}]`
      errors.push({ code: 'INVALID_TIMESTAMP', batchIndex: index, message })
    } else if (batchTimestamp !== undefined) {
      // The flag is the topic's to set, unless nothing but the batch has a time.
      const message = `Invalid timestamp type in message ${recordText(cursor, timestamp)}. Producer should not set timestamp type to LogAppendTime.`
      errors.push({ code: 'INVALID_TIMESTAMP', batchIndex: index, message })
    }
  }
  return { cursor, errors, maxTimestamp: largest, hasGaps }
}

/** Whether a timestamp past 2^53 is accepted; the differences wrap as those of Kafka do. */
function isWideInRange(timestamp: Int64, checks: RecordChecks, nowMs: number): boolean {
  const age = subtractInt64(nowMs, timestamp)
  return age <= checks.timestampBeforeMaxMs && subtractInt64(0, age) <= checks.timestampAfterMaxMs
}

/** A record error as Kafka prints it inside the message about the batch. */
export const recordErrorText = ({ batchIndex, message }: RecordError): string =>
  `RecordError(batchIndex=${batchIndex}, message='${message}')`

const recordText = ({ offsetDelta, keyBytes, valueBytes }: RecordCursor, timestamp: Int64): string =>
  `DefaultRecord(offset=${offsetDelta}, timestamp=${timestamp}, key=${Math.max(0, keyBytes)} bytes, value=${Math.max(0, valueBytes)} bytes)`
