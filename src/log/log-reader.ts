import { BATCH_OVERHEAD, batchSize, CURRENT_MAGIC, computeCrc, magic, storedCrc } from '../records/batch.ts'
import { baseOffset, lastOffset } from './log-offsets.ts'
import { EMPTY_SLICE, type ReadBuffers, type Slice } from './read-buffers.ts'
import type { PartitionReport } from './recovery-report.ts'
import type { Segment } from './segment.ts'
import { StorageError } from './storage-error.ts'

/** Places remembered per partition: as many consumers can follow it without a search. */
const PLACES = 8

export interface ReadOptions {
  /** Batches at and after this offset are not given; the high watermark without it. */
  upTo?: number
  /** Whether a first batch larger than the limit is given all the same; true without it. */
  minOneBatch?: boolean
}

/** A batch that starts with `offset` starts at `position`, or will. */
interface Place {
  segment: Segment
  offset: number
  position: number
}

/** Reads whole batches out of segments, and remembers where readers stopped. */
export class LogReader {
  readonly #buffers: ReadBuffers
  readonly #report: PartitionReport
  #places: Place[] = []
  #nextPlace = 0
  /** Where the last append went: the first place where those who wait at the end will look. */
  #tail: Place | null = null

  constructor(buffers: ReadBuffers, report: PartitionReport) {
    this.#buffers = buffers
    this.#report = report
  }

  noteAppend(segment: Segment, offset: number, position: number): void {
    if (this.#tail === null) this.#tail = { segment, offset, position }
    this.#tail.segment = segment
    this.#tail.offset = offset
    this.#tail.position = position
  }

  /** Forgets all places; needed whenever bytes move or go. */
  forget(): void {
    this.#places = []
    this.#nextPlace = 0
    this.#tail = null
  }

  /**
   * Batches of the segment, from the one with `from` in it, up to `maxBytes` and before the offset `upTo`. A first
   * batch larger than `maxBytes` is given only with `minOneBatch`. Null when the segment has nothing at or after `from`.
   */
  read(segment: Segment, from: number, maxBytes: number, upTo: number, minOneBatch: boolean): Slice | null {
    try {
      return this.#read(segment, from, maxBytes, upTo, minOneBatch)
    } catch (error) {
      throw this.#report.explained(segment.path, error)
    }
  }

  #read(segment: Segment, from: number, maxBytes: number, upTo: number, minOneBatch: boolean): Slice | null {
    const position = this.#find(segment, from)
    if (position < 0 || position >= segment.sizeInBytes) return null
    const slice = this.#readAt(segment, position, maxBytes, upTo)
    if (slice.records.length > 0 || !minOneBatch) return this.#remember(segment, position, slice)
    const scanner = segment.scan(position)
    if (!scanner.next() || baseOffset(scanner.buffer, scanner.at) >= upTo) return slice
    return this.#remember(segment, position, this.#readAt(segment, position, scanner.size, upTo))
  }

  #find(segment: Segment, from: number): number {
    if (this.#tail?.offset === from && this.#tail.segment === segment) return this.#tail.position
    for (const place of this.#places) {
      if (place.offset === from && place.segment === segment) return place.position
    }
    return segment.positionOf(from)
  }

  #remember(segment: Segment, position: number, slice: Slice): Slice {
    const { records } = slice
    if (records.length === 0) return slice
    let last = 0
    for (let at = 0; at < records.length; at += batchSize(records, at)) last = at
    this.#places[this.#nextPlace] = {
      segment,
      offset: lastOffset(records, last) + 1,
      position: position + records.length,
    }
    this.#nextPlace = (this.#nextPlace + 1) % PLACES
    return slice
  }

  #readAt(segment: Segment, position: number, maxBytes: number, upTo: number): Slice {
    const wanted = Math.min(maxBytes, segment.sizeInBytes - position)
    if (wanted < BATCH_OVERHEAD) return EMPTY_SLICE
    return this.#buffers.take(wanted, (buffer, start) => {
      const end = start + segment.read(buffer, start, wanted, position)
      const needsCheck = segment.checked.needsCheck(position, position + wanted)
      let at = start
      while (end - at >= BATCH_OVERHEAD) {
        const size = batchSize(buffer, at)
        const isWhole = size <= end - at
        const isBatch =
          magic(buffer, at) === CURRENT_MAGIC &&
          size >= BATCH_OVERHEAD &&
          (!needsCheck || !isWhole || computeCrc(buffer, at) === storedCrc(buffer, at))
        if (!isBatch) {
          // What comes before is good; the next read begins here and says so.
          if (at > start) break
          // Throws what is wrong with it.
          segment.scan(position, true).next()
          throw new StorageError('BATCH_CORRUPT', `'${segment.path}' at position ${position}: not a batch`)
        }
        if (!isWhole || baseOffset(buffer, at) >= upTo) break
        at += size
      }
      if (needsCheck) segment.checked.note(position, position + at - start)
      return at - start
    })
  }
}
