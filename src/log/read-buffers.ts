import type { FileSlice } from './file-slice.ts'

/** Size of one block: fresh large buffers cost page faults, so blocks are used again. */
const BLOCK_BYTES = 2 * 1024 * 1024
/** Blocks kept for later when nobody uses them. */
const MAX_IDLE = 8

/** Bytes read from a log. They may be overwritten after `release()`. */
export interface Slice {
  readonly records: Buffer
  release(): void
}

class Block {
  readonly bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  used = 0
  slices = 0
}

const EMPTY_SLICE: Slice = { records: Buffer.alloc(0), release: () => {} }

/** Hands out parts of a few large blocks, and takes them back in any order. */
export class ReadBuffers {
  #current = new Block()
  readonly #idle: Block[] = []

  /** The bytes of the slice, which is released. */
  fill(slice: FileSlice): Slice {
    try {
      return this.#copy(slice)
    } finally {
      slice.release()
    }
  }

  #copy(slice: FileSlice): Slice {
    const { length } = slice
    if (length === 0) return EMPTY_SLICE
    if (length > BLOCK_BYTES) {
      const records = Buffer.allocUnsafeSlow(length)
      slice.copy(records, 0, 0, length)
      return { records, release: () => {} }
    }
    if (BLOCK_BYTES - this.#current.used < length) this.#current = this.#idle.pop() ?? new Block()
    const block = this.#current
    const start = block.used
    slice.copy(block.bytes, start, 0, length)
    block.used = start + length
    block.slices++
    let isReleased = false
    return {
      records: block.bytes.subarray(start, start + length),
      release: () => {
        if (isReleased) return
        isReleased = true
        this.#giveBack(block)
      },
    }
  }

  #giveBack(block: Block): void {
    if (--block.slices > 0) return
    block.used = 0
    if (block !== this.#current && this.#idle.length < MAX_IDLE) this.#idle.push(block)
  }
}
