// The only module of the log that touches the file system. Calls are synchronous: handing a write to the thread pool
// costs more than the write to the page cache. Only fsync, which waits for the disk, is offered both ways.

import {
  type BigIntStats,
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StorageError } from './storage-error.ts'

/** An open file. */
export interface FileHandle {
  size(): number
  /** Fills `length` bytes of `buffer` from `position`; fewer are given only at the end of the file. */
  read(buffer: Buffer, offset: number, length: number, position: number): number
  /** Writes all bytes or throws; after a throw, some of them may be in the file. */
  write(buffer: Buffer, offset: number, length: number, position: number): void
  truncate(length: number): void
  /** Returns once the bytes are on the disk. */
  sync(): void
  /** As sync, without blocking; a close in the meantime waits for it. */
  syncLater(): Promise<void>
  close(): void
}

/** What reading a file needs. */
export type ReadableFile = Pick<FileHandle, 'read'>

export type OpenMode = 'read' | 'update' | 'write'

export interface FileInfo {
  name: string
  isFolder: boolean
}

/** What the log needs of a file system. Paths are absolute, with `/`. A call that fails throws StorageError DISK_FAILED. */
export interface Files {
  /** `write` makes the file if it is missing; `read` and `update`, which reads and writes, throw then. */
  open(path: string, mode: OpenMode): FileHandle
  /** The whole file; null when there is none. */
  readFile(path: string): Buffer | null
  /** Length of the file; null when there is none. */
  size(path: string): number | null
  /** When the file was last written, in ms; null when there is none. */
  modifiedMs(path: string): number | null
  /** What is in the folder, sorted by name; empty when there is no folder. */
  list(folder: string): FileInfo[]
  /** Makes the folder and those above it. */
  makeFolder(folder: string): void
  /** Puts the file or folder in the place of what was at `to`. */
  rename(from: string, to: string): void
  /** Gives the file a second name; false when there is something at `to`. */
  link(from: string, to: string): boolean
  /** Removes a file, or a folder with all in it; nothing happens when there is none. */
  remove(path: string): void
  /** As remove, without blocking. */
  removeLater(path: string): Promise<void>
  /** What a symbolic link says; null when there is none. */
  linkTarget(path: string): string | null
  /** Device and number of the file or folder, which no other one has while it exists; null when there is none. */
  identity(path: string): string | null
  /** As identity, with size and time of the last write. */
  fingerprint(path: string): string | null
  /** How /proc/locks names the file, `major:minor:inode`; null when there is none. */
  lockName(path: string): string | null
  /** Size of the disk that holds the path, and what is free on it, in bytes. */
  space(path: string): { totalBytes: number; usableBytes: number }
  /** Sets the time of the last write to `ms`. */
  touch(path: string, ms: number): void
  /** Makes names made, renamed and removed in the folder survive a power loss. */
  syncFolder(folder: string): void
  /** As syncFolder, without blocking. */
  syncFolderLater(folder: string): Promise<void>
}

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code

function attempt<T>(what: string, path: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw new StorageError('DISK_FAILED', `${what} '${path}' failed: ${(cause as Error).message}`, { cause })
  }
}

/** As attempt, but a missing file gives null. */
function attemptOrNull<T>(what: string, path: string, run: () => T): T | null {
  return attempt(what, path, () => {
    try {
      return run()
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      throw error
    }
  })
}

/** What is found at the path, with numbers of all 64 bits; null when there is nothing. */
function exactStats(path: string, describe: (stats: BigIntStats) => string): string | null {
  return attempt('looking at', path, () => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
    return stats === undefined ? null : describe(stats)
  })
}

class RealFile implements FileHandle {
  readonly #path: string
  readonly #fd: number
  #pendingSyncs = 0
  #isClosed = false

  constructor(path: string, fd: number) {
    this.#path = path
    this.#fd = fd
  }

