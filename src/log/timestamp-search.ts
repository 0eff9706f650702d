// Looking for a record by its timestamp: the indexes say which batch to look into. That may mean to decompress it, which
// is left to the caller.

import { type Int64, maxInt64 } from '../bytes/int64.ts'
import { maxTimestamp } from '../records/batch.ts'
import { lastOffset } from './log-offsets.ts'
import type { PartitionReport } from './recovery-report.ts'
import type { Segment } from './segment.ts'

/** The first batch with a record at or after `from` whose largest timestamp is at least `timestamp`; a copy. */
export function findReaching(
  segments: readonly Segment[],
  timestamp: Int64,
  from: number,
  report: PartitionReport,
): Buffer | null {
  for (const segment of segments) {
    if (segment.largest.timestamp < timestamp) continue
    const batch = reporting(report, segment, () => findIn(segment, timestamp, from))
    // The record that reaches so far may have been deleted; a later segment has another one.
    if (batch !== null) return batch
  }
  return null
}

function findIn(segment: Segment, timestamp: Int64, from: number): Buffer | null {
  const entry = segment.timeIndex.lookup(timestamp)
  const position = segment.positionOf(Math.max(entry.offset, from))
  return position < 0 ? null : firstReaching(segment, position, timestamp, from)
}

function reporting<T>(report: PartitionReport, segment: Segment, search: () => T): T {
  try {
    return search()
  } catch (error) {
    throw report.explained(segment.path, error)
  }
}

function firstReaching(segment: Segment, position: number, timestamp: Int64, from: number): Buffer | null {
  const headers = segment.scan(position)
  while (headers.next()) {
    if (maxTimestamp(headers.buffer, headers.at) < timestamp) continue
    if (lastOffset(headers.buffer, headers.at) < from) continue
    return segment.batchAt(headers.position, headers.size)
  }
  return null
}

/** The largest timestamp of all records; -1 when no record has one. */
export function largestTimestamp(segments: readonly Segment[]): Int64 {
  let largest: Int64 = -1
  for (const segment of segments) {
    if (segment.sizeInBytes > 0) largest = maxInt64(largest, segment.largest.timestamp)
  }
  return largest
}
