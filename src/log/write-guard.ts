import type { Ownership } from './folder-lock.ts'
import { StorageError } from './storage-error.ts'

/** Who wants to know that a log takes no writes, and that it takes them again. */
export interface WriteGuardListener {
  writesFailed(failure: StorageError): void
  writesResumed(): void
}

/**
 * Lets changes of files happen while the folder is ours; notes that they fail, and when they succeed again. A change that fails must leave files and memory as
 * they were, so that the next one can be tried: space and file handles come back.
 */
export class WriteGuard {
  #failure: StorageError | null = null
  readonly #listener: WriteGuardListener
  readonly #ownership: Ownership

  constructor(listener: WriteGuardListener, ownership: Ownership) {
    this.#listener = listener
    this.#ownership = ownership
  }

  /** Why writes fail; null while they succeed. */
  get failure(): StorageError | null {
    return this.#failure
  }

  /** Runs a change whose success means that writes succeed. */
  write<T>(change: () => T): T {
    const result = this.run(change)
    // The process may have been stopped in between, for so long that the folder has another broker.
    this.#ownership.require()
    this.resume()
    return result
  }

  /** Runs a change that may succeed without having written anything. */
  run<T>(change: () => T): T {
    this.#ownership.require()
    try {
      return change()
    } catch (error) {
      throw this.note(error)
    }
  }

  /** Remembers a failure of the disk, and returns what to throw: the failure reported before, if it is the same. */
  note(error: unknown): unknown {
    if (!(error instanceof StorageError) || error.code !== 'DISK_FAILED') return error
    if (this.#failure?.message === error.message) return this.#failure
    this.#failure = error
    this.#listener.writesFailed(error)
    return error
  }

  /** Forgets the failure. */
  resume(): void {
    if (this.#failure === null) return
    this.#failure = null
    this.#listener.writesResumed()
  }
}
