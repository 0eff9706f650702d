import { type Int64, writeInt64 } from '../bytes/int64.ts'
import {
  ATTRIBUTES_AT,
  BATCH_OVERHEAD,
  CONTROL_FLAG,
  CURRENT_MAGIC,
  LOG_APPEND_TIME_FLAG,
  LOG_OVERHEAD,
  NO_LEADER_EPOCH,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  type TimestampType,
  TRANSACTIONAL_FLAG,
  updateCrc,
} from './batch.ts'
import type { Codec } from './codec.ts'

/** What a batch says about itself beyond what its records tell. */
export interface BatchOptions {
  readonly codec?: Codec
  readonly compressionLevel?: number
  readonly baseOffset?: Int64
  readonly leaderEpoch?: number
  readonly producerId?: Int64
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  readonly timestampType?: TimestampType
}

/** What the records tell. */
export interface RecordsSummary {
  readonly count: number
  readonly lastOffsetDelta: number
  readonly baseTimestamp: Int64
  readonly maxTimestamp: Int64
}

/** Writes header and CRC of the batch at `at`, whose records lie behind it up to `end`, compressed if they are to be. */
export function writeBatchHeader(
  buffer: Buffer,
  at: number,
  end: number,
  records: RecordsSummary,
  options: BatchOptions,
): void {
  const attributes =
    (options.codec?.id ?? 0) |
    (options.timestampType === 'LogAppendTime' ? LOG_APPEND_TIME_FLAG : 0) |
    (options.isTransactional ? TRANSACTIONAL_FLAG : 0) |
    (options.isControl ? CONTROL_FLAG : 0)
  writeInt64(buffer, at, options.baseOffset ?? 0)
  buffer.writeInt32BE(end - at - LOG_OVERHEAD, at + 8)
  buffer.writeInt32BE(options.leaderEpoch ?? NO_LEADER_EPOCH, at + 12)
  buffer.writeInt8(CURRENT_MAGIC, at + 16)
  buffer.writeInt16BE(attributes, at + ATTRIBUTES_AT)
  buffer.writeInt32BE(records.lastOffsetDelta, at + 23)
  writeInt64(buffer, at + 27, records.baseTimestamp)
  writeInt64(buffer, at + 35, records.maxTimestamp)
  writeInt64(buffer, at + 43, options.producerId ?? NO_PRODUCER_ID)
  buffer.writeInt16BE(options.producerEpoch ?? NO_PRODUCER_EPOCH, at + 51)
  buffer.writeInt32BE(options.baseSequence ?? NO_SEQUENCE, at + 53)
  buffer.writeInt32BE(records.count, at + 57)
  updateCrc(buffer, at)
}

/** A batch of its own from the uncompressed bytes of its records. */
export function packBatch(rawRecords: Buffer, records: RecordsSummary, options: BatchOptions): Buffer {
  const packed = options.codec ? options.codec.compress(rawRecords, options.compressionLevel) : rawRecords
  const batch = Buffer.allocUnsafe(BATCH_OVERHEAD + packed.length)
  packed.copy(batch, BATCH_OVERHEAD)
  writeBatchHeader(batch, 0, batch.length, records, options)
  return batch
}
