import type { Logger } from './logger.ts'

/** Log levels under Kafka's names, from the most told to the least. */
export const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

/** Passes on what is at or above its level, which clients may change as Kafka's BROKER_LOGGER resource. */
export class LeveledLogger implements Logger {
  level: LogLevel = 'INFO'
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
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

  error(message: string, cause?: unknown): void {
    if (this.#tells('ERROR')) this.#logger.error(message, cause)
  }
}
