/** Time as the client sees it; tests bring their own. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970, for timestamps: it jumps when the machine's clock is set. */
  now(): number
  /** Milliseconds since some moment in the past, for durations and deadlines: it never jumps. */
  monotonicMs(): number
  /** Runs `action` once after `delayMs`; the function given back cancels it. */
  after(delayMs: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => Math.floor(performance.now()),
  after(delayMs, action) {
    // setTimeout fires at once for delays past 2^31-1, which "for ever" is.
    const timer = setTimeout(action, Math.min(delayMs, 0x7fff_ffff))
    return () => clearTimeout(timer)
  },
}

export const sleep = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(delayMs, resolve)
  })
