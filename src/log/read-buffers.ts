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

const EMPTY = Buffer.alloc(0)

/** A slice without bytes. */
export const EMPTY_SLICE: Slice = { records: EMPTY, release: () => {} }

/** Hands out parts of a few large blocks, and takes them back in any order. */
export class ReadBuffers {
  #current = new Block()
  readonly #idle: Block[] = []

  /** Lets `fill` write up to `length` bytes to `buffer` from `at` on; it gives the number to keep. */
  take(length: number, fill: (buffer: Buffer, at: number) => number): Slice {
    if (length > BLOCK_BYTES) {
      const buffer = Buffer.allocUnsafeSlow(length)
      return { records: buffer.subarray(0, fill(buffer, 0)), release: () => {} }
    }
    if (BLOCK_BYTES - this.#current.used < length) this.#current = this.#idle.pop() ?? new Block()
    const block = this.#current
    const start = block.used
    const kept = fill(block.bytes, start)
    if (kept === 0) return EMPTY_SLICE
    block.used = start + kept
    block.slices++
    let isReleased = false
    return {
      records: block.bytes.subarray(start, start + kept),
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
