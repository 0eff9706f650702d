import type { OutputState } from '../io.ts'
import type { Port } from './port.ts'

interface Piece {
  bytes: Uint8Array
  /** Talk on the same terminal or pipe, which `cut` keeps. */
  readonly isTalk: boolean
}

/** As much as a pipe accepts as a whole or not at all. */
const MAX_IN_FLIGHT = 4096

/**
 * A stream that is written without ever waiting: what is not accepted at once is queued. The caller bounds the queue by
 * awaiting `drained`.
 */
export class Outlet implements OutputState {
  readonly #openPort: () => Port
  #port: Port | null = null
  #queue: Piece[] = []
  #pending = 0
  #pendingTalk = 0
  /** Bytes of the first piece that are being written and may be accepted at any moment. */
  #inFlight = 0
  #failure: { readonly error: unknown } | null = null
  #isAbandoned = false
  #waiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = []

  /** The port is opened by the first write. */
  constructor(openPort: () => Port) {
    this.#openPort = openPort
  }

  given = 0

  get hasReader(): boolean {
    return this.#opened.hasReader
  }

  get taken(): number {
    return this.given - this.#pending
  }

  get bound(): number {
    return this.taken + this.#inFlight
  }

  /** Bytes of talk that are queued. */
  get pendingTalk(): number {
    return this.#pendingTalk
  }

  /** Throws when this or an earlier write failed: bytes after a gap are worth nothing. */
  write(chunk: string | Uint8Array, isTalk = false): void {
    if (this.#failure !== null) throw this.#failure.error
    if (this.#isAbandoned) return
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    let at = 0
    if (this.#pending === 0) {
      at = this.#writeNow(bytes)
      this.given += at
    }
    if (at === bytes.length) return
    // The caller may use its buffer again.
    this.#queue.push({ bytes: Buffer.from(bytes.subarray(at)), isTalk })
    this.given += bytes.length - at
    this.#pending += bytes.length - at
    if (isTalk) this.#pendingTalk += bytes.length - at
    if (this.#inFlight === 0) void this.#drain()
  }

  /** Lets writes be tried again after a failure. */
  reset(): void {
    this.#failure = null
  }

  drained(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure.error)
    if (this.#pending === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
    })
  }

  cut(position: number): void {
    let keep = Math.max(position, this.bound) - this.taken
    const kept: Piece[] = []
    for (const piece of this.#queue) {
      const length = piece.isTalk ? piece.bytes.length : Math.min(piece.bytes.length, Math.max(0, keep))
      if (length > 0) kept.push({ ...piece, bytes: piece.bytes.subarray(0, length) })
      keep -= piece.bytes.length
    }
    this.#queue = kept
    const left = kept.reduce((sum, { bytes }) => sum + bytes.length, 0)
    this.given -= this.#pending - left
    this.#pending = left
    if (left === 0) this.#settle()
  }

  abandon(): void {
    this.#isAbandoned = true
    this.#clear()
    this.#settle()
  }

  get #opened(): Port {
    this.#port ??= this.#openPort()
    return this.#port
  }

  #writeNow(bytes: Uint8Array): number {
    try {
      return this.#opened.tryWrite(bytes)
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  async #drain(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        // Small enough to be accepted as a whole, so that what was accepted is known when the rest fails.
        this.#inFlight = Math.min(this.#queue[0]!.bytes.length, MAX_IN_FLIGHT)
        const count = await this.#opened.writeSome(this.#queue[0]!.bytes.subarray(0, this.#inFlight))
        if (this.#isAbandoned) return
        this.#inFlight = 0
        this.#accept(count)
        while (this.#queue.length > 0) {
          const { bytes } = this.#queue[0]!
          const now = this.#writeNow(bytes)
          this.#accept(now)
          if (now < bytes.length) break
        }
      }
      this.#settle()
    } catch (error) {
      if (!this.#isAbandoned) this.#fail(error)
    }
  }

  #accept(count: number): void {
    const first = this.#queue[0]!
    this.#pending -= count
    if (first.isTalk) this.#pendingTalk -= count
    if (count === first.bytes.length) this.#queue.shift()
    else first.bytes = first.bytes.subarray(count)
  }

  #fail(error: unknown): void {
    this.#failure = { error }
    this.#clear()
    for (const { reject } of this.#waiters.splice(0)) reject(error)
  }

  #clear(): void {
    this.#inFlight = 0
    this.#queue = []
    this.given -= this.#pending
    this.#pending = 0
    this.#pendingTalk = 0
  }

  #settle(): void {
    for (const { resolve } of this.#waiters.splice(0)) resolve()
  }
}
