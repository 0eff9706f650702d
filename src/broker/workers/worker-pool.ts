import { availableParallelism } from 'node:os'
import type { Logger } from '../logger.ts'
import { type ArgumentsOf, type ResultOf, runTask, type TaskName } from './tasks.ts'
import { WorkerThread, workerEntry } from './worker-thread.ts'

const MAX_THREADS = Math.min(4, Math.max(2, availableParallelism()))

/** Threads for work that would hold the event loop, started when there is work for them. */
export class WorkerPool {
  readonly #logger: Pick<Logger, 'error'>
  readonly #threads: WorkerThread[] = []
  readonly #entry: URL
  /** Where no thread can be started, the event loop does the work itself. */
  #isUnavailable = false
  #isClosed = false

  /** `entry` is the file that a thread runs. */
  constructor(logger: Pick<Logger, 'error'>, entry: URL = workerEntry()) {
    this.#logger = logger
    this.#entry = entry
  }

  /** Runs a task on a thread. Buffers in `args` must stay as they are until it is done. */
  run<Name extends TaskName>(name: Name, args: ArgumentsOf<Name>): Promise<ResultOf<Name>> {
    if (this.#isClosed) return Promise.reject(new Error('the broker is closing'))
    const thread = this.#isUnavailable ? null : this.#leastBusy()
    const result = thread === null ? runTask(name, args) : thread.run(name, args)
    // Messages do not know which task they are about; the thread keeps them apart.
    return result as Promise<ResultOf<Name>>
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()))
  }

  #leastBusy(): WorkerThread | null {
    const idle = this.#threads.find(({ jobs }) => jobs === 0)
    if (idle !== undefined) return idle
    if (this.#threads.length < MAX_THREADS) return this.#start()
    return this.#threads.reduce((least, thread) => (thread.jobs < least.jobs ? thread : least))
  }

  #start(): WorkerThread | null {
    try {
      const thread = new WorkerThread(this.#entry, (error) => this.#ended(thread, error))
      this.#threads.push(thread)
      return thread
    } catch (error) {
      this.#unavailable(error)
      return null
    }
  }

  #ended(thread: WorkerThread, error: Error): void {
    const at = this.#threads.indexOf(thread)
    if (at >= 0) this.#threads.splice(at, 1)
    if (thread.isReady) this.#logger.error('a worker thread ended', error)
    else this.#unavailable(error)
  }

  #unavailable(error: unknown): void {
    if (this.#isUnavailable) return
    this.#isUnavailable = true
    this.#logger.error('worker threads cannot be started, large batches are checked on the event loop', error)
  }
}
