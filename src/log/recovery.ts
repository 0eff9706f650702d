import { partitionLeaderEpoch } from '../records/batch.ts'
import type { Clock } from './clock.ts'
import type { Files } from './files.ts'
import {
  checkLeaderEpochs,
  decodeLeaderEpochs,
  type EpochStart,
  LEADER_EPOCH_FILE,
  LeaderEpochs,
} from './leader-epochs.ts'
import { settleLeftovers } from './leftovers.ts'
import { baseOffset, lastOffset } from './log-offsets.ts'
import type { LogSettings } from './log-settings.ts'
import { applyBatches, producersAt } from './producer-replay.ts'
import type { ProducerState } from './producer-state.ts'
import { ProducerStore } from './producer-store.ts'
import { isCorruptBatch, type Segment } from './segment.ts'
import {
  LOG_SUFFIX,
  nameAt,
  OFFSET_INDEX_SUFFIX,
  offsetIn,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from './segment-names.ts'

export interface LoadOptions {
  files: Files
  folder: string
  settings: () => LogSettings
  clock: Clock
  /** Makes a segment of the folder. */
  makeSegment: (baseOffset: number, hasTransactionIndex: boolean) => Segment
  /** Everything before it is known to be on the disk. */
  recoveryPoint: number
  logStartOffset: number
  /** Whether the log was closed before; nothing is scanned then. */
  wasClean: boolean
}

export interface LoadedLog {
  /** By base offset, at least one. */
  segments: Segment[]
  startOffset: number
  endOffset: number
  recoveryPoint: number
  leaderEpochs: LeaderEpochs
  producers: ProducerState
  producerStore: ProducerStore
  /** Bytes cut off because no whole batch was in them. */
  bytesCut: number
}

/** The files of a partition while they are opened. */
interface OpeningLog extends LoadOptions {
  segments: Segment[]
  leaderEpochs: LeaderEpochs
  producerStore: ProducerStore
}

/** Opens the files of a partition; after a crash, makes them whole again. */
export function loadLog(options: LoadOptions): LoadedLog {
  const { files, folder } = options
  const names = settleLeftovers(files, folder)
  const epochs = readEpochs(files, folder)
  const leaderEpochs = new LeaderEpochs(files, folder, epochs ?? [])
  const producerStore = new ProducerStore(files, folder, names)
  if (!options.wasClean) producerStore.removeDamaged()
  const segments = findSegments(options, names)
  const log = { ...options, segments, leaderEpochs, producerStore }
  const unsynced = firstUnsynced(log)
  ensureIndexes(segments.slice(0, unsynced), names)
  ensureTransactionIndexes(log, unsynced)
  const recovered = unsynced < segments.length ? recoverSegments(log, unsynced) : null
  let endOffset = segments.at(-1)?.findEndOffset() ?? 0
  if (endOffset < options.logStartOffset) {
    // Files were taken away from under the log; what was promised to be gone must not come back.
    for (const segment of segments.splice(0)) segment.remove()
  }
  const isEmpty = segments.length === 0
  if (isEmpty) {
    const first = options.makeSegment(options.logStartOffset, false)
    first.create()
    segments.push(first)
    endOffset = options.logStartOffset
  }
  const startOffset = startOf(log)
  if (epochs === null) rebuildEpochs(segments, leaderEpochs)
  leaderEpochs.truncateFromEnd(endOffset)
  leaderEpochs.truncateFromStart(options.logStartOffset)

  producerStore.removeStray(segments.map((segment) => segment.baseOffset))
  producerStore.keepBetween(startOffset, endOffset)
  const producers =
    isEmpty || recovered === null
      ? producersAt(log, producerStore, segments, startOffset, endOffset)
      : recovered.producers
  const recoveryPoint = options.wasClean ? endOffset : Math.min(options.recoveryPoint, endOffset)
  // Many logs are opened at the start, and few of them are used soon.
  for (const segment of segments) segment.release()
  const bytesCut = recovered?.bytesCut ?? 0
  return { segments, startOffset, endOffset, recoveryPoint, leaderEpochs, producers, producerStore, bytesCut }
}

const startOf = ({ logStartOffset, segments }: OpeningLog): number =>
  Math.max(logStartOffset, segments[0]?.baseOffset ?? 0)

/** The segments by base offset; indexes without a log are removed. */
function findSegments(options: LoadOptions, names: readonly string[]): Segment[] {
  const present = new Set(names)
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
    if (!hasBoth || !segment.hasPlausibleIndexes()) segment.rebuildIndexes()
  }
}

