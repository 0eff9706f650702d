import type { Clock } from './clock.ts'

/** What a reader needs before it can read, as its partitions and a place in its group, is no idle time up to this. */
export const START_MS = 900

/** A point in time, and how long it is until then. */
export class Deadline {
  readonly #clock: Clock
  readonly #atMs: number
  readonly timeoutMs: number

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock
    this.#atMs = clock.monotonicMs() + timeoutMs
    this.timeoutMs = timeoutMs
  }

  get leftMs(): number {
    return Math.max(0, this.#atMs - this.#clock.monotonicMs())
  }

  get isOver(): boolean {
    return this.leftMs === 0
  }
}
