/** Time as the broker sees it; tests pass their own, so that none has to wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `task` once after `delayMs`; the function that is given back prevents it. */
  after(delayMs: number, task: () => void): () => void
}

const LONGEST_TIMER_MS = 0x7fff_ffff

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.min(delayMs, LONGEST_TIMER_MS))
    return () => clearTimeout(timer)
  },
}
