const DEFAULT_BYTES = 1 << 18
/** Up to here a loop over bytes beats a call into the runtime. */
const MAX_LOOPED_COPY = 32

/**
 * Joins small pieces of output into large writes. `write` gets a view that is reused afterwards, so it has to be
 * done with the bytes when it returns.
 */
export class ByteOutput {
  readonly #write: (bytes: Buffer) => void
  readonly #buffer: Buffer
  #used = 0

  constructor(write: (bytes: Buffer) => void, bufferBytes = DEFAULT_BYTES) {
    this.#write = write
    this.#buffer = Buffer.allocUnsafe(bufferBytes)
  }

  /** Bytes that wait for the next write. */
  get used(): number {
    return this.#used
  }

  bytes(source: Buffer): void {
    this.range(source, 0, source.length)
  }

  /** Adds the bytes of `source` from `from` to `to`. */
  range(source: Buffer, from: number, to: number): void {
    if (to - from > this.#buffer.length - this.#used) {
      this.flush()
      if (to - from > this.#buffer.length) {
        this.#write(source.subarray(from, to))
        return
      }
    }
    if (to - from <= MAX_LOOPED_COPY)
      for (let at = from; at < to; at++) this.#buffer[this.#used++] = source[at]!
    else this.#used += source.copy(this.#buffer, this.#used, from, to)
  }

  byte(value: number): void {
    if (this.#used === this.#buffer.length) this.flush()
    this.#buffer[this.#used++] = value
  }

  text(text: string): void {
    // Three bytes is the most that one UTF-16 unit takes.
    if (text.length * 3 > this.#buffer.length - this.#used) this.bytes(Buffer.from(text))
    else this.#used += this.#buffer.write(text, this.#used)
  }

  flush(): void {
    if (this.#used === 0) return
    const bytes = this.#buffer.subarray(0, this.#used)
    this.#used = 0
    this.#write(bytes)
  }
}
