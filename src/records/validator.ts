// What Apache Kafka checks and changes in the records a producer sends for one partition, in its order: the shape of
// the request, then size and CRC, then the batch header, then each record. The sentences are Kafka's.

import type { Int64 } from '../bytes/int64.ts'
import type { ErrorName } from '../protocol/errors.ts'
import { KafkaError } from '../protocol/errors.ts'
import {
  BATCH_OVERHEAD,
  baseOffset,
  baseSequence,
  batchSize,
  CURRENT_MAGIC,
  compressionId,
  computeCrc,
  isControl,
  LOG_OVERHEAD,
  lastOffsetDelta,
  MAGIC_AT,
  magic,
  producerId,
  recordCount,
  setMaxTimestamp,
  storedCrc,
  type TimestampType,
} from './batch.ts'
import { CODECS, type CodecName, codecName, isCodecLoaded } from './compression.ts'
import { rebuildBatch } from './recompression.ts'
import { checkRecords, type RecordError, recordErrorText } from './record-checks.ts'
import { RecordsError } from './records-error.ts'

/** The settings of topic and request that decide about records. */
export interface ValidationSettings {
  /** As Kafka prints it: orders-0. */
  readonly topicPartition: string
  /** The version of the Produce request. */
  readonly produceVersion: number
  /** Whether cleanup.policy has compact in it. */
  readonly isCompacted: boolean
  readonly timestampType: TimestampType
  readonly timestampBeforeMaxMs: Int64
  readonly timestampAfterMaxMs: Int64
  readonly maxMessageBytes: number
  readonly compressionType: 'producer' | 'uncompressed' | Exclude<CodecName, 'none'>
  /** The compression.<type>.level for a topic with a compression type of its own. */
  readonly compressionLevel?: number
}

/** A batch that may be appended once `stampTime` has put the time on it. */
export interface CheckedRecords {
  /** Exactly one batch: the producer's own bytes, or a new one when they had to be compressed again. */
  readonly records: Buffer
  /** The largest timestamp of the records. */
  readonly maxTimestamp: Int64
}

/** A batch that may be appended, base offset and leader epoch still to be stamped. */
export interface ValidatedRecords {
  readonly records: Buffer
  readonly maxTimestamp: Int64
  /** For the answer: -1 unless the topic stamps records with the time of the append. */
  readonly logAppendTimeMs: number
}

/** Why records were refused. Only refusals with `recordErrors` carry their message to the producer. */
export class RefusedRecords extends KafkaError {
  readonly recordErrors: readonly RecordError[]

  constructor(
    code: ErrorName,
    message: string,
    recordErrors: readonly RecordError[] = [],
    options?: ErrorOptions,
  ) {
    super(code, message, options)
    this.recordErrors = recordErrors
  }
}

/** The request is at fault, not the records: Kafka refuses these before it looks at the log. */
export class RefusedRequest extends RefusedRecords {}

/** The codecs that must be loaded before `checkProduced` with the same arguments. */
export function codecsToLoad(
  records: Buffer,
  compressionType: ValidationSettings['compressionType'],
): number[] {
  const ids = records.length < BATCH_OVERHEAD ? [] : [compressionId(records, 0)]
  if (compressionType !== 'producer' && compressionType !== 'uncompressed')
    ids.push(CODECS[compressionType].id)
  return ids.filter((id) => !isCodecLoaded(id) && id < Object.keys(CODECS).length)
}

/** Whether the batch is stored under another codec than the producer's. */
export function isRepacked(records: Buffer, { compressionType }: ValidationSettings): boolean {
  return compressionType !== 'producer' && compressionId(records, 0) !== targetId(compressionType)
}

/** Checks the records of one partition, and compresses them as the topic wants them; throws RefusedRecords. */
export function checkProduced(records: Buffer, settings: ValidationSettings, nowMs: number): CheckedRecords {
  try {
    return check(records, settings, nowMs)
  } catch (error) {
    if (error instanceof RecordsError) throw unreadable(error)
    throw error
  }
}

