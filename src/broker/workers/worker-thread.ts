import { Worker } from 'node:worker_threads'
import {
  type ArgumentsOf,
  type Done,
  type Job,
  READY,
  type ResultOf,
  runTask,
  type TaskName,
} from './tasks.ts'

interface Pending {
  readonly name: TaskName
  readonly args: ArgumentsOf<TaskName>
  resolve(result: ResultOf<TaskName>): void
  reject(error: Error): void
}

/** Built, the code of workers is a file of `dist`; otherwise it is the source beside this one. */
export function workerEntry(): URL {
  const here = import.meta.url
  if (here.endsWith('.ts')) return new URL('./worker-main.ts', here)
  return new URL('worker/main.js', here.slice(0, here.lastIndexOf('/dist/') + '/dist/'.length))
}

/** One thread, with the jobs that it has not answered. */
export class WorkerThread {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #onEnd: (error: Error) => void
  #nextId = 0
  #isReady = false
  #hasEnded = false

  /** `onEnd` is called once when the thread ends by itself. Throws when the system has no thread to give. */
  constructor(entry: URL, onEnd: (error: Error) => void) {
    this.#onEnd = onEnd
    this.#worker = new Worker(entry, { name: 'ktool' })
    // Whoever closes the broker ends it; it must not keep a process alive that has nothing else to do.
    this.#worker.unref()
    this.#worker.on('message', (message: Done | typeof READY) => {
      if (message === READY) this.#start()
      else this.#settle(message)
    })
    this.#worker.on('error', (error: Error) => this.#end(error))
    this.#worker.on('exit', (code) => this.#end(new Error(`the thread ended with exit code ${code}`)))
  }

  /** Jobs under way. */
  get jobs(): number {
    return this.#pending.size
  }

  /** Whether it has got as far as taking jobs. */
  get isReady(): boolean {
    return this.#isReady
  }

  run(name: TaskName, args: ArgumentsOf<TaskName>): Promise<ResultOf<TaskName>> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      const job = { name, args, resolve, reject }
      this.#pending.set(id, job)
      if (this.#isReady) this.#post(id, job)
    })
  }

  async close(): Promise<void> {
    this.#hasEnded = true
    for (const { reject } of this.#takePending()) reject(new Error('the broker is closing'))
    await this.#worker.terminate()
  }

  #start(): void {
    this.#isReady = true
    for (const [id, job] of this.#pending) this.#post(id, job)
  }

  #post(id: number, { name, args }: Pending): void {
    // A view would drag along all of the buffer that it is a part of.
    const records = Uint8Array.from(args.records)
    const job: Job = { id, name, args: { ...args, records } }
    this.#worker.postMessage(job, [records.buffer])
  }

  #settle(done: Done): void {
    const job = this.#pending.get(done.id)
    if (!job) return
    this.#pending.delete(done.id)
    if ('result' in done) job.resolve(done.result)
    else job.reject(new Error(done.failure))
  }

  #end(error: Error): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    const isLost = this.#isReady
    this.#onEnd(error)
    for (const { name, args, resolve, reject } of this.#takePending()) {
      if (isLost) reject(error)
      else runTask(name, args).then(resolve, reject)
    }
  }

  #takePending(): Pending[] {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    return pending
  }
}
