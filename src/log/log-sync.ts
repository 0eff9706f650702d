import type { Clock } from './clock.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import type { LogSettings } from './log-settings.ts'
import type { OpenFiles } from './open-files.ts'
import type { ProducerStore } from './producer-store.ts'
import { rewriteFrom } from './rewrite.ts'
import type { SegmentList } from './segment-list.ts'
import { isCorruptBatch, StorageError } from './storage-error.ts'
import type { WriteGuard } from './write-guard.ts'

/** Written again by one call after a failed sync, so that no call takes long. */
const REWRITE_BYTES = 4 * 1024 * 1024

export interface LogSyncParts {
  readonly openFiles: OpenFiles
  readonly clock: Clock
  readonly settings: () => LogSettings
  readonly segments: SegmentList
  readonly leaderEpochs: LeaderEpochs
  readonly producerStore: ProducerStore
  readonly guard: WriteGuard
}

/** How far a log is on the disk, and what brings it there. */
export class LogSync {
  readonly #parts: LogSyncParts
  #recoveryPoint: number
  #lastSyncMs: number
  /** Ends when all rolled segments are synced. */
  #rolled: Promise<void> = Promise.resolve()
  /** Whether rolled segments wait for another try. */
  #isRolledDue = false
  /** After a failed sync: why, and where the records start that are to be written again. */
  #doubt: { readonly failure: StorageError; readonly from: number } | null = null
  #hasFailed = false
  #isClosed = false
  #cuts = 0

  constructor(parts: LogSyncParts, recoveryPoint: number) {
    this.#parts = parts
    this.#recoveryPoint = recoveryPoint
    this.#lastSyncMs = parts.clock.monotonicMs()
  }

  /** Everything before it is on the disk. */
  get recoveryPoint(): number {
    return this.#recoveryPoint
  }

  /** Whether a sync failed since the log was opened: its indexes may be lost, and are to be built again. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Whether an append that makes this the end of the log must be synced before it returns. */
  mustSync(endOffset: number): boolean {
    return endOffset - this.#recoveryPoint >= this.#parts.settings().flushMessages
  }

  /** Whether the last sync is longer ago than flush.ms. */
  isDue(): boolean {
    return this.#parts.clock.monotonicMs() - this.#lastSyncMs >= this.#parts.settings().flushMs
  }

  /** The log ends here now. */
  cut(endOffset: number): void {
    this.#cuts++
    this.#recoveryPoint = Math.min(this.#recoveryPoint, endOffset)
  }

  close(): void {
    this.#isClosed = true
  }

  /** Returns once everything before `endOffset`, the end of the log, is on the disk. */
  sync(folder: string, endOffset: number): void {
    const { segments, leaderEpochs, openFiles, clock } = this.#parts
    this.#lastSyncMs = clock.monotonicMs()
    if (this.#recoveryPoint >= endOffset) return
    try {
      const { active } = segments
      // The segment before a roll, too: its indexes may not be synced although its records are.
      for (const segment of segments.from(this.#recoveryPoint - 1)) {
        if (segment === active) segment.syncLog()
        else segment.sync()
      }
      leaderEpochs.sync()
      // Only then were files made since the last sync.
      if (active.baseOffset >= this.#recoveryPoint) openFiles.files.syncFolder(folder)
      this.#recoveryPoint = endOffset
    } catch (error) {
      this.#note(error)
      throw error
    }
  }

  /** As sync, without blocking: what is appended meanwhile waits for the next one. */
  syncSoon(folder: string, endOffset: number): void {
    this.#lastSyncMs = this.#parts.clock.monotonicMs()
    if (this.#recoveryPoint >= endOffset) return
    const { syncs } = this.#parts.openFiles
    this.#rolled = this.#rolled.then(() => syncs.run(() => this.#syncSoon(folder, endOffset)))
  }

  async #syncSoon(folder: string, endOffset: number): Promise<void> {
    const { segments, leaderEpochs, openFiles, guard } = this.#parts
    if (this.#isClosed || this.#doubt !== null || endOffset <= this.#recoveryPoint) return
    const cuts = this.#cuts
    const { active } = segments
    const unsynced = segments.from(this.#recoveryPoint - 1)
    try {
      leaderEpochs.sync()
      await Promise.all([
        ...unsynced.map((segment) => (segment === active ? segment.syncLogLater() : segment.syncLater())),
        active.baseOffset >= this.#recoveryPoint ? openFiles.files.syncFolderLater(folder) : null,
      ])
      // After a cut the same offsets may stand for other records.
      if (cuts === this.#cuts) this.#recoveryPoint = Math.max(this.#recoveryPoint, endOffset)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      if (this.#isClosed) return
      guard.note(error)
      this.#note(error)
    }
  }

  /** Syncs the segments before `endOffset`, where one was just rolled, without blocking; then recovery need not look at them. */
  syncRolled(folder: string, endOffset: number): void {
    const { syncs } = this.#parts.openFiles
    this.#rolled = this.#rolled.then(() => syncs.run(() => this.#syncRolled(folder, endOffset)))
  }

  /** Syncs rolled segments again whose sync could not be tried. */
  retryRolled(folder: string): void {
    if (this.#isRolledDue) this.syncRolled(folder, this.#parts.segments.active.baseOffset)
  }

  async #syncRolled(folder: string, endOffset: number): Promise<void> {
    const { segments, producerStore, openFiles, guard } = this.#parts
    if (this.#isClosed || this.#doubt !== null || endOffset <= this.#recoveryPoint) return
    this.#isRolledDue = false
    // Those removed by retention are not in the list: using them would make their files again.
    const rolled = segments.from(this.#recoveryPoint - 1).filter(({ baseOffset }) => baseOffset < endOffset)
    try {
      await Promise.all([
        ...rolled.map((segment) => segment.syncLater()),
        producerStore.syncLater(endOffset),
        openFiles.files.syncFolderLater(folder),
      ])
      if (endOffset <= segments.active.baseOffset) {
        this.#recoveryPoint = Math.max(this.#recoveryPoint, endOffset)
      }
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      if (this.#isClosed) return
      // Without handles or space for it, a sync that was never tried has lost nothing.
      if (error.isSync) guard.note(error)
      else this.#isRolledDue = true
      this.#note(error)
    }
  }

  #note(error: unknown): void {
    if (!(error instanceof StorageError) || !error.isSync) return
    this.#hasFailed = true
    this.#doubt = { failure: error, from: this.#recoveryPoint }
  }

  /**
   * Checks and writes again what a failed sync may have lost, a piece with each call; throws the failure until all of
   * it is on the disk. Nothing may be appended meanwhile.
   */
  repair(folder: string, endOffset: number): void {
    const doubt = this.#doubt
    if (doubt === null) return
    const { segments, guard } = this.#parts
    guard.run(() => {
      const from = this.#rewrite(doubt.from)
      if (from < endOffset) {
        this.#doubt = { ...doubt, from }
        throw doubt.failure
      }
      try {
        segments.active.syncLog()
      } catch (error) {
        this.#note(error)
        throw error
      }
      this.sync(folder, endOffset)
    })
    this.#doubt = null
    guard.resume()
  }

  #rewrite(from: number): number {
    try {
      return rewriteFrom(this.#parts.segments, from, REWRITE_BYTES)
    } catch (error) {
      if (!isCorruptBatch(error)) throw error
      const message = `${error.message}: a failed sync lost these bytes; restart the broker, which recovers the log`
      throw new StorageError('DISK_FAILED', message, { cause: error })
    }
  }
}
