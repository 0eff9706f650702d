import type { Clock } from './clock.ts'
import { Deadline } from './deadline.ts'

/** How long the end of a run may take: the last commits, acknowledgements and requests to leave, all of them together. */
const CLOSE_MS = 4500

/** A close that takes longer than this is announced. */
const ANNOUNCE_MS = 500

/** An attempt that ends by itself at the deadline has a better reason than "too late". */
const GRACE_MS = 10

/** The run was interrupted, and nobody waits for the outcome any more. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'

  constructor() {
    super('interrupted')
  }
}

export interface LifetimeOptions {
  readonly closeMs?: number | undefined
  /** Called once when the end takes long, with what it still waits for. */
  readonly onSlowClose?: ((unfinished: readonly string[]) => void) | undefined
}

/**
 * The time that a run has, shared by all that it waits for. An interrupt ends every wait that has begun; what is begun
 * after it has, together, the time for closing. A run that ends by itself closes within the same time.
 */
export class Lifetime {
  readonly #clock: Clock
  readonly #options: LifetimeOptions
  readonly #waits = new Set<() => void>()
  readonly #overListeners = new Set<() => void>()
  readonly #unfinished = new Set<() => string>()
  #closing: Deadline | null = null
  #cancelOver = (): void => {}
  #cancelAnnouncement = (): void => {}
  #isAnnounced = false
  #isInterrupted = false

  constructor(clock: Clock, options: LifetimeOptions = {}) {
    this.#clock = clock
    this.#options = options
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted
  }

  /** Whether a slow close was announced. */
  get isAnnounced(): boolean {
    return this.#isAnnounced
  }

  /** Ends every wait that has begun with Interrupted; the time for closing begins. */
  interrupt(): void {
    this.closing()
    this.#isInterrupted = true
    for (const end of [...this.#waits]) end()
  }

  /** The deadline of everything that closes; its time begins with the first call. */
  closing(): Deadline {
    if (this.#closing === null) {
      this.#closing = new Deadline(this.#clock, this.#options.closeMs ?? CLOSE_MS)
      this.#watchEnd()
      this.#watchUnfinished()
    }
    return this.#closing
  }

  /** A deadline in `timeoutMs`, or at the end of closing if that comes before. */
  deadline(timeoutMs: number): Deadline {
    const mostMs = this.#isInterrupted ? this.closing().leftMs : Infinity
    return new Deadline(this.#clock, Math.min(timeoutMs, mostMs))
  }

  /** Names something that closing waits for, until the returned function is called. */
  holdUp(describe: () => string): () => void {
    const entry = (): string => describe()
    this.#unfinished.add(entry)
    this.#watchUnfinished()
    return () => {
      this.#unfinished.delete(entry)
      if (this.#unfinished.size === 0) this.#cancelAnnouncement()
    }
  }

  /** Settles as `work` does; rejects with Interrupted on an interrupt, and with the error of `late` at the deadline. */
  within<T>(deadline: Deadline, work: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        cancel()
        this.#waits.delete(interrupt)
      }
      const interrupt = (): void => {
        end()
        reject(new Interrupted())
      }
      const cancel = this.#after(deadline.leftMs + GRACE_MS, () => {
        end()
        reject(late())
      })
      if (!this.#isInterrupted) this.#waits.add(interrupt)
      work.then(resolve, reject).finally(end)
    })
  }

  /** Rejects with Interrupted when an interrupt ends it. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const interrupt = (): void => {
        cancel()
        this.#waits.delete(interrupt)
        reject(new Interrupted())
      }
      const cancel = this.#clock.after(delayMs, () => {
        this.#waits.delete(interrupt)
        resolve()
      })
      if (!this.#isInterrupted) this.#waits.add(interrupt)
    })
  }

  /** Whether `work` settled within `timeoutMs` and before the time for closing was over; its outcome is the caller's. */
  untilOver(work: Promise<unknown>, timeoutMs = Infinity): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isDone: boolean): void => {
        cancel()
        this.#overListeners.delete(over)
        if (this.#overListeners.size === 0) this.#cancelOver()
        resolve(isDone)
      }
      const over = (): void => end(false)
      const cancel = this.#after(timeoutMs, over)
      this.#overListeners.add(over)
      this.#watchEnd()
      work.then(
        () => end(true),
        () => end(true),
      )
    })
  }

  #after(delayMs: number, action: () => void): () => void {
    return delayMs === Infinity ? () => {} : this.#clock.after(delayMs, action)
  }

  #watchEnd(): void {
    if (this.#closing === null || this.#overListeners.size === 0) return
    this.#cancelOver()
    this.#cancelOver = this.#clock.after(this.#closing.leftMs, () => {
      for (const over of [...this.#overListeners]) over()
    })
  }

  #watchUnfinished(): void {
    const { onSlowClose } = this.#options
    if (this.#closing === null || this.#unfinished.size === 0 || this.#isAnnounced || !onSlowClose) return
    this.#cancelAnnouncement()
    this.#cancelAnnouncement = this.#clock.after(ANNOUNCE_MS, () => {
      this.#isAnnounced = true
      onSlowClose([...this.#unfinished].map((describe) => describe()).filter((text) => text !== ''))
    })
  }
}
