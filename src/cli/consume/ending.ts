import type { Clock } from '../../client/clock.ts'

/** What ends reading before its own end: a signal, or the end of the time that was set for all of it. */
export class Ending {
  readonly #clock: Clock
  readonly #cancel: () => void
  #wake = (): void => {}
  reason: 'deadline' | 'interrupted' | null = null

  constructor(clock: Clock, totalMs: number, stop: AbortSignal) {
    this.#clock = clock
    const interrupt = (): void => this.#end('interrupted')
    const cancel = totalMs === Infinity ? () => {} : clock.after(totalMs, () => this.#end('deadline'))
    this.#cancel = () => {
      cancel()
      stop.removeEventListener('abort', interrupt)
    }
    stop.addEventListener('abort', interrupt)
    if (stop.aborted) interrupt()
  }

  /** What the promise resolves to; null after `timeoutMs`, and once reading is to end. One wait at a time. */
  async until<T>(promise: Promise<T>, timeoutMs = Infinity): Promise<T | null> {
    let cancel = (): void => {}
    try {
      return await new Promise<T | null>((resolve, reject) => {
        this.#wake = () => resolve(null)
        if (this.reason !== null) this.#wake()
        if (timeoutMs < Infinity) cancel = this.#clock.after(timeoutMs, () => resolve(null))
        promise.then(resolve, reject)
      })
    } finally {
      cancel()
    }
  }

  close(): void {
    this.#cancel()
  }

  #end(reason: 'deadline' | 'interrupted'): void {
    this.reason ??= reason
    this.#wake()
  }
}
