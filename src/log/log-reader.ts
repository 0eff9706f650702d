import { endOfBatch, lastStart, type Place, startOfOffset } from './batch-search.ts'
import { EMPTY_FILE_SLICE, type FileSlice, SegmentSlice, type SlicePart } from './file-slice.ts'
import { lastOffset } from './log-offsets.ts'
import type { PartitionReport } from './recovery-report.ts'
import type { Segment } from './segment.ts'
import type { SegmentList } from './segment-list.ts'
import { isCorruptBatch } from './storage-error.ts'

/** Places remembered per partition: as many consumers can follow it without a search. */
const PLACES = 8
/** Bytes whose CRCs are compared for one read: a read must not hold the event loop. */
const CHECKED_AT_ONCE = 1024 * 1024

export interface ReadOptions {
  /** Batches at and after this offset are not given; the high watermark without it. */
  upTo?: number
  /** Whether a first batch larger than the limit is given all the same; true without it. */
  minOneBatch?: boolean
}

/** What a read asks for. */
export interface ReadRange extends Required<ReadOptions> {
  readonly from: number
  readonly maxBytes: number
}

/** A batch that starts with `offset` starts at `position`, or will. */
interface SegmentPlace extends Place {
  readonly segment: Segment
}

/** Finds whole batches in segments, and remembers where readers stopped. */
export class LogReader {
  readonly #report: PartitionReport
  #places: SegmentPlace[] = []
  #nextPlace = 0
  /** Where the last append went: the first place where those who wait at the end will look. */
  #tail: SegmentPlace | null = null

  constructor(report: PartitionReport) {
    this.#report = report
  }

  noteAppend(segment: Segment, offset: number, position: number): void {
    this.#tail = { segment, offset, position }
  }

  /** Forgets all places; needed whenever bytes move or go. */
  forget(): void {
    this.#places = []
    this.#nextPlace = 0
    this.#tail = null
  }

  /**
   * Batches of one segment of a log that ends at `endOffset`, from the one with `from` in it, up to `maxBytes` and
   * before the offset `upTo`. A first batch larger than `maxBytes` is given only with `minOneBatch`. No bytes are read
   * but headers, and batches whose CRCs were not compared yet.
   */
  slice(segments: SegmentList, endOffset: number, range: ReadRange): FileSlice {
    if (range.from >= range.upTo) return EMPTY_FILE_SLICE
    const { all } = segments
    for (let index = segments.indexOf(range.from); index < all.length; index++) {
      const segment = all[index]!
      try {
        const slice = this.#sliceOf(segment, all[index + 1]?.baseOffset ?? endOffset, range)
        if (slice !== null) return slice
      } catch (error) {
        throw this.#report.explained(segment.path, error)
      }
    }
    return EMPTY_FILE_SLICE
  }

  /** Null when the segment has nothing from `range.from` on. */
  #sliceOf(segment: Segment, nextOffset: number, range: ReadRange): FileSlice | null {
    const position = this.#find(segment, range.from)
    if (position < 0 || position >= segment.sizeInBytes) return null
    const wanted = endOfRange(segment, position, nextOffset, range)
    if (wanted.position <= position) return EMPTY_FILE_SLICE
    const part = checkedPart(segment, position, wanted)
    this.#remember(segment, part.end)
    return new SegmentSlice(segment, position, part)
  }

  #find(segment: Segment, from: number): number {
    if (this.#tail?.offset === from && this.#tail.segment === segment) return this.#tail.position
    for (const place of this.#places) {
      if (place.offset === from && place.segment === segment) return place.position
    }
    return segment.positionOf(from)
  }

  #remember(segment: Segment, { offset, position }: Place): void {
    if (offset < 0) return
    this.#places[this.#nextPlace] = { segment, offset, position }
    this.#nextPlace = (this.#nextPlace + 1) % PLACES
  }
}

/** Where a read from `position` ends; `nextOffset` is the first offset that the segment does not have. */
function endOfRange(segment: Segment, position: number, nextOffset: number, range: ReadRange): Place {
  const { upTo, maxBytes, minOneBatch } = range
  const end =
    upTo < nextOffset
      ? startOfOffset(segment, position, upTo)
      : { position: segment.sizeInBytes, offset: nextOffset }
  if (end.position - position <= maxBytes) return end
  const fitting = lastStart(segment, position, position + maxBytes)
  if (fitting.position > position || !minOneBatch) return fitting
  return endOfBatch(segment, position)
}

/** How far the CRCs of the batches are right, as far as they are compared here; throws if the first is not. */
function checkedPart(segment: Segment, position: number, end: Place): SlicePart {
  const from = segment.checked.uncheckedFrom(position)
  const to = Math.min(end.position, segment.checked.uncheckedTo)
  if (from >= to) return { end, checkedBytes: 0, isCutShort: false }
  const scanner = segment.scan(from, true)
  let good: Place = { position: from, offset: -1 }
  let isGood = true
  try {
    while (good.position < to && good.position - from < CHECKED_AT_ONCE && scanner.next()) {
      good = {
        position: scanner.position + scanner.size,
        offset: lastOffset(scanner.buffer, scanner.at) + 1,
      }
    }
  } catch (error) {
    if (!isCorruptBatch(error) || good.position === position) throw error
    isGood = false
  }
  segment.checked.note(from, good.position)
  const checkedBytes = good.position - from
  return good.position >= to
    ? { end, checkedBytes, isCutShort: false }
    : { end: good, checkedBytes, isCutShort: isGood }
}
