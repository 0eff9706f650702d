// A record batch, magic 2, all numbers big-endian:
//
//    0 baseOffset int64             27 baseTimestamp int64
//    8 batchLength int32            35 maxTimestamp int64
//   12 partitionLeaderEpoch int32   43 producerId int64
//   16 magic int8                   51 producerEpoch int16
//   17 crc uint32                   53 baseSequence int32
//   21 attributes int16             57 recordCount int32
//   23 lastOffsetDelta int32        61 records
//
// batchLength counts the bytes after itself. The CRC-32C covers the bytes from the attributes to the end, so base
// offset and leader epoch can be stamped in place. Attributes: bits 0-2 codec, 3 LogAppendTime, 4 transactional,
// 5 control, 6 the base timestamp is a delete horizon.
//
// Everything here works on a buffer and the offset of the batch in it; no object is made per batch.

import { crc32c } from '../bytes/crc32c.ts'
import { addInt64, type Int64, readInt64, writeInt64 } from '../bytes/int64.ts'
import { RecordsError } from './records-error.ts'

/** Bytes before the records. */
export const BATCH_OVERHEAD = 61
/** Bytes of base offset and length, which the length does not count. */
export const LOG_OVERHEAD = 12
export const CURRENT_MAGIC = 2

export const NO_PRODUCER_ID = -1
export const NO_PRODUCER_EPOCH = -1
export const NO_SEQUENCE = -1
export const NO_TIMESTAMP = -1
export const NO_LEADER_EPOCH = -1

export const ATTRIBUTES_AT = 21
const LEADER_EPOCH_AT = 12
export const MAGIC_AT = 16
const CRC_AT = 17
const MAX_TIMESTAMP_AT = 35

const CODEC_MASK = 0x07
export const LOG_APPEND_TIME_FLAG = 0x08
export const TRANSACTIONAL_FLAG = 0x10
export const CONTROL_FLAG = 0x20
const DELETE_HORIZON_FLAG = 0x40

const MAX_INT32 = 0x7fff_ffff

export type TimestampType = 'CreateTime' | 'LogAppendTime'

export const baseOffset = (buffer: Buffer, at: number): Int64 => readInt64(buffer, at)

/** Size of the whole batch, base offset and length included; only what the header claims. */
export const batchSize = (buffer: Buffer, at: number): number => buffer.readInt32BE(at + 8) + LOG_OVERHEAD

export const partitionLeaderEpoch = (buffer: Buffer, at: number): number =>
  buffer.readInt32BE(at + LEADER_EPOCH_AT)

export const magic = (buffer: Buffer, at: number): number => buffer.readInt8(at + MAGIC_AT)

export const storedCrc = (buffer: Buffer, at: number): number => buffer.readUInt32BE(at + CRC_AT)

export const attributes = (buffer: Buffer, at: number): number => buffer.readInt16BE(at + ATTRIBUTES_AT)

export const compressionId = (buffer: Buffer, at: number): number => attributes(buffer, at) & CODEC_MASK

export const timestampType = (buffer: Buffer, at: number): TimestampType =>
  (attributes(buffer, at) & LOG_APPEND_TIME_FLAG) === 0 ? 'CreateTime' : 'LogAppendTime'

export const isTransactional = (buffer: Buffer, at: number): boolean =>
  (attributes(buffer, at) & TRANSACTIONAL_FLAG) !== 0

export const isControl = (buffer: Buffer, at: number): boolean =>
  (attributes(buffer, at) & CONTROL_FLAG) !== 0

/** Whether the base timestamp is the time from which tombstones and markers may be dropped (KIP-534). */
export const hasDeleteHorizon = (buffer: Buffer, at: number): boolean =>
  (attributes(buffer, at) & DELETE_HORIZON_FLAG) !== 0

export const lastOffsetDelta = (buffer: Buffer, at: number): number => buffer.readInt32BE(at + 23)

export const lastOffset = (buffer: Buffer, at: number): Int64 =>
  addInt64(baseOffset(buffer, at), lastOffsetDelta(buffer, at))

export const baseTimestamp = (buffer: Buffer, at: number): Int64 => readInt64(buffer, at + 27)

export const maxTimestamp = (buffer: Buffer, at: number): Int64 => readInt64(buffer, at + MAX_TIMESTAMP_AT)

export const producerId = (buffer: Buffer, at: number): Int64 => readInt64(buffer, at + 43)

/** Whether the batch is of an idempotent producer; as in Kafka, any negative id is none. */
export const hasProducerId = (buffer: Buffer, at: number): boolean => producerId(buffer, at) > NO_PRODUCER_ID

export const producerEpoch = (buffer: Buffer, at: number): number => buffer.readInt16BE(at + 51)

