import type { Clock } from './clock.ts'
import type { Logger } from './logger.ts'

/** Log levels under Kafka's names, from the most told to the least. */
export const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

const REPEATED_MS = 60_000

/** The last error, and how often it came again since it was logged. */
interface RepeatedError {
  readonly text: string
  readonly sinceMs: number
  count: number
}

/** Passes on what is at or above its level, which clients may change as Kafka's BROKER_LOGGER resource. */
export class LeveledLogger implements Logger {
  level: LogLevel = 'INFO'
  readonly #logger: Logger
  readonly #clock: Clock
  #last: RepeatedError | null = null

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger
    this.#clock = clock
  }

  #tells(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(this.level)
  }

  info(message: string): void {
    if (this.#tells('INFO')) this.#logger.info(message)
  }

  warn(message: string): void {
    if (this.#tells('WARN')) this.#logger.warn(message)
  }

  /** A failure that comes again and again, as a client tries again on a full disk, is logged once a minute. */
  error(message: string, cause?: unknown): void {
    if (!this.#tells('ERROR')) return
    const text = `${message}: ${cause}`
    const nowMs = this.#clock.monotonicMs()
    const last = this.#last
    if (last?.text === text && nowMs - last.sinceMs < REPEATED_MS) {
      last.count++
      return
    }
    if (last && last.count > 0) this.#logger.error(`the error before came ${last.count} more times`)
    this.#last = { text, sinceMs: nowMs, count: 0 }
    this.#logger.error(message, cause)
  }
}
