import { type Int64, subtractInt64 } from '../bytes/int64.ts'
import { batchSize, maxTimestamp } from '../records/batch.ts'
import { BatchScanner } from './batch-scanner.ts'
import { CheckedRange } from './checked-range.ts'
import type { Clock } from './clock.ts'
import type { Files } from './files.ts'
import { lastOffset } from './log-offsets.ts'
import type { LogSettings } from './log-settings.ts'
import { MAX_RELATIVE_OFFSET, type OffsetEntry, OffsetIndex } from './offset-index.ts'
import type { LogFile, OpenFiles } from './open-files.ts'
import type { PartitionReport } from './recovery-report.ts'
import {
  fileAt,
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from './segment-names.ts'
import { isCorruptBatch, StorageError } from './storage-error.ts'
import { type TimeEntry, TimeIndex } from './time-index.ts'
import { TransactionIndex } from './transaction-index.ts'

/** What a segment was before an append. */
export interface SegmentMark {
  readonly sizeInBytes: number
  readonly offsetEntries: number
  readonly timeEntries: number
  readonly largest: TimeEntry
  readonly firstTimestamp: Int64 | null
  readonly bytesSinceIndexEntry: number
}

/** One .log file with its indexes. Files are opened when first needed. */
export class Segment {
  readonly baseOffset: number
  readonly path: string
  readonly offsetIndex: OffsetIndex
  readonly timeIndex: TimeIndex
  readonly transactionIndex: TransactionIndex
  readonly checked: CheckedRange
  /** Taken off segment.ms for this segment. */
  readonly rollJitterMs: number
  readonly #openFiles: OpenFiles
  readonly #files: Files
  readonly #clock: Clock
  /** In monotonic time. */
  readonly #createdAtMs: number
  readonly #file: LogFile
  readonly #settings: () => LogSettings
  readonly #report: PartitionReport
  /** How many times the end of the file was cut off: what was found in it before may be gone. */
  cuts = 0
  #sizeInBytes: number
  #largest: TimeEntry | null = null
  #firstTimestamp: Int64 | null = null
  #bytesSinceIndexEntry = 0
  /** Whether the file may hold bytes after `sizeInBytes`: of an append that failed, or was taken back. */
  #hasTail = false

  constructor(openFiles: OpenFiles, folder: string, baseOffset: number, options: SegmentOptions) {
    const { files } = openFiles
    this.#openFiles = openFiles
    this.#files = files
    this.baseOffset = baseOffset
    this.path = fileAt(folder, baseOffset, LOG_SUFFIX)
    this.#clock = options.clock
    this.#createdAtMs = options.clock.monotonicMs()
    // Never made again: in a new file the bytes before the next write would be zeroes.
    this.#file = openFiles.file(this.path, 'update')
    this.#settings = options.settings
    this.#report = options.report
    this.rollJitterMs = options.rollJitterMs
    this.offsetIndex = new OffsetIndex(openFiles, fileAt(folder, baseOffset, OFFSET_INDEX_SUFFIX), baseOffset)
    this.timeIndex = new TimeIndex(openFiles, fileAt(folder, baseOffset, TIME_INDEX_SUFFIX), baseOffset)
    const transactionPath = fileAt(folder, baseOffset, TRANSACTION_INDEX_SUFFIX)
    this.transactionIndex = new TransactionIndex(
      openFiles,
      transactionPath,
      options.hasTransactionIndex ?? false,
    )
    this.#sizeInBytes = files.size(this.path) ?? 0
    this.checked = new CheckedRange(this.#sizeInBytes)
  }

  /** Makes the files, as Kafka does before the first record; the log last, since indexes alone count for nothing. */
  create(): void {
    for (const path of [this.offsetIndex.file.path, this.timeIndex.file.path, this.path])
      this.#openFiles.create(path)
  }

  get sizeInBytes(): number {
    return this.#sizeInBytes
  }

  /** The largest timestamp and the last offset of the batch that has it; timestamp -1 in an empty segment. */
  get largest(): TimeEntry {
    this.#largest ??= this.timeIndex.last
    return this.#largest
  }

  /** The largest timestamp; when no record has one, the time of the last write, as in Kafka. */
  get ageTimestamp(): Int64 {
    const { timestamp } = this.largest
    return timestamp >= 0 ? timestamp : (this.#files.modifiedMs(this.path) ?? this.#clock.now())
  }

  /** Whether offsets up to this one can be told relative to the base offset. */
  canHold(offset: number): boolean {
    return offset - this.baseOffset <= MAX_RELATIVE_OFFSET
  }

  /** Whether an index has reached segment.index.bytes. */
  hasFullIndex(): boolean {
    const { segmentIndexBytes } = this.#settings()
    return this.offsetIndex.isFull(segmentIndexBytes) || this.timeIndex.isFull(segmentIndexBytes)
  }

  /** How long records were waiting for a roll when one with this timestamp comes. */
  waitedMs(timestamp: Int64): Int64 {
    if (this.#firstTimestamp === null && this.#sizeInBytes > 0) {
      const scanner = this.scan(0)
      scanner.next()
      this.#firstTimestamp = maxTimestamp(scanner.buffer, scanner.at)
    }
    const first = this.#firstTimestamp ?? -1
    return first >= 0 ? subtractInt64(timestamp, first) : this.#clock.monotonicMs() - this.#createdAtMs
  }

  /** What the segment is now, for `restore`. */
  mark(): SegmentMark {
    return {
      sizeInBytes: this.#sizeInBytes,
      offsetEntries: this.offsetIndex.file.count,
      timeEntries: this.timeIndex.file.count,
      largest: this.largest,
      firstTimestamp: this.#firstTimestamp,
      bytesSinceIndexEntry: this.#bytesSinceIndexEntry,
    }
  }

  /** Takes back what was appended since the mark. */
  restore(mark: SegmentMark): void {
    this.#sizeInBytes = mark.sizeInBytes
    this.offsetIndex.keep(mark.offsetEntries)
    this.timeIndex.keep(mark.timeEntries)
    this.#largest = mark.largest
    this.#firstTimestamp = mark.firstTimestamp
    this.#bytesSinceIndexEntry = mark.bytesSinceIndexEntry
    this.#hasTail = true
    try {
      this.#cutTail()
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.#blankTail()
    }
  }

  /** Cuts what a failed append left; no bytes may follow it. */
  #cutTail(): void {
    if (!this.#hasTail) return
    this.#file.truncate(this.#sizeInBytes)
    this.#hasTail = false
  }

  /** Cuts what was written after the end by others. */
  cutForeignBytes(): void {
    this.#hasTail ||= (this.#files.size(this.path) ?? 0) > this.#sizeInBytes
    this.#cutTail()
  }

  /** Overwrites batches that cannot be cut off, so that a restart takes them for a write that was interrupted. */
  #blankTail(): void {
    try {
      const blank = Buffer.alloc(Math.max(0, this.#file.size() - this.#sizeInBytes))
      this.#file.write(blank, 0, blank.length, this.#sizeInBytes)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      // Nothing can be written at all; the cut is tried again before the next append.
    }
  }

  /**
   * Appends batches whose offsets are set; `bytes` are written with one call. A failure leaves the segment as it was:
   * a part of the bytes may be in the file until the next write, but counts for nothing.
   */
  append(bytes: Buffer): void {
    this.#cutTail()
    const mark = this.mark()
    try {
      this.#append(bytes)
    } catch (error) {
      this.restore(mark)
      throw error
    }
  }

  #append(bytes: Buffer): void {
    let position = this.#sizeInBytes
    this.#file.write(bytes, 0, bytes.length, position)
    this.#sizeInBytes += bytes.length
    if (position === 0) this.#firstTimestamp = maxTimestamp(bytes, 0)
    for (let at = 0; at < bytes.length; ) {
      const size = batchSize(bytes, at)
      this.noteBatch(bytes, at, position)
      at += size
      position += size
    }
  }

  /** Writes bytes that stand at the position once more, as they are. */
  writeAgain(buffer: Buffer, at: number, length: number, position: number): void {
    this.#file.write(buffer, at, length, position)
  }

  /** Brings the indexes up to date with a batch that stands at `position`; the rule is that of Kafka's LogSegment. */
  noteBatch(buffer: Buffer, at: number, position: number): void {
    const timestamp = maxTimestamp(buffer, at)
    const offset = lastOffset(buffer, at)
    if (timestamp > this.largest.timestamp) this.#largest = { timestamp, offset }
    if (this.#bytesSinceIndexEntry > this.#settings().indexIntervalBytes) {
      this.offsetIndex.append(offset, position)
      this.timeIndex.maybeAppend(this.largest.timestamp, this.largest.offset)
      this.#bytesSinceIndexEntry = 0
    }
    this.#bytesSinceIndexEntry += batchSize(buffer, at)
  }

  /** Whether the indexes can be those of this log, as far as their last entries tell. */
  hasPlausibleIndexes(): boolean {
    const { offsetIndex, timeIndex } = this
    if (!offsetIndex.file.isWhole || !timeIndex.file.isWhole) return false
    // A segment at rest has at least the entry of its largest timestamp.
    if (this.#sizeInBytes > 0 && timeIndex.file.count === 0) return false
    return offsetIndex.isPlausible(this.#sizeInBytes) && timeIndex.isPlausible()
  }

  /** Reads bytes of the log file; fewer at its end. */
  read(buffer: Buffer, at: number, length: number, position: number): number {
    return this.#file.read(buffer, at, Math.min(length, this.#sizeInBytes - position), position)
  }

  /** Keeps the log file readable, even if the segment is removed, until the function that is returned is called. */
  retain(): () => void {
    return this.#file.retain()
  }

  /** Walks over the batches from `position` on. */
  scan(position: number, whole = false, chunkBytes?: number): BatchScanner {
    return new BatchScanner(this.#file, this.path, position, this.#sizeInBytes, whole, chunkBytes)
  }

  /** The batch at the position, whole and its CRC checked; a copy. */
  batchAt(position: number, size: number): Buffer {
    const scanner = new BatchScanner(this.#file, this.path, position, position + size, true)
    scanner.next()
    return scanner.buffer
  }

  /** Where the first batch starts that ends at or after the offset; -1 when there is none. */
  positionOf(offset: number): number {
    const entry = this.offsetIndex.lookup(offset)
    const scanner = this.scanFrom(entry)
    do {
      if (scanner.size > 0 && lastOffset(scanner.buffer, scanner.at) >= offset) return scanner.position
    } while (scanner.next())
    return -1
  }

  /** A scan from the batch of an index entry; an entry that points elsewhere makes the indexes be built again. */
  scanFrom(entry: OffsetEntry): BatchScanner {
    if (entry.position === 0) return this.scan(0)
    if (entry.position > 0 && entry.position < this.#sizeInBytes) {
      try {
        const scanner = this.scan(entry.position)
        if (scanner.next() && lastOffset(scanner.buffer, scanner.at) === entry.offset) return scanner
      } catch (error) {
        if (!isCorruptBatch(error)) throw error
      }
    }
    this.rebuildIndexes('an entry does not point to its batch')
    return this.scan(0)
  }

  /** Fills both indexes from the headers in the log, as far as these make sense. */
  rebuildIndexes(reason: string): void {
    this.#report.rebuilt(this.offsetIndex.file.path, reason)
    this.resetIndexes()
    const scanner = this.scan(0)
    try {
      while (scanner.next()) this.noteBatch(scanner.buffer, scanner.at, scanner.position)
    } catch (error) {
      // Whoever reads there is told; what stands before it stays within reach.
      if (!isCorruptBatch(error)) throw error
    }
    this.settle()
  }

  /** Forgets what the indexes say; their files are emptied with the next write. */
  resetIndexes(): void {
    this.offsetIndex.reset()
    this.timeIndex.reset()
    this.#largest = null
    this.#firstTimestamp = null
    this.#bytesSinceIndexEntry = 0
  }

  /** Cuts the log file at a position where a batch starts; the indexes must say nothing about what is behind it. */
  cut(position: number): void {
    this.cuts++
    this.#file.truncate(position)
    this.#sizeInBytes = position
    this.checked.cut(position)
  }

  /** Removes the batches at and after the offset. */
  truncateTo(offset: number): void {
    const position = this.positionOf(offset)
    if (position < 0) return
    this.offsetIndex.truncateTo(offset)
    this.timeIndex.truncateTo(offset)
    this.transactionIndex.truncateTo(offset)
    this.cut(position)
    this.#bytesSinceIndexEntry = 0
    this.#firstTimestamp = null
    this.#largest = this.timeIndex.last
    // The time index names timestamps only now and then, so a larger one may stand behind its last entry.
    const scanner = this.scan(this.offsetIndex.lookup(this.#largest.offset).position)
    while (scanner.next()) {
      const timestamp = maxTimestamp(scanner.buffer, scanner.at)
      if (timestamp <= this.#largest.timestamp) continue
      this.#largest = { timestamp, offset: lastOffset(scanner.buffer, scanner.at) }
    }
  }

  /** Writes the index entries that are in memory, and the last time entry that a segment at rest has. */
  settle(): void {
    this.#cutTail()
    if (this.#sizeInBytes > 0) this.timeIndex.maybeAppend(this.largest.timestamp, this.largest.offset)
    this.offsetIndex.file.settle()
    this.timeIndex.file.settle()
  }

  /**
   * Returns once the log is on the disk; that is enough for the last segment, whose other indexes are built again. A
   * transaction index lost with the power after a clean close would not be missed.
   */
  syncLog(): void {
    this.#cutTail()
    this.#file.sync()
    this.transactionIndex.sync()
  }

  /** Returns once log and indexes are on the disk. */
  sync(): void {
    this.syncLog()
    this.offsetIndex.file.sync()
    this.timeIndex.file.sync()
  }

  /** As syncLog, without blocking. */
  async syncLogLater(): Promise<void> {
    this.#cutTail()
    await Promise.all([this.#file.syncLater(), this.transactionIndex.syncLater()])
  }

  /** As sync, without blocking. */
  async syncLater(): Promise<void> {
    const indexes = [this.offsetIndex.file, this.timeIndex.file, this.transactionIndex]
    await Promise.all([this.#file.syncLater(), ...indexes.map((index) => index.syncLater())])
  }

  /** Closes the files; using the segment opens them again. */
  release(): void {
    this.#file.retire()
    this.offsetIndex.file.release()
    this.timeIndex.file.release()
    this.transactionIndex.release()
  }

  /** Closes and removes the files, the log first: indexes without a log are removed at the next start. */
  remove(): void {
    this.release()
    for (const path of [this.path, this.offsetIndex.file.path, this.timeIndex.file.path])
      this.#openFiles.removals.removeFile(path)
    this.transactionIndex.remove()
  }
}

export interface SegmentOptions {
  settings: () => LogSettings
  report: PartitionReport
  clock: Clock
  rollJitterMs: number
  hasTransactionIndex?: boolean
}
