import { BufferPool } from '../bytes/buffer-pool.ts'

export interface FrameBufferSizes {
  /** Up to here a frame gets a fresh buffer, which Node cuts from one that it has allocated already. */
  readonly tiny: number
  readonly small: number
  readonly large: number
}

const SIZES: FrameBufferSizes = { tiny: 4096, small: 64 * 1024, large: 2 * 1024 * 1024 }
const MAX_SMALL_KEPT = 32
const MAX_LARGE_KEPT = 8

/** The memory of frames: reused buffers of two sizes, since fresh ones keep the garbage collector busy. */
export class FrameBuffers {
  readonly #tinyBytes: number
  readonly #small: BufferPool
  readonly #large: BufferPool

  constructor({ tiny, small, large } = SIZES) {
    this.#tinyBytes = tiny
    this.#small = new BufferPool(small, MAX_SMALL_KEPT)
    this.#large = new BufferPool(large, MAX_LARGE_KEPT)
  }

  /** The longest frame that is small. */
  get smallBytes(): number {
    return this.#small.bufferBytes
  }

  /** The longest frame that fits one buffer. */
  get largestBytes(): number {
    return this.#large.bufferBytes
  }

  /** A buffer for a frame of `length` bytes, or for its beginning if no buffer is as large. */
  take(length: number): Buffer {
    if (length <= this.#tinyBytes) return Buffer.allocUnsafe(length)
    return length <= this.#small.bufferBytes ? this.#small.take() : this.#large.take()
  }

  /** Takes a buffer back; views on it must no longer be used. */
  give(buffer: Buffer): void {
    if (buffer.length === this.#large.bufferBytes) this.#large.give(buffer)
    else if (buffer.length === this.#small.bufferBytes) this.#small.give(buffer)
  }
}
