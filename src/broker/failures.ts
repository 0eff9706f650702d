import { StorageError } from '../log/storage-error.ts'
import { type ErrorName, KafkaError } from '../protocol/errors.ts'
import type { Logger } from './logger.ts'

/** The only place where failures of the storage become codes of the wire. */
const FROM_STORAGE: Record<StorageError['code'], ErrorName> = {
  OFFSET_OUT_OF_RANGE: 'OFFSET_OUT_OF_RANGE',
  BATCH_CORRUPT: 'CORRUPT_MESSAGE',
  LOG_CORRUPT: 'KAFKA_STORAGE_ERROR',
  LOG_CLOSED: 'KAFKA_STORAGE_ERROR',
  DISK_FAILED: 'KAFKA_STORAGE_ERROR',
  FOLDER_LOCKED: 'KAFKA_STORAGE_ERROR',
  FOLDER_LOST: 'KAFKA_STORAGE_ERROR',
  FOLDER_MISMATCH: 'KAFKA_STORAGE_ERROR',
}

/** A failed log throws the same failure at every request; the person who runs the broker reads it once. */
const reportedFailures = new WeakSet<StorageError>()

/** Logs a failure of the disk, unless it was logged before. */
export function reportFailure(error: StorageError, logger: Logger, what: string): void {
  if (reportedFailures.has(error)) return
  reportedFailures.add(error)
  logger.error(what, error)
}

/**
 * The failure as the code that goes over the wire. Failures of the disk are told to the logger, and so is anything
 * unforeseen, which is a bug; `what` says what was being done.
 */
export function toKafkaError(error: unknown, logger: Logger, what: string): KafkaError {
  if (error instanceof KafkaError) return error
  if (error instanceof StorageError) {
    if (error.code === 'DISK_FAILED') reportFailure(error, logger, `${what} failed`)
    return new KafkaError(FROM_STORAGE[error.code], error.message, { cause: error })
  }
  logger.error(`${what} failed`, error)
  return new KafkaError('UNKNOWN_SERVER_ERROR')
}
