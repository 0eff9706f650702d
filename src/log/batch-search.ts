// Where batches start in a segment, found through the offset index and a short walk over batch headers. A walk that
// meets bytes which are no batch ends there: what comes before them can be read, and the next read reports them.
import { type BatchScanner, SMALL_CHUNK } from './batch-scanner.ts'
import { baseOffset, lastOffset } from './log-offsets.ts'
import type { OffsetEntry } from './offset-index.ts'
import type { Segment } from './segment.ts'
import { isCorruptBatch } from './storage-error.ts'

/** A place between two batches, and the offset that comes next; -1 when that is not known. */
export interface Place {
  readonly position: number
  readonly offset: number
}

/** A range of fewer batches is walked without the index: a step costs less than a search. */
const FEW_BATCHES = 4

/** The last place up to `limit` where a batch starts; one starts at `from`, which is not after the limit. */
export function lastStart(segment: Segment, from: number, limit: number): Place {
  const first = segment.scan(from, false, SMALL_CHUNK)
  if (hasNext(first, from) && first.size > (limit - from) / FEW_BATCHES) return walk(first, from, limit)
  return walk(scanNear(segment, from, segment.offsetIndex.lookupPosition(limit)), from, limit)
}

function walk(scanner: BatchScanner, from: number, limit: number): Place {
  let found: Place = { position: from, offset: -1 }
  let isBatch = scanner.size > 0 || hasNext(scanner, from)
  while (isBatch && scanner.position <= limit) {
    found = { position: scanner.position, offset: baseOffset(scanner.buffer, scanner.at) }
    isBatch = hasNext(scanner, from)
  }
  return isBatch || scanner.position > limit ? found : { position: scanner.position, offset: -1 }
}

/** The first place from `from` on where a batch starts that has only offsets from `offset` on; or the end. */
export function startOfOffset(segment: Segment, from: number, offset: number): Place {
  const scanner = scanNear(segment, from, segment.offsetIndex.lookup(offset))
  let isBatch = scanner.size > 0 || hasNext(scanner, from)
  while (isBatch && baseOffset(scanner.buffer, scanner.at) < offset) isBatch = hasNext(scanner, from)
  return { position: scanner.position, offset: isBatch ? baseOffset(scanner.buffer, scanner.at) : -1 }
}

/** The place after the batch that starts at `position`. */
export function endOfBatch(segment: Segment, position: number): Place {
  const scanner = segment.scan(position)
  scanner.next()
  return { position: position + scanner.size, offset: lastOffset(scanner.buffer, scanner.at) + 1 }
}

/** The offset after the last batch; the base offset of the segment when there is none. */
export function findEndOffset(segment: Segment): number {
  const scanner = segment.scanFrom(segment.offsetIndex.last)
  let end = segment.baseOffset
  do {
    if (scanner.size > 0) end = lastOffset(scanner.buffer, scanner.at) + 1
  } while (scanner.next())
  return end
}

/** A scan from an index entry after `from`, on whose batch it stands, or from there. */
function scanNear(segment: Segment, from: number, entry: OffsetEntry): BatchScanner {
  if (entry.position > from) {
    const scanner = segment.scanFrom(entry)
    if (scanner.position > from) return scanner
  }
  return segment.scan(from)
}

/** Goes to the next batch; false at the end of the segment, and at bytes after `from` that are no batch. */
function hasNext(scanner: BatchScanner, from: number): boolean {
  try {
    return scanner.next()
  } catch (error) {
    if (!isCorruptBatch(error) || scanner.position <= from) throw error
    return false
  }
}
