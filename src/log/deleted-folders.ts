import type { Clock } from './clock.ts'
import type { Files } from './files.ts'
import { holdsRecords } from './found-partitions.ts'
import { deletedFolder, partitionFolder } from './partition-folder.ts'
import type { Removals } from './removals.ts'
import type { Work } from './slices.ts'
import { StorageError } from './storage-error.ts'

interface DeletedFolder {
  /** Under which name it is found by the next start, which removes it. */
  readonly hidden: string
  /** In monotonic time. */
  readonly dueMs: number
}

interface DeletedFoldersOptions {
  readonly folder: string
  readonly clock: Clock
  readonly randomBytes: (size: number) => Buffer
}

/** The folders of deleted partitions: renamed at once, removed when their time has come. What fails is tried again. */
export class DeletedFolders {
  readonly #files: Files
  readonly #options: DeletedFoldersOptions
  readonly #removals: Removals
  #hidden: DeletedFolder[] = []
  /** By path, folders that could not be renamed yet. */
  readonly #visible = new Map<string, DeletedFolder>()

  constructor(files: Files, options: DeletedFoldersOptions, removals: Removals) {
    this.#files = files
    this.#options = options
    this.#removals = removals
  }

  /** Takes the folder of the partition out of the way, to be removed after the delay. */
  hide(topic: string, partition: number, delayMs: number): void {
    const { folder, clock, randomBytes } = this.#options
    const hidden = `${folder}/${deletedFolder(topic, partition, randomBytes(16).toString('hex'))}`
    const path = this.#path(topic, partition)
    this.#visible.set(path, { hidden, dueMs: clock.monotonicMs() + delayMs })
    try {
      this.#rename(path)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      // `removeDue` tries again.
    }
  }

  /** As hide, for a folder that could not be made whole; one with records is left where it is. */
  hideIfEmpty(topic: string, partition: number): void {
    const path = this.#path(topic, partition)
    try {
      if (!holdsRecords(this.#files, path)) this.hide(topic, partition, 0)
    } catch (error) {
      // What failed before is what the caller must know.
      if (!(error instanceof StorageError)) throw error
    }
  }

  /** Makes sure that no deleted folder is in the place of the partition. */
  clear(topic: string, partition: number): void {
    this.#rename(this.#path(topic, partition))
  }

  #path(topic: string, partition: number): string {
    return `${this.#options.folder}/${partitionFolder(topic, partition)}`
  }

  #rename(path: string): void {
    const deleted = this.#visible.get(path)
    if (deleted === undefined) return
    // It may never have been made.
    const isThere = this.#files.identity(path) !== null
    if (isThere) this.#files.rename(path, deleted.hidden)
    this.#visible.delete(path)
    if (isThere) this.#hidden.push(deleted)
  }

  /** Removes what is due, without waiting for it; throws the first failure when all of it was tried. */
  *removeDue(): Work<void> {
    const failures: unknown[] = []
    const attempt = (work: () => void): void => {
      try {
        work()
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        failures.push(error)
      }
    }
    attempt(() => this.#removals.retry())
    for (const path of [...this.#visible.keys()]) {
      attempt(() => this.#rename(path))
      yield
    }
    const nowMs = this.#options.clock.monotonicMs()
    const due = this.#hidden.filter(({ dueMs }) => dueMs <= nowMs)
    this.#hidden = this.#hidden.filter(({ dueMs }) => dueMs > nowMs)
    for (const { hidden } of due) {
      this.#removals.removeHidden(hidden)
      yield
    }
    if (failures.length > 0) throw failures[0]
  }
}
