// A record within a batch; varints are zigzag-coded:
//
//   length varint (of what follows) | attributes int8 | timestampDelta varlong | offsetDelta varint
//   keyLength varint (-1: null) | key | valueLength varint (-1: null) | value
//   headerCount varint | per header: keyLength varint | key | valueLength varint (-1: null) | value

import { type Int64, toInt64 } from '../bytes/int64.ts'
import { BATCH_OVERHEAD, batchSize, compressionId, recordCount } from './batch.ts'
import { codecById } from './compression.ts'
import { RecordsError } from './records-error.ts'

/**
 * Steps through records without making an object for each: `next()` sets where the parts of a record are.
 * It checks all lengths, so that whatever it points at can be read; nonsense throws BATCH_CORRUPT.
 */
export class RecordCursor {
  readonly buffer: Buffer
  /** How many records were stepped on; the current one is the last of them. */
  position = 0
  attributes = 0
  timestampDelta: Int64 = 0
  offsetDelta = 0
  keyAt = 0
  /** -1 without a key. */
  keyBytes = -1
  valueAt = 0
  /** -1 without a value. */
  valueBytes = -1
  headerCount = 0
  headersAt = 0
  /** Where the current record ends, and the next starts. */
  end: number
  readonly #count: number
  readonly #from: number
  readonly #to: number
  #at: number

  /** The records in [from, to) of `buffer`, of which there must be `count`. */
  constructor(buffer: Buffer, from: number, to: number, count: number) {
    this.buffer = buffer
    this.end = from
    this.#at = from
    this.#from = from
    this.#to = to
    this.#count = count
  }