  size(): number {
    return attempt('looking at', this.#path, () => fstatSync(this.#fd).size)
  }

  read(buffer: Buffer, offset: number, length: number, position: number): number {
    let done = 0
    try {
      while (done < length) {
        const count = readSync(this.#fd, buffer, offset + done, length - done, position + done)
        if (count === 0) break
        done += count
      }
    } catch (cause) {
      throw this.#failure('reading', cause)
    }
    return done
  }

  write(buffer: Buffer, offset: number, length: number, position: number): void {
    let done = 0
    try {
      while (done < length) {
        done += writeSync(this.#fd, buffer, offset + done, length - done, position + done)
      }
    } catch (cause) {
      throw this.#failure('writing', cause)
    }
  }

  truncate(length: number): void {
    attempt('cutting', this.#path, () => ftruncateSync(this.#fd, length))
  }

  sync(): void {
    try {
      fdatasyncSync(this.#fd)
    } catch (cause) {
      throw this.#failure('syncing', cause, true)
    }
  }

  async syncLater(): Promise<void> {
    this.#pendingSyncs++
    try {
      await new Promise<void>((resolve, reject) => {
        fdatasync(this.#fd, (error) => (error === null ? resolve() : reject(error)))
      })
    } catch (cause) {
      throw this.#failure('syncing', cause, true)
    } finally {
      this.#pendingSyncs--
      if (this.#isClosed && this.#pendingSyncs === 0) closeSync(this.#fd)
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    // The number of a closed file is given to the next one opened, which the pending sync would then hit.
    if (this.#pendingSyncs === 0) closeSync(this.#fd)
  }

  #failure(what: string, cause: unknown, isSync = false): StorageError {
    const message = `${what} '${this.#path}' failed: ${(cause as Error).message}`
    return new StorageError('DISK_FAILED', message, { cause, isSync })
  }
}

const OPEN_FLAGS: Record<OpenMode, number> = {
  read: constants.O_RDONLY,
  update: constants.O_RDWR,
  write: constants.O_RDWR | constants.O_CREAT,
}

function openReal(path: string, mode: OpenMode, File = RealFile): FileHandle {
  return attempt('opening', path, () => new File(path, openSync(path, OPEN_FLAGS[mode], 0o644)))
}

/** The file system of this machine. */
export const realFiles: Files = {
  open: (path, mode) => openReal(path, mode),
  // Asked first, because an exception costs ten times as much, and most files of a new partition are missing.
  readFile: (path) =>
    attemptOrNull('reading', path, () =>
      statSync(path, { throwIfNoEntry: false }) === undefined ? null : readFileSync(path),
    ),
  size: (path) => attempt('looking at', path, () => statSync(path, { throwIfNoEntry: false })?.size ?? null),
  modifiedMs: (path) =>
    attempt('looking at', path, () => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null),
  list: (folder) =>
    (attemptOrNull('listing', folder, () => readdirSync(folder, { withFileTypes: true })) ?? [])
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  makeFolder: (folder) => {
    attempt('making', folder, () => mkdirSync(folder, { recursive: true }))
  },
  rename: (from, to) => attempt('renaming', from, () => renameSync(from, to)),
  link: (from, to) =>
    attempt('linking', from, () => {
      try {
        linkSync(from, to)
        return true
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false
        throw error
      }
    }),
  remove: (path) =>
    attempt('removing', path, () => {
      try {
        unlinkSync(path)
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return
        // What unlink answers for a folder differs between systems.
        rmSync(path, { recursive: true, force: true })
      }
    }),
  removeLater: async (path) => {
    try {
      await rm(path, { recursive: true, force: true })
    } catch (cause) {
      throw new StorageError('DISK_FAILED', `removing '${path}' failed: ${(cause as Error).message}`, {
        cause,
      })
    }
  },
  linkTarget: (path) => attemptOrNull('reading', path, () => readlinkSync(path)),
  identity: (path) => exactStats(path, ({ dev, ino }) => `${dev}:${ino}`),
  fingerprint: (path) =>
    exactStats(path, ({ dev, ino, size, mtimeNs }) => `${dev}:${ino} ${size} ${mtimeNs}`),
  lockName: (path) => {
    const stats = attempt('looking at', path, () => statSync(path, { throwIfNoEntry: false }))
    if (stats === undefined) return null
    const hex = (n: number) => n.toString(16).padStart(2, '0')
    return `${hex((stats.dev >>> 8) & 0xfff)}:${hex((stats.dev & 0xff) | ((stats.dev >>> 12) & 0xfff00))}:${stats.ino}`
  },
  space: (path) =>
    attempt('looking at the disk of', path, () => {
      const { bsize, blocks, bavail } = statfsSync(path)
      return { totalBytes: bsize * blocks, usableBytes: bsize * bavail }
    }),
  touch: (path, ms) => attempt('touching', path, () => utimesSync(path, ms / 1000, ms / 1000)),
  syncFolder: (folder) =>
    attempt('syncing', folder, () => {
      const fd = openSync(folder, 'r')
      try {
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
    }),
  syncFolderLater: async (folder) => {
    const file = openReal(folder, 'read')
    try {
      await file.syncLater()
    } finally {
      file.close()
    }
  },
}

class UnsyncedFile extends RealFile {
  override sync(): void {}

  override async syncLater(): Promise<void> {}
}

/** As realFiles, but nothing waits for the disk: for folders that no power loss needs to spare. */
export const unsyncedFiles: Files = {
  ...realFiles,
  open: (path, mode) => openReal(path, mode, UnsyncedFile),
  syncFolder: () => {},
  syncFolderLater: async () => {},
}

/** Makes a new folder for files that need not last, and gives its path. */
export function makeTemporaryFolder(prefix: string): string {
  return attempt('making a folder in', tmpdir(), () => mkdtempSync(join(tmpdir(), prefix)))
}

/** Paths of the temporary folders whose names begin with the prefix. */
export const temporaryFolders = (prefix: string): string[] =>
  realFiles
    .list(tmpdir())
    .filter(({ name, isFolder }) => isFolder && name.startsWith(prefix))
    .map(({ name }) => join(tmpdir(), name))

/** Added to the name of a file that is to replace another one. */
export const TEMPORARY_SUFFIX = '.tmp'

/**
 * Replaces a small file as a whole: a reader sees the old or the new bytes, never a mixture. With `sync` that holds
 * after a power loss too; with 'file' once the caller has synced the folder. If it throws before the folder is synced,
 * the file is the old one.
 */
export function replaceFile(files: Files, path: string, bytes: Buffer, sync: boolean | 'file'): void {
  const beside = path + TEMPORARY_SUFFIX
  try {
    writeWhole(files, beside, bytes, sync !== false)
    files.rename(beside, path)
  } catch (error) {
    removeQuietly(files, beside)
    throw error
  }
  if (sync === true) files.syncFolder(path.slice(0, path.lastIndexOf('/')))
}

/** Removes what a failed change left, if that is possible: the failure itself is what the caller must hear of. */
export function removeQuietly(files: Files, path: string): void {
  try {
    files.remove(path)
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
  }
}

/** Whether a file holds nothing, or zeroes: what a power loss leaves of one that was not synced. */
export const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0)

/** Makes these bytes all that is in the file; a crash may leave any part of them. */
export function writeWhole(files: Files, path: string, bytes: Buffer, sync: boolean): void {
  const file = files.open(path, 'write')
  try {
    file.truncate(0)
    file.write(bytes, 0, bytes.length, 0)
    if (sync) file.sync()
  } finally {
    file.close()
  }
}
