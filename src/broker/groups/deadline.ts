import type { Clock } from '../clock.ts'

/**
 * A moment at which something is done unless it is put off, as a member's session is with every heartbeat. Putting it
 * off only notes the new moment: the timer finds out when it rings.
 */
export class Deadline {
  readonly #clock: Clock
  #dueMs = Infinity
  #ringsMs = Infinity
  #cancel: () => void = () => {}
  #task: () => void = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isSet(): boolean {
    return this.#dueMs !== Infinity
  }

  /** Does `task` in `delayMs`, in place of what was set before. */
  set(delayMs: number, task: () => void): void {
    this.#task = task
    this.#dueMs = this.#clock.monotonicMs() + delayMs
    if (this.#dueMs < this.#ringsMs) this.#arm(delayMs)
  }

  /** Puts off what is set, to `delayMs` from now. */
  extend(delayMs: number): void {
    if (this.isSet) this.set(delayMs, this.#task)
  }

  clear(): void {
    this.#cancel()
    this.#dueMs = Infinity
    this.#ringsMs = Infinity
    this.#task = () => {}
  }

  #arm(delayMs: number): void {
    this.#cancel()
    this.#ringsMs = this.#dueMs
    this.#cancel = this.#clock.after(delayMs, () => this.#ring())
  }

  #ring(): void {
    this.#ringsMs = Infinity
    const leftMs = this.#dueMs - this.#clock.monotonicMs()
    if (leftMs > 0) {
      this.#arm(leftMs)
      return
    }
    const task = this.#task
    this.clear()
    task()
  }
}
