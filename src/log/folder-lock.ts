// `.lock`: one line of JSON that names the process which uses the folder: its id, when it started, the boot of the
// machine, and its process namespace. Node offers no file locks, so a lock is stale when that process is gone: the id
// alone does not tell, because ids are given again. From another container the process cannot be seen; there the time
// of the file decides, which the holder renews.

import { kill, pid } from 'node:process'
import type { Clock } from './clock.ts'
import type { Files } from './files.ts'
import { StorageError } from './storage-error.ts'

export const LOCK_FILE = '.lock'
/** A lock held in another container counts as left behind when it was not renewed for so long. */
const RENEWED_WITHIN_MS = 30_000

export interface LockHolder {
  pid: number
  /** When the process started, in clock ticks since boot; empty where the system does not say. */
  startedAt: string
  boot: string
  namespace: string
}

/** What the lock needs to know of processes. */
export interface Processes {
  self(): LockHolder
  /** Whether a process of this namespace lives and is the one meant. */
  isRunning(holder: LockHolder): boolean
}

/** Processes of this machine. Linux tells all of it in /proc; elsewhere the id has to do. */
export function realProcesses(files: Files): Processes {
  const read = (path: string): string => files.readFile(path)?.toString() ?? ''
  // The name of the program, in parentheses, may hold anything; fields are counted from the last one.
  const statOf = (id: number | 'self'): string[] =>
    read(`/proc/${id}/stat`).split(') ').at(-1)?.split(' ') ?? []
  const startOf = (id: number | 'self'): string => statOf(id)[19] ?? ''
  const namespace = files.linkTarget('/proc/self/ns/pid') ?? ''
  return {
    self: () => ({
      pid,
      startedAt: startOf('self'),
      boot: read('/proc/sys/kernel/random/boot_id').trim(),
      namespace,
    }),
    isRunning(holder) {
      try {
        kill(holder.pid, 0)
      } catch (error) {
        // Without the right to signal it, it is there all the same.
        if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
      }
      // A zombie has ended, but is listed until its parent looks.
      return startOf(holder.pid) === holder.startedAt && statOf(holder.pid)[0] !== 'Z'
    },
  }
}

/** The process that a text of `.lock` names; null when it names none. */
export function parseHolder(text: string): LockHolder | null {
  try {
    const holder = JSON.parse(text) as LockHolder
    return typeof holder.pid === 'number' && typeof holder.boot === 'string' ? holder : null
  } catch {
    // Kafka leaves an empty file of this name behind.
    return null
  }
}

/** The right to use a data folder, held from `acquire` until `release` or the end of the process. */
export class FolderLock {
  readonly #files: Files
  readonly #path: string
  readonly #text: string
  #renewedMs: number

  private constructor(files: Files, path: string, text: string, nowMs: number) {
    this.#files = files
    this.#path = path
    this.#text = text
    this.#renewedMs = nowMs
  }

  /** Takes the lock, or throws FOLDER_LOCKED with the holder's process id. */
  static acquire(
    files: Files,
    folder: string,
    processes: Processes,
    clock: Clock,
    nonce: string,
  ): FolderLock {
    const path = `${folder}/${LOCK_FILE}`
    const text = `${JSON.stringify({ ...processes.self(), nonce })}\n`
    const own = `${path}.${nonce}`
    const file = files.open(own, 'write')
    file.write(Buffer.from(text), 0, Buffer.byteLength(text), 0)
    file.close()
    try {
      // A link appears with its content or not at all, and for one process only.
      while (!files.link(own, path)) removeStale(files, path, processes, clock, `${own}.stale`)
      return new FolderLock(files, path, text, clock.now())
    } finally {
      files.remove(own)
    }
  }

  /** Renews the time of the lock when it is old; throws FOLDER_LOCKED if somebody else has the lock now. */
  renewIfDue(nowMs: number): void {
    if (nowMs - this.#renewedMs < RENEWED_WITHIN_MS / 3) return
    this.#renewedMs = nowMs
    if (this.#files.readFile(this.#path)?.toString() !== this.#text) {
      throw new StorageError('FOLDER_LOCKED', `'${this.#path}' was taken over by another process`)
    }
    this.#files.touch(this.#path, nowMs)
  }

  release(): void {
    if (this.#files.readFile(this.#path)?.toString() === this.#text) this.#files.remove(this.#path)
  }
}

/** Clears the way if the holder is gone; throws FOLDER_LOCKED otherwise. */
function removeStale(files: Files, path: string, processes: Processes, clock: Clock, aside: string): void {
  const bytes = files.readFile(path)
  if (bytes === null) return
  const holder = parseHolder(bytes.toString())
  const self = processes.self()
  if (holder !== null && holder.boot === self.boot) {
    const isHere = holder.namespace === self.namespace
    const isAlive = isHere
      ? processes.isRunning(holder)
      : clock.now() - (files.modifiedMs(path) ?? 0) < RENEWED_WITHIN_MS
    if (isAlive) {
      const where = isHere ? `process ${holder.pid}` : `process ${holder.pid} of another container`
      throw new StorageError('FOLDER_LOCKED', `'${path}' is held by ${where}`)
    }
  }
  const foreign = fileLockHolder(files, path)
  if (foreign !== null) throw new StorageError('FOLDER_LOCKED', `'${path}' is held by process ${foreign}`)
  // Two starters may both have found it stale; the second moves the first one's new lock, sees that, and puts it back.
  files.rename(path, aside)
  if (files.readFile(aside)?.equals(bytes) === false) files.link(aside, path)
  files.remove(aside)
}

/** The process that holds a file lock, as Kafka's own broker does; null where the system does not say. */
function fileLockHolder(files: Files, path: string): string | null {
  const name = files.lockName(path)
  const locks = files.readFile('/proc/locks')?.toString() ?? ''
  // `1: POSIX  ADVISORY  WRITE 4711 08:01:131 0 EOF`
  const fields = locks.split('\n').map((line) => line.trim().split(/\s+/))
  return fields.find((f) => f[5] === name)?.[4] ?? null
}
