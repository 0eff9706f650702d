import type { Int64 } from '../bytes/int64.ts'
import { KafkaError } from '../protocol/errors.ts'
import {
  batchSize,
  checkHeader,
  hasProducerId,
  isControl,
  lastOffsetDelta,
  setBaseOffset,
  setLeaderEpoch,
} from '../records/batch.ts'
import { RecordsError } from '../records/records-error.ts'
import type { LogSettings } from './log-settings.ts'
import type { BatchMetadata, ProducerState } from './producer-state.ts'
import { StorageError } from './storage-error.ts'

/** Who appends: sequences of clients are checked, max.message.bytes does not bind the metadata log. */
export type AppendOrigin = 'client' | 'coordinator' | 'metadata'

export interface AppendOptions {
  readonly leaderEpoch: number
  readonly origin: AppendOrigin
  /** Whether the append returns only once the records are on the disk. */
  readonly sync?: boolean
}

export interface AppendResult {
  baseOffset: number
  lastOffset: number
  /** Time that the broker set on the records; -1 when they keep their own. */
  logAppendTimeMs: Int64
  /** Whether the records were in the log before; the offsets are those they have there. */
  isDuplicate: boolean
}

/**
 * Throws if the batches must not be appended: StorageError for bytes that are no batches, KafkaError for sizes and
 * sequences. Gives the batch in the log that the one given repeats, if it does.
 */
export function checkAppend(
  records: Buffer,
  origin: AppendOrigin,
  settings: LogSettings,
  producers: ProducerState,
): BatchMetadata | null {
  if (records.length === 0) throw new StorageError('BATCH_CORRUPT', 'there is nothing to append')
  for (let at = 0; at < records.length; ) {
    const size = checkedSize(records, at)
    if (origin !== 'metadata' && size > settings.maxMessageBytes) {
      throw new KafkaError(
        'MESSAGE_TOO_LARGE',
        `a batch of ${size} bytes is larger than max.message.bytes, ${settings.maxMessageBytes}`,
      )
    }
    if (hasProducerId(records, at) && !isControl(records, at)) {
      const duplicate = checkProducer(records, at, origin, producers)
      if (duplicate !== null) return duplicate
    }
    at += size
  }
  // What the broker writes itself must not be split: all of it is in the log, or none.
  if (origin === 'client' && records.length > settings.segmentBytes) {
    throw new KafkaError(
      'RECORD_LIST_TOO_LARGE',
      `${records.length} bytes are more than segment.bytes, ${settings.segmentBytes}`,
    )
  }
  return null
}

function checkedSize(records: Buffer, at: number): number {
  try {
    return checkHeader(records, at)
  } catch (cause) {
    if (!(cause instanceof RecordsError)) throw cause
    throw new StorageError('BATCH_CORRUPT', cause.message, { cause })
  }
}

function checkProducer(
  records: Buffer,
  at: number,
  origin: AppendOrigin,
  producers: ProducerState,
): BatchMetadata | null {
  if (origin !== 'client') {
    producers.check(records, at, false)
    return null
  }
  if (batchSize(records, at) !== records.length) {
    throw new KafkaError('INVALID_RECORD', 'a producer with an id sends one batch at a time')
  }
  const duplicate = producers.findDuplicate(records, at)
  if (duplicate === null) producers.check(records, at, true)
  return duplicate
}

/** Numbers the batches from `first` on and stamps the leader epoch, in place; returns the last offset. */
export function stampBatches(records: Buffer, first: number, leaderEpoch: number): number {
  let next = first
  for (let at = 0; at < records.length; at += batchSize(records, at)) {
    setBaseOffset(records, at, next)
    setLeaderEpoch(records, at, leaderEpoch)
    next += lastOffsetDelta(records, at) + 1
    if (next >= Number.MAX_SAFE_INTEGER) {
      throw new KafkaError(
        'POLICY_VIOLATION',
        `the log is full: offsets end before ${Number.MAX_SAFE_INTEGER}`,
      )
    }
  }
  return next - 1
}
