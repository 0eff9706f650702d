import { StorageError } from './storage-error.ts'

/** Runs changes of files until one fails; after that, what is in memory cannot be trusted to be on the disk. */
export class WriteGuard {
  #failure: StorageError | null = null

  /** The first failure. */
  get failure(): StorageError | null {
    return this.#failure
  }

  /** Throws the first failure, if there was one. */
  refuseIfFailed(): void {
    if (this.#failure !== null) throw this.#failure
  }

  /** Runs the change, or throws the first failure. */
  run<T>(change: () => T): T {
    this.refuseIfFailed()
    try {
      return change()
    } catch (error) {
      this.note(error)
      throw error
    }
  }

  /** Remembers a failure of the disk; other errors leave the files as they were. */
  note(error: unknown): void {
    if (error instanceof StorageError && error.code === 'DISK_FAILED') this.#failure ??= error
  }
}
