// Reads the files of a log without changing anything, and says what is wrong with them. Faults are lines of text that
// name the file.

import type { Int64 } from '../bytes/int64.ts'
import { maxTimestamp, partitionLeaderEpoch } from '../records/batch.ts'
import { BatchScanner } from './batch-scanner.ts'
import {
  CLEANER_FILE,
  checkCheckpoint,
  decodeCheckpoint,
  HIGH_WATERMARK_FILE,
  LOG_START_FILE,
  RECOVERY_POINT_FILE,
} from './checkpoints.ts'
import type { Files } from './files.ts'
import { checkLeaderEpochs, decodeLeaderEpochs, type EpochStart, LEADER_EPOCH_FILE } from './leader-epochs.ts'
import { baseOffset, lastOffset } from './log-offsets.ts'
import { checkMetaProperties, META_PROPERTIES_FILE } from './meta-properties.ts'
import { checkOffsetIndex, decodeOffsetEntry, OFFSET_ENTRY_BYTES } from './offset-index.ts'
import { isDeletedFolder, parsePartitionFolder } from './partition-folder.ts'
import { checkPartitionMetadata, PARTITION_METADATA_FILE } from './partition-metadata.ts'
import { checkProducerSnapshot } from './producer-snapshot.ts'
import * as names from './segment-names.ts'
import { isCorruptBatch } from './storage-error.ts'
import { checkTimeIndex, decodeTimeEntry, TIME_ENTRY_BYTES } from './time-index.ts'
import { checkTransactionIndex } from './transaction-index.ts'

interface BatchFact {
  position: number
  lastOffset: number
  timestamp: Int64
  /** The largest timestamp of the segment up to and with this batch. */
  largest: Int64
}

/** Faults of a data folder and all partitions in it. */
export function checkLogDir(files: Files, folder: string): string[] {
  const faults: string[] = []
  const ends = new Map<string, number>()
  for (const { name, isFolder } of files.list(folder)) {
    if (!isFolder || isDeletedFolder(name) || parsePartitionFolder(name) === null) continue
    const found = checkPartition(files, `${folder}/${name}`)
    ends.set(name, found.endOffset)
    faults.push(...found.faults)
  }
  const read = (name: string) => files.readFile(`${folder}/${name}`)
  const meta = read(META_PROPERTIES_FILE)
  if (meta !== null)
    faults.push(...checkMetaProperties(meta).map((fault) => `${META_PROPERTIES_FILE}: ${fault}`))
  for (const name of [RECOVERY_POINT_FILE, LOG_START_FILE, HIGH_WATERMARK_FILE, CLEANER_FILE]) {
    const bytes = read(name)
    if (bytes === null) continue
    const wrong = checkCheckpoint(bytes)
    faults.push(...wrong.map((fault) => `${name}: ${fault}`))
    if (wrong.length > 0) continue
    for (const entry of decodeCheckpoint(bytes, name)) {
      const end = ends.get(`${entry.topic}-${entry.partition}`)
      if (end === undefined) faults.push(`${name}: there is no partition ${entry.topic}-${entry.partition}`)
      else if (entry.offset > end) faults.push(`${name}: ${entry.topic}-${entry.partition} ends at ${end}`)
    }
  }
  return faults
}

/** Faults of the folder of one partition, and where its log ends. */
export function checkPartition(files: Files, folder: string): { faults: string[]; endOffset: number } {
  const faults: string[] = []
  const fileNames = files.list(folder).map((entry) => entry.name)
  const note = (name: string, found: readonly string[]) =>
    faults.push(...found.map((fault) => `${folder}/${name}: ${fault}`))
  const epochs = checkText(files, folder, note)
  const bases = fileNames.map((n) => names.offsetIn(n, names.LOG_SUFFIX)).filter((base) => base !== null)
  let end = bases[0] ?? 0
  for (const [i, base] of bases.entries()) {
    if (base < end) note(fileNames[i]!, [`begins at ${base}, but the segment before it ends at ${end}`])
    const segment = checkSegment(files, folder, base, epochs, i < bases.length - 1, note)
    end = Math.max(end, segment)
  }
  for (const name of fileNames) {
    if (/\.(deleted|cleaned|swap|tmp)$/.test(name)) note(name, ['is left over'])
    const snapshot = names.offsetIn(name, names.SNAPSHOT_SUFFIX)
    if (snapshot !== null) {
      note(name, checkProducerSnapshot(files.readFile(`${folder}/${name}`)!))
      if (snapshot > end) note(name, [`is after the end of the log, ${end}`])
    }
    for (const suffix of [
      names.OFFSET_INDEX_SUFFIX,
      names.TIME_INDEX_SUFFIX,
      names.TRANSACTION_INDEX_SUFFIX,
    ]) {
      const base = names.offsetIn(name, suffix)
      if (base !== null && !bases.includes(base)) note(name, ['has no log'])
    }
  }
  return { faults, endOffset: end }
}

type Note = (name: string, faults: readonly string[]) => void

