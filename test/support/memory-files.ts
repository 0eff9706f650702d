import type { FileHandle, FileInfo, Files, OpenMode } from '../../src/log/files.ts'
import { StorageError } from '../../src/log/storage-error.ts'
import { PathMap } from './path-map.ts'

interface MemoryFile {
  readonly id: string
  bytes: Buffer
  length: number
  /** What a power loss leaves. */
  synced: Buffer
  modifiedMs: number
}

/** What the log asks of the file system. */
export type FileCall =
  | 'open'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'readFile'
  | 'list'
  | 'makeFolder'
  | 'rename'
  | 'link'
  | 'remove'
  | 'touch'
  | 'identity'
  | 'syncFolder'

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  EIO: 'i/o error',
  EMFILE: 'too many open files',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
}

function diskFailed(call: FileCall, path: string, errno: string): StorageError {
  const cause = Object.assign(new Error(`${errno}: ${ERRNO_TEXT[errno]}`), { code: errno })
  const message = `${call} '${path}' failed: ${cause.message}`
  return new StorageError('DISK_FAILED', message, { cause, isSync: call === 'sync' })
}

const PAGE_BYTES = 4096

let lastId = 0
const newId = (): string => String(++lastId)

/** What happens to a write: it goes through, or this many of its bytes do before it fails. */
export type WriteFault = (path: string, length: number) => number | null

/** A file system in memory that can fail writes, tear them, and lose what was not synced. */
export class MemoryFiles implements Files {
  readonly #files: PathMap<MemoryFile>
  /** Their identities, by path. */
  readonly #folders: PathMap<string>
  /** Asked before each write. */
  onWrite: WriteFault = () => null
  /** Asked before each sync; true makes it fail. */
  onSync: (path: string) => boolean = () => false
  /** Asked before each call; the error number with which it fails, null when it goes through. */
  onCall: (call: FileCall, path: string) => string | null = () => null
  /** Handles that were opened and not closed. */
  openHandles = 0
  /** The most that were open at once. */
  mostHandles = 0
  /** So many bytes fit, in pages. */
  capacityBytes = Number.POSITIVE_INFINITY
  /** With so many open handles, the next one is refused as by a process that has no more. */
  maxHandles = Number.POSITIVE_INFINITY

  constructor(files = new PathMap<MemoryFile>(), folders = new PathMap<string>()) {
    this.#files = files
    this.#folders = folders
  }

