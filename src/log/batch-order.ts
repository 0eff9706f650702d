// The base offset of a batch is not covered by its CRC: it is set when the CRC has long been computed. What protects it
// is its neighbours. Offsets always grow; and where nothing was compacted, each batch starts where the one before it ends.

import { BATCH_OVERHEAD } from '../records/batch.ts'
import type { BatchScanner } from './batch-scanner.ts'
import type { ReadableFile } from './files.ts'
import { baseOffset, lastOffset } from './log-offsets.ts'
import { MAX_RELATIVE_OFFSET } from './offset-index.ts'

/** What is known of the segment that the batches are in. */
export interface SegmentBounds {
  readonly baseOffset: number
  /** The base offset of the segment after it; null for the last one. */
  readonly nextBaseOffset: number | null
  /** Whether compaction may have removed batches. */
  readonly mayHaveGaps: boolean
}

/** Why the batch that the scanner is at cannot follow one that ends at `end`; null when it can. */
export function offsetFault(
  { buffer, at, position, size }: BatchScanner,
  file: ReadableFile,
  end: number,
  bounds: SegmentBounds,
): string | null {
  const first = baseOffset(buffer, at)
  const last = lastOffset(buffer, at)
  const fault = `its offset is ${first}, and the batch before it ends at ${end}`
  if (first < end || last - bounds.baseOffset > MAX_RELATIVE_OFFSET) return fault
  if (bounds.nextBaseOffset !== null && last >= bounds.nextBaseOffset) return fault
  if (first === end || bounds.mayHaveGaps) return null
  const header = Buffer.allocUnsafe(BATCH_OVERHEAD)
  const isLast = file.read(header, 0, BATCH_OVERHEAD, position + size) < BATCH_OVERHEAD
  // A gap may date from a time when the topic was compacted, but never in the segment that grows.
  if (isLast) return bounds.nextBaseOffset === null ? fault : null
  const next = baseOffset(header, 0)
  return next >= end && next <= last ? fault : null
}
