import { maxTimestamp, timestampType } from '../records/batch.ts'
import { type AppendOrigin, type AppendResult, checkAppend, stampBatches } from './append-check.ts'
import type { Files } from './files.ts'
import type { EpochEnd, LeaderEpochs } from './leader-epochs.ts'
import { LogReader, type ReadOptions } from './log-reader.ts'
import { applyBatches, replayProducers } from './producer-replay.ts'
import { firstOffsetOf, type ProducerState } from './producer-state.ts'
import type { ProducerStore } from './producer-store.ts'
import { EMPTY_SLICE, type ReadBuffers, type Slice } from './read-buffers.ts'
import { type LoadedLog, loadLog } from './recovery.ts'
import { countExpired } from './retention.ts'
import type { Segment } from './segment.ts'
import { makeSegment, SegmentList, type SegmentSource } from './segment-list.ts'
import { StorageError } from './storage-error.ts'
import { type FoundTimestamp, findLargestTimestamp, findTimestamp } from './timestamp-search.ts'
import type { AbortedTransaction } from './transaction-index.ts'
import { WriteGuard } from './write-guard.ts'

export interface PartitionLogOptions extends SegmentSource {
  topic: string
  partition: number
  topicId: string
  buffers: ReadBuffers
  /** Everything before it is known to be on the disk. */
  recoveryPoint: number
  logStartOffset: number
  /** Whether the log was closed before; otherwise it is recovered. */
  wasClean: boolean
}

