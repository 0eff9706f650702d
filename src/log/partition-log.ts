import type { Int64 } from '../bytes/int64.ts'
import { maxTimestamp, timestampType } from '../records/batch.ts'
import { type AppendOptions, type AppendResult, checkAppend, stampBatches } from './append-check.ts'
import { findEndOffset } from './batch-search.ts'
import type { Spend } from './disk-reserve.ts'
import type { FileSlice } from './file-slice.ts'
import type { Ownership } from './folder-lock.ts'
import type { EpochEnd, LeaderEpochs } from './leader-epochs.ts'
import { LogReader, type ReadOptions } from './log-reader.ts'
import { LogSync } from './log-sync.ts'
import { applyBatches, resetProducers } from './producer-replay.ts'
import { firstOffsetOf, type ProducerState } from './producer-state.ts'
import type { ProducerStore } from './producer-store.ts'
import type { ReadBuffers, Slice } from './read-buffers.ts'
import { type LoadedLog, loadLog, type OpeningResult } from './recovery.ts'
import { countExpired } from './retention.ts'
import { makeSegment, SegmentList, type SegmentSource } from './segment-list.ts'
import type { Work } from './slices.ts'
import { StorageError } from './storage-error.ts'
import { findReaching, largestTimestamp } from './timestamp-search.ts'
import type { AbortedTransaction } from './transaction-index.ts'
import { WriteGuard, type WriteGuardListener } from './write-guard.ts'

export interface PartitionLogOptions extends SegmentSource {
  topic: string
  partition: number
  topicId: string
  buffers: ReadBuffers
  /** Everything before it is known to be on the disk. */
  recoveryPoint: number
  logStartOffset: number
  /** Records before it were there when it was last written down. */
  highWatermark: number
  /** Whether the log was closed before; otherwise it is recovered. */
  wasClean: boolean
  /** As in LoadOptions. */
  mustBeWhole: boolean
  ownership: Ownership
  /** Hears of writes that fail. */
  listener: WriteGuardListener
}

