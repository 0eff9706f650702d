// `.ktool-reserve`: a few pages of zeroes that are given up when the disk is full, so that what frees space can be
// written down: a topic can only be deleted by a record in the metadata log.

import { type Files, removeQuietly, writeWhole } from './files.ts'
import { StorageError } from './storage-error.ts'

export const RESERVE_FILE = '.ktool-reserve'
/** Room for a thousand requests that delete a topic each. */
const RESERVE_BYTES = 256 * 1024

/** Whether the failure means that the disk, or what the user may have of it, is full. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof StorageError && (error.errno === 'ENOSPC' || error.errno === 'EDQUOT')

/** Runs a change that frees space, on a full disk with space that is kept back for it. */
export type Spend = <T>(change: () => T) => T

/** Space kept back for changes that free space. */
export class DiskReserve {
  readonly #files: Files
  readonly #folder: string
  readonly #path: string
  #isThere: boolean
  #isDiskFull: boolean

  constructor(files: Files, folder: string) {
    this.#files = files
    this.#folder = folder
    this.#path = `${folder}/${RESERVE_FILE}`
    this.#isThere = files.size(this.#path) === RESERVE_BYTES
    this.#isDiskFull = !this.#isThere && !this.#hasRoom()
  }

  /** Whether there was no room for the reserve, or it was given up. */
  get isDiskFull(): boolean {
    return this.#isDiskFull
  }

  /** Runs the change; on a full disk once more, without the reserve. A change that fails must leave things as they were. */
  spend<T>(change: () => T): T {
    try {
      return change()
    } catch (error) {
      if (!isDiskFull(error) || !this.#isThere) throw error
      this.#giveUp()
      return change()
    }
  }

  /** Makes sure that there is some space, as far as the reserve goes. */
  makeRoom(): void {
    if (this.#isThere && !this.#hasRoom()) this.#giveUp()
  }

  #giveUp(): void {
    this.#files.remove(this.#path)
    this.#isThere = false
    this.#isDiskFull = true
  }

  /** Whether the reserve would not take the last space that there is. */
  #hasRoom(): boolean {
    return this.#files.space(this.#folder).usableBytes >= 2 * RESERVE_BYTES
  }

  /** Makes the reserve where it is missing and the disk has room for it. */
  fill(): void {
    if (this.#isThere) return
    this.#isDiskFull = !this.#hasRoom()
    if (this.#isDiskFull) return
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
