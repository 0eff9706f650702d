import type { LogDir } from '../log/log-dir.ts'
import { StorageError } from '../log/storage-error.ts'
import type { Clock } from './clock.ts'
import type { BrokerConfig } from './config/broker-config.ts'
import type { Logger } from './logger.ts'

/** How often flush.ms and the deletion of removed topics are looked at. */
const TICK_MS = 1000

/** What a broker does on its own, now and then: flush, checkpoint, apply retention, remove deleted folders. */
export class Housekeeping {
  readonly #dir: LogDir
  readonly #config: BrokerConfig
  readonly #clock: Clock
  readonly #logger: Logger
  #cancel: () => void = () => {}

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
    this.#attempt(() => this.#dir.flushDue())
    this.#attempt(() => this.#dir.removeDeleted())
    if (now >= retention) this.#attempt(() => this.#dir.applyRetention())
    if (now >= checkpoint) this.#attempt(() => this.#dir.checkpoint())
    return {
      checkpoint:
        now >= checkpoint ? now + this.#config.number('log.flush.offset.checkpoint.interval.ms') : checkpoint,
      retention: now >= retention ? now + this.#config.number('log.retention.check.interval.ms') : retention,
    }
  }

  /** A log that failed says so to its writers; here it must not stop the others from being looked after. */
  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.#logger.error('looking after the logs failed', error)
    }
  }
}
