import type { LogDir } from '../log/log-dir.ts'
import { beginTurn, inSlices, type Work } from '../log/slices.ts'
import { StorageError } from '../log/storage-error.ts'
import type { Clock } from './clock.ts'
import type { BrokerConfig } from './config/broker-config.ts'
import { reportFailure } from './failures.ts'
import type { Logger } from './logger.ts'

/** How often flush.ms and folders to be removed are checked. */
const TICK_MS = 1000

/** When the tasks are due that take place less often. */
interface Due {
  checkpoint: number
  retention: number
}

/** What a broker does at regular intervals: flush, checkpoint, apply retention, remove deleted folders. */
export class Housekeeping {
  readonly #dir: LogDir
  readonly #config: BrokerConfig
  readonly #clock: Clock
  readonly #logger: Logger
  #cancel: () => void = () => {}
  #tick: Work<undefined> | null = null
  #running: Promise<undefined> | null = null
  #isStopped = false
  /** By task, the message of its last failure. */
  readonly #failures = new Map<string, string>()

  constructor(dir: LogDir, config: BrokerConfig, clock: Clock, logger: Logger) {
    this.#dir = dir
    this.#config = config
    this.#clock = clock
    this.#logger = logger
  }

  start(): void {
    const now = this.#clock.monotonicMs()
    this.#schedule({
      checkpoint: now + this.#config.number('log.flush.offset.checkpoint.interval.ms'),
      retention: now + this.#config.number('log.retention.check.interval.ms'),
    })
  }

  /** Stops, in the middle of a task if need be: the next start does what is left. */
  stop(): void {
    this.#isStopped = true
    this.#cancel()
    this.#tick?.return(undefined)
  }

  /** Resolves when no task is at work. */
  async settled(): Promise<void> {
    await this.#running
  }

  #schedule(due: Due): void {
    this.#cancel = this.#clock.after(TICK_MS, () => {
      beginTurn()
      this.#tick = this.#runTasks(due)
      const ended = inSlices(this.#tick)
      if (ended instanceof Promise) this.#running = ended
    })
  }

  /** Runs what is due, and schedules the next time when that is done. */
  *#runTasks(due: Due): Work<undefined> {
    const now = this.#clock.monotonicMs()
    const { checkpoint, retention } = due
    yield* this.#attempt('flushing logs', () => this.#dir.flushDue())
    yield* this.#attempt('removing deleted partitions', () => this.#dir.removeDeleted())
    yield* this.#attempt('reserving disk space', () => this.#dir.fillReserve())
    if (now >= retention) {
      yield* this.#attempt('retention', () => this.#dir.applyRetention())
      due.retention = now + this.#config.number('log.retention.check.interval.ms')
    }
    if (now >= checkpoint) {
      yield* this.#attempt('writing checkpoints', () => this.#dir.checkpoint())
      due.checkpoint = now + this.#config.number('log.flush.offset.checkpoint.interval.ms')
    }
    if (!this.#isStopped) this.#schedule(due)
    return undefined
  }

  /** One task that fails must not keep the others from being done. */
  *#attempt(task: string, start: () => Work<void> | void): Work<void> {
    try {
      const work = start()
      if (work !== undefined) yield* work
      this.#failures.delete(task)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      // The broker ends, and says why.
      if (error.code === 'FOLDER_LOST' || error.code === 'FOLDER_LOCKED') return
      // The same failure comes with every tick until its cause is gone.
      if (error.message === this.#failures.get(task)) return
      this.#failures.set(task, error.message)
      reportFailure(error, this.#logger, `${task} failed`)
    }
  }
}
