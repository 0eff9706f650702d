import type { BufferPool } from '../bytes/buffer-pool.ts'
import type { FrameMemory } from './frame-memory.ts'

/** The peer announced a frame that must not be read: the connection has to be closed. */
export class FrameSizeError extends Error {
  override readonly name = 'FrameSizeError'
}

const LENGTH_BYTES = 4

/**
 * Cuts the bytes of a connection into frames. A frame inside one chunk is a view on it; others are copied once into
 * a pooled buffer. Memory follows the bytes that have arrived, never the length that was announced.
 */
export class FrameCutter {
  readonly #pool: BufferPool
  readonly #maxFrameBytes: number
  readonly #memory: FrameMemory
  #chunks: Buffer[] = []
  /** Bytes of the first chunk that are used up. */
  #used = 0
  /** The length of the next frame, once it was read. */
  #announced: number | null = null
  /** What the frame at work has of the shared memory. */
  #takenBytes = 0
  #isStarved = false
  /** The frame that is being put together, and how much of it is there. */
  #partial: { buffer: Buffer; filled: number; length: number } | null = null
  /** What the last frame lies in, if that can be used again. */
  #borrowed: Buffer | null = null

  constructor(pool: BufferPool, maxFrameBytes: number, memory: FrameMemory) {
    this.#pool = pool
    this.#maxFrameBytes = maxFrameBytes
    this.#memory = memory
  }

  /** Whether the next frame waits for other connections to give memory back. */
  get isStarved(): boolean {
    return this.#isStarved
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  /** The next whole frame without its length, valid until `release`; null when bytes are missing. */
  next(): Buffer | null {
    if (this.#partial) return this.#continue(this.#partial)
    this.#announced ??= this.#takeLength()
    const length = this.#announced
    if (length === null) return null
    if (length < 0 || length > this.#maxFrameBytes) {
      throw new FrameSizeError(`a request of ${length} bytes is not between 0 and ${this.#maxFrameBytes}`)
    }
    const first = this.#chunks[0]
    if (first && first.length - this.#used >= length) {
      const frame = first.subarray(this.#used, this.#used + length)
      this.#advance(length)
      this.#announced = null
      return frame
    }
    this.#isStarved = !this.#reserve(length)
    if (this.#isStarved) return null
    this.#announced = null
    this.#partial = { buffer: this.#pool.take(), filled: 0, length }
    return this.#continue(this.#partial)
  }

  /** Says that nobody looks at the last frame any more. */
  release(): void {
    if (this.#borrowed) this.#pool.give(this.#borrowed)
    this.#borrowed = null
    if (!this.#partial) this.#giveBack()
  }

  /** Gives back what a half-read frame holds; for the end of the connection. */
  close(): void {
    this.release()
    if (this.#partial) this.#pool.give(this.#partial.buffer)
    this.#partial = null
    this.#chunks = []
    this.#giveBack()
  }

  /** A frame that fits a pooled buffer is not counted: there is at most one for each connection. */
  #reserve(length: number): boolean {
    if (length <= this.#pool.bufferBytes) return true
    if (!this.#memory.take(length)) return false
    this.#takenBytes = length
    return true
  }

  #giveBack(): void {
    const taken = this.#takenBytes
    this.#takenBytes = 0
    if (taken > 0) this.#memory.give(taken)
  }

  #continue(partial: { buffer: Buffer; filled: number; length: number }): Buffer | null {
    while (partial.filled < partial.length) {
      const chunk = this.#chunks[0]
      if (!chunk) return null
      const count = Math.min(chunk.length - this.#used, partial.length - partial.filled)
      if (partial.filled + count > partial.buffer.length) this.#growPartial(partial, count)
      chunk.copy(partial.buffer, partial.filled, this.#used, this.#used + count)
      partial.filled += count
      this.#advance(count)
    }
    this.#partial = null
    this.#borrowed = partial.buffer
    return partial.buffer.subarray(0, partial.length)
  }

  #growPartial(partial: { buffer: Buffer; filled: number; length: number }, count: number): void {
    const grown = Buffer.allocUnsafeSlow(
      Math.min(partial.length, Math.max(partial.buffer.length * 2, partial.filled + count)),
    )
    partial.buffer.copy(grown, 0, 0, partial.filled)
    this.#pool.give(partial.buffer)
    partial.buffer = grown
  }

  #takeLength(): number | null {
    let first = this.#chunks[0]
    if (!first) return null
    if (first.length - this.#used < LENGTH_BYTES) {
      if (this.#chunks.length === 1) return null
      // A length that is split over chunks is rare and short: join what there is.
      first = Buffer.concat([first.subarray(this.#used), ...this.#chunks.slice(1)])
      this.#chunks = [first]
      this.#used = 0
      if (first.length < LENGTH_BYTES) return null
    }
    const length = first.readInt32BE(this.#used)
    this.#advance(LENGTH_BYTES)
    return length
  }

  #advance(count: number): void {
    this.#used += count
    if (this.#used === this.#chunks[0]!.length) {
      this.#chunks.shift()
      this.#used = 0
    }
  }
}
