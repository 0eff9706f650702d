// Log and index files, opened when they are used and closed when they are not: partitions outnumber the handles that a
// process may have. A file closed here is opened again by its next use, so its owner need not know.

import type { FileHandle, Files } from './files.ts'
import { Removals } from './removals.ts'
import { StorageError } from './storage-error.ts'
import { Turns } from './turns.ts'

/** The rest of the process' handles is for connections. */
const SHARE_OF_LIMIT = 1 / 4
const MIN_HANDLES = 16
const MAX_HANDLES = 10_000
/** Where the system does not report a limit. */
const DEFAULT_LIMIT = 1024
/** As many as the thread pool has threads for; each holds its files open. */
const SYNCS_AT_ONCE = 4
/** A file is closed when this many calls of `closeIdle` found it unused. */
const IDLE_CALLS = 10

/** How many log and index files a process may keep open. */
export function handlesFor(files: Files): number {
  const limits = files.readFile('/proc/self/limits')?.toString() ?? ''
  // `Max open files            1024                 524288               files`; Node raises the first to the second.
  const limit = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? DEFAULT_LIMIT)
  return Math.max(MIN_HANDLES, Math.min(MAX_HANDLES, Math.floor(limit * SHARE_OF_LIMIT)))
}

/** A file that is opened by its use and closed when it is idle. */
export interface LogFile extends FileHandle {
  /** Keeps the file readable until the function that is returned is called, even if it is removed after `retire`. */
  retain(): () => void
  /** Closes the file, now or once no reader retains it. The next use opens it again. */
  retire(): void
}

export class OpenFiles {
  readonly files: Files
  /** For syncs that nobody waits for: many partitions may roll their segments at the same time. */
  readonly syncs = new Turns(SYNCS_AT_ONCE)
  readonly removals: Removals
  readonly #maxHandles: number
  /** In the order in which they were opened, or were spared last. */
  readonly #open = new Set<SharedFile>()

  constructor(files: Files, maxHandles = handlesFor(files)) {
    this.files = files
    this.removals = new Removals(files)
    this.#maxHandles = maxHandles
  }

  /** Makes an empty file unless it exists. */
  create(path: string): void {
    const file = this.file(path, 'write')
    file.size()
    file.close()
  }

  /** The file at the path, which is not opened yet; `update` and `write` as in Files.open. */
  file(path: string, mode: 'update' | 'write'): LogFile {
    return new SharedFile(this, path, mode)
  }

  /** Closes the files that were not used for a while; to be called once a second. */
  closeIdle(): void {
    for (const file of this.#open) if (++file.idleCalls > IDLE_CALLS) file.close()
  }

  open(file: SharedFile): FileHandle {
    if (this.#open.size >= this.#maxHandles) this.#closeOne()
    const handle = this.#openRetrying(file)
    this.#open.add(file)
    return handle
  }

  forget(file: SharedFile): void {
    this.#open.delete(file)
  }

  /** Connections may have taken what handles the process has left. */
  #openRetrying({ path, mode }: SharedFile): FileHandle {
    try {
      return this.files.open(path, mode)
    } catch (error) {
      if (!isOutOfHandles(error) || this.#open.size === 0) throw error
      for (let count = Math.ceil(this.#open.size / 2); count > 0; count--) this.#closeOne()
      return this.files.open(path, mode)
    }
  }

  /** Closes the file that was opened first, unless it was used since the last look at it. */
  #closeOne(): void {
    for (const file of this.#open) {
      if (file.idleCalls > 0) {
        file.close()
        return
      }
      file.idleCalls = 1
      this.#open.delete(file)
      this.#open.add(file)
    }
  }
}

function isOutOfHandles(error: unknown): boolean {
  const code = error instanceof StorageError ? (error.cause as NodeJS.ErrnoException | undefined)?.code : null
  return code === 'EMFILE' || code === 'ENFILE'
}

/** A handle that is closed and opened again as needed. */
class SharedFile implements LogFile {
  readonly path: string
  readonly mode: 'update' | 'write'
  /** Calls of `closeIdle` since the last use. */
  idleCalls = 0
  readonly #owner: OpenFiles
  #handle: FileHandle | null = null
  #readers = 0
  /** Whether the last reader closes the file. */
  #isRetired = false

  constructor(owner: OpenFiles, path: string, mode: 'update' | 'write') {
    this.#owner = owner
    this.path = path
    this.mode = mode
  }

  #use(): FileHandle {
    this.idleCalls = 0
    this.#handle ??= this.#owner.open(this)
    return this.#handle
  }

  size(): number {
    return this.#use().size()
  }

  read(buffer: Buffer, offset: number, length: number, position: number): number {
    return this.#use().read(buffer, offset, length, position)
  }

  write(buffer: Buffer, offset: number, length: number, position: number): void {
    this.#use().write(buffer, offset, length, position)
  }

  truncate(length: number): void {
    this.#use().truncate(length)
  }

  // The kernel keeps what was written over a close, and a sync through another handle takes it along.
  sync(): void {
    this.#use().sync()
  }

  syncLater(): Promise<void> {
    return this.#use().syncLater()
  }

  retain(): () => void {
    this.#readers++
    let isRetained = true
    return () => {
      if (!isRetained) return
      isRetained = false
      if (--this.#readers === 0 && this.#isRetired) this.retire()
    }
  }

  retire(): void {
    this.#isRetired = this.#readers > 0
    if (!this.#isRetired) {
      this.close()
      return
    }
    try {
      this.#use()
      // It may lose its name: if it were closed as idle, it could not be opened again.
      this.#owner.forget(this)
    } catch (error) {
      // The readers will report it.
      if (!(error instanceof StorageError)) throw error
    }
  }

  close(): void {
    if (this.#handle === null) return
    this.#owner.forget(this)
    const handle = this.#handle
    this.#handle = null
    handle.close()
  }
}
