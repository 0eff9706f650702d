import type { ByteSource } from '../bytes/byte-source.ts'
import type { Place } from './batch-search.ts'
import type { Segment } from './segment.ts'
import { StorageError } from './storage-error.ts'

/**
 * Whole batches in the file of a segment, read when they are needed. They stay readable until `release()`, even if
 * the segment is removed in the meantime.
 */
export interface FileSlice extends ByteSource {
  /** Bytes whose CRCs were compared to find the slice. */
  readonly checkedBytes: number
  /** Whether the reader could have had more, whose CRCs were not compared: it is left for the next read. */
  readonly isCutShort: boolean
  release(): void
}

/** A slice without bytes. */
export const EMPTY_FILE_SLICE: FileSlice = {
  length: 0,
  checkedBytes: 0,
  isCutShort: false,
  copy() {},
  release() {},
}

/** What was found to be readable of a segment. */
export interface SlicePart {
  readonly end: Place
  readonly checkedBytes: number
  readonly isCutShort: boolean
}

export class SegmentSlice implements FileSlice {
  readonly length: number
  readonly checkedBytes: number
  readonly isCutShort: boolean
  readonly #segment: Segment
  readonly #position: number
  readonly #cuts: number
  readonly #release: () => void

  constructor(segment: Segment, position: number, { end, checkedBytes, isCutShort }: SlicePart) {
    this.length = end.position - position
    this.checkedBytes = checkedBytes
    this.isCutShort = isCutShort
    this.#segment = segment
    this.#position = position
    this.#cuts = segment.cuts
    this.#release = segment.retain()
  }

  copy(target: Buffer, at: number, from: number, count: number): void {
    const position = this.#position + from
    const isWhole = this.#segment.cuts === this.#cuts
    if (isWhole && this.#segment.read(target, at, count, position) === count) return
    throw new StorageError(
      'LOG_CORRUPT',
      `'${this.#segment.path}' at ${position}: ${count} bytes to be read are gone`,
    )
  }

  release(): void {
    this.#release()
  }
}
