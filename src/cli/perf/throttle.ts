import { type Clock, sleep } from '../../client/clock.ts'

const MIN_SLEEP_MS = 2
/** How long a rate of 0 waits at a time: for ever, and so that a timer keeps the process. */
const NEVER_MS = 60_000

/** Holds back whoever sends more than `perSecond`, as Kafka's ThroughputThrottler does; below 0 nobody. */
export class Throttle {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #startMs: number
  #deficitMs = 0

  constructor(clock: Clock, perSecond: number, startMs: number) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#startMs = startMs
  }

  /** Whether `count` things by `nowMs` are too many. */
  isAhead(count: number, nowMs: number): boolean {
    if (this.#perSecond < 0) return false
    const elapsedSeconds = (nowMs - this.#startMs) / 1000
    return elapsedSeconds > 0 && count / elapsedSeconds > this.#perSecond
  }

  /** Waits as long as one thing takes, sooner or later: many short waits become one. */
  async wait(stop?: AbortSignal): Promise<void> {
    if (this.#perSecond === 0) {
      while (!stop?.aborted) await this.#sleep(NEVER_MS, stop)
      return
    }
    this.#deficitMs += 1000 / this.#perSecond
    if (this.#deficitMs < MIN_SLEEP_MS) return
    const deficitMs = this.#deficitMs
    this.#deficitMs = 0
    await this.#sleep(deficitMs, stop)
  }

  async #sleep(delayMs: number, stop?: AbortSignal): Promise<void> {
    if (stop === undefined) return await sleep(this.#clock, delayMs)
    if (stop.aborted) return
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel()
        stop.removeEventListener('abort', end)
        resolve()
      }
      const cancel = this.#clock.after(delayMs, end)
      stop.addEventListener('abort', end)
    })
  }
}