/** The log of one partition. Nothing here yields, so what one call sees no other call changes. */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly leaderEpochs: LeaderEpochs
  readonly producers: ProducerState
  /** Bytes that recovery cut off when the log was opened. */
  readonly bytesCut: number
  readonly #options: PartitionLogOptions
  readonly #files: Files
  readonly #producerStore: ProducerStore
  readonly #reader: LogReader
  readonly #segments: SegmentList
  readonly #guard = new WriteGuard()
  readonly #listeners = new Set<(bytes: number) => void>()
  #folder: string
  #startOffset: number
  #endOffset: number
  #recoveryPoint: number
  #lastFlushMs: number
  /** Ends when all rolled segments are synced. */
  #rolled: Promise<void> = Promise.resolve()
  #isClosed = false

  private constructor(options: PartitionLogOptions, loaded: LoadedLog) {
    this.topic = options.topic
    this.partition = options.partition
    this.topicId = options.topicId
    this.leaderEpochs = loaded.leaderEpochs
    this.producers = loaded.producers
    this.bytesCut = loaded.bytesCut
    this.#options = options
    this.#files = options.openFiles.files
    this.#folder = options.folder
    this.#producerStore = loaded.producerStore
    this.#reader = new LogReader(options.buffers)
    this.#segments = new SegmentList(options, loaded.segments)
    this.#startOffset = loaded.startOffset
    this.#endOffset = loaded.endOffset
    this.#recoveryPoint = loaded.recoveryPoint
    this.#lastFlushMs = options.clock.monotonicMs()
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

  get folder(): string {
    return this.#folder
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
    return this.#recoveryPoint
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

  /** Why the log takes no more records; null while it does. */
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
   * not checked here. Throws DISK_FAILED after a failed write until the log is opened again; KafkaError when the
   * sequences or the size do not fit.
   */
  append(records: Buffer, options: { leaderEpoch: number; origin: AppendOrigin }): AppendResult {
    this.#refuseIfClosed()
    this.#guard.refuseIfFailed()
    const before = checkAppend(records, options.origin, this.#options.settings(), this.producers)
    if (before !== null) {
      const { lastOffset, timestamp } = before
      return { baseOffset: firstOffsetOf(before), lastOffset, logAppendTimeMs: timestamp, isDuplicate: true }
    }
    const first = this.#endOffset
    const last = stampBatches(records, first, options.leaderEpoch)
    this.#guard.run(() => this.#append(records, first, last, options.leaderEpoch))
    for (const listener of this.#listeners) listener(records.length)
    const logAppendTimeMs = timestampType(records, 0) === 'LogAppendTime' ? maxTimestamp(records, 0) : -1
    return { baseOffset: first, lastOffset: last, logAppendTimeMs, isDuplicate: false }
  }

  #append(records: Buffer, first: number, last: number, leaderEpoch: number): void {
    if (this.#segments.needsRoll(records, last)) this.#roll()
    this.leaderEpochs.assign(leaderEpoch, first)
    const { active } = this.#segments
    const position = active.sizeInBytes
    active.append(records)
    this.#reader.noteAppend(active, first, position)
    this.#endOffset = last + 1
    applyBatches(this.producers, active, records)
    if (this.#endOffset - this.#recoveryPoint >= this.#options.settings().flushMessages) this.flush()
  }

  /** Starts a new segment, unless the active one is empty. */
  roll(): void {
    this.#refuseIfClosed()
    if (this.#segments.active.sizeInBytes > 0) this.#guard.run(() => this.#roll())
  }

  #roll(): void {
    const done = this.#segments.active
    done.settle()
    this.#segments.add(this.#endOffset)
    this.#producerStore.write(this.producers, this.#endOffset, false)
    const endOffset = this.#endOffset
    const { syncs } = this.#options.openFiles
    this.#rolled = this.#rolled.then(() => syncs.run(() => this.#syncRolled(done, endOffset)))
  }

  /** Syncs a rolled segment without blocking, after those before it; then recovery need not look at it. */
  async #syncRolled(segment: Segment, endOffset: number): Promise<void> {
    // Removed by retention, or closed, in the meantime: using it would make its files again.
    if (this.#isClosed || this.failure !== null || !this.#segments.all.includes(segment)) return
    try {
      const folder = this.#files.syncFolderLater(this.#folder)
      await Promise.all([segment.syncLater(), this.#producerStore.syncLater(endOffset), folder])
      if (endOffset <= this.#endOffset) this.#recoveryPoint = Math.max(this.#recoveryPoint, endOffset)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      if (!this.#isClosed) this.#guard.note(error)
    }
  }

  /**
   * Whole batches from the one with offset `from` on, of one segment; empty when there is nothing yet. Call
   * `release()` once the bytes are used. Throws OFFSET_OUT_OF_RANGE outside [startOffset, endOffset].
   */
  read(from: number, maxBytes: number, options: ReadOptions = {}): Slice {
    this.#refuseIfClosed()
    if (!(from >= this.#startOffset && from <= this.#endOffset)) {
      throw new StorageError(
        'OFFSET_OUT_OF_RANGE',
        `${this.#name}: offset ${from} is not between ${this.#startOffset} and ${this.#endOffset}`,
      )
    }
    const upTo = options.upTo ?? this.highWatermark
    if (from >= upTo) return EMPTY_SLICE
    const { all } = this.#segments
    for (let i = this.#segments.indexOf(from); i < all.length; i++) {
      const slice = this.#reader.read(all[i]!, from, maxBytes, upTo, options.minOneBatch ?? true)
      if (slice !== null) return slice
    }
    return EMPTY_SLICE
  }

  /** Aborted transactions with records in [from, to), by their last offset. */
  abortedTransactions(from: number, to: number): AbortedTransaction[] {
    return this.#segments.from(from).flatMap((segment) => segment.transactionIndex.overlapping(from, to))
  }

  /** The first record with this timestamp or a later one; null when there is none. */
  offsetForTimestamp(timestamp: number): FoundTimestamp | null {
    this.#refuseIfClosed()
    return findTimestamp(this.#segments.all, timestamp, this.#startOffset)
  }

  /** The first record with the largest timestamp; null when no record has one. */
  maxTimestampOffset(): FoundTimestamp | null {
    this.#refuseIfClosed()
    return findLargestTimestamp(this.#segments.all)
  }

  /** Where records of the leader epoch end; KIP-101. */
  epochEnd(epoch: number): EpochEnd {
    return this.leaderEpochs.endOf(epoch, this.#endOffset)
  }

  /** Makes `offset` the start of the log if it is later, and removes segments wholly before it. */
  deleteRecordsBefore(offset: number): void {
    this.#refuseIfClosed()
    if (!(offset >= 0 && offset <= this.highWatermark)) {
      throw new StorageError(
        'OFFSET_OUT_OF_RANGE',
        `${this.#name}: offset ${offset} is after ${this.highWatermark}`,
      )
    }
    if (offset <= this.#startOffset) return
    this.#startOffset = offset
    this.#guard.run(() => {
      this.leaderEpochs.truncateFromStart(offset)
      const policy = { ...this.#options.settings(), isDeletedByAge: false }
      this.#removeFirst(countExpired(this.#segments.all, offset, policy, 0))
    })
  }

  /** Removes what retention.ms and retention.bytes say; gives the number of segments removed. */
  applyRetention(): number {
    this.#refuseIfClosed()
    if (this.failure !== null) return 0
    const nowMs = this.#options.clock.now()
    const count = countExpired(this.#segments.all, this.#startOffset, this.#options.settings(), nowMs)
    if (count === 0) return 0
    return this.#guard.run(() => {
      if (count === this.#segments.all.length) this.#roll()
      this.#removeFirst(count)
      this.#startOffset = Math.max(this.#startOffset, this.#segments.first.baseOffset)
      this.leaderEpochs.truncateFromStart(this.#startOffset)
      return count
    })
  }

  #removeFirst(count: number): void {
    if (count === 0) return
    this.#reader.forget()
    for (const baseOffset of this.#segments.removeFirst(count)) this.#producerStore.remove(baseOffset)
  }

  /** Forgets producers that were silent for longer than producer.id.expiration.ms. */
  expireProducers(): void {
    this.producers.expire(this.#options.settings().producerIdExpirationMs)
  }

  /** Cuts the log at the offset; the batch it lies in goes too. What is gone stays gone after a crash. */
  truncateTo(offset: number): void {
    this.#refuseIfClosed()
    if (offset >= this.#endOffset) return
    this.#guard.run(() => {
      this.#reader.forget()
      const kept = this.#segments.indexOf(offset) + 1
      for (const baseOffset of this.#segments.removeAfter(kept)) this.#producerStore.remove(baseOffset)
      const { active } = this.#segments
      active.truncateTo(offset)
      active.sync()
      this.#endOffset = active.findEndOffset()
      if (this.#endOffset < this.#startOffset) this.#startAgain()
      this.#recoveryPoint = Math.min(this.#recoveryPoint, this.#endOffset)
      this.leaderEpochs.truncateFromEnd(this.#endOffset)
      this.producers.clear()
      this.#producerStore.keepBetween(this.#startOffset, this.#endOffset)
      const from = this.#producerStore.load(this.producers, this.#startOffset, this.#endOffset)
      replayProducers(this.producers, this.#segments.all, from ?? this.#startOffset, this.#endOffset)
    })
  }

  /** Leaves an empty log: nothing after the start offset was kept, and offsets before it are not given again. */
  #startAgain(): void {
    for (const baseOffset of this.#segments.removeFirst(this.#segments.all.length)) {
      this.#producerStore.remove(baseOffset)
    }
    this.#segments.add(this.#startOffset)
    this.#endOffset = this.#startOffset
  }

  /** Syncs everything appended so far. */
  flush(): void {
    this.#refuseIfClosed()
    this.#lastFlushMs = this.#options.clock.monotonicMs()
    if (this.#recoveryPoint >= this.#endOffset) return
    this.#guard.run(() => {
      const { active } = this.#segments
      // The segment before a roll, too: its indexes may not be synced although its records are.
      for (const segment of this.#segments.from(this.#recoveryPoint - 1)) {
        if (segment === active) segment.syncLog()
        else segment.sync()
      }
      this.leaderEpochs.sync()
      // Only then were files made since the last sync.
      if (active.baseOffset >= this.#recoveryPoint) this.#files.syncFolder(this.#folder)
      this.#recoveryPoint = this.#endOffset
    })
  }

  /** Syncs what has waited for longer than flush.ms. */
  flushIfDue(): void {
    const waitedMs = this.#options.clock.monotonicMs() - this.#lastFlushMs
    if (this.failure === null && waitedMs >= this.#options.settings().flushMs) this.flush()
  }

  /** Syncs and closes the files, leaving what the next start needs to skip recovery; false if the log had failed. */
  close(): boolean {
    if (this.#isClosed) return this.failure === null
    let isWell = this.failure === null
    try {
      if (isWell) {
        this.flush()
        this.#segments.active.settle()
        // Without producers, a snapshot lost with the power would not be missed. An empty log needs none.
        const isEmpty = this.#endOffset === this.#startOffset
        if (!isEmpty) this.#producerStore.write(this.producers, this.#endOffset, this.producers.size > 0)
      }
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      isWell = false
      this.#guard.note(error)
    }
    this.#release()
    return isWell
  }

  /** Closes the files and gives the folder another name, under which it waits to be removed. */
  closeAndRename(folder: string): void {
    this.#release()
    this.#files.rename(this.#folder, folder)
    this.#folder = folder
  }

  #release(): void {
    this.#isClosed = true
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
