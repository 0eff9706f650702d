import { addInt64, type Int64, subtractInt64 } from '../bytes/int64.ts'
import { utf8Length } from '../bytes/writer.ts'
import {
  addToSequence,
  BATCH_OVERHEAD,
  baseOffset,
  baseSequence,
  baseTimestamp,
  maxTimestamp,
  NO_SEQUENCE,
  NO_TIMESTAMP,
  timestampType,
} from './batch.ts'
import { type BatchOptions, packBatch, type RecordsSummary, writeBatchHeader } from './batch-header.ts'
import { oddNameBytes, readName } from './header-name.ts'
import { openRecords, type RecordCursor } from './record-cursor.ts'
import { isNarrow, varintSize, varlongSize, zigzag } from './varint-size.ts'

export type RecordHeader = readonly [key: string, value: Buffer | null]

/** One record as an object; key, values and headers are views on the batch, or on its unfolded copy. */
export interface KafkaRecord {
  readonly offset: Int64
  readonly timestamp: Int64
  /** -1 when the batch carries no sequences. */
  readonly sequence: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

const NO_HEADERS: readonly RecordHeader[] = []

/** The records of the batch at `at`, which checkBatch must have passed; its codec must be loaded. */
export function readRecords(buffer: Buffer, at = 0, limitBytes?: number): KafkaRecord[] {
  const cursor = openRecords(buffer, at, limitBytes)
  const firstOffset = baseOffset(buffer, at)
  const firstSequence = baseSequence(buffer, at)
  const firstTimestamp = baseTimestamp(buffer, at)
  const appendTimestamp = timestampType(buffer, at) === 'LogAppendTime' ? maxTimestamp(buffer, at) : undefined
  const records: KafkaRecord[] = []
  while (cursor.next()) {
    records.push({
      offset: addInt64(firstOffset, cursor.offsetDelta),
      timestamp: appendTimestamp ?? addInt64(firstTimestamp, cursor.timestampDelta),
      sequence: firstSequence < 0 ? NO_SEQUENCE : addToSequence(firstSequence, cursor.offsetDelta),
      key: view(cursor.buffer, cursor.keyAt, cursor.keyBytes),
      value: view(cursor.buffer, cursor.valueAt, cursor.valueBytes),
      headers: readHeaders(cursor),
    })
  }
  return records
}

/** The headers of the record that the cursor stands on. */
export function readHeaders(cursor: RecordCursor): readonly RecordHeader[] {
  if (cursor.headerCount === 0) return NO_HEADERS
  const { buffer } = cursor
  const headers: RecordHeader[] = []
  let at = cursor.headersAt
  // The cursor has checked every length, so these cannot run out.
  const length = (): number => {
    let raw = 0
    for (let shift = 0; ; shift += 7) {
      const byte = buffer[at++]!
      raw |= (byte & 0x7f) << shift
      if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1)
    }
  }
  for (let left = cursor.headerCount; left > 0; left--) {
    const keyBytes = length()
    const key = readName(buffer, at, at + keyBytes)
    at += keyBytes
    const valueBytes = length()
    headers.push([key, view(buffer, at, valueBytes)])
    at += Math.max(0, valueBytes)
  }
  return headers
}

const view = (buffer: Buffer, at: number, length: number): Buffer | null =>
  length < 0 ? null : buffer.subarray(at, at + length)

/** Record length, attributes, timestamp delta, offset delta, two lengths and the header count at their longest. */
const MAX_RECORD_OVERHEAD = 5 + 1 + 10 + 5 + 5 + 5 + 5
/** Up to here a loop over bytes beats a call into the runtime. */
const MAX_LOOPED_COPY = 24

/** Puts records into a batch as they come; the same builder makes any number of batches, one after the other. */
export class BatchBuilder {
  readonly #initialBytes: number
  #buffer: Buffer
  #at = BATCH_OVERHEAD
  #count = 0
  #baseTimestamp: Int64 = NO_TIMESTAMP
  #maxTimestamp: Int64 = NO_TIMESTAMP

  constructor(initialBytes = 16 * 1024) {
    this.#initialBytes = Math.max(initialBytes, BATCH_OVERHEAD + MAX_RECORD_OVERHEAD)
    this.#buffer = Buffer.allocUnsafeSlow(this.#initialBytes)
  }

  get recordCount(): number {
    return this.#count
  }

  /** What the batch would take, uncompressed. */
  get sizeBytes(): number {
    return this.#at
  }

  /** Adds a record; gives the size of the batch with it, uncompressed. */
  append(
    timestampMs: Int64,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers?: readonly RecordHeader[],
  ): number {
    const keyBytes = key === null ? -1 : key.length
    const valueBytes = value === null ? -1 : value.length
    const headerBytes = headers === undefined || headers.length === 0 ? 0 : headersSize(headers)
    this.#start(timestampMs, keyBytes, valueBytes, headers?.length ?? 0, headerBytes)
    this.#putLength(keyBytes)
    if (key !== null) this.#put(key, 0, keyBytes)
    this.#putLength(valueBytes)
    if (value !== null) this.#put(value, 0, valueBytes)
    this.#putLength(headers?.length ?? 0)
    if (headerBytes > 0) for (const header of headers!) this.#putHeader(header)
    return this.#at
  }