/** Builds the transaction indexes of the first `count` segments again where they are damaged. */
function ensureTransactionIndexes(log: OpeningLog, count: number): void {
  for (const segment of log.segments.slice(0, count)) {
    if (segment.transactionIndex.check().length === 0) continue
    segment.transactionIndex.reset()
    const producers = producersAt(log, log.producerStore, log.segments, startOf(log), segment.baseOffset)
    const scanner = segment.scan(0, true)
    while (scanner.next())
      applyBatches(producers, segment, scanner.buffer, scanner.at, scanner.at + scanner.size)
  }
}

/** The first segment that must be read whole. */
function firstUnsynced({ segments, recoveryPoint, wasClean }: OpeningLog): number {
  const last = segments.at(-1)
  // The clean marker promised whole batches. If a file was touched since, it is read as after a crash.
  if (wasClean) return last === undefined || hasWholeEnd(last) ? segments.length : segments.length - 1
  const holdsRecoveryPoint = segments.findLastIndex((segment) => segment.baseOffset <= recoveryPoint)
  return Math.max(0, holdsRecoveryPoint)
}

function hasWholeEnd(segment: Segment): boolean {
  try {
    segment.findEndOffset()
    return true
  } catch (error) {
    if (!isCorruptBatch(error)) throw error
    return false
  }
}

/** Reads the segments from the one given on, and cuts the log at the first batch that is not whole. */
function recoverSegments(log: OpeningLog, from: number): { producers: ProducerState; bytesCut: number } {
  const { segments, producerStore } = log
  const first = segments[from]!
  const producers = producersAt(log, producerStore, segments, startOf(log), first.baseOffset)
  for (const [i, segment] of [...segments.entries()].slice(from)) {
    if (segment !== first) producerStore.write(producers, segment.baseOffset, false)
    const bytesCut = recoverSegment(segment, log.leaderEpochs, producers)
    if (bytesCut === 0) continue
    for (const later of segments.splice(i + 1)) later.remove()
    return { producers, bytesCut }
  }
  return { producers, bytesCut: 0 }
}

/** Checks every batch of a segment, cuts it at the first bad one and builds its indexes again; returns the bytes cut. */
function recoverSegment(segment: Segment, leaderEpochs: LeaderEpochs, producers: ProducerState): number {
  segment.resetIndexes()
  segment.transactionIndex.reset()
  const scanner = segment.scan(0, true)
  let end = segment.baseOffset
  let position = 0
  try {
    while (scanner.next()) {
      const { buffer, at } = scanner
      if (baseOffset(buffer, at) < end || !segment.canHold(lastOffset(buffer, at))) break
      segment.noteBatch(buffer, at, scanner.position)
      leaderEpochs.assign(partitionLeaderEpoch(buffer, at), baseOffset(buffer, at))
      applyBatches(producers, segment, buffer, at, at + scanner.size)
      end = lastOffset(buffer, at) + 1
      position = scanner.position + scanner.size
    }
  } catch (error) {
    if (!isCorruptBatch(error)) throw error
  }
  const bytesCut = segment.sizeInBytes - position
  if (bytesCut > 0) segment.cut(position)
  segment.checked.note(0, position)
  segment.settle()
  return bytesCut
}

/** The entries of the checkpoint; null when it is missing or damaged. */
function readEpochs(files: Files, folder: string): EpochStart[] | null {
  const path = `${folder}/${LEADER_EPOCH_FILE}`
  const bytes = files.readFile(path)
  return bytes === null || checkLeaderEpochs(bytes).length > 0 ? null : decodeLeaderEpochs(bytes, path)
}

function rebuildEpochs(segments: readonly Segment[], leaderEpochs: LeaderEpochs): void {
  leaderEpochs.clear()
  for (const segment of segments) {
    const scanner = segment.scan(0)
    while (scanner.next()) {
      leaderEpochs.assign(
        partitionLeaderEpoch(scanner.buffer, scanner.at),
        baseOffset(scanner.buffer, scanner.at),
      )
    }
  }
}
