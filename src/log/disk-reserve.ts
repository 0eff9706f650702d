// `.ktool-reserve`: a few pages of zeroes that are given up when the disk is full, so that what frees space can be
// written down: a topic can only be deleted by a record in the metadata log.

import { type Files, removeQuietly, writeWhole } from './files.ts'
import { StorageError } from './storage-error.ts'

export const RESERVE_FILE = '.ktool-reserve'
/** Room for a request that deletes a thousand topics. */
const RESERVE_BYTES = 64 * 1024

/** Whether the failure means that the disk, or what the user may have of it, is full. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof StorageError && (error.errno === 'ENOSPC' || error.errno === 'EDQUOT')

/** Space kept back for changes that free space. */
export class DiskReserve {
  readonly #files: Files
  readonly #folder: string
  readonly #path: string
  #isThere: boolean
  #wasNeeded = false

  constructor(files: Files, folder: string) {
    this.#files = files
    this.#folder = folder
    this.#path = `${folder}/${RESERVE_FILE}`
    this.#isThere = files.size(this.#path) === RESERVE_BYTES
  }

  /** Whether the reserve was given up, and there is no room for another. */
  get isSpent(): boolean {
    return this.#wasNeeded && !this.#isThere
  }

  /** Runs the change; on a full disk once more, without the reserve. A change that fails must leave things as they were. */
  spend<T>(change: () => T): T {
    try {
      return change()
    } catch (error) {
      if (!isDiskFull(error) || !this.#isThere) throw error
      this.#files.remove(this.#path)
      this.#isThere = false
      this.#wasNeeded = true
      return change()
    }
  }

  /** Makes the reserve where it is missing and the disk has room for it. */
  fill(): void {
    if (this.#isThere || this.#files.space(this.#folder).usableBytes < 2 * RESERVE_BYTES) return
    try {
      // Sparse files take no space: the zeroes must be written.
      writeWhole(this.#files, this.#path, Buffer.alloc(RESERVE_BYTES), false)
      this.#isThere = true
    } catch (error) {
      removeQuietly(this.#files, this.#path)
      throw error
    }
  }
}
