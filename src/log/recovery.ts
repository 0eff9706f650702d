import { partitionLeaderEpoch } from '../records/batch.ts'
import { findEndOffset } from './batch-search.ts'
import { HIGH_WATERMARK_FILE, RECOVERY_POINT_FILE } from './checkpoints.ts'
import type { Clock } from './clock.ts'
import { reportGaps, reportMissingEnd, reportMissingStart } from './continuity.ts'
import { type Files, isBlank } from './files.ts'
import { keptNames } from './kept-files.ts'
import {
  checkLeaderEpochs,
  decodeLeaderEpochs,
  type EpochStart,
  LEADER_EPOCH_FILE,
  LeaderEpochs,
} from './leader-epochs.ts'
import { settleLeftovers } from './leftovers.ts'
import { baseOffset } from './log-offsets.ts'
import type { LogSettings } from './log-settings.ts'
import { applyBatches, producersAt } from './producer-replay.ts'
import type { ProducerState } from './producer-state.ts'
import { ProducerStore } from './producer-store.ts'
import type { PartitionReport } from './recovery-report.ts'
import type { Segment } from './segment.ts'
import {
  LOG_SUFFIX,
  nameAt,
  OFFSET_INDEX_SUFFIX,
  offsetIn,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from './segment-names.ts'
import { type RecoveringLog, recoverSegments } from './segment-recovery.ts'
import { isCorruptBatch, StorageError } from './storage-error.ts'

export interface LoadOptions {
  files: Files
  folder: string
  settings: () => LogSettings
  clock: Clock
  report: PartitionReport
  /** Makes a segment of the folder. */
  makeSegment: (baseOffset: number, hasTransactionIndex: boolean) => Segment
  /** Everything before it is known to be on the disk. */
  recoveryPoint: number
  logStartOffset: number
  /** Records before it were there when it was last written down. */
  highWatermark: number
  /** Whether the log was closed before; nothing is scanned then. */
  wasClean: boolean
  /**
   * Whether opening fails with LOG_CORRUPT when more is missing than the end of a write that a crash interrupted: for the
   * metadata log, without which nothing else makes sense.
   */
  mustBeWhole: boolean
}

/** What opening a log did. */
export interface OpeningResult {
  /** Whether batches were checked. */
  readonly wasRecovered: boolean
  /** Names of files in the folder with what recovery took out of the log. */
  readonly keptFiles: readonly string[]
}

export interface LoadedLog extends OpeningResult {
  /** By base offset, at least one. */
  segments: Segment[]
  startOffset: number
  endOffset: number
  recoveryPoint: number
  leaderEpochs: LeaderEpochs
  producers: ProducerState
  producerStore: ProducerStore
}

/** The files of a partition while they are opened. */
interface OpeningLog extends LoadOptions, RecoveringLog {
  readonly files: Files
  readonly settings: () => LogSettings
  readonly report: PartitionReport
  readonly wasClean: boolean
  readonly mustBeWhole: boolean
}

/** Opens the files of a partition; after a crash, makes them whole again. */
export function loadLog(options: LoadOptions): LoadedLog {
  const names = settleLeftovers(options.files, options.folder)
  const segments = findSegments(options, names)
  try {
    return loadSegments(options, names, segments)
  } finally {
    // Many logs are opened at the start, and few of them are used soon.
    for (const segment of segments) segment.release()
  }
}

function loadSegments(options: LoadOptions, names: readonly string[], segments: Segment[]): LoadedLog {
  const { files, folder, report } = options
  const epochs = readEpochs(options)
  const leaderEpochs = new LeaderEpochs(files, folder, epochs ?? [])
  const producerStore = new ProducerStore(files, folder, names, options)
  if (!options.wasClean) producerStore.removeDamaged()
  const log: OpeningLog = { ...options, segments, leaderEpochs, producerStore }
  const trusted = countTrusted(log)
  ensureIndexes(segments.slice(0, trusted), names)
  const unsynced = trusted < segments.length || hasWholeEnd(segments) ? trusted : trusted - 1
  ensureTransactionIndexes(log, unsynced)
  const wasRecovered = unsynced < segments.length
  const recovered = wasRecovered ? producersBefore(log, segments[unsynced]!) : null
  const lostTo = recovered === null ? null : recoverSegments(log, unsynced, recovered)
  const endOffset = settleEnd(log, lostTo)
  const startOffset = startOf(log)
  if (!options.settings().isCompacted) reportGaps(segments, report)
  reportMissingStart(segments[0]!, options.logStartOffset, leaderEpochs.entries, report)
  if (epochs === null) rebuildEpochs(log)
  leaderEpochs.truncateFromEnd(endOffset)
  leaderEpochs.truncateFromStart(startOffset)

  producerStore.removeStray(segments.map((segment) => segment.baseOffset))
  producerStore.keepBetween(startOffset, endOffset)
  const producers = recovered ?? producersAt(log, producerStore, segments, startOffset, endOffset)
  for (const { producerId, currentTxnFirstOffset } of producers.openTransactions())
    report.openTransaction(segments.at(-1)!.path, producerId, currentTxnFirstOffset)
  const recoveryPoint = options.wasClean ? endOffset : Math.min(options.recoveryPoint, endOffset)
  const keptFiles = keptNames(lostTo === null ? names : files.list(folder).map(({ name }) => name))
  const loaded = { segments, startOffset, endOffset, recoveryPoint, leaderEpochs, producers, producerStore }
  return { ...loaded, wasRecovered, keptFiles }
}

const startOf = ({ logStartOffset, segments }: OpeningLog): number =>
  Math.max(logStartOffset, segments[0]?.baseOffset ?? 0)

/** The producers at the start of a segment. */
const producersBefore = (log: OpeningLog, { baseOffset }: Segment): ProducerState =>
  producersAt(log, log.producerStore, log.segments, startOf(log), baseOffset)

/** Finds the end of the log, and makes an empty segment where none is left. */
function settleEnd(log: OpeningLog, lostTo: number | null): number {
  const { segments, report, logStartOffset } = log
  const last = segments.at(-1)
  const endOffset = last === undefined ? logStartOffset : findEndOffset(last)
  const isGone = endOffset < logStartOffset
  if (isGone) {
    // Files were taken away from under the log; what was promised to be gone must not come back.
    for (const segment of segments.splice(0).reverse()) segment.remove()
  }
  if (segments.length === 0) {
    const first = log.makeSegment(logStartOffset, false)
    first.create()
    segments.push(first)
  }
  const known = [
    { offset: log.recoveryPoint, source: RECOVERY_POINT_FILE },
    { offset: log.highWatermark, source: HIGH_WATERMARK_FILE },
    { offset: log.producerStore.latestOffset ?? 0, source: 'its last producer snapshot' },
  ]
  const settled = isGone ? logStartOffset : endOffset
  const missing = log.mustBeWhole ? known.find(({ offset }) => offset > settled) : undefined
  if (missing !== undefined) {
    const what = `'${segments.at(-1)!.path}' ends at offset ${settled}, and ${missing.source} has ${missing.offset}`
    throw new StorageError('LOG_CORRUPT', what)
  }
  reportMissingEnd(segments.at(-1)!, Math.max(settled, lostTo ?? 0), known, report)
  return settled
}

/** The segments by base offset; indexes without a log are removed. */
function findSegments(options: LoadOptions, names: readonly string[]): Segment[] {
  const present = new Set(names)
  const beyond = names.find((name) => /^\d{20}\.log$/.test(name) && offsetIn(name, LOG_SUFFIX) === null)
  if (beyond !== undefined) {
    throw new StorageError(
      'LOG_CORRUPT',
      `'${options.folder}/${beyond}': offsets from 2^53 on are not supported`,
    )
  }
  for (const suffix of [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX, TRANSACTION_INDEX_SUFFIX]) {
    for (const name of names) {
      const offset = offsetIn(name, suffix)
      const hasLog = offset === null || present.has(nameAt(offset, LOG_SUFFIX))
      if (!hasLog) options.files.remove(`${options.folder}/${name}`)
    }
  }
  return names
    .map((name) => offsetIn(name, LOG_SUFFIX))
    .filter((offset) => offset !== null)
    .sort((a, b) => a - b)
    .map((offset) => options.makeSegment(offset, present.has(nameAt(offset, TRANSACTION_INDEX_SUFFIX))))
}

function ensureIndexes(segments: readonly Segment[], names: readonly string[]): void {
  const present = new Set(names)
  for (const segment of segments) {
    const hasBoth = [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX].every((s) =>
      present.has(nameAt(segment.baseOffset, s)),
    )
    if (segment.sizeInBytes === 0) {
      segment.resetIndexes()
      segment.settle()
    } else if (!hasBoth) segment.rebuildIndexes('it is missing')
    else if (!segment.hasPlausibleIndexes()) segment.rebuildIndexes('its last entry does not fit the log')
  }
}

/** Builds the transaction indexes of the first `count` segments again where they are damaged. */
function ensureTransactionIndexes(log: OpeningLog, count: number): void {
  for (const segment of log.segments.slice(0, count)) {
    const [fault] = segment.transactionIndex.check()
    if (fault === undefined) continue
    log.report.rebuilt(segment.transactionIndex.path, fault)
    segment.transactionIndex.reset()
    const producers = producersBefore(log, segment)
    const scanner = segment.scan(0, true)
    while (scanner.next())
      applyBatches(producers, segment, scanner.buffer, scanner.at, scanner.at + scanner.size)
  }
}

/** How many segments are known to be on the disk as they were written. */
function countTrusted({ segments, recoveryPoint, wasClean }: OpeningLog): number {
  if (wasClean) return segments.length
  const holdsRecoveryPoint = segments.findLastIndex((segment) => segment.baseOffset <= recoveryPoint)
  return Math.max(0, holdsRecoveryPoint)
}

/** Whether whole batches end the log. A clean stop promised that; if a file was touched since, it is read as after a crash. */
function hasWholeEnd(segments: readonly Segment[]): boolean {
  try {
    const last = segments.at(-1)
    if (last !== undefined) findEndOffset(last)
    return true
  } catch (error) {
    if (!isCorruptBatch(error)) throw error
    return false
  }
}

/** The entries of the checkpoint; null when it is missing or damaged. */
function readEpochs({ files, folder, report, wasClean }: LoadOptions): EpochStart[] | null {
  const path = `${folder}/${LEADER_EPOCH_FILE}`
  const bytes = files.readFile(path)
  if (bytes === null || (isBlank(bytes) && !wasClean)) return null
  const [fault] = checkLeaderEpochs(bytes)
  if (fault === undefined) return decodeLeaderEpochs(bytes, path)
  report.rebuilt(path, fault)
  return null
}

function rebuildEpochs({ segments, leaderEpochs, report }: OpeningLog): void {
  leaderEpochs.clear()
  for (const segment of segments) {
    const scanner = segment.scan(0)
    try {
      while (scanner.next()) {
        const { buffer, at } = scanner
        leaderEpochs.assign(partitionLeaderEpoch(buffer, at), baseOffset(buffer, at))
      }
    } catch (error) {
      if (!isCorruptBatch(error)) throw error
      report.damaged(segment.path, error.message)
    }
  }
}
