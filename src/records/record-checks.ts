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
  readonly timestampBeforeMaxMs: number
  readonly timestampAfterMaxMs: number
}

export interface CursorAndErrors {
  /** Past the last record; it holds the unfolded records. */
  readonly cursor: RecordCursor
  readonly errors: readonly RecordError[]
  readonly maxTimestamp: number
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
  const earliest = nowMs - checks.timestampBeforeMaxMs
  const latest = nowMs + checks.timestampAfterMaxMs
  let largest = NO_TIMESTAMP
  let hasGaps = false
  while (cursor.next()) {
    const index = cursor.position - 1
    const timestamp = batchTimestamp ?? firstTimestamp + cursor.timestampDelta
    if (timestamp > largest) largest = timestamp
    if (cursor.offsetDelta !== index) hasGaps = true
    if (checks.isCompacted && cursor.keyBytes < 0) {
      const message = `Compacted topic cannot accept message without key in topic partition ${checks.topicPartition}`
      errors.push({ code: 'INVALID_RECORD', batchIndex: index, message })
    } else if (takesCreateTime && timestamp !== NO_TIMESTAMP) {
      if (timestamp >= earliest && timestamp <= latest) continue
      const message = `Timestamp ${timestamp} of message with offset ${cursor.offsetDelta} is out of range. The timestamp should be within [${earliest}, ${latest}]`
      errors.push({ code: 'INVALID_TIMESTAMP', batchIndex: index, message })
    } else if (batchTimestamp !== undefined) {
      // The flag is the topic's to set, unless nothing but the batch has a time.
      const message = `Invalid timestamp type in message ${recordText(cursor, timestamp)}. Producer should not set timestamp type to LogAppendTime.`
      errors.push({ code: 'INVALID_TIMESTAMP', batchIndex: index, message })
    }
  }
  return { cursor, errors, maxTimestamp: largest, hasGaps }
}

/** A record error as Kafka prints it inside the message about the batch. */
export const recordErrorText = ({ batchIndex, message }: RecordError): string =>
  `RecordError(batchIndex=${batchIndex}, message='${message}')`

const recordText = ({ offsetDelta, keyBytes, valueBytes }: RecordCursor, timestamp: number): string =>
  `DefaultRecord(offset=${offsetDelta}, timestamp=${timestamp}, key=${Math.max(0, keyBytes)} bytes, value=${Math.max(0, valueBytes)} bytes)`
