import { basename, resolve } from 'node:path'
import { addInt64, type Int64 } from '../../bytes/int64.ts'
import { decodeOffsetEntry, OFFSET_ENTRY_BYTES, type OffsetEntry } from '../../log/offset-index.ts'
import { StorageError } from '../../log/storage-error.ts'
import { decodeTimeEntry, TIME_ENTRY_BYTES, type TimeEntry } from '../../log/time-index.ts'
import { lastOffset } from '../../records/batch.ts'
import type { Emit } from './dump-event.ts'
import { LogBatches, type StoredBatch } from './log-batches.ts'
import { largestTimestamp, startOffsetIn } from './log-file.ts'
import type { Problems } from './problems.ts'
import { readWhole } from './read-whole.ts'

export interface IndexOptions {
  /** Only looks whether a broker would take the index as it is. */
  checksOnly: boolean
  /** Compares with the log and prints no entries. */
  verifiesOnly: boolean
}

/** An entry of a file whose name says any offset that Java has. */
type Placed<E> = Omit<E, 'offset'> & { readonly offset: Int64 }

function readIndex<E extends { offset: number }>(
  file: string,
  entryBytes: number,
  decode: (bytes: Buffer, at: number, baseOffset: number) => E,
): { bytes: Buffer; entries: Placed<E>[]; baseOffset: Int64 } {
  const baseOffset = startOffsetIn(basename(file))
  const bytes = readWhole(file)
  const entries: Placed<E>[] = []
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    const { offset, ...entry } = decode(bytes, at, 0)
    entries.push({ ...entry, offset: addInt64(baseOffset, offset) })
  }
  return { bytes, entries, baseOffset }
}

/** The other file of the same segment. */
const beside = (file: string, suffix: string): string =>
  resolve(file, '..', `${basename(file).split('.')[0]}${suffix}`)

/** A broker makes its indexes longer than needed; the first empty entry that is not at the start ends them. */
function used<E extends { offset: Int64 }>(entries: readonly E[], baseOffset: Int64): readonly E[] {
  const end = entries.findIndex((entry, slot) => slot > 0 && entry.offset === baseOffset)
  return end < 0 ? entries : entries.slice(0, end)
}

/** Dumps an offset index and compares it with its log. */
export function dumpOffsetIndex(file: string, options: IndexOptions, problems: Problems, emit: Emit): void {
  const { bytes, entries, baseOffset } = readIndex(file, OFFSET_ENTRY_BYTES, decodeOffsetEntry)
  const log = new LogBatches(beside(file, '.log'))
  try {
    if (entries.length === 0) {
      emit({ type: 'emptyIndex', file })
      return
    }
    if (options.checksOnly) {
      checkOffsetIndex(file, bytes, entries, baseOffset)
      emit({ type: 'soundIndex', file })
      return
    }
    for (const entry of used(entries, baseOffset)) {
      const batch = firstBatch(log, entry.position)
      const found = batch ? lastOffset(batch.buffer, batch.at) : -1
      if (found !== entry.offset) {
        // A broker that has nothing to say yet leaves the first slot empty, which Kafka's tool takes for an entry.
        const isEmptySlot = entry.offset === baseOffset && entry.position === 0
        problems.indexMismatch(resolve(file), entry.offset, found, isEmptySlot)
      }
      if (!options.verifiesOnly) emit({ type: 'offsetEntry', offset: entry.offset, position: entry.position })
    }
  } finally {
    log.close()
  }
}

/** Dumps a time index and compares it with its log, which it finds through the offset index. */
export async function dumpTimeIndex(
  file: string,
  options: IndexOptions,
  problems: Problems,
  emit: Emit,
): Promise<void> {
  const { bytes, entries, baseOffset } = readIndex(file, TIME_ENTRY_BYTES, decodeTimeEntry)
  if (options.checksOnly) {
    checkTimeIndex(file, bytes, entries, baseOffset)
    emit({ type: 'soundIndex', file })
    return
  }
  const log = new LogBatches(beside(file, '.log'))
  try {
    const offsets = used(
      readIndex(beside(file, '.index'), OFFSET_ENTRY_BYTES, decodeOffsetEntry).entries,
      baseOffset,
    )
    let previous: Int64 = -1
    for (const entry of used(entries, baseOffset)) {
      const start = offsets.findLast(({ offset }) => offset <= entry.offset)?.position ?? 0
      const batch = firstBatch(log, start, entry.offset)
      const found = batch ? lastOffset(batch.buffer, batch.at) : -1
      if (batch === null || found !== entry.offset) {
        const isEmptySlot = entry.offset === baseOffset && entry.timestamp === 0
        problems.offsetNotFound(resolve(file), entry.offset, found, isEmptySlot)
      } else {
        const largest = await largestTimestamp(batch)
        if (largest !== entry.timestamp) problems.timestampMismatch(resolve(file), entry.timestamp, largest)
        if (previous >= entry.timestamp) problems.outOfOrder(resolve(file), entry.timestamp, previous)
      }
      if (!options.verifiesOnly) emit({ type: 'timeEntry', timestamp: entry.timestamp, offset: entry.offset })
      previous = entry.timestamp
    }
  } finally {
    log.close()
  }
}

/** The first batch from `position` on that ends at or after `offset`. */
function firstBatch(log: LogBatches, position: number, offset: Int64 = -1): StoredBatch | null {
  for (const batch of log.from(position)) {
    if (lastOffset(batch.buffer, batch.at) >= offset) return batch
  }
  return null
}

function checkLength(kind: string, file: string, bytes: Buffer, entryBytes: number): void {
  if (bytes.length % entryBytes === 0) return
  throw new StorageError(
    'LOG_CORRUPT',
    `${kind} file ${resolve(file)} is corrupt, found ${bytes.length} bytes which is neither positive nor a multiple of ${entryBytes}`,
  )
}

function checkOffsetIndex(
  file: string,
  bytes: Buffer,
  entries: Placed<OffsetEntry>[],
  baseOffset: Int64,
): void {
  const last = entries.at(-1)!.offset
  if (last < baseOffset) {
    throw new StorageError(
      'LOG_CORRUPT',
      `Corrupt index found, index file (${resolve(file)}) has non-zero size but the last offset is ${last} which is less than the base offset ${baseOffset}`,
    )
  }
  checkLength('Index', file, bytes, OFFSET_ENTRY_BYTES)
}

function checkTimeIndex(file: string, bytes: Buffer, entries: Placed<TimeEntry>[], baseOffset: Int64): void {
  const [first, last] = [entries[0], entries.at(-1)]
  const opening = `Corrupt time index found, time index file (${resolve(file)}) has non-zero size but the last`
  if (first && last && last.timestamp < first.timestamp) {
    throw new StorageError(
      'LOG_CORRUPT',
      `${opening} timestamp is ${last.timestamp} which is less than the first timestamp ${first.timestamp}`,
    )
  }
  if (last && last.offset < baseOffset) {
    throw new StorageError(
      'LOG_CORRUPT',
      `${opening} offset is ${last.offset} which is less than the first offset ${baseOffset}`,
    )
  }
  checkLength('Time index', file, bytes, TIME_ENTRY_BYTES)
}
