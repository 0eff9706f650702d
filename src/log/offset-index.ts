// <base offset>.index: entries of 8 bytes, big-endian:
//
//   0 int32  last offset of a batch, less the base offset of the segment
//   4 int32  where in the .log file that batch starts
//
// Both grow. The first batch of a segment has no entry; then there is one about every index.interval.bytes. The file
// is a hint: if it is missing or makes no sense it is built again from the log.
//
// The format has no version. To change it: give the file a new suffix, read both, write the new one, and rebuild from
// the log where only the old one exists.

import { IndexFile } from './index-file.ts'
import type { OpenFiles } from './open-files.ts'

export const OFFSET_ENTRY_BYTES = 8
/** Offsets of a segment must differ by at most this from its base offset. */
export const MAX_RELATIVE_OFFSET = 0x7fff_ffff

export interface OffsetEntry {
  offset: number
  position: number
}

export function encodeOffsetEntry(buffer: Buffer, at: number, baseOffset: number, entry: OffsetEntry): void {
  buffer.writeInt32BE(entry.offset - baseOffset, at)
  buffer.writeInt32BE(entry.position, at + 4)
}

export function decodeOffsetEntry(buffer: Buffer, at: number, baseOffset: number): OffsetEntry {
  return { offset: baseOffset + buffer.readInt32BE(at), position: buffer.readInt32BE(at + 4) }
}

/** What is wrong with the bytes of an offset index by themselves: a line per fault. Zeroes at the end are padding. */
export function checkOffsetIndex(bytes: Buffer, baseOffset: number): string[] {
  const faults: string[] = []
  if (bytes.length % OFFSET_ENTRY_BYTES !== 0) faults.push(`${bytes.length} bytes are not whole entries`)
  let last: OffsetEntry | null = null
  for (let at = 0; at + OFFSET_ENTRY_BYTES <= bytes.length; at += OFFSET_ENTRY_BYTES) {
    const entry = decodeOffsetEntry(bytes, at, baseOffset)
    if (entry.offset === baseOffset && entry.position === 0) {
      if (bytes.subarray(at).some((byte) => byte !== 0))
        faults.push(`entry at ${at} is empty, but others follow`)
      break
    }
    if (entry.offset < baseOffset || entry.position < 0) faults.push(`entry at ${at} is negative`)
    if (last !== null && (entry.offset <= last.offset || entry.position <= last.position)) {
      faults.push(`entry at ${at} is not above the one before it`)
    }
    last = entry
  }
  return faults
}

const positionAt = (buffer: Buffer, at: number): number => buffer.readInt32BE(at + 4)
const relativeOffsetAt = (buffer: Buffer, at: number): number => buffer.readInt32BE(at)

/** The offset index of one segment. */
export class OffsetIndex {
  readonly file: IndexFile
  readonly #baseOffset: number
  #last: OffsetEntry | null = null

  constructor(openFiles: OpenFiles, path: string, baseOffset: number) {
    this.file = new IndexFile(openFiles, path, OFFSET_ENTRY_BYTES)
    this.#baseOffset = baseOffset
  }

  /** The last entry; that of the start of the segment when there is none. */
  get last(): OffsetEntry {
    this.#last ??= this.entry(this.file.count - 1)
    return this.#last
  }

  /** The entry in the slot; that of the start of the segment for -1. */
  entry(slot: number): OffsetEntry {
    if (slot < 0) return { offset: this.#baseOffset, position: 0 }
    return decodeOffsetEntry(this.file.read(slot, 1), 0, this.#baseOffset)
  }

  isFull(maxBytes: number): boolean {
    return this.file.count >= Math.floor(maxBytes / OFFSET_ENTRY_BYTES)
  }

  append(offset: number, position: number): void {
    this.file.append((buffer, at) => {
      buffer.writeInt32BE(offset - this.#baseOffset, at)
      buffer.writeInt32BE(position, at + 4)
    })
    this.#last = { offset, position }
  }

  /** The last entry at or before the offset: a scan from there meets the batch with this offset. */
  lookup(offset: number): OffsetEntry {
    return this.entry(this.file.floor(offset - this.#baseOffset, relativeOffsetAt))
  }

  /** Keeps the first `count` entries. */
  keep(count: number): void {
    this.file.truncate(count)
    this.#last = null
  }

  /** The last entry of a batch that starts at or before the position. */
  lookupPosition(position: number): OffsetEntry {
    return this.entry(this.file.floor(position, positionAt))
  }

  /** Forgets the entries at and after the offset. */
  truncateTo(offset: number): void {
    this.keep(this.file.floor(offset - this.#baseOffset - 1, relativeOffsetAt) + 1)
  }

  /** Whether its last entry points into a log of this size. */
  isPlausible(logBytes: number): boolean {
    const { offset, position } = this.last
    return this.file.count === 0 || (offset > this.#baseOffset && position > 0 && position < logBytes)
  }

  reset(): void {
    this.file.reset()
    this.#last = null
  }
}
