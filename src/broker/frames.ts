import type { FrameBuffers } from './frame-buffers.ts'
import type { FrameMemory } from './frame-memory.ts'

/** The peer announced a frame that must not be read: the connection has to be closed. */
export class FrameSizeError extends Error {
  override readonly name = 'FrameSizeError'
}

const LENGTH_BYTES = 4
/** Fewer missing bytes are read with what follows them: one read for the end of a frame and the start of the next. */
const MIN_GAP_BYTES = 16 * 1024

interface PartialFrame {
  buffer: Buffer
  filled: number
  length: number
}

/**
 * Cuts the bytes of a connection into frames. The bytes of a large frame may be written to its buffer directly (`gap`);
 * others come as chunks. A frame inside one chunk is a view on it, unless the chunk is shared; other frames are
 * copied once. Memory follows the bytes that have arrived, never the length that was announced.
 */
export class FrameCutter {
  readonly #buffers: FrameBuffers
  readonly #maxFrameBytes: number
  readonly #memory: FrameMemory
  #chunks: Buffer[] = []
  /** The last of the chunks, if its memory is used for other bytes after `settle`. */
  #shared: Buffer | null = null
  /** Bytes of the first chunk that are used up. */
  #used = 0
  /** The length of the next frame, once it was read. */
  #announced: number | null = null
  /** What the frame at work has of the shared memory. */
  #takenBytes = 0
  #isStarved = false
  /** The frame that is being put together. */
  #partial: PartialFrame | null = null
  /** What the last frame lies in, if that can be used again. */
  #borrowed: Buffer | null = null

  constructor(buffers: FrameBuffers, maxFrameBytes: number, memory: FrameMemory) {
    this.#buffers = buffers
    this.#maxFrameBytes = maxFrameBytes
    this.#memory = memory
  }

  /** Whether the next frame waits for other connections to give memory back. */
  get isStarved(): boolean {
    return this.#isStarved
  }

  /** Whether `next` has nothing to do until more bytes come. */
  get hasNothing(): boolean {
    const isWhole = this.#partial !== null && this.#partial.filled === this.#partial.length
    return this.#chunks.length === 0 && !isWhole && !this.#isStarved
  }

  /** Where the next bytes of the connection may be written, from its start on; null when they must come as a chunk. */
  get gap(): Buffer | null {
    const partial = this.#partial
    if (partial === null || this.#chunks.length > 0) return null
    if (partial.length - partial.filled < MIN_GAP_BYTES) return null
    if (partial.filled === partial.buffer.length) this.#growPartial(partial, 1)
    return partial.buffer.subarray(partial.filled, Math.min(partial.length, partial.buffer.length))
  }

  /** Notes that `count` bytes were written to the gap; whether the frame is whole now. */
  fillGap(count: number): boolean {
    if (this.#partial === null) throw new Error('no frame is being put together')
    this.#partial.filled += count
    return this.#partial.filled === this.#partial.length
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  /** As push, for a chunk whose memory the caller uses again after `settle`. */
  pushShared(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#shared = chunk
  }

  /** Copies what is left of a shared chunk. */
  settle(): void {
    const last = this.#chunks.length - 1
    if (this.#shared !== null && this.#chunks[last] === this.#shared) {
      this.#chunks[last] = Buffer.from(this.#shared.subarray(last === 0 ? this.#used : 0))
      if (last === 0) this.#used = 0
    }
    this.#shared = null
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
    if (first && first !== this.#shared && first.length - this.#used >= length) {
      const frame = first.subarray(this.#used, this.#used + length)
      this.#advance(length)
      this.#announced = null
      return frame
    }
    this.#isStarved = !this.#reserve(length)
    if (this.#isStarved) return null
    this.#announced = null
    this.#partial = { buffer: this.#buffers.take(length), filled: 0, length }
    return this.#continue(this.#partial)
  }

  /** Ends the use of the last frame. */
  release(): void {
    if (this.#borrowed) this.#buffers.give(this.#borrowed)
    this.#borrowed = null
    if (!this.#partial) this.#giveBack()
  }

  /** Gives back what a half-read frame holds; for the end of the connection. */
  close(): void {
    this.release()
    if (this.#partial) this.#buffers.give(this.#partial.buffer)
    this.#partial = null
    this.#chunks = []
    this.#giveBack()
  }

  /** What a frame that has not arrived as a whole has of the shared memory. */
  get missingFrameBytes(): number {
    return this.#partial === null ? 0 : this.#takenBytes
  }

  /** A small frame is not counted: there is at most one for each connection. */
  #reserve(length: number): boolean {
    if (length <= this.#buffers.smallBytes) return true
    if (!this.#memory.take(length)) return false
    this.#takenBytes = length
    return true
  }

  #giveBack(): void {
    const taken = this.#takenBytes
    this.#takenBytes = 0
    if (taken > 0) this.#memory.give(taken)
  }

  #continue(partial: PartialFrame): Buffer | null {
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

  #growPartial(partial: PartialFrame, count: number): void {
    const grown = Buffer.allocUnsafeSlow(
      Math.min(partial.length, Math.max(partial.buffer.length * 2, partial.filled + count)),
    )
    partial.buffer.copy(grown, 0, 0, partial.filled)
    this.#buffers.give(partial.buffer)
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
