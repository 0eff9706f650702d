// <base offset>.timeindex: entries of 12 bytes, big-endian:
//
//   0 int64  the largest timestamp in the segment so far
//   8 int32  last offset of the batch that has it, less the base offset of the segment
//
// Timestamps grow strictly. An entry goes with each one of the offset index if the timestamp grew since; when a
// segment is rolled or closed a last entry holds the largest timestamp of all. The file is a hint, as .index is, and
// is changed in the same way.

import { type Int64, readInt64, writeInt64 } from '../bytes/int64.ts'
import { IndexFile } from './index-file.ts'
import type { OpenFiles } from './open-files.ts'

export const TIME_ENTRY_BYTES = 12
const NO_TIMESTAMP = -1

export interface TimeEntry {
  timestamp: Int64
  offset: number
}

export function encodeTimeEntry(buffer: Buffer, at: number, baseOffset: number, entry: TimeEntry): void {
  writeInt64(buffer, at, entry.timestamp)
  buffer.writeInt32BE(entry.offset - baseOffset, at + 8)
}

const timestampAt = (buffer: Buffer, at: number): Int64 => readInt64(buffer, at)
const relativeOffsetAt = (buffer: Buffer, at: number): number => buffer.readInt32BE(at + 8)

export function decodeTimeEntry(buffer: Buffer, at: number, baseOffset: number): TimeEntry {
  return { timestamp: timestampAt(buffer, at), offset: baseOffset + relativeOffsetAt(buffer, at) }
}

/** What is wrong with the bytes of a time index by themselves: a line per fault. Zeroes at the end are padding. */
export function checkTimeIndex(bytes: Buffer, baseOffset: number): string[] {
  const faults: string[] = []
  if (bytes.length % TIME_ENTRY_BYTES !== 0) faults.push(`${bytes.length} bytes are not whole entries`)
  let last: TimeEntry | null = null
  for (let at = 0; at + TIME_ENTRY_BYTES <= bytes.length; at += TIME_ENTRY_BYTES) {
    const entry = decodeTimeEntry(bytes, at, baseOffset)
    if (entry.timestamp === 0 && entry.offset === baseOffset && at > 0) {
      if (bytes.subarray(at).some((byte) => byte !== 0))
        faults.push(`entry at ${at} is empty, but others follow`)
      break
    }
    if (entry.offset < baseOffset) faults.push(`entry at ${at} is negative`)
    if (last !== null && (entry.timestamp <= last.timestamp || entry.offset <= last.offset)) {
      faults.push(`entry at ${at} is not above the one before it`)
    }
    last = entry
  }
  return faults
}

/** The time index of one segment. */
export class TimeIndex {
  readonly file: IndexFile
  readonly #baseOffset: number
  #last: TimeEntry | null = null

  constructor(openFiles: OpenFiles, path: string, baseOffset: number) {
    this.file = new IndexFile(openFiles, path, TIME_ENTRY_BYTES)
    this.#baseOffset = baseOffset
  }

  /** The last entry; timestamp -1 at the base offset when there is none. */
  get last(): TimeEntry {
    this.#last ??= this.entry(this.file.count - 1)
    return this.#last
  }

  /** The entry in the slot; timestamp -1 at the base offset for -1. */
  entry(slot: number): TimeEntry {
    if (slot < 0) return { timestamp: NO_TIMESTAMP, offset: this.#baseOffset }
    return decodeTimeEntry(this.file.read(slot, 1), 0, this.#baseOffset)
  }

  /** Whether only the place for the entry of the roll is left. */
  isFull(maxBytes: number): boolean {
    return this.file.count >= Math.floor(maxBytes / TIME_ENTRY_BYTES) - 1
  }

  /** Adds an entry if the timestamp is above the last one. */
  maybeAppend(timestamp: Int64, offset: number): void {
    if (timestamp <= this.last.timestamp) return
    const entry = { timestamp, offset }
    this.file.append((buffer, at) => encodeTimeEntry(buffer, at, this.#baseOffset, entry))
    this.#last = entry
  }

  /** The last entry at or before the timestamp; the base offset when there is none. */
  lookup(timestamp: Int64): TimeEntry {
    return this.entry(this.file.floor(timestamp, timestampAt))
  }

  /** Keeps the first `count` entries. */
  keep(count: number): void {
    this.file.truncate(count)
    this.#last = null
  }

  /** Forgets the entries at and after the offset. */
  truncateTo(offset: number): void {
    this.keep(this.file.floor(offset - this.#baseOffset - 1, relativeOffsetAt) + 1)
  }

  /** Whether its last entry can belong to this segment. */
  isPlausible(): boolean {
    return this.file.count === 0 || (this.last.offset >= this.#baseOffset && this.last.timestamp >= 0)
  }

  reset(): void {
    this.file.reset()
    this.#last = null
  }
}
