/** Buffers of one size that are used again and again: fresh large buffers cost page faults, old ones do not. */
export class BufferPool {
  readonly bufferBytes: number
  readonly #maxKept: number
  readonly #kept: Buffer[] = []

  constructor(bufferBytes = 2 * 1024 * 1024, maxKept = 8) {
    this.bufferBytes = bufferBytes
    this.#maxKept = maxKept
  }

  /** A buffer of `bufferBytes` bytes with anything in it. */
  take(): Buffer {
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(this.bufferBytes)
  }

  /** Takes a buffer back; nobody may hold a view on it any more. Buffers of other sizes are left to the collector. */
  give(buffer: Buffer): void {
    if (buffer.length === this.bufferBytes && this.#kept.length < this.#maxKept) this.#kept.push(buffer)
  }
}