export const baseSequence = (buffer: Buffer, at: number): number => buffer.readInt32BE(at + 53)

/** The sequence `steps` after `sequence`; they start again at 0 past 2^31 - 1. */
export const addToSequence = (sequence: number, steps: number): number =>
  sequence > MAX_INT32 - steps ? steps - (MAX_INT32 - sequence) - 1 : sequence + steps

/** The sequence of the last record; NO_SEQUENCE when the batch carries none. */
export function lastSequence(buffer: Buffer, at: number): number {
  const first = baseSequence(buffer, at)
  return first === NO_SEQUENCE ? NO_SEQUENCE : addToSequence(first, lastOffsetDelta(buffer, at))
}

export const recordCount = (buffer: Buffer, at: number): number => buffer.readInt32BE(at + 57)

/** Stamps the offset of the first record; the CRC does not cover it. */
export const setBaseOffset = (buffer: Buffer, at: number, offset: Int64): void =>
  writeInt64(buffer, at, offset)

/** Stamps the leader epoch; the CRC does not cover it. */
export function setLeaderEpoch(buffer: Buffer, at: number, epoch: number): void {
  buffer.writeInt32BE(epoch, at + LEADER_EPOCH_AT)
}

/** The CRC-32C the batch ought to have. */
export const computeCrc = (buffer: Buffer, at: number): number =>
  crc32c(buffer.subarray(at + ATTRIBUTES_AT, at + batchSize(buffer, at)))

/** Stores the CRC again after a field it covers was changed. */
export function updateCrc(buffer: Buffer, at: number): void {
  buffer.writeUInt32BE(computeCrc(buffer, at), at + CRC_AT)
}

/** Sets the kind of timestamps and the largest one, and the CRC; records keep their own, LogAppendTime hides them. */
export function setMaxTimestamp(buffer: Buffer, at: number, type: TimestampType, timestampMs: Int64): void {
  if (timestampType(buffer, at) === type && maxTimestamp(buffer, at) === timestampMs) return
  const flag = type === 'LogAppendTime' ? LOG_APPEND_TIME_FLAG : 0
  buffer.writeInt16BE((attributes(buffer, at) & ~LOG_APPEND_TIME_FLAG) | flag, at + ATTRIBUTES_AT)
  writeInt64(buffer, at + MAX_TIMESTAMP_AT, timestampMs)
  updateCrc(buffer, at)
}

/** Checks length, magic and record count of the batch at `at`, not its CRC; gives its size in bytes. */
export function checkHeader(buffer: Buffer, at: number, end = buffer.length): number {
  if (end - at < LOG_OVERHEAD) {
    throw new RecordsError('BATCH_TRUNCATED', `${end - at} bytes at ${at} are too few for a batch`)
  }
  // Magic is checked before the length: older formats are allowed to be shorter than a v2 batch.
  if (end - at > MAGIC_AT && magic(buffer, at) !== CURRENT_MAGIC) {
    throw new RecordsError('UNSUPPORTED_MAGIC', `the batch at ${at} has magic ${magic(buffer, at)}, not 2`)
  }
  const size = batchSize(buffer, at)
  if (size < BATCH_OVERHEAD) {
    throw new RecordsError(
      'BATCH_CORRUPT',
      `the batch at ${at} claims ${size} bytes, less than its header has`,
    )
  }
  if (size > end - at) {
    throw new RecordsError(
      'BATCH_TRUNCATED',
      `the batch at ${at} claims ${size} bytes, ${end - at} are there`,
    )
  }
  if (recordCount(buffer, at) < 0 || lastOffsetDelta(buffer, at) < 0) {
    throw new RecordsError('BATCH_CORRUPT', `the batch at ${at} claims a negative number of records`)
  }
  return size
}

/** Checks the batch at `at` as far as its header and CRC tell; gives its size in bytes. */
export function checkBatch(buffer: Buffer, at: number, end = buffer.length): number {
  const size = checkHeader(buffer, at, end)
  const computed = computeCrc(buffer, at)
  if (computed !== storedCrc(buffer, at)) {
    throw new RecordsError(
      'BATCH_CORRUPT',
      `the batch at ${at} has CRC ${storedCrc(buffer, at)}, its bytes give ${computed}`,
    )
  }
  return size
}

/** Where each whole batch in [from, to) starts; a batch cut off at the end is left out, nonsense throws. */
export function* batches(buffer: Buffer, from = 0, to = buffer.length): Generator<number, void, undefined> {
  let at = from
  while (to - at >= LOG_OVERHEAD) {
    if (batchSize(buffer, at) > to - at) return
    const size = checkHeader(buffer, at, to)
    yield at
    at += size
  }
}