/** As checkProduced; null when the records decompress to more than `limitBytes`, which ends the work early. */
export function checkSmall(
  records: Buffer,
  settings: ValidationSettings,
  nowMs: number,
  limitBytes: number,
): CheckedRecords | null {
  try {
    return check(records, settings, nowMs, limitBytes)
  } catch (error) {
    if (!(error instanceof RecordsError)) throw error
    if (error.code === 'EXPANSION_LIMIT') return null
    throw unreadable(error)
  }
}

/** Puts the largest timestamp on a batch, or the time of the append where the topic wants that. */
export function stampTime(
  { records, maxTimestamp }: CheckedRecords,
  { timestampType }: Pick<ValidationSettings, 'timestampType'>,
  nowMs: number,
): ValidatedRecords {
  const stampsAppendTime = timestampType === 'LogAppendTime'
  const newTimestamp = stampsAppendTime ? nowMs : maxTimestamp
  setMaxTimestamp(records, 0, timestampType, newTimestamp)
  return { records, maxTimestamp: newTimestamp, logAppendTimeMs: stampsAppendTime ? nowMs : -1 }
}

function check(
  records: Buffer,
  settings: ValidationSettings,
  nowMs: number,
  limitBytes?: number,
): CheckedRecords {
  const batch = takeOnlyBatch(records, settings)
  checkSizeAndCrc(batch, settings)
  checkHeaderFields(batch, settings)
  const target = targetCodec(batch, settings)
  const { cursor, errors, maxTimestamp, hasGaps } = checkRecords(batch, settings, nowMs, limitBytes)
  if (errors.length > 0) throw refusal(errors)
  const source = compressionId(batch, 0)
  // Kafka means to renumber a compressed batch with gaps, but fails on it; in others it does not look for gaps.
  if (hasGaps && target !== CODECS.none.id && target === source) {
    throw new RefusedRecords('INVALID_RECORD', 'The offsets in a compressed batch must count up from 0')
  }
  if (target === source) return { records: batch, maxTimestamp }
  const rebuilt = rebuildBatch(batch, cursor, target, settings.compressionLevel)
  if (rebuilt.length > settings.maxMessageBytes) throw tooLargeAfterPacking(rebuilt, settings)
  return { records: rebuilt, maxTimestamp }
}

/** The one whole batch that a partition's records must be; bytes of a batch cut short after it are left out. */
function takeOnlyBatch(records: Buffer, { produceVersion, topicPartition }: ValidationSettings): Buffer {
  const size = records.length < LOG_OVERHEAD ? 0 : batchSize(records, 0)
  // 14 is the length of the shortest record of the oldest format, below which Kafka calls it corrupt.
  if (records.length >= LOG_OVERHEAD && size - LOG_OVERHEAD < 14) {
    const message = `Record size ${size - LOG_OVERHEAD} is less than the minimum record overhead (14)`
    throw new RefusedRequest('CORRUPT_MESSAGE', message)
  }
  if (records.length > MAGIC_AT && (magic(records, 0) < 0 || magic(records, 0) > CURRENT_MAGIC)) {
    throw new RefusedRequest('CORRUPT_MESSAGE', `Invalid magic found in record: ${magic(records, 0)}`)
  }
  const prefix = `Produce requests with version ${produceVersion}`
  if (size === 0 || size > records.length) {
    throw new RefusedRequest('INVALID_RECORD', `${prefix} must have at least one record batch per partition`)
  }
  if (magic(records, 0) !== CURRENT_MAGIC) {
    const message = `${prefix} are only allowed to contain record batches with magic version 2`
    throw new RefusedRequest('INVALID_RECORD', message)
  }
  if (size >= BATCH_OVERHEAD && compressionId(records, 0) === CODECS.zstd.id && produceVersion < 7) {
    const message = `${prefix} are not allowed to use ZStandard compression`
    throw new RefusedRequest('UNSUPPORTED_COMPRESSION_TYPE', message)
  }
  const left = records.length - size
  if (left >= LOG_OVERHEAD && batchSize(records, size) <= left) {
    const message = `${prefix} are only allowed to contain exactly one record batch per partition`
    throw new RefusedRequest('INVALID_RECORD', message)
  }
  if (baseOffset(records, 0) !== 0) {
    const message = `The baseOffset of the record batch in the append to ${topicPartition} should be 0, but it is ${baseOffset(records, 0)}`
    throw new RefusedRecords('INVALID_RECORD', message)
  }
  return records.length === size ? records : records.subarray(0, size)
}

