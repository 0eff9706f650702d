import type { Clock as LogClock } from '../log/clock.ts'

/** Time as the broker sees it; tests pass their own, so that none has to wait. */
export interface Clock extends LogClock {
  /** Runs `task` once after `delayMs`; the function that is given back prevents it. */
  after(delayMs: number, task: () => void): () => void
}

const LONGEST_TIMER_MS = 0x7fff_ffff

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => Math.floor(performance.now()),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.min(delayMs, LONGEST_TIMER_MS))
    return () => clearTimeout(timer)
  },
}
