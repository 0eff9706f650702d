// `.lock`: one line of JSON that names the process which uses the folder. From another container or machine the process
// cannot be seen; there the time of the file decides, which the holder renews.
//
// A holder that was paused for so long loses the folder, and anybody may remove the file or the folder itself. So the
// holder compares lock and folder with those that it took before each write, unless it did so a moment ago, and again
// before the write counts as done. Whoever takes a lock whose holder may be alive waits for longer than that moment
// before it reads the folder: what the other one has acknowledged is in the files by then, and nothing else will be.

import type { Clock } from './clock.ts'
import { isDiskFull, RESERVE_FILE } from './disk-reserve.ts'
import { type Files, removeQuietly, writeWhole } from './files.ts'
import { type LockHolder, type Processes, parseHolder } from './processes.ts'
import { StorageError } from './storage-error.ts'

export const LOCK_FILE = '.lock'
/** A lock held in another container counts as left behind when it was not renewed for so long. */
const RENEWED_WITHIN_MS = 30_000
/** For how long a look at lock and folder counts. */
const TRUSTED_MS = 100
/** How long to wait after taking a lock whose holder may be alive. */
export const CONTEST_MS = 5 * TRUSTED_MS

/** 'silent': it cannot be seen from here, and has not renewed its lock for long. */
export type FormerHolder = 'none' | 'ended' | 'silent'

/** What is asked before anything in the folder is changed. */
export interface Ownership {
  /** Throws FOLDER_LOCKED or FOLDER_LOST unless the folder is ours. */
  require(): void
}

interface LockPlace {
  readonly files: Files
  readonly folder: string
  readonly processes: Processes
  readonly clock: Clock
}

/** The right to use a data folder, held from `acquire` until `release`, the loss of it, or the end of the process. */
export class FolderLock implements Ownership {
  /** What was found of the holder before: no lock, that of one that has ended, or of one that may be alive. */
  readonly before: FormerHolder
  readonly #place: LockPlace
  readonly #path: string
  readonly #text: string
  /** The lock as it is while nobody but us writes to it. */
  #seal: string | null
  readonly #folderIdentity: string | null
  readonly #onLost: (reason: StorageError) => void
  /** The last look, in both kinds of time: each of them may stand still while a machine sleeps. */
  #checkedMs = Number.NEGATIVE_INFINITY
  #checkedAtMs = 0
  #renewedMs: number
  #lost: StorageError | null = null

  private constructor(
    place: LockPlace,
    text: string,
    before: FormerHolder,
    onLost: (reason: StorageError) => void,
  ) {
    this.before = before
    this.#place = place
    this.#path = `${place.folder}/${LOCK_FILE}`
    this.#text = text
    this.#seal = place.files.fingerprint(this.#path)
    this.#folderIdentity = place.files.identity(place.folder)
    this.#onLost = onLost
    this.#renewedMs = place.clock.monotonicMs()
  }

  /** Takes the lock, or throws FOLDER_LOCKED with the holder's process id. `onLost` is called once, when it is lost. */
  static acquire(
    place: LockPlace,
    nonce: string,
    onLost: (reason: StorageError) => void = () => {},
  ): FolderLock {
    const { files, folder, processes } = place
    const path = `${folder}/${LOCK_FILE}`
    const text = `${JSON.stringify({ ...processes.self(), nonce })}\n`
    const own = `${path}.${nonce}`
    refuseIfHeld(place, path)
    writeLock(place, own, Buffer.from(text))
    let isTaken = false
    try {
      let before: FormerHolder = 'none'
      // A link appears with its content or not at all, and for one process only.
      while (!files.link(own, path)) {
        const found = removeStale(place, path, `${own}.stale`)
        before = before === 'silent' ? before : (found ?? before)
      }
      isTaken = true
      return new FolderLock(place, text, before, onLost)
    } catch (error) {
      if (isTaken) files.remove(path)
      throw error
    } finally {
      files.remove(own)
    }
  }

  get isLost(): boolean {
    return this.#lost !== null
  }

