import type { Clock } from './clock.ts'
import type { Files } from './files.ts'
import { deletedFolder, partitionFolder } from './partition-folder.ts'
import { LOG_SUFFIX } from './segment-names.ts'
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
  #hidden: DeletedFolder[] = []
  /** By path, folders that could not be renamed yet. */
  readonly #visible = new Map<string, DeletedFolder>()

  constructor(files: Files, options: DeletedFoldersOptions) {
    this.#files = files
    this.#options = options
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
      const names = this.#files.list(path).map(({ name }) => name)
      const hasRecords = names.some(
        (name) => name.endsWith(LOG_SUFFIX) && this.#files.size(`${path}/${name}`),
      )
      if (!hasRecords) this.hide(topic, partition, 0)
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

  /** Removes what is due; throws the first failure when all of it was tried. */
  removeDue(): void {
    const failures: unknown[] = []
    const attempt = (work: () => void): boolean => {
      try {
        work()
        return true
      } catch (error) {
        if (!(error instanceof StorageError)) throw error
        failures.push(error)
        return false
      }
    }
    for (const path of [...this.#visible.keys()]) attempt(() => this.#rename(path))
    const nowMs = this.#options.clock.monotonicMs()
    this.#hidden = this.#hidden.filter(
      ({ hidden, dueMs }) => dueMs > nowMs || !attempt(() => this.#files.remove(hidden)),
    )
    if (failures.length > 0) throw failures[0]
  }
}
