import type { LogDir } from '../log/log-dir.ts'
import { StorageError } from '../log/storage-error.ts'
import type { Clock } from './clock.ts'
import type { BrokerConfig } from './config/broker-config.ts'
import { reportFailure } from './failures.ts'
import type { Logger } from './logger.ts'

/** How often flush.ms and folders to be removed are checked. */
const TICK_MS = 1000

/** What a broker does at regular intervals: flush, checkpoint, apply retention, remove deleted folders. */
export class Housekeeping {
  readonly #dir: LogDir
  readonly #config: BrokerConfig
  readonly #clock: Clock
  readonly #logger: Logger
  #cancel: () => void = () => {}
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

  stop(): void {
    this.#cancel()
  }

  #schedule(due: { checkpoint: number; retention: number }): void {
    this.#cancel = this.#clock.after(TICK_MS, () => this.#schedule(this.#tick(due)))
  }

  #tick({ checkpoint, retention }: { checkpoint: number; retention: number }) {
    const now = this.#clock.monotonicMs()
    this.#attempt('flushing logs', () => this.#dir.flushDue())
    this.#attempt('removing deleted partitions', () => this.#dir.removeDeleted())
    this.#attempt('reserving disk space', () => this.#dir.fillReserve())
    if (now >= retention) this.#attempt('retention', () => this.#dir.applyRetention())
    if (now >= checkpoint) this.#attempt('writing checkpoints', () => this.#dir.checkpoint())
    return {
      checkpoint:
        now >= checkpoint ? now + this.#config.number('log.flush.offset.checkpoint.interval.ms') : checkpoint,
      retention: now >= retention ? now + this.#config.number('log.retention.check.interval.ms') : retention,
    }
  }

  /** One task that fails must not keep the others from being done. */
  #attempt(task: string, work: () => void): void {
    try {
      work()
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