  require(): void {
    if (this.#lost !== null) throw this.#lost
    const { clock } = this.#place
    const sinceMs = clock.monotonicMs() - this.#checkedMs
    if (sinceMs < TRUSTED_MS && Math.abs(clock.now() - this.#checkedAtMs) < TRUSTED_MS) return
    this.check()
  }

  /**
   * Compares lock and folder with those that were taken. Throws FOLDER_LOCKED or FOLDER_LOST when they are others, for
   * good; DISK_FAILED when that cannot be seen now.
   */
  check(): void {
    if (this.#lost !== null) throw this.#lost
    const { clock } = this.#place
    const [checkedMs, checkedAtMs] = [clock.monotonicMs(), clock.now()]
    const reason = this.#reasonOfLoss()
    if (reason !== null) this.#lose(reason)
    this.#checkedMs = checkedMs
    this.#checkedAtMs = checkedAtMs
  }

  /** As check, and renews the time of the lock when it is old: to be called once a second. */
  maintain(): void {
    this.check()
    const { files, clock } = this.#place
    const foreign = this.#foreignHolder()
    if (foreign !== null) this.#lose(new StorageError('FOLDER_LOCKED', takenOver(this.#path, foreign)))
    if (clock.monotonicMs() - this.#renewedMs < RENEWED_WITHIN_MS / 3) return
    files.touch(this.#path, clock.now())
    this.#renewedMs = clock.monotonicMs()
    this.#seal = files.fingerprint(this.#path)
  }

  /** A broker of Kafka does not see a lock of this kind, and takes its own. */
  #foreignHolder(): string | null {
    try {
      return fileLockHolder(this.#place.files, this.#path)
    } catch (error) {
      // Without file handles the next look will tell.
      if (!(error instanceof StorageError)) throw error
      return null
    }
  }

  #lose(reason: StorageError): never {
    this.#lost = reason
    this.#onLost(reason)
    throw reason
  }

  /** Why the folder is not ours any more; null while it is. As a rule no file is opened: handles may be what is missing. */
  #reasonOfLoss(): StorageError | null {
    const { files, folder } = this.#place
    const lost = (reason: string) =>
      new StorageError('FOLDER_LOST', `'${folder}' is no longer the folder of this broker: ${reason}`)
    const folderIdentity = files.identity(folder)
    if (folderIdentity === null) return lost('it was removed or renamed, or its disk was unmounted')
    if (folderIdentity !== this.#folderIdentity) return lost('another folder has taken its place')
    const seal = files.fingerprint(this.#path)
    if (seal === this.#seal) return null
    const text = files.readFile(this.#path)?.toString()
    if (text === undefined) return lost(`'${this.#path}' was removed`)
    if (text === this.#text) {
      // A copy of ours, or ours with another time, keeps others away as well.
      this.#seal = seal
      return null
    }
    const holder = parseHolder(text)
    if (holder === null) return lost(`'${this.#path}' was overwritten`)
    return new StorageError('FOLDER_LOCKED', takenOver(this.#path, holder.pid))
  }

  /** Gives the folder free, if it is still ours. */
  release(): void {
    if (this.#lost !== null) return
    if (this.#reasonOfLoss() === null) this.#place.files.remove(this.#path)
  }
}

const takenOver = (path: string, process: number | string): string =>
  `'${path}' was taken over by process ${process}`

/** Writes the file that becomes the lock. On a full disk it takes the place of the reserve, or no start could free space. */
function writeLock({ files, folder }: LockPlace, path: string, text: Buffer): void {
  try {
    writeWhole(files, path, text, false)
  } catch (error) {
    removeQuietly(files, path)
    const reserve = `${folder}/${RESERVE_FILE}`
    if (!isDiskFull(error) || files.size(reserve) === null) throw error
    files.rename(reserve, path)
    const file = files.open(path, 'update')
    try {
      // In this order no new space is needed.
      file.write(text, 0, text.length, 0)
      file.truncate(text.length)
    } finally {
      file.close()
    }
  }
}

/** What is found of the holder of a lock, null without a lock; throws FOLDER_LOCKED if it is alive. */
function refuseIfHeld(place: LockPlace, path: string): { bytes: Buffer; found: FormerHolder } | null {
  const { files } = place
  const bytes = files.readFile(path)
  if (bytes === null) return null
  const holder = parseHolder(bytes.toString())
  const life = holder === null ? 'ended' : lifeOf(holder, place, files.modifiedMs(path) ?? 0)
  if (holder !== null && (life === 'seen' || life === 'renewed')) {
    const where = life === 'seen' ? '' : ' of another container or machine'
    throw new StorageError('FOLDER_LOCKED', `'${path}' is held by process ${holder.pid}${where}`)
  }
  const foreign = fileLockHolder(files, path)
  if (foreign !== null) throw new StorageError('FOLDER_LOCKED', `'${path}' is held by process ${foreign}`)
  return { bytes, found: life === 'silent' ? 'silent' : 'ended' }
}

/** Clears the way if the holder is gone, and returns what was found of it; throws FOLDER_LOCKED otherwise. */
function removeStale(place: LockPlace, path: string, aside: string): FormerHolder | null {
  const { files } = place
  const stale = refuseIfHeld(place, path)
  if (stale === null) return null
  // Two starters may both have found it stale; the second moves the first one's new lock, sees that, and puts it back.
  files.rename(path, aside)
  if (files.readFile(aside)?.equals(stale.bytes) === false) files.link(aside, path)
  files.remove(aside)
  return stale.found
}

/**
 * What is known of a holder: 'seen' alive, 'ended', or out of sight, where it has 'renewed' its lock lately or was
 * 'silent' for so long that it must be gone or paused.
 */
function lifeOf(
  holder: LockHolder,
  { processes, clock }: LockPlace,
  renewedAtMs: number,
): 'seen' | 'ended' | 'renewed' | 'silent' {
  const self = processes.self()
  if (holder.boot === self.boot && holder.namespace === self.namespace) {
    return processes.isRunning(holder) ? 'seen' : 'ended'
  }
  // A lock of another boot is from before this machine's, or of another machine.
  const uptimeMs = processes.uptimeMs()
  const bootedAtMs = uptimeMs === null ? Number.POSITIVE_INFINITY : clock.now() - uptimeMs
  if (holder.boot !== self.boot && renewedAtMs < bootedAtMs) return 'ended'
  // The clock may have been set back since.
  return Math.abs(clock.now() - renewedAtMs) < RENEWED_WITHIN_MS ? 'renewed' : 'silent'
}

/** The process that holds a file lock, as Kafka's own broker does; null where the system does not say. */
function fileLockHolder(files: Files, path: string): string | null {
  const name = files.lockName(path)
  const locks = files.readFile('/proc/locks')?.toString() ?? ''
  // `1: POSIX  ADVISORY  WRITE 4711 08:01:131 0 EOF`
  const fields = locks.split('\n').map((line) => line.trim().split(/\s+/))
  return fields.find((f) => f[5] === name)?.[4] ?? null
}
