import type { ByteSource } from './byte-source.ts'
import { type Int64, writeInt64 } from './int64.ts'
import { writeUuid } from './uuid.ts'

/** Views at least this long are passed on instead of copied: below it, one more socket chunk costs more. */
const MIN_PASSED_VIEW = 8192

/** A part of what was written: bytes, or where they are. */
export type Part = Buffer | ByteSource

/**
 * A growing buffer with the matching writes for Reader. Long byte ranges given to `view` are not copied: they
 * become parts of their own between the written ones, so the caller must leave them alone until the parts are used.
 */
export class Writer {
  #buffer: Buffer
  /** Where the next byte goes in the current buffer. */
  #at = 0
  /** Start of the bytes in the current buffer that no part holds yet. */
  #start = 0
  #parts: Part[] = []
  #partBytes = 0

  constructor(initialBytes = 512) {
    this.#buffer = Buffer.allocUnsafe(initialBytes)
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#partBytes + this.#at - this.#start
  }

  #reserve(length: number): number {
    const at = this.#at
    if (at + length > this.#buffer.length) return this.#grow(length)
    this.#at = at + length
    return at
  }

  #grow(length: number): number {
    const pending = this.#at - this.#start
    const grown = Buffer.allocUnsafe(Math.max(512, (pending + length) * 2))
    this.#buffer.copy(grown, 0, this.#start, this.#at)
    this.#buffer = grown
    this.#start = 0
    this.#at = pending + length
    return pending
  }

  bool(value: boolean): void {
    const at = this.#reserve(1)
    this.#buffer[at] = value ? 1 : 0
  }

  int8(value: number): void {
    const at = this.#reserve(1)
    this.#buffer.writeInt8(value, at)
  }

  uint8(value: number): void {
    const at = this.#reserve(1)
    this.#buffer[at] = value
  }

  int16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeInt16BE(value, at)
  }

  uint16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeUInt16BE(value, at)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeInt32BE(value, at)
  }

  uint32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeUInt32BE(value, at)
  }

  /** Throws RangeError for a number that is not a safe integer. */
  int64(value: Int64): void {
    const at = this.#reserve(8)
    writeInt64(this.#buffer, at, value)
  }

  float64(value: number): void {
    const at = this.#reserve(8)
    this.#buffer.writeDoubleBE(value, at)
  }

  uvarint(value: number): void {
    let left = value >>> 0
    while (left > 0x7f) {
      this.uint8((left & 0x7f) | 0x80)
      left >>>= 7
    }
    this.uint8(left)
  }

  varint(value: number): void {
    this.uvarint((value << 1) ^ (value >> 31))
  }

  /** Text without a length; `length` is what utf8Length(value) gave. */
  utf8(value: string, length: number): void {
    const at = this.#reserve(length)
    this.#buffer.write(value, at, length, 'utf8')
  }

  /** Copies the bytes. */
  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length)
    this.#buffer.set(value, at)
  }

  /** Takes the bytes over without copying when they are long; they must not change until the parts are used. */
  view(value: Part): void {
    if (value.length < MIN_PASSED_VIEW) {
      const at = this.#reserve(value.length)
      if (value instanceof Buffer) this.#buffer.set(value, at)
      else value.copy(this.#buffer, at, 0, value.length)
      return
    }
    this.#closePart()
    this.#parts.push(value)
    this.#partBytes += value.length
  }

  uuid(value: string): void {
    const at = this.#reserve(16)
    writeUuid(value, this.#buffer, at)
  }

  #closePart(): void {
    if (this.#at === this.#start) return
    this.#parts.push(this.#buffer.subarray(this.#start, this.#at))
    this.#partBytes += this.#at - this.#start
    this.#start = this.#at
  }

  /** All that was written, in order, as few parts as possible; the writer starts again empty. */
  takeParts(): Part[] {
    this.#closePart()
    const parts = this.#parts
    this.#parts = []
    this.#partBytes = 0
    return parts
  }

  /** As takeParts, with bytes that lay elsewhere copied. */
  takeChunks(): Buffer[] {
    return this.takeParts().map(bytesOf)
  }

  /** All that was written as one buffer (a copy only when there are several parts); starts again empty. */
  takeBytes(): Buffer {
    const chunks = this.takeChunks()
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  }
}

function bytesOf(part: Part): Buffer {
  if (part instanceof Buffer) return part
  const bytes = Buffer.allocUnsafeSlow(part.length)
  part.copy(bytes, 0, 0, part.length)
  return bytes
}

export const utf8Length = (value: string): number => Buffer.byteLength(value, 'utf8')
