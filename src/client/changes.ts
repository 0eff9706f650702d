import type { Clock } from './clock.ts'

/** Wakes those who wait until something may have changed. */
export class Changes {
  readonly #clock: Clock
  #waiters: (() => void)[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves when something may have changed, or after this time. */
  next(timeoutMs = Infinity): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timeoutMs < Infinity ? this.#clock.after(timeoutMs, resolve) : () => {}
      this.#waiters.push(() => {
        cancel()
        resolve()
      })
    })
  }

  notify(): void {
    for (const resume of this.#waiters.splice(0)) resume()
  }
}
