/** Time as the client sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `action` once after `delayMs`; the function given back cancels it. */
  after(delayMs: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
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
