/**
 * What went wrong below a partition:
 * - OFFSET_OUT_OF_RANGE: the offset is not between start and end of the log.
 * - BATCH_CORRUPT: bytes given or read are not a record batch.
 * - LOG_CORRUPT: files of a folder contradict each other in a way that recovery does not repair.
 * - LOG_CLOSED: the log was closed or deleted.
 * - DISK_FAILED: a write, sync or read failed; what was to be changed is as it was before.
 * - FOLDER_LOCKED: another process uses the data folder.
 * - FOLDER_LOST: the data folder, or the lock in it, is not the one that this broker took; nothing is written any more.
 * - FOLDER_MISMATCH: the data folder or a partition in it belongs to something else, as its ids tell.
 */
export type StorageErrorCode =
  | 'OFFSET_OUT_OF_RANGE'
  | 'BATCH_CORRUPT'
  | 'LOG_CORRUPT'
  | 'LOG_CLOSED'
  | 'DISK_FAILED'
  | 'FOLDER_LOCKED'
  | 'FOLDER_LOST'
  | 'FOLDER_MISMATCH'

/** A failure of the storage; the message names the file and, where it helps, the position in it. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode
  /** Whether a sync of a file failed: which of its bytes are on the disk is not known then. */
  readonly isSync: boolean

  constructor(code: StorageErrorCode, message: string, options: ErrorOptions & { isSync?: boolean } = {}) {
    super(message, options)
    this.code = code
    this.isSync = options.isSync ?? false
  }

  /** The error number of the system, such as ENOSPC; undefined when the failure has none. */
  get errno(): string | undefined {
    const { cause } = this
    return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
      ? cause.code
      : undefined
  }
}

/** The failure of a read that met bytes which are no batch. */
export const isCorruptBatch = (error: unknown): error is StorageError =>
  error instanceof StorageError && error.code === 'BATCH_CORRUPT'
