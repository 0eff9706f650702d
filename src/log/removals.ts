import type { Files } from './files.ts'
import { DELETED_SUFFIX } from './segment-names.ts'
import { StorageError } from './storage-error.ts'

/** Larger files are removed in the thread pool: the file system may take long to give up their blocks. */
const LARGE_BYTES = 1024 * 1024

/** Removes files and folders without holding the event loop. What fails is tried again. */
export class Removals {
  readonly #files: Files
  readonly #pending = new Set<Promise<void>>()
  /** By path, why it could not be removed. */
  readonly #failed = new Map<string, StorageError>()

  constructor(files: Files) {
    this.#files = files
  }

  /** Removes a file: at once, or for others at once, under a name that the next start would remove. */
  removeFile(path: string): void {
    const bytes = this.#files.size(path)
    if (bytes === null) return
    if (bytes < LARGE_BYTES) {
      this.#files.remove(path)
      return
    }
    const hidden = path + DELETED_SUFFIX
    this.#files.rename(path, hidden)
    this.removeHidden(hidden)
  }

  /** Removes a file or folder that is no longer looked at, and that the next start would remove. */
  removeHidden(path: string): void {
    const removal = this.#files.removeLater(path).then(
      () => void this.#failed.delete(path),
      (error: unknown) => {
        if (!(error instanceof StorageError)) throw error
        this.#failed.set(path, error)
      },
    )
    this.#pending.add(removal)
    removal.finally(() => this.#pending.delete(removal))
  }

  /** Tries again what failed; throws the first of the failures. */
  retry(): void {
    const [failure] = this.#failed.values()
    for (const path of this.#failed.keys()) this.removeHidden(path)
    this.#failed.clear()
    if (failure !== undefined) throw failure
  }

  /** Resolves when nothing is being removed. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending)
  }
}
