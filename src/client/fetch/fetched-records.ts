import { addInt64, compareInt64, type Int64, maxInt64 } from '../../bytes/int64.ts'
import * as batch from '../../records/batch.ts'
import { controlType } from '../../records/control.ts'
import { type KafkaRecord, readHeaders } from '../../records/record.ts'
import { openRecords, type RecordCursor } from '../../records/record-cursor.ts'
import { RecordsError } from '../../records/records-error.ts'

export interface AbortedTransaction {
  readonly producerId: Int64
  readonly firstOffset: Int64
}

export interface FetchedRange {
  readonly topic: string
  readonly partition: number
  /** The bytes of the answer: whole batches, and perhaps part of one behind them. */
  readonly records: Buffer
  /** Records below it are not given: the first batch may begin before the offset that was asked for. */
  readonly from: Int64
  /** The first offset not to give. */
  readonly until: Int64
  /** Where the next fetch goes on. */
  readonly nextOffset: Int64
  /** Null when aborted records are to be given, too. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null
  readonly checkCrcs: boolean
  readonly highWatermark: Int64
}

/**
 * Records of one partition as they were fetched, stepped through without an object for each: `next()` moves on,
 * `cursor` says where key, value and headers of the current record are, and in which buffer. Compressed batches are
 * expanded when they are reached. Transaction markers are never given, aborted records only if asked for.
 */
export class FetchedRecords {
  readonly range: FetchedRange
  readonly topic: string
  readonly partition: number
  /** Points at the current record; another one for each batch. */
  cursor: RecordCursor
  offset: Int64 = -1
  timestampMs: Int64 = -1
  /** Whether `next()` has returned false. */
  isExhausted = false
  /** Where the next batch starts. */
  #at = 0
  #baseOffset: Int64 = 0
  #baseTimestamp: Int64 = 0
  /** The time that the broker set for all records of the batch. */
  #appendTimestamp: Int64 | null = null
  readonly #abortedProducers = new Set<Int64>()
  #abortedLeft: readonly AbortedTransaction[]

  constructor(range: FetchedRange) {
    this.range = range
    this.topic = range.topic
    this.partition = range.partition
    this.cursor = EMPTY
    this.#abortedLeft = [...(range.abortedTransactions ?? [])].sort((a, b) =>
      compareInt64(a.firstOffset, b.firstOffset),
    )
  }

  /** Whether the current record has the time its producer gave it, or that of its arrival. */
  get timestampType(): batch.TimestampType {
    return this.#appendTimestamp === null ? 'CreateTime' : 'LogAppendTime'
  }

  /** The offset after the records that were stepped through: where reading goes on. */
  get nextOffset(): Int64 {
    if (this.isExhausted) return this.range.nextOffset
    return this.offset < 0 ? this.range.from : addInt64(this.offset, 1)
  }

  /** Steps on the next record; false after the last. RecordsError when the bytes are corrupt. */
  next(): boolean {
    if (this.isExhausted) return false
    for (;;) {
      const { cursor } = this
      while (cursor.next()) {
        const offset = addInt64(this.#baseOffset, cursor.offsetDelta)
        if (offset < this.range.from) continue
        if (offset >= this.range.until) return this.#end()
        this.offset = offset
        this.timestampMs = this.#appendTimestamp ?? addInt64(this.#baseTimestamp, cursor.timestampDelta)
        return true
      }
      if (!this.#openBatch()) return this.#end()
    }
  }

  #end(): false {
    this.isExhausted = true
    return false
  }

  /** The current record as an object of its own: its bytes are copied and stay. */
  record(): KafkaRecord {
    const { buffer, keyAt, keyBytes, valueAt, valueBytes } = this.cursor
    return {
      offset: this.offset,
      timestamp: this.timestampMs,
      sequence: batch.NO_SEQUENCE,
      key: keyBytes < 0 ? null : Buffer.from(buffer.subarray(keyAt, keyAt + keyBytes)),
      value: valueBytes < 0 ? null : Buffer.from(buffer.subarray(valueAt, valueAt + valueBytes)),
      headers: readHeaders(this.cursor).map(([key, value]) => [key, value && Buffer.from(value)]),
    }
  }

  /** Opens the next batch that has records to give. */
  #openBatch(): boolean {
    const { records, until, checkCrcs } = this.range
    while (isWhole(records, this.#at)) {
      const at = this.#at
      if (batch.baseOffset(records, at) >= until) return false
      this.#at += this.#attempt(at, () =>
        checkCrcs ? batch.checkBatch(records, at) : batch.checkHeader(records, at),
      )
      if (this.#isHidden(at)) continue
      this.#baseOffset = batch.baseOffset(records, at)
      this.#baseTimestamp = batch.baseTimestamp(records, at)
      const isAppendTime = batch.timestampType(records, at) === 'LogAppendTime'
      this.#appendTimestamp = isAppendTime ? batch.maxTimestamp(records, at) : null
      this.cursor = this.#attempt(at, () => openRecords(records, at))
      return true
    }
    return false
  }

  /** Reads from the batch; a failure names its place, in Kafka's words. */
  #attempt<T>(at: number, read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof RecordsError)) throw error
      const place = `partition ${this.topic}-${this.partition} at offset ${batch.baseOffset(this.range.records, at)}`
      const message = `Record batch for ${place} is invalid, cause: ${error.message}`
      throw new RecordsError(error.code, message, { cause: error })
    }
  }

  #isHidden(at: number): boolean {
    const { records, abortedTransactions } = this.range
    const isControl = batch.isControl(records, at)
    if (abortedTransactions === null || !batch.isTransactional(records, at)) return isControl
    const lastOffset = batch.lastOffset(records, at)
    const producerId = batch.producerId(records, at)
    while (this.#abortedLeft[0] !== undefined && this.#abortedLeft[0].firstOffset <= lastOffset) {
      this.#abortedProducers.add(this.#abortedLeft[0].producerId)
      this.#abortedLeft = this.#abortedLeft.slice(1)
    }
    if (!isControl) return this.#abortedProducers.has(producerId)
    // The marker ends this transaction; what the producer wrote behind it belongs to another.
    if (isAbortMarker(records, at)) this.#abortedProducers.delete(producerId)
    return true
  }
}

const EMPTY = openEmpty()

function openEmpty(): RecordCursor {
  const header = Buffer.alloc(batch.BATCH_OVERHEAD)
  header.writeInt32BE(batch.BATCH_OVERHEAD - batch.LOG_OVERHEAD, 8)
  return openRecords(header, 0)
}

function isAbortMarker(records: Buffer, at: number): boolean {
  const cursor = openRecords(records, at)
  if (!cursor.next() || cursor.keyBytes < 0) return false
  return controlType(cursor.buffer.subarray(cursor.keyAt, cursor.keyAt + cursor.keyBytes)) === 'ABORT'
}

const isWhole = (records: Buffer, at: number): boolean =>
  records.length - at >= batch.LOG_OVERHEAD && batch.batchSize(records, at) <= records.length - at

/** What the headers of fetched batches tell: the offset behind the last whole one, and the codecs they need. */
export function surveyBatches(records: Buffer, from: Int64): { nextOffset: Int64; codecIds: number[] } {
  let nextOffset = from
  const codecIds = new Set<number>()
  for (let at = 0; isWhole(records, at); at += batch.checkHeader(records, at)) {
    nextOffset = maxInt64(nextOffset, addInt64(batch.lastOffset(records, at), 1))
    codecIds.add(batch.compressionId(records, at))
  }
  return { nextOffset, codecIds: [...codecIds] }
}
