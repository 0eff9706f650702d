import { messageOf } from '../failures.ts'
import { OutputClosed } from '../io.ts'
import type { Outlet } from './outlet.ts'

/** Text that waits for its reader; beyond that lines are dropped. */
const MAX_PENDING_BYTES = 1 << 18

/**
 * Text for people, which never fails and never waits: lines that cannot be written are dropped and counted, and the
 * count is written as soon as lines can be written again.
 */
export class Talk {
  readonly #outlet: Outlet
  #dropped = 0
  #reason = ''
  #isClosed = false
  /** A write failed, perhaps in the middle of a line. */
  #hasFailed = false
  #isWaiting = false

  constructor(outlet: Outlet) {
    this.#outlet = outlet
  }

  write(text: string): void {
    if (this.#isClosed) return
    if (this.#outlet.pendingTalk + text.length > MAX_PENDING_BYTES && this.#outlet.pendingTalk > 0) {
      this.#drop(text, 'the reader of standard error did not keep up')
      this.#reportLater()
      return
    }
    try {
      this.#report()
      this.#outlet.write(text, true)
    } catch (error) {
      this.#failed(error, text)
    }
  }

  get isDrained(): boolean {
    return this.#dropped === 0 && this.#outlet.pendingTalk === 0
  }

  /** Resolves when all of it is written, or cannot be. */
  async drained(): Promise<void> {
    try {
      await this.#outlet.drained()
      this.#report()
      await this.#outlet.drained()
    } catch (error) {
      this.#failed(error, '')
    }
  }

  #report(): void {
    if (this.#dropped === 0) return
    const lines = this.#dropped === 1 ? '1 line was' : `${this.#dropped} lines were`
    this.#outlet.write(`${this.#hasFailed ? '\n' : ''}… ${lines} dropped: ${this.#reason}\n`, true)
    this.#dropped = 0
    this.#hasFailed = false
  }

  #reportLater(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    void this.drained().then(() => {
      this.#isWaiting = false
    })
  }

  #failed(error: unknown, text: string): void {
    if (error instanceof OutputClosed) {
      this.#isClosed = true
      return
    }
    // A disk that is full has room again later.
    this.#outlet.reset()
    this.#hasFailed = true
    this.#drop(text, `standard error could not be written (${messageOf(error)})`)
  }

  #drop(text: string, reason: string): void {
    this.#reason = reason
    this.#dropped += text.split('\n').length - 1 || (text === '' ? 0 : 1)
  }
}
