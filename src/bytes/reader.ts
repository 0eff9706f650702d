import { formatUuid } from './uuid.ts'

/** Thrown when bytes end early, a length makes no sense, or a number does not fit: the input is malformed. */
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

  /** A 64-bit integer as a number; MalformedError past 2^53, where it would lose digits. */
  int64(): number {
    const at = this.#take(8)
    const value = this.buffer.readInt32BE(at) * 0x1_0000_0000 + this.buffer.readUInt32BE(at + 4)
    if (!Number.isSafeInteger(value)) {
      throw new MalformedError(`${this.buffer.readBigInt64BE(at)} at ${at} is beyond 2^53`)
    }
    return value
  }

  /** As int64, but values past 2^53 become the nearest safe one: clients send Long.MAX_VALUE for "forever". */
  clampedInt64(): number {
    const at = this.#take(8)
    const value = this.buffer.readInt32BE(at) * 0x1_0000_0000 + this.buffer.readUInt32BE(at + 4)
    return Math.max(Number.MIN_SAFE_INTEGER, Math.min(value, Number.MAX_SAFE_INTEGER))
  }

  bigInt64(): bigint {
    return this.buffer.readBigInt64BE(this.#take(8))
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

  /** A zigzag-coded number of at most 64 bits; MalformedError past 2^53. */
  varlong(): number {
    const start = this.offset
    let low = 0
    let scale = 1
    for (let count = 0; count < 7; count++) {
      const byte = this.buffer[this.#take(1)]!
      low += (byte & 0x7f) * scale
      if (byte < 0x80) return low % 2 === 0 ? low / 2 : -(low + 1) / 2
      scale *= 128
    }
    this.offset = start
    const value = this.bigVarlong()
    const number = Number(value)
    if (!Number.isSafeInteger(number)) throw new MalformedError(`${value} at ${start} is beyond 2^53`)
    return number
  }

  /** A zigzag-coded number of at most 64 bits, exactly. */
  bigVarlong(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.buffer[this.#take(1)]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) {
        const raw = BigInt.asUintN(64, value)
        return (raw >> 1n) ^ -(raw & 1n)
      }
    }
    throw new MalformedError(`the varlong before ${this.offset} is longer than 10 bytes`)
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
