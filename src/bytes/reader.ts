import { type Int64, readInt64 } from './int64.ts'
import { formatUuid } from './uuid.ts'

/** Thrown when bytes end early or a length makes no sense: the input is malformed. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError'
}

/**
 * A bounds-checked cursor over part of a Buffer; nothing is copied. All numbers are big-endian, as on Kafka's wire.
 * Every read throws MalformedError when the bytes end early.
 */
export class Reader {
  readonly buffer: Buffer
  /** Where the next read starts, counted from the start of `buffer`. */
  offset: number
  /** The first byte that must not be read. */
  readonly end: number

  constructor(buffer: Buffer, offset = 0, end = buffer.length) {
    this.buffer = buffer
    this.offset = offset
    this.end = end
  }

  get remaining(): number {
    return this.end - this.offset
  }

  #take(length: number): number {
    const at = this.offset
    // A negative or NaN length must fail too, so the comparison is written to be true only for good ones.
    if (!(length >= 0 && length <= this.end - at)) {
      throw new MalformedError(`wanted ${length} bytes at ${at}, but only ${this.end - at} are left`)
    }
    this.offset = at + length
    return at
  }

  bool(): boolean {
    return this.buffer[this.#take(1)] !== 0
  }

  int8(): number {
    return this.buffer.readInt8(this.#take(1))
  }

  uint8(): number {
    return this.buffer[this.#take(1)]!
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#take(2))
  }

  uint16(): number {
    return this.buffer.readUInt16BE(this.#take(2))
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#take(4))
  }

  uint32(): number {
    return this.buffer.readUInt32BE(this.#take(4))
  }

  int64(): Int64 {
    return readInt64(this.buffer, this.#take(8))
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.#take(8))
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  uvarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.#take(1)]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new MalformedError(`the varint before ${this.offset} is longer than 5 bytes`)
  }

  /** A zigzag-coded number of at most 32 bits. */
  varint(): number {
    const raw = this.uvarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  utf8(length: number): string {
    const at = this.#take(length)
    return this.buffer.toString('utf8', at, at + length)
  }

  /** The next `length` bytes as a view on the buffer. */
  view(length: number): Buffer {
    const at = this.#take(length)
    return this.buffer.subarray(at, at + length)
  }

  /** 16 bytes in Kafka's text form: 22 characters of base64url. */
  uuid(): string {
    const at = this.#take(16)
    return formatUuid(this.buffer, at)
  }

  skip(length: number): void {
    this.#take(length)
  }
}
