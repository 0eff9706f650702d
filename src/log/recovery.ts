import { baseOffset, lastOffset, partitionLeaderEpoch } from '../records/batch.ts'
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
import type { LogSettings } from './log-settings.ts'
import { ProducerState } from './producer-state.ts'
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

/** Opens the files of a partition; after a crash, makes them whole again. */
export function loadLog(options: LoadOptions): LoadedLog {
  const { files, folder } = options
  const names = settleLeftovers(files, folder)
  const epochs = readEpochs(files, folder)
  const leaderEpochs = new LeaderEpochs(files, folder, epochs ?? [])
  const segments = findSegments(options, names)
  const unsynced = options.wasClean ? segments.length : firstUnsynced(segments, options.recoveryPoint)
  ensureIndexes(segments.slice(0, unsynced), names)
  const bytesCut = recoverSegments(segments, unsynced, leaderEpochs)
  let endOffset = findEndOffset(segments, leaderEpochs)
  if (endOffset < options.logStartOffset) {
    // Files were taken away from under the log; what was promised to be gone must not come back.
    for (const segment of segments.splice(0)) segment.remove()
  }
  if (segments.length === 0) {
    const first = options.makeSegment(options.logStartOffset, false)
    first.create()
    segments.push(first)
    endOffset = options.logStartOffset
  }
  const startOffset = Math.max(options.logStartOffset, segments[0]!.baseOffset)
  if (epochs === null) rebuildEpochs(segments, leaderEpochs)
  leaderEpochs.truncateFromEnd(endOffset)
  leaderEpochs.truncateFromStart(options.logStartOffset)

  const producerStore = new ProducerStore(files, folder, names)
  if (!options.wasClean) producerStore.removeDamaged()
  producerStore.removeStray(segments.map((segment) => segment.baseOffset))
  const loaded = { segments, startOffset, endOffset, leaderEpochs, producerStore, bytesCut }
  const producers = loadProducers(options, loaded)
  const recoveryPoint = options.wasClean ? endOffset : Math.min(options.recoveryPoint, endOffset)
  // Many logs are opened at the start, and few of them are used soon.
  for (const segment of segments) segment.release()
  return { ...loaded, producers, recoveryPoint }
}

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

/** The first segment with records at or after the recovery point. */
const firstUnsynced = (segments: readonly Segment[], recoveryPoint: number): number =>
  Math.max(
    0,
    segments.findLastIndex((segment) => segment.baseOffset <= recoveryPoint),
  )

/** Reads the segments from the one given on, and cuts the log at the first batch that is not whole; gives the bytes cut. */
function recoverSegments(segments: Segment[], from: number, leaderEpochs: LeaderEpochs): number {
  for (let i = from; i < segments.length; i++) {
    const bytesCut = recoverSegment(segments[i]!, leaderEpochs)
    if (bytesCut === 0) continue
    for (const later of segments.splice(i + 1)) later.remove()
    return bytesCut
  }
  return 0
}

/** Checks every batch of a segment, cuts it at the first bad one and builds its indexes again; gives the bytes cut. */
function recoverSegment(segment: Segment, leaderEpochs: LeaderEpochs): number {
  segment.resetIndexes()
  const scanner = segment.scan(0, true)
  let end = segment.baseOffset
  let position = 0
  try {
    while (scanner.next()) {
      const { buffer, at } = scanner
      if (baseOffset(buffer, at) < end || !segment.canHold(lastOffset(buffer, at))) break
      segment.noteBatch(buffer, at, scanner.position)
      leaderEpochs.assign(partitionLeaderEpoch(buffer, at), baseOffset(buffer, at))
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

function findEndOffset(segments: readonly Segment[], leaderEpochs: LeaderEpochs): number {
  const active = segments.at(-1)
  if (active === undefined) return 0
  try {
    return active.findEndOffset()
  } catch (error) {
    if (!isCorruptBatch(error)) throw error
    // The clean marker promised whole batches. Somebody else touched the file, so treat it as after a crash.
    recoverSegment(active, leaderEpochs)
    return active.findEndOffset()
  }
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

function loadProducers(
  options: LoadOptions,
  log: Omit<LoadedLog, 'producers' | 'recoveryPoint'>,
): ProducerState {
  const producers = new ProducerState(options.clock)
  const from = log.producerStore.load(producers, log.startOffset, log.endOffset)
  // As in Kafka: a log closed well without a single snapshot never had producers worth a scan of all its headers.
  if (from === null && options.wasClean) return producers
  producers.expire(options.settings().producerIdExpirationMs)
  replayProducers(producers, log.segments, from ?? log.startOffset, log.endOffset)
  return producers
}

/** Applies the headers of the batches in [from, to). */
export function replayProducers(
  producers: ProducerState,
  segments: readonly Segment[],
  from: number,
  to: number,
): void {
  if (from >= to) return
  const first = segments.findLastIndex((segment) => segment.baseOffset <= from)
  for (const segment of segments.slice(Math.max(0, first))) {
    const position = segment.baseOffset >= from ? 0 : segment.positionOf(from)
    if (position < 0) continue
    const scanner = segment.scan(position)
    while (scanner.next()) {
      if (baseOffset(scanner.buffer, scanner.at) >= to) return
      producers.apply(scanner.buffer, scanner.at)
    }
  }
}
