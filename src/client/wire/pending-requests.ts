import { Alarm } from '../alarm.ts'
import type { Clock } from '../clock.ts'

export interface Patience {
  /** How long the answer may take; then the connection is given up. */
  readonly timeoutMs: number
  /** How long the broker may rightly hold the answer back, as a fetch that waits for records. */
  readonly heldMs: number
}

interface Pending extends Patience {
  readonly correlationId: number
  readonly sentMs: number
  readonly resolve: (frame: Buffer) => void
  readonly reject: (error: Error) => void
}

export interface PendingRequestsOptions {
  readonly clock: Clock
  /** How long an answer that is due may take before `onSilence` is called. */
  readonly quietMs: number
  /** The answer to a request did not come in time. */
  readonly onLate: (timeoutMs: number) => void
  readonly onSilence: () => void
  /** An answer has come after `onSilence`. */
  readonly onAnswerAgain: () => void
}

/** The requests of a connection that are not answered yet, in the order of their answers. */
export class PendingRequests {
  readonly #options: PendingRequestsOptions
  readonly #pending: Pending[] = []
  readonly #deadline: Alarm
  readonly #silence: Alarm
  #isSilent = false

  constructor(options: PendingRequestsOptions) {
    this.#options = options
    this.#deadline = new Alarm(options.clock, () => this.#checkDeadlines())
    this.#silence = new Alarm(options.clock, () => {
      // After a pause of this process the answer may be there, and only not be read yet.
      setImmediate(() => this.#checkSilence())
    })
  }

  /** Whether `onSilence` was called and no answer has come since. */
  get isSilent(): boolean {
    return this.#isSilent
  }

  get length(): number {
    return this.#pending.length
  }

  /** The correlation id that the next answer must have. */
  get expected(): number | undefined {
    return this.#pending[0]?.correlationId
  }

  add(correlationId: number, { timeoutMs, heldMs }: Patience): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const sentMs = this.#options.clock.monotonicMs()
      this.#pending.push({ correlationId, sentMs, timeoutMs, heldMs, resolve, reject })
      this.#deadline.set(sentMs + timeoutMs)
      this.#silence.set(sentMs + heldMs + this.#options.quietMs)
    })
  }

  /** The frame that answers the request that was sent first. */
  answered(frame: Buffer): void {
    const pending = this.#pending.shift()!
    if (this.#pending.length === 0) this.#deadline.clear()
    if (this.#isSilent) {
      this.#isSilent = false
      this.#options.onAnswerAgain()
    }
    pending.resolve(frame)
  }

  failAll(error: Error): void {
    this.#deadline.clear()
    this.#silence.clear()
    for (const { reject } of this.#pending.splice(0)) reject(error)
  }

  #checkDeadlines(): void {
    const now = this.#options.clock.monotonicMs()
    const late = this.#pending.find(({ sentMs, timeoutMs }) => sentMs + timeoutMs <= now)
    if (late !== undefined) this.#options.onLate(late.timeoutMs)
    else for (const { sentMs, timeoutMs } of this.#pending) this.#deadline.set(sentMs + timeoutMs)
  }

  // The alarm is left set while requests are answered in time, and looks for the one that is due next when it rings: to
  // move it with every request would cost more than all else here.
  #checkSilence(): void {
    const { clock, quietMs, onSilence } = this.#options
    const [first] = this.#pending
    if (first === undefined) return
    const now = clock.monotonicMs()
    const dueMs = first.sentMs + first.heldMs + quietMs
    if (now < dueMs) this.#silence.set(dueMs)
    else if (!this.#isSilent) {
      this.#isSilent = true
      onSilence()
    }
  }
}