function checkText(files: Files, folder: string, note: Note): EpochStart[] {
  const metadata = files.readFile(`${folder}/${PARTITION_METADATA_FILE}`)
  if (metadata !== null) note(PARTITION_METADATA_FILE, checkPartitionMetadata(metadata))
  const bytes = files.readFile(`${folder}/${LEADER_EPOCH_FILE}`)
  if (bytes === null) return []
  const faults = checkLeaderEpochs(bytes)
  note(LEADER_EPOCH_FILE, faults)
  return faults.length > 0 ? [] : decodeLeaderEpochs(bytes, LEADER_EPOCH_FILE)
}

/** Checks the files of a segment; gives the offset after its last batch. */
function checkSegment(
  files: Files,
  folder: string,
  base: number,
  epochs: readonly EpochStart[],
  isRolled: boolean,
  note: Note,
): number {
  const nameOf = (suffix: string) => names.nameAt(base, suffix)
  const { batches, faults } = readBatches(files, names.fileAt(folder, base, names.LOG_SUFFIX), base, epochs)
  note(nameOf(names.LOG_SUFFIX), faults)
  const index = files.readFile(names.fileAt(folder, base, names.OFFSET_INDEX_SUFFIX))
  const indexName = nameOf(names.OFFSET_INDEX_SUFFIX)
  note(indexName, index === null ? ['is missing'] : checkOffsets(index, base, batches))
  const times = files.readFile(names.fileAt(folder, base, names.TIME_INDEX_SUFFIX))
  const timesName = nameOf(names.TIME_INDEX_SUFFIX)
  note(timesName, times === null ? ['is missing'] : checkTimes(times, base, batches, isRolled))
  const transactions = files.readFile(names.fileAt(folder, base, names.TRANSACTION_INDEX_SUFFIX))
  if (transactions !== null) note(nameOf(names.TRANSACTION_INDEX_SUFFIX), checkTransactionIndex(transactions))
  return (batches.at(-1)?.lastOffset ?? base - 1) + 1
}

function readBatches(
  files: Files,
  path: string,
  base: number,
  epochs: readonly EpochStart[],
): { batches: BatchFact[]; faults: string[] } {
  const batches: BatchFact[] = []
  const faults: string[] = []
  const file = files.open(path, 'read')
  try {
    const scanner = new BatchScanner(file, path, 0, file.size(), true)
    let end = base
    let largest: Int64 = -1
    while (scanner.next()) {
      const { buffer, at, position } = scanner
      const first = baseOffset(buffer, at)
      if (first < end)
        faults.push(`batch at ${position} begins at ${first}, but the one before it ends at ${end}`)
      const epoch = partitionLeaderEpoch(buffer, at)
      const known = epochs.findLast((entry) => entry.startOffset <= first)?.epoch
      if (epoch >= 0 && known !== undefined && known !== epoch) {
        faults.push(`batch at ${position} has epoch ${epoch}, the checkpoint says ${known}`)
      }
      const timestamp = maxTimestamp(buffer, at)
      if (timestamp > largest) largest = timestamp
      end = lastOffset(buffer, at) + 1
      batches.push({ position, lastOffset: end - 1, timestamp, largest })
    }
  } catch (error) {
    if (!isCorruptBatch(error)) throw error
    faults.push(error.message)
  } finally {
    file.close()
  }
  return { batches, faults }
}

function checkOffsets(bytes: Buffer, base: number, batches: readonly BatchFact[]): string[] {
  const faults = checkOffsetIndex(bytes, base)
  const byPosition = new Map(batches.map((batch) => [batch.position, batch]))
  for (let at = 0; at + OFFSET_ENTRY_BYTES <= bytes.length; at += OFFSET_ENTRY_BYTES) {
    const entry = decodeOffsetEntry(bytes, at, base)
    if (entry.offset === base && entry.position === 0) break
    const batch = byPosition.get(entry.position)
    if (batch === undefined) faults.push(`entry at ${at}: no batch begins at ${entry.position}`)
    else if (batch.lastOffset !== entry.offset) {
      faults.push(
        `entry at ${at}: the batch at ${entry.position} ends with ${batch.lastOffset}, not ${entry.offset}`,
      )
    }
  }
  return faults
}

function checkTimes(bytes: Buffer, base: number, batches: readonly BatchFact[], isRolled: boolean): string[] {
  const faults = checkTimeIndex(bytes, base)
  const byOffset = new Map(batches.map((batch) => [batch.lastOffset, batch]))
  let last: Int64 = -1
  for (let at = 0; at + TIME_ENTRY_BYTES <= bytes.length; at += TIME_ENTRY_BYTES) {
    const entry = decodeTimeEntry(bytes, at, base)
    if (entry.timestamp === 0 && entry.offset === base && at > 0) break
    const batch = byOffset.get(entry.offset)
    last = entry.timestamp
    if (batch === undefined) faults.push(`entry at ${at}: no batch ends with ${entry.offset}`)
    else if (batch.timestamp !== entry.timestamp || batch.largest !== entry.timestamp) {
      faults.push(`entry at ${at}: ${entry.timestamp} is not the largest timestamp up to ${entry.offset}`)
    }
  }
  const largest = batches.at(-1)?.largest ?? -1
  if (isRolled && largest > last) faults.push(`ends with ${last}, but the segment has ${largest}`)
  return faults
}