/** The log of one partition. Nothing here yields, so what one call sees no other call changes. */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly leaderEpochs: LeaderEpochs
  readonly producers: ProducerState
  readonly opening: OpeningResult
  readonly #options: PartitionLogOptions
  readonly #producerStore: ProducerStore
  readonly #reader: LogReader
  readonly #segments: SegmentList
  readonly #guard: WriteGuard
  readonly #sync: LogSync
  readonly #listeners = new Set<(bytes: number) => void>()
  #startOffset: number
  #endOffset: number
  #isClosed = false
  /** Whether the files were closed in a state that needs no recovery. */
  #isWell = false

  private constructor(options: PartitionLogOptions, loaded: LoadedLog) {
    this.topic = options.topic
    this.partition = options.partition
    this.topicId = options.topicId
    this.leaderEpochs = loaded.leaderEpochs
    this.producers = loaded.producers
    this.opening = loaded
    this.#options = options
    this.#producerStore = loaded.producerStore
    this.#reader = new LogReader(options.report)
    this.#segments = new SegmentList(options, loaded.segments)
    this.#startOffset = loaded.startOffset
    this.#endOffset = loaded.endOffset
    this.#guard = new WriteGuard(options.listener, options.ownership)
    const parts = { ...options, ...loaded, segments: this.#segments, guard: this.#guard }
    this.#sync = new LogSync(parts, loaded.recoveryPoint)
  }

  /** Opens the log in a folder, or makes an empty one. */
  static open(options: PartitionLogOptions): PartitionLog {
    const loaded = loadLog({
      ...options,
      files: options.openFiles.files,
      makeSegment: (offset, hasTransactionIndex) => makeSegment(options, offset, hasTransactionIndex),
    })
    return new PartitionLog(options, loaded)
  }

  /** Offset of the first record that may be read. */
  get startOffset(): number {
    return this.#startOffset
  }

  /** Offset that the next record gets. */
  get endOffset(): number {
    return this.#endOffset
  }

  /** Differs: one process holds all replicas, so that a record is committed once it is appended. */
  get highWatermark(): number {
    return this.#endOffset
  }

  /** Where readers of committed transactions end. */
  get lastStableOffset(): number {
    const unstable = this.producers.firstUnstableOffset
    return unstable === null ? this.highWatermark : Math.max(unstable, this.#startOffset)
  }

  /** Everything before it is on the disk. */
  get recoveryPoint(): number {
    return this.#sync.recoveryPoint
  }

  /** Whether the log holds what a checkpoint of its start offset must say. */
  get hasMovedStart(): boolean {
    return this.#startOffset > this.#segments.first.baseOffset
  }

  get sizeInBytes(): number {
    return this.#segments.sizeInBytes
  }

  get segmentCount(): number {
    return this.#segments.all.length
  }

  /** Why the last write failed; null once one has succeeded. */
  get failure(): StorageError | null {
    return this.#guard.failure
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Calls `listener` with the bytes of each append, and with Infinity when the log is closed; gives the function that ends this. */
  onAppend(listener: (bytes: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Notes that batches from now on are of this epoch, as Kafka does when a leader takes over. */
  startEpoch(leaderEpoch: number): void {
    this.#refuseIfClosed()
    this.#guard.run(() => this.leaderEpochs.assign(leaderEpoch, this.#endOffset))
  }

  /**
   * Appends whole batches with one write, stamping base offset and leader epoch in place. The CRC of the batches is
   * not checked here. With `sync` it returns once they are on the disk. All of the batches are in the log, or none:
   * throws DISK_FAILED when a write or sync failed, and the next append tries again; KafkaError when the sequences or
   * the size do not fit.
   */
  append(records: Buffer, options: AppendOptions): AppendResult {
    this.#refuseIfClosed()
    this.#sync.repair(this.#options.folder, this.#endOffset)
    const before = checkAppend(records, options.origin, this.#options.settings(), this.producers)
    if (before !== null) {
      const { lastOffset, timestamp } = before
      return { baseOffset: firstOffsetOf(before), lastOffset, logAppendTimeMs: timestamp, isDuplicate: true }
    }
    const first = this.#endOffset
    const last = stampBatches(records, first, options.leaderEpoch)
    this.#guard.write(() => this.#append(records, first, last, options))
    for (const listener of this.#listeners) listener(records.length)
    const logAppendTimeMs = timestampType(records, 0) === 'LogAppendTime' ? maxTimestamp(records, 0) : -1
    return { baseOffset: first, lastOffset: last, logAppendTimeMs, isDuplicate: false }
  }

  // First the files, then memory: what fails before was never there.
  #append(records: Buffer, first: number, last: number, { leaderEpoch, sync }: AppendOptions): void {
    if (this.#segments.needsRoll(records, last)) this.#roll()
    this.leaderEpochs.assign(leaderEpoch, first)
    const { active } = this.#segments
    const before = active.mark()
    active.append(records)
    if (sync || this.#sync.mustSync(last + 1)) {
      try {
        this.#sync.sync(this.#options.folder, last + 1)
      } catch (error) {
        active.restore(before)
        throw error
      }
    }
    this.#reader.noteAppend(active, first, before.sizeInBytes)
    this.#endOffset = last + 1
    applyBatches(this.producers, active, records)
  }

  /** Starts a new segment, unless the active one is empty. */
  roll(): void {
    this.#refuseIfClosed()
    if (this.#segments.active.sizeInBytes > 0) this.#guard.run(() => this.#roll())
  }

  // The segment comes last: a snapshot without one harms nothing, a segment without its snapshot would.
  #roll(): void {
    this.#segments.active.settle()
    this.#producerStore.write(this.producers, this.#endOffset, false)
    this.#segments.add(this.#endOffset)
    this.#sync.syncRolled(this.#options.folder, this.#endOffset)
  }

  /**
   * Where whole batches lie, from the one with offset `from` on, in one segment; empty when there is nothing yet. Call
   * `release()` once the bytes are used. Throws OFFSET_OUT_OF_RANGE outside [startOffset, endOffset].
   */
  slice(from: number, maxBytes: number, options: ReadOptions = {}): FileSlice {
    this.#refuseIfClosed()
    if (!(from >= this.#startOffset && from <= this.#endOffset)) {
      throw new StorageError(
        'OFFSET_OUT_OF_RANGE',
        `${this.#name}: offset ${from} is not between ${this.#startOffset} and ${this.#endOffset}`,
      )
    }
    const { upTo = this.highWatermark, minOneBatch = true } = options
    return this.#reader.slice(this.#segments, this.#endOffset, { from, maxBytes, upTo, minOneBatch })
  }

  /** As slice, with the bytes. */
  read(from: number, maxBytes: number, options?: ReadOptions): Slice {
    return this.#options.buffers.fill(this.slice(from, maxBytes, options))
  }

  /** Aborted transactions with records in [from, to), by their last offset. */
  abortedTransactions(from: number, to: number): AbortedTransaction[] {
    return this.#segments.from(from).flatMap((segment) => segment.transactionIndex.overlapping(from, to))
  }

  /**
   * The first batch with a record at or after `from` that reaches the timestamp, to look for the record in; null when
   * there is none.
   */
  batchReaching(timestamp: Int64, from: number): Buffer | null {
    this.#refuseIfClosed()
    return findReaching(this.#segments.all, timestamp, from, this.#options.report)
  }

  /** The largest timestamp; -1 when no record has one. */
  get largestTimestamp(): Int64 {
    return largestTimestamp(this.#segments.all)
  }

  /** Where records of the leader epoch end; KIP-101. */
  epochEnd(epoch: number): EpochEnd {
    return this.leaderEpochs.endOf(epoch, this.#endOffset)
  }

  /**
   * Makes `offset` the start of the log if it is later; returns the function that takes it back. Whoever calls it writes
   * the start down, and removes the segments before it.
   */
  moveStart(offset: number): () => void {
    this.#refuseIfClosed()
    if (!(offset >= 0 && offset <= this.highWatermark)) {
      throw new StorageError(
        'OFFSET_OUT_OF_RANGE',
        `${this.#name}: offset ${offset} is after ${this.highWatermark}`,
      )
    }
    const before = this.#startOffset
    this.#startOffset = Math.max(before, offset)
    return () => {
      this.#startOffset = before
    }
  }

  /** Removes segments wholly before the start. What cannot be removed goes with retention. */
  *removeBeforeStart(): Work<void> {
    try {
      yield* this.#removeBefore(this.#startOffset)
      if (!this.#isClosed) this.leaderEpochs.truncateFromStart(this.#startOffset)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.#guard.note(error)
    }
  }

  /** Removes segments and producers that have had their time. What needs space for that is written by `spend`. */
  *applyRetention(spend: Spend): Work<void> {
    this.#refuseIfClosed()
    this.producers.expire(this.#options.settings().producerIdExpirationMs)
    const nowMs = this.#options.clock.now()
    try {
      while (!this.#isClosed) {
        const { all } = this.#segments
        const count = countExpired(all, this.#startOffset, this.#options.settings(), nowMs)
        if (count === 0) return
        // Last, so that on a full disk the others make room for the files of a new segment.
        if (all.length === 1) this.#guard.run(() => spend(() => this.#roll()))
        yield* this.#removeBefore(all[Math.min(count, all.length - 1)]!.baseOffset)
        if (!this.#isClosed) spend(() => this.leaderEpochs.truncateFromStart(this.#startOffset))
      }
    } catch (error) {
      throw this.#guard.note(error)
    }
  }

  /** Removes segments wholly before the offset; before their files go, the log starts there. */
  *#removeBefore(offset: number): Work<void> {
    this.#startOffset = Math.max(this.#startOffset, offset)
    const { all } = this.#segments
    while (!this.#isClosed && all.length > 1 && all[1]!.baseOffset <= offset) {
      this.#reader.forget()
      this.#guard.run(() => this.#producerStore.remove(this.#segments.removeFirst()))
      yield
    }
  }

  /** Cuts the log at the offset; the batch it lies in goes too. What is gone stays gone after a crash. */
  truncateTo(offset: number): void {
    this.#refuseIfClosed()
    if (offset >= this.#endOffset) return
    this.#guard.run(() => {
      this.#reader.forget()
      const kept = this.#segments.indexOf(offset) + 1
      while (this.#segments.all.length > kept) this.#producerStore.remove(this.#segments.removeLast())
      const { active } = this.#segments
      active.truncateTo(offset)
      active.sync()
      this.#endOffset = findEndOffset(active)
      if (this.#endOffset < this.#startOffset) this.#startAgain()
      this.#sync.cut(this.#endOffset)
      this.leaderEpochs.truncateFromEnd(this.#endOffset)
      const range = { startOffset: this.#startOffset, endOffset: this.#endOffset }
      resetProducers(this.producers, this.#producerStore, this.#segments.all, range, this.#options.report)
    })
  }

  /** Leaves an empty log: nothing after the start offset was kept, and offsets before it are not given again. */
  #startAgain(): void {
    while (this.#segments.all.length > 0) this.#producerStore.remove(this.#segments.removeFirst())
    this.#segments.add(this.#startOffset)
    this.#endOffset = this.#startOffset
  }

  /** Syncs everything appended so far. */
  flush(): void {
    this.#refuseIfClosed()
    this.#sync.repair(this.#options.folder, this.#endOffset)
    this.#guard.run(() => this.#sync.sync(this.#options.folder, this.#endOffset))
  }

  /** Syncs what has waited for longer than flush.ms, without blocking, and goes on with the repair after a failed sync. */
  flushIfDue(): null {
    this.#sync.retryRolled(this.#options.folder)
    this.#sync.repair(this.#options.folder, this.#endOffset)
    if (this.#sync.isDue()) this.#sync.syncSoon(this.#options.folder, this.#endOffset)
    return null
  }

  /** Syncs and closes the files, leaving what the next start needs to skip recovery; false if that failed. */
  close(): boolean {
    if (this.#isClosed) return this.#isWell
    try {
      this.flush()
      this.#segments.active.settle()
      // Without producers, a snapshot lost with the power would not be missed. An empty log needs none.
      const isEmpty = this.#endOffset === this.#startOffset
      if (!isEmpty) this.#producerStore.write(this.producers, this.#endOffset, this.producers.size > 0)
      this.#isWell = !this.#sync.hasFailed
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.#guard.note(error)
    }
    this.#release()
    return this.#isWell
  }

  /** Cuts what another broker wrote behind our back to segments that we have left. */
  cutForeignBytes(): void {
    for (const segment of this.#segments.all) if (segment !== this.#segments.active) segment.cutForeignBytes()
  }

  /** Closes the files without writing anything: the folder goes, or is no longer ours. */
  abandon(): void {
    if (!this.#isClosed) this.#release()
  }

  #release(): void {
    this.#isClosed = true
    this.#sync.close()
    this.#segments.release()
    this.#reader.forget()
    for (const listener of this.#listeners) listener(Infinity)
    this.#listeners.clear()
  }

  get #name(): string {
    return `${this.topic}-${this.partition}`
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new StorageError('LOG_CLOSED', `${this.#name} is closed`)
  }
}
