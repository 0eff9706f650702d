import type { Clock } from './clock.ts'

/** One timer that rings at the earliest of the times it was given, and is then empty again. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #atMs = Infinity
  #cancel: (() => void) | null = null

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at `atMs`, or before if it was set to an earlier time. */
  set(atMs: number): void {
    if (atMs >= this.#atMs) return
    this.#cancel?.()
    this.#atMs = atMs
    this.#cancel = this.#clock.after(Math.max(0, atMs - this.#clock.monotonicMs()), () => {
      this.clear()
      this.#ring()
    })
  }

  clear(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#atMs = Infinity
  }
}
