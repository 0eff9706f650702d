/** Large frames leave a quarter of the memory to the others. */
const SHARE_OF_LARGE = 3 / 4

/**
 * What the frames of requests may hold together, over all connections (queued.max.request.bytes); small ones are not
 * counted. The last one may go over the limit, so that a request larger than all of it can still be read.
 */
export class FrameMemory {
  /** Called when a frame has to wait and none did before. */
  onAwaited: () => void = () => {}
  readonly #limitBytes: () => number
  readonly #largeBytes: number
  readonly #waiting = new Set<() => void>()
  #usedBytes = 0
  #usedByLarge = 0

  /** Frames of more than `largeBytes` are large. */
  constructor(limitBytes: () => number, largeBytes: number) {
    this.#limitBytes = limitBytes
    this.#largeBytes = largeBytes
  }

  /** Whether frames wait. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0
  }

  /** How many bytes must be given back until half of the memory is free. */
  get excessBytes(): number {
    return Math.max(0, this.#usedBytes - this.#limitBytes() / 2)
  }

  /** Whether the bytes may be used now; they have to be given back then. */
  take(bytes: number): boolean {
    const limit = this.#limitBytes()
    const isLarge = bytes > this.#largeBytes
    if (this.#usedBytes >= limit || (isLarge && this.#usedByLarge >= limit * SHARE_OF_LARGE)) return false
    this.#usedBytes += bytes
    if (isLarge) this.#usedByLarge += bytes
    return true
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes
    if (bytes > this.#largeBytes) this.#usedByLarge -= bytes
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const retry of waiting) retry()
  }

  /** Calls back once when bytes were given back; the function that is given back prevents it. */
  whenRoom(retry: () => void): () => void {
    this.#waiting.add(retry)
    if (this.#waiting.size === 1) this.onAwaited()
    return () => this.#waiting.delete(retry)
  }
}