  /** As append for parts of a larger buffer, so that no views are made; a start of -1 stands for null. */
  appendRange(
    timestampMs: Int64,
    source: Uint8Array,
    keyFrom: number,
    keyTo: number,
    valueFrom: number,
    valueTo: number,
  ): number {
    const keyBytes = keyFrom < 0 ? -1 : keyTo - keyFrom
    const valueBytes = valueFrom < 0 ? -1 : valueTo - valueFrom
    this.#start(timestampMs, keyBytes, valueBytes, 0, 0)
    this.#putLength(keyBytes)
    if (keyBytes > 0) this.#put(source, keyFrom, keyTo)
    this.#putLength(valueBytes)
    if (valueBytes > 0) this.#put(source, valueFrom, valueTo)
    this.#buffer[this.#at++] = 0
    return this.#at
  }

  /** The batch, which belongs to the caller; the builder starts again empty. Throws RangeError without records. */
  build(options: BatchOptions = {}): Buffer {
    if (this.#count === 0) throw new RangeError('a batch needs at least one record')
    const summary: RecordsSummary = {
      count: this.#count,
      lastOffsetDelta: this.#count - 1,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.#maxTimestamp,
    }
    const written = this.#buffer.subarray(0, this.#at)
    this.#at = BATCH_OVERHEAD
    this.#count = 0
    this.#maxTimestamp = NO_TIMESTAMP
    // The compressed bytes are a copy, so the buffer can be filled again.
    if (options.codec && options.codec.id !== 0) {
      return packBatch(written.subarray(BATCH_OVERHEAD), summary, options)
    }
    writeBatchHeader(written, 0, written.length, summary, options)
    this.#buffer = Buffer.allocUnsafeSlow(this.#initialBytes)
    return written
  }

  /** Makes room for a record and writes it up to its offset delta. */
  #start(
    timestampMs: Int64,
    keyBytes: number,
    valueBytes: number,
    headerCount: number,
    headerBytes: number,
  ): void {
    const parts = Math.max(0, keyBytes) + Math.max(0, valueBytes) + headerBytes
    if (this.#at + parts + MAX_RECORD_OVERHEAD > this.#buffer.length) this.#grow(parts + MAX_RECORD_OVERHEAD)
    if (this.#count === 0) this.#baseTimestamp = timestampMs
    if (timestampMs > this.#maxTimestamp) this.#maxTimestamp = timestampMs
    const timestampDelta = subtractInt64(timestampMs, this.#baseTimestamp)
    const offsetDelta = this.#count++
    this.#putLength(
      1 +
        varlongSize(timestampDelta) +
        varintSize(offsetDelta) +
        varintSize(keyBytes) +
        varintSize(valueBytes) +
        varintSize(headerCount) +
        parts,
    )
    this.#buffer[this.#at++] = 0
    if (isNarrow(timestampDelta)) this.#putLength(timestampDelta)
    else this.#putWide(timestampDelta)
    this.#putLength(offsetDelta)
  }

  #grow(bytes: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
  }

  /** A zigzag-coded varint. */
  #putLength(value: number): void {
    const buffer = this.#buffer
    let at = this.#at
    let raw = (value << 1) ^ (value >> 31)
    while ((raw & ~0x7f) !== 0) {
      buffer[at++] = (raw & 0x7f) | 0x80
      raw >>>= 7
    }
    buffer[at++] = raw
    this.#at = at
  }

  #putWide(value: Int64): void {
    let raw = zigzag(value)
    for (; raw > 0x7fn; raw >>= 7n) this.#buffer[this.#at++] = Number(raw & 0x7fn) | 0x80
    this.#buffer[this.#at++] = Number(raw)
  }

  #put(source: Uint8Array, from: number, to: number): void {
    const length = to - from
    const buffer = this.#buffer
    const at = this.#at
    if (length <= MAX_LOOPED_COPY) for (let i = 0; i < length; i++) buffer[at + i] = source[from + i]!
    else buffer.set(length === source.length ? source : source.subarray(from, to), at)
    this.#at = at + length
  }

  #putHeader([key, value]: RecordHeader): void {
    const odd = oddNameBytes(key)
    const keyBytes = odd?.length ?? utf8Length(key)
    this.#putLength(keyBytes)
    if (odd !== null) this.#buffer.set(odd, this.#at)
    else this.#buffer.write(key, this.#at, keyBytes, 'utf8')
    this.#at += keyBytes
    this.#putLength(value === null ? -1 : value.length)
    if (value !== null) this.#put(value, 0, value.length)
  }
}

function headersSize(headers: readonly RecordHeader[]): number {
  let size = 0
  for (const [key, value] of headers) {
    const keyBytes = oddNameBytes(key)?.length ?? utf8Length(key)
    size += varintSize(keyBytes) + keyBytes + varintSize(value?.length ?? -1) + (value?.length ?? 0)
  }
  return size
}
