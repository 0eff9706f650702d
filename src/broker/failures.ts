import { StorageError } from '../log/storage-error.ts'
import { type ErrorName, KafkaError } from '../protocol/errors.ts'

/** The only place where failures of the storage become codes of the wire. */
const FROM_STORAGE: Record<StorageError['code'], ErrorName> = {
  OFFSET_OUT_OF_RANGE: 'OFFSET_OUT_OF_RANGE',
  BATCH_CORRUPT: 'CORRUPT_MESSAGE',
  LOG_CORRUPT: 'KAFKA_STORAGE_ERROR',
  LOG_CLOSED: 'KAFKA_STORAGE_ERROR',
  DISK_FAILED: 'KAFKA_STORAGE_ERROR',
  FOLDER_LOCKED: 'KAFKA_STORAGE_ERROR',
  FOLDER_MISMATCH: 'KAFKA_STORAGE_ERROR',
}

/** The failure as the code that goes over the wire; anything unforeseen is a bug, and is told to `report`. */
export function toKafkaError(error: unknown, report: (bug: unknown) => void): KafkaError {
  if (error instanceof KafkaError) return error
  if (error instanceof StorageError)
    return new KafkaError(FROM_STORAGE[error.code], error.message, { cause: error })
  report(error)
  return new KafkaError('UNKNOWN_SERVER_ERROR')
}
