import type { Clock } from './clock.ts'

/** As long as one connection may keep the event loop, apart from the last request or piece that it begins. */
const TURN_MS = 5

/**
 * The time that a connection has before it lets the others go first: one that has sent many requests at once, or takes
 * a long answer as fast as it is written, would never return to the event loop.
 */
export class Turn {
  readonly #clock: Clock
  readonly #goOn: () => void
  #startMs: number
  #isDeferred = false

  /** After `defer`, `goOn` is called in the next turn. */
  constructor(clock: Clock, goOn: () => void) {
    this.#clock = clock
    this.#goOn = goOn
    this.#startMs = clock.monotonicMs()
  }

  get isOver(): boolean {
    return this.#isDeferred || this.#clock.monotonicMs() - this.#startMs >= TURN_MS
  }

  /** Begins a turn with what the event loop brings; gives the time. */
  begin(): number {
    const nowMs = this.#clock.monotonicMs()
    if (!this.#isDeferred) this.#startMs = nowMs
    return nowMs
  }

  defer(): void {
    if (this.#isDeferred) return
    this.#isDeferred = true
    setImmediate(() => {
      this.#isDeferred = false
      this.begin()
      this.#goOn()
    })
  }
}
