/**
 * What requests too large for a reused buffer may hold together, over all connections (queued.max.request.bytes).
 * The last one may go over the limit, so that a request larger than all of it can still be read.
 */
export class FrameMemory {
  readonly #limitBytes: () => number
  readonly #waiting = new Set<() => void>()
  #usedBytes = 0

  constructor(limitBytes: () => number) {
    this.#limitBytes = limitBytes
  }

  /** Whether the bytes may be used now; they have to be given back then. */
  take(bytes: number): boolean {
    if (this.#usedBytes >= this.#limitBytes()) return false
    this.#usedBytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const retry of waiting) retry()
  }

  /** Calls back once when bytes were given back; the function that is given back prevents it. */
  whenRoom(retry: () => void): () => void {
    this.#waiting.add(retry)
    return () => this.#waiting.delete(retry)
  }
}
