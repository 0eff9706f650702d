// After a crash: reads what was not known to be on the disk, batch by batch, and cuts the log at the first one that is
// not whole. What is taken out stays beside the log for a while.

import {
  BATCH_OVERHEAD,
  batchSize,
  CURRENT_MAGIC,
  magic,
  partitionLeaderEpoch,
  recordCount,
} from '../records/batch.ts'
import { offsetFault, type SegmentBounds } from './batch-order.ts'
import { type Files, isBlank } from './files.ts'
import { keepCut, keepRemoved } from './kept-files.ts'
import type { LeaderEpochs } from './leader-epochs.ts'
import { baseOffset, lastOffset } from './log-offsets.ts'
import type { LogSettings } from './log-settings.ts'
import { applyBatches } from './producer-replay.ts'
import type { ProducerState } from './producer-state.ts'
import type { ProducerStore } from './producer-store.ts'
import type { PartitionReport } from './recovery-report.ts'
import { fileParts } from './salvage.ts'
import type { Segment } from './segment.ts'
import { isCorruptBatch, StorageError } from './storage-error.ts'

/** What recovery needs of a log. */
export interface RecoveringLog {
  readonly files: Files
  readonly settings: () => LogSettings
  readonly report: PartitionReport
  /** Those that are removed are taken out. */
  readonly segments: Segment[]
  readonly leaderEpochs: LeaderEpochs
  readonly producerStore: ProducerStore
  readonly wasClean: boolean
  readonly mustBeWhole: boolean
}

/**
 * Recovers the segments from the one at `from` on; `producers` are those at its start. Returns where the whole batches
 * ended that are gone now, null when nothing was cut.
 */
export function recoverSegments(log: RecoveringLog, from: number, producers: ProducerState): number | null {
  const { segments, producerStore } = log
  for (let i = from; i < segments.length; i++) {
    const segment = segments[i]!
    if (i > from) producerStore.write(producers, segment.baseOffset, false)
    const good = recoverSegment(log, i, producers)
    if (good.position === segment.sizeInBytes) segment.settle()
    else return cutLog(log, i, good)
  }
  return null
}

/** The bytes at the start of a segment that are whole batches. */
interface GoodPart {
  readonly position: number
  readonly endOffset: number
  /** Why it ends where the file does not. */
  readonly fault: string
}

/** The bounds of a segment in its log. */
export function boundsOf(
  { segments, settings }: Pick<RecoveringLog, 'segments' | 'settings'>,
  i: number,
): SegmentBounds {
  return {
    baseOffset: segments[i]!.baseOffset,
    nextBaseOffset: segments[i + 1]?.baseOffset ?? null,
    mayHaveGaps: settings().isCompacted,
  }
}

/** Checks the batches of a segment, and builds its indexes again. */
function recoverSegment(log: RecoveringLog, i: number, producers: ProducerState): GoodPart {
  const segment = log.segments[i]!
  const bounds = boundsOf(log, i)
  segment.resetIndexes()
  segment.transactionIndex.reset()
  const scanner = segment.scan(0, true)
  let endOffset = segment.baseOffset
  let position = 0
  let fault: string | null = null
  try {
    while (scanner.next()) {
      const { buffer, at } = scanner
      fault = offsetFault(scanner, segment, endOffset, bounds)
      if (fault !== null) break
      segment.noteBatch(buffer, at, scanner.position)
      log.leaderEpochs.assign(partitionLeaderEpoch(buffer, at), baseOffset(buffer, at))
      applyBatches(producers, segment, buffer, at, at + scanner.size)
      endOffset = lastOffset(buffer, at) + 1
      position = scanner.position + scanner.size
    }
  } catch (error) {
    if (!isCorruptBatch(error)) throw error
    fault = scanner.fault
  }
  segment.checked.note(0, position)
  return { position, endOffset, fault: fault ?? '' }
}

/** Cuts the log in a segment; those after it go first, as without the cut nothing would tell that they must. */
function cutLog(log: RecoveringLog, i: number, { position, endOffset, fault }: GoodPart): number {
  const { files, report, segments } = log
  const segment = segments[i]!
  const bounds = boundsOf(log, i)
  const bytes = segment.sizeInBytes - position
  const range = { from: position, to: segment.sizeInBytes, end: endOffset }
  const whole = fileParts(segment, segment.path, range, bounds).filter((part) => part.isWhole)
  if (log.mustBeWhole && !(whole.length === 0 && isInterruptedWrite(log, i, position))) {
    const where = `'${segment.path}' at position ${position}, offset ${endOffset}`
    throw new StorageError('LOG_CORRUPT', `${where}: ${fault}`)
  }
  const cutTo = whole.at(-1)?.endOffset ?? endOffset
  const lostTo = removeAfter(log, i, `'${segment.path}' before it is damaged`) ?? cutTo
  const records =
    whole.length === 0
      ? claimedRecords(segment, position, endOffset)
      : bounds.mayHaveGaps
        ? whole.reduce((sum, part) => sum + part.records, 0)
        : cutTo - endOffset
  const kept = keepCut(files, segment.path, position, segment.sizeInBytes)
  segment.cut(position)
  segment.settle()
  report.cut({ file: segment.path, position, offset: endOffset, reason: fault, records, bytes, ...kept })
  return lostTo
}

/** Removes the segments after the one given; returns where their whole batches ended, null when there are none. */
function removeAfter(log: RecoveringLog, i: number, reason: string): number | null {
  const { files, report, segments } = log
  let lostTo: number | null = null
  for (let last = segments.length - 1; last > i; last--) {
    const segment = segments[last]!
    const { path, sizeInBytes } = segment
    const range = { from: 0, to: sizeInBytes, end: segment.baseOffset }
    const whole = fileParts(segment, path, range, boundsOf(log, last)).filter((part) => part.isWhole)
    lostTo ??= whole.at(-1)?.endOffset ?? null
    segments.pop()
    segment.release()
    const kept = keepRemoved(files, path)
    segment.remove()
    const records = whole.reduce((sum, part) => sum + part.records, 0)
    report.removed({ file: path, bytes: sizeInBytes, records, ...kept }, reason)
  }
  return lostTo
}

/** How many records a batch claims that is not whole, if its header makes sense. */
function claimedRecords(segment: Segment, position: number, offset: number): number | null {
  const header = Buffer.alloc(BATCH_OVERHEAD)
  if (segment.read(header, 0, BATCH_OVERHEAD, position) < BATCH_OVERHEAD) return null
  const isHeader = magic(header, 0) === CURRENT_MAGIC && baseOffset(header, 0) === offset
  return isHeader && recordCount(header, 0) > 0 ? recordCount(header, 0) : null
}

/** Whether the bytes from the position on can be what a crash left of the last write: too few, or zeroes. */
function isInterruptedWrite({ segments, wasClean }: RecoveringLog, i: number, position: number): boolean {
  const segment = segments[i]!
  const rest = Buffer.alloc(segment.sizeInBytes - position)
  segment.read(rest, 0, rest.length, position)
  if (wasClean || i < segments.length - 1) return false
  return rest.length < BATCH_OVERHEAD || batchSize(rest, 0) > rest.length || isBlank(rest)
}