function checkSizeAndCrc(batch: Buffer, { topicPartition, maxMessageBytes }: ValidationSettings): void {
  if (batch.length > maxMessageBytes) {
    const message = `The record batch size in the append to ${topicPartition} is ${batch.length} bytes which exceeds the maximum configured value of ${maxMessageBytes}).`
    throw new RefusedRecords('MESSAGE_TOO_LARGE', message)
  }
  if (batch.length < BATCH_OVERHEAD || storedCrc(batch, 0) !== computeCrc(batch, 0)) {
    const crc = storedCrc(batch, 0)
    const message = `Record is corrupt (stored crc = ${crc}) in topic partition ${topicPartition}.`
    throw new RefusedRecords('CORRUPT_MESSAGE', message)
  }
}

function checkHeaderFields(batch: Buffer, { topicPartition }: ValidationSettings): void {
  const refuse = (message: string): never => {
    throw new RefusedRecords('INVALID_RECORD', `${message} in topic partition ${topicPartition}`)
  }
  const last = lastOffsetDelta(batch, 0)
  const count = recordCount(batch, 0)
  if (last < 0) refuse(`Batch has an invalid offset range: [0, ${last}]`)
  if (count <= 0) refuse(`Invalid reported count for record batch: ${count}`)
  if (last + 1 !== count) refuse(`Inconsistent batch offset range [0, ${last}] and count of records ${count}`)
  if (isControl(batch, 0)) refuse('Clients are not allowed to write control records')
  if (producerId(batch, 0) >= 0 && baseSequence(batch, 0) < 0) {
    const sequence = baseSequence(batch, 0)
    refuse(`Invalid sequence number ${sequence} in record batch with producerId ${producerId(batch, 0)}`)
  }
}

function targetCodec(batch: Buffer, { compressionType }: ValidationSettings): number {
  const source = compressionId(batch, 0)
  try {
    codecName(source)
  } catch (cause) {
    if (!(cause instanceof RecordsError)) throw cause
    throw new RefusedRecords('UNSUPPORTED_COMPRESSION_TYPE', cause.message, [], { cause })
  }
  return compressionType === 'producer' ? source : targetId(compressionType)
}

const targetId = (type: Exclude<ValidationSettings['compressionType'], 'producer'>): number =>
  CODECS[type === 'uncompressed' ? 'none' : type].id

function refusal(errors: readonly RecordError[]): RefusedRecords {
  if (errors.some(({ code }) => code === 'INVALID_TIMESTAMP')) {
    const message = 'One or more records have been rejected due to invalid timestamp'
    return new RefusedRecords('INVALID_TIMESTAMP', message, errors)
  }
  const first = errors.slice(0, 3).map(recordErrorText).join(', ')
  const message = `One or more records have been rejected due to ${errors.length} record errors in total, and only showing the first three errors at most: [${first}]`
  return new RefusedRecords('INVALID_RECORD', message, errors)
}

function tooLargeAfterPacking(
  batch: Buffer,
  { topicPartition, maxMessageBytes }: ValidationSettings,
): RefusedRecords {
  const message = `Message batch size is ${batch.length} bytes in append topartition ${topicPartition} which exceeds the maximum configured size of ${maxMessageBytes}.`
  return new RefusedRecords('MESSAGE_TOO_LARGE', message)
}

// Differs: where Kafka fails with UNKNOWN_SERVER_ERROR on data that cannot be decompressed, the producer is told that
// its records are at fault; and past the expansion limit it is told to split its batch.
function unreadable(cause: RecordsError): RefusedRecords | RecordsError {
  if (cause.code === 'CODEC_NOT_LOADED') return cause
  const code = cause.code === 'EXPANSION_LIMIT' ? 'MESSAGE_TOO_LARGE' : 'INVALID_RECORD'
  return new RefusedRecords(code, cause.message, [], { cause })
}
