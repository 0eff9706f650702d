import type { Files } from './files.ts'
import { StorageError } from './storage-error.ts'

interface DeletedFolder {
  /** Under which name it is found by the next start, which removes it. */
  readonly folder: string
  readonly dueMs: number
}

/** The folders of deleted partitions: renamed at once, removed when their time has come. What fails is tried again. */
export class DeletedFolders {
  readonly #files: Files
  #hidden: DeletedFolder[] = []
  /** By path, folders that could not be renamed yet. */
  readonly #visible = new Map<string, DeletedFolder>()

  constructor(files: Files) {
    this.#files = files
  }

  /** Takes the folder out of the way, to be removed at `dueMs`. */
  hide(path: string, folder: string, dueMs: number): void {
    this.#visible.set(path, { folder, dueMs })
    try {
      this.clear(path)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      // `removeDue` tries again.
    }
  }

  /** Makes sure that no folder of a deleted partition has this path. */
  clear(path: string): void {
    const deleted = this.#visible.get(path)
    if (deleted === undefined) return
    this.#files.rename(path, deleted.folder)
    this.#visible.delete(path)
    this.#hidden.push(deleted)
  }

  /** Removes what is due; throws the first failure when all of it was tried. */
  removeDue(nowMs: number): void {
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
    for (const path of [...this.#visible.keys()]) attempt(() => this.clear(path))
    this.#hidden = this.#hidden.filter(
      ({ folder, dueMs }) => dueMs > nowMs || !attempt(() => this.#files.remove(folder)),
    )
    if (failures.length > 0) throw failures[0]
  }
}