  /** Another cursor over the same records, before the first. */
  restarted(): RecordCursor {
    return new RecordCursor(this.buffer, this.#from, this.#to, this.#count)
  }

  /** Steps on the next record; false after the last. */
  next(): boolean {
    this.#at = this.end
    if (this.position >= this.#count) {
      if (this.#at !== this.#to) this.#fail(`${this.#to - this.#at} bytes are left after it`)
      return false
    }
    this.position++
    if (!this.#stepQuickly()) this.#step()
    return true
  }

  /**
   * As `#step`, for records without headers whose numbers are short, as nearly all are; false for others, and where
   * anything is wrong. Each number is read in place: calls would take twice the time.
   */
  #stepQuickly(): boolean {
    const { buffer } = this
    let at = this.end
    let byte = buffer[at++]!
    let length = byte & 0x7f
    if (byte >= 0x80) {
      byte = buffer[at++]!
      if (byte >= 0x80) return false
      length |= byte << 7
    }
    const end = at + (length >>> 1)
    if ((length & 1) !== 0 || end > this.#to || at >= end) return false
    const attributes = buffer[at++]!
    byte = buffer[at++]!
    let timestampDelta = byte & 0x7f
    if (byte >= 0x80) {
      byte = buffer[at++]!
      if (byte >= 0x80) return false
      timestampDelta |= byte << 7
    }
    byte = buffer[at++]!
    let offsetDelta = byte & 0x7f
    if (byte >= 0x80) {
      byte = buffer[at++]!
      offsetDelta |= (byte & 0x7f) << 7
      if (byte >= 0x80) {
        byte = buffer[at++]!
        if (byte >= 0x80) return false
        offsetDelta |= byte << 14
      }
    }
    byte = buffer[at++]!
    let keyBytes = byte & 0x7f
    if (byte >= 0x80) {
      byte = buffer[at++]!
      if (byte >= 0x80) return false
      keyBytes |= byte << 7
    }
    keyBytes = (keyBytes >>> 1) ^ -(keyBytes & 1)
    const keyAt = at
    if (keyBytes > 0) at += keyBytes
    if (at >= end) return false
    byte = buffer[at++]!
    let valueBytes = byte & 0x7f
    if (byte >= 0x80) {
      byte = buffer[at++]!
      if (byte >= 0x80) return false
      valueBytes |= byte << 7
    }
    valueBytes = (valueBytes >>> 1) ^ -(valueBytes & 1)
    const valueAt = at
    if (valueBytes > 0) at += valueBytes
    // Nothing has reached past the end if the one byte that is left for the number of headers is the last.
    if (at !== end - 1 || buffer[at] !== 0) return false
    this.end = end
    this.attributes = attributes
    this.timestampDelta = (timestampDelta >>> 1) ^ -(timestampDelta & 1)
    this.offsetDelta = (offsetDelta >>> 1) ^ -(offsetDelta & 1)
    this.keyAt = keyAt
    this.keyBytes = keyBytes
    this.valueAt = valueAt
    this.valueBytes = valueBytes
    this.headerCount = 0
    this.headersAt = end
    return true
  }

  #step(): void {
    const length = this.#varint(this.#to)
    const end = this.#at + length
    if (length < 0 || end > this.#to) this.#fail(`it claims ${length} bytes, ${this.#to - this.#at} are left`)
    if (length === 0) this.#fail('it is empty')
    this.end = end
    this.attributes = this.buffer[this.#at++]!
    this.timestampDelta = this.#varlong(end)
    this.offsetDelta = this.#varint(end)
    this.keyBytes = this.#varint(end)
    this.keyAt = this.#skip(this.keyBytes, end)
    this.valueBytes = this.#varint(end)
    this.valueAt = this.#skip(this.valueBytes, end)
    this.headerCount = this.#varint(end)
    this.headersAt = this.#at
    if (this.headerCount !== 0) this.#skipHeaders(end)
    if (this.#at !== end) this.#fail(`it claims ${length} bytes, its parts have ${length + this.#at - end}`)
  }

  #skipHeaders(end: number): void {
    // Each header takes two bytes at least, so a larger count cannot be true.
    if (this.headerCount < 0 || this.headerCount > end - this.#at) {
      this.#fail(`it claims ${this.headerCount} headers`)
    }
    for (let left = this.headerCount; left > 0; left--) {
      const keyBytes = this.#varint(end)
      if (keyBytes < 0) this.#fail('a header has no key')
      this.#skip(keyBytes, end)
      this.#skip(this.#varint(end), end)
    }
  }

  /** Where the `length` bytes start that are passed over; any negative length is null, as in Kafka. */
  #skip(length: number, end: number): number {
    const at = this.#at
    if (length <= 0) return at
    if (length > end - at) this.#fail(`${length} bytes at ${at} reach past its end`)
    this.#at = at + length
    return at
  }

  #varint(end: number): number {
    const { buffer } = this
    let at = this.#at
    let raw = 0
    for (let shift = 0; shift < 35 && at < end; shift += 7) {
      const byte = buffer[at++]!
      raw |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.#at = at
        return (raw >>> 1) ^ -(raw & 1)
      }
    }
    return this.#fail(`no varint at ${this.#at}`)
  }

  #varlong(end: number): Int64 {
    const { buffer } = this
    let at = this.#at
    let raw = 0
    let scale = 1
    for (let count = 0; count < 7 && at < end; count++) {
      const byte = buffer[at++]!
      raw += (byte & 0x7f) * scale
      if (byte < 0x80) {
        this.#at = at
        return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
      }
      scale *= 128
    }
    return this.#wideVarlong(end)
  }

  #wideVarlong(end: number): Int64 {
    let raw = 0n
    for (let shift = 0n; shift < 70n && this.#at < end; shift += 7n) {
      const byte = this.buffer[this.#at++]!
      raw |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) {
        const bits = BigInt.asUintN(64, raw)
        return toInt64((bits >> 1n) ^ -(bits & 1n))
      }
    }
    return this.#fail(`no varlong before ${this.#at}`)
  }

  #fail(what: string): never {
    throw new RecordsError('BATCH_CORRUPT', `record ${this.position} of ${this.#count} is corrupt: ${what}`)
  }
}

/** A cursor before the first record of the batch at `at`; compressed records are unfolded, their codec must be loaded. */
export function openRecords(buffer: Buffer, at: number, limitBytes?: number): RecordCursor {
  const count = recordCount(buffer, at)
  const from = at + BATCH_OVERHEAD
  const to = at + batchSize(buffer, at)
  const id = compressionId(buffer, at)
  if (id === 0) return new RecordCursor(buffer, from, to, count)
  const raw = codecById(id).expand(buffer.subarray(from, to), limitBytes)
  return new RecordCursor(raw, 0, raw.length, count)
}