  /** What another process finds after this one was killed: everything that was written. */
  afterKill(): MemoryFiles {
    const copy = [...this.#files].map(([path, f]) => [path, { ...f, bytes: Buffer.from(f.bytes) }] as const)
    return new MemoryFiles(new PathMap(copy), new PathMap(this.#folders))
  }

  /** What is there after the power was lost: only what was synced. Names are kept, as with a journal. */
  afterPowerLoss(): MemoryFiles {
    const copy = [...this.#files].map(([path, f]) => {
      const bytes = Buffer.from(f.synced)
      return [path, { ...f, bytes, length: bytes.length }] as const
    })
    return new MemoryFiles(new PathMap(copy), new PathMap(this.#folders))
  }

  paths(): string[] {
    return [...this.#files.keys()].sort()
  }

  #at(path: string): MemoryFile {
    const file = this.#files.get(path)
    if (file === undefined) throw new StorageError('DISK_FAILED', `'${path}' is missing`)
    return file
  }

  #tornByFullDisk(file: MemoryFile, end: number, position: number): number | null {
    if (this.capacityBytes === Number.POSITIVE_INFINITY) return null
    const pages =
      Math.ceil(file.length / PAGE_BYTES) + Math.max(0, Math.floor(this.#freeBytes() / PAGE_BYTES))
    return end <= pages * PAGE_BYTES ? null : Math.max(0, pages * PAGE_BYTES - position)
  }

  #freeBytes(): number {
    return this.capacityBytes - this.usedBytes
  }

  /** In whole pages. */
  get usedBytes(): number {
    let used = 0
    for (const { length } of new Set(this.#files.values()))
      used += Math.ceil(length / PAGE_BYTES) * PAGE_BYTES
    return used
  }

  #call(call: FileCall, path: string): void {
    const errno = this.onCall(call, path)
    if (errno !== null) throw diskFailed(call, path, errno)
  }

  open(path: string, mode: OpenMode): FileHandle {
    this.#call('open', path)
    if (this.openHandles >= this.maxHandles) throw diskFailed('open', path, 'EMFILE')
    if (!this.#files.has(path)) {
      if (mode !== 'write' || !this.#folders.has(path.slice(0, path.lastIndexOf('/')))) this.#at(path)
      this.writeFile(path, Buffer.alloc(0))
    }
    const file = this.#at(path)
    this.openHandles++
    this.mostHandles = Math.max(this.mostHandles, this.openHandles)
    let isOpen = true
    const check = () => {
      if (!isOpen) throw new Error(`'${path}' is used after it was closed`)
    }
    const sync = () => {
      check()
      this.#call('sync', path)
      if (this.onSync(path)) throw diskFailed('sync', path, 'EIO')
      file.synced = Buffer.from(file.bytes.subarray(0, file.length))
    }
    return {
      size: () => file.length,
      read: (buffer, offset, length, position) => {
        check()
        this.#call('read', path)
        return file.bytes.copy(buffer, offset, position, Math.min(position + length, file.length))
      },
      write: (buffer, offset, length, position) => {
        check()
        this.#call('write', path)
        const torn = this.onWrite(path, length) ?? this.#tornByFullDisk(file, position + length, position)
        put(file, buffer.subarray(offset, offset + (torn ?? length)), position)
        if (torn !== null) throw diskFailed('write', path, 'ENOSPC')
      },
      truncate: (length) => {
        check()
        this.#call('truncate', path)
        file.bytes.fill(0, length)
        file.length = Math.min(file.length, length)
      },
      sync,
      syncLater: async () => sync(),
      close: () => {
        if (isOpen) this.openHandles--
        isOpen = false
      },
    }
  }

  readFile(path: string): Buffer | null {
    this.#call('readFile', path)
    const file = this.#files.get(path)
    return file === undefined ? null : Buffer.from(file.bytes.subarray(0, file.length))
  }

  /** Makes a file with these bytes, as if written and synced. */
  writeFile(path: string, bytes: Buffer): void {
    this.#files.set(path, {
      id: newId(),
      bytes: Buffer.from(bytes),
      length: bytes.length,
      synced: Buffer.from(bytes),
      modifiedMs: 0,
    })
  }

  size(path: string): number | null {
    return this.#files.get(path)?.length ?? null
  }

  modifiedMs(path: string): number | null {
    return this.#files.get(path)?.modifiedMs ?? null
  }

  list(folder: string): FileInfo[] {
    this.#call('list', folder)
    const nameOf = (path: string) => path.slice(folder.length + 1)
    return [
      ...this.#files.in(folder).map((path) => ({ name: nameOf(path), isFolder: false })),
      ...this.#folders.in(folder).map((path) => ({ name: nameOf(path), isFolder: true })),
    ].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  makeFolder(folder: string): void {
    this.#call('makeFolder', folder)
    for (let end = folder.length; end > 0; end = folder.lastIndexOf('/', end - 1)) {
      const path = folder.slice(0, end)
      if (!this.#folders.has(path)) this.#folders.set(path, newId())
    }
  }

  rename(from: string, to: string): void {
    this.#call('rename', from)
    if (!this.#files.has(from) && !this.#folders.has(from)) throw diskFailed('rename', from, 'ENOENT')
    this.#remove(to)
    const moved = (path: string) => to + path.slice(from.length)
    for (const path of this.#files.under(from)) {
      this.#files.set(moved(path), this.#at(path))
      this.#files.delete(path)
    }
    for (const path of this.#folders.under(from)) {
      this.#folders.set(moved(path), this.#folders.get(path)!)
      this.#folders.delete(path)
    }
  }

  link(from: string, to: string): boolean {
    this.#call('link', from)
    if (this.#files.has(to)) return false
    this.#files.set(to, this.#at(from))
    return true
  }

  remove(path: string): void {
    this.#call('remove', path)
    this.#remove(path)
  }

  #remove(path: string): void {
    for (const known of this.#files.under(path)) this.#files.delete(known)
    for (const known of this.#folders.under(path)) this.#folders.delete(known)
  }

  async removeLater(path: string): Promise<void> {
    this.remove(path)
  }

  linkTarget(): string | null {
    return null
  }

  identity(path: string): string | null {
    this.#call('identity', path)
    return this.#files.get(path)?.id ?? this.#folders.get(path) ?? null
  }

  fingerprint(path: string): string | null {
    const file = this.#files.get(path)
    this.#call('identity', path)
    return file === undefined ? null : `${file.id} ${file.length} ${file.modifiedMs}`
  }

  lockName(): string | null {
    return null
  }

  space(): { totalBytes: number; usableBytes: number } {
    if (this.capacityBytes === Number.POSITIVE_INFINITY) return { totalBytes: 1e9, usableBytes: 1e9 }
    return { totalBytes: this.capacityBytes, usableBytes: Math.max(0, this.#freeBytes()) }
  }

  touch(path: string, ms: number): void {
    this.#call('touch', path)
    this.#at(path).modifiedMs = ms
  }

  syncFolder(folder: string): void {
    this.#call('syncFolder', folder)
  }

  async syncFolderLater(folder: string): Promise<void> {
    this.#call('syncFolder', folder)
  }
}

function put(file: MemoryFile, bytes: Buffer, position: number): void {
  const end = position + bytes.length
  if (end > file.bytes.length) {
    const grown = Buffer.alloc(Math.max(end, file.bytes.length * 2))
    file.bytes.copy(grown)
    file.bytes = grown
  }
  bytes.copy(file.bytes, position)
  file.length = Math.max(file.length, end)
}
