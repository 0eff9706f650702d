import type { Int64 } from '../bytes/int64.ts'
import { maxTimestamp, partitionLeaderEpoch } from '../records/batch.ts'
import { readRecords } from '../records/record.ts'
import { toLogOffset } from './log-offsets.ts'
import type { Segment } from './segment.ts'

/** A record found by its timestamp. */
export interface FoundTimestamp {
  offset: number
  timestamp: Int64
  leaderEpoch: number
}

/** The first record at or after `from` whose timestamp is at least `timestamp`. */
export function findTimestamp(
  segments: readonly Segment[],
  timestamp: Int64,
  from: number,
): FoundTimestamp | null {
  for (const segment of segments) {
    if (segment.largest.timestamp < timestamp) continue
    const entry = segment.timeIndex.lookup(timestamp)
    const position = segment.positionOf(Math.max(entry.offset, from))
    if (position < 0) continue
    const found = searchRecords(segment, position, (t, offset) => t >= timestamp && offset >= from, timestamp)
    // The record that reaches so far may have been deleted; a later segment has another one.
    if (found !== null) return found
  }
  return null
}

/** The first record with the largest timestamp of all; null in an empty log. */
export function findLargestTimestamp(segments: readonly Segment[]): FoundTimestamp | null {
  let best: Segment | null = null
  for (const segment of segments) {
    if (segment.sizeInBytes > 0 && (best === null || segment.largest.timestamp > best.largest.timestamp))
      best = segment
  }
  if (best === null || best.largest.timestamp < 0) return null
  const { timestamp, offset } = best.largest
  const position = best.positionOf(offset)
  return position < 0 ? null : searchRecords(best, position, (t) => t === timestamp, timestamp)
}

/** The first record that fits, in batches that reach `timestamp`; those are read whole and unpacked. */
function searchRecords(
  segment: Segment,
  position: number,
  isFound: (timestamp: Int64, offset: number) => boolean,
  timestamp: Int64,
): FoundTimestamp | null {
  const headers = segment.scan(position)
  while (headers.next()) {
    if (maxTimestamp(headers.buffer, headers.at) < timestamp) continue
    const { buffer, at } = segment.batchAt(headers.position)
    for (const record of readRecords(buffer, at)) {
      const offset = toLogOffset(record.offset)
      if (!isFound(record.timestamp, offset)) continue
      return {
        offset,
        timestamp: record.timestamp,
        leaderEpoch: partitionLeaderEpoch(buffer, at),
      }
    }
  }
  return null
}
