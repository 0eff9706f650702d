// What to do after a failed fsync. Linux marks pages that it could not write as clean: the next fsync succeeds although
// the disk does not hold them, and they may be dropped from memory at any time. So everything since the last good sync
// is read again, its CRCs are compared, and it is written once more, which makes the next fsync mean what it says. A CRC
// that differs shows that bytes are gone; then only recovery at the next start is left.

import { lastOffset } from './log-offsets.ts'
import type { SegmentList } from './segment-list.ts'

/** Checks and writes again about `maxBytes` of records from the offset on; returns the offset after them. */
export function rewriteFrom(segments: SegmentList, from: number, maxBytes: number): number {
  let next = from
  let left = maxBytes
  for (const segment of segments.from(from)) {
    const position = segment.baseOffset >= next ? 0 : segment.positionOf(next)
    if (position < 0) continue
    const scanner = segment.scan(position, true)
    while (scanner.next()) {
      segment.writeAgain(scanner.buffer, scanner.at, scanner.size, scanner.position)
      next = lastOffset(scanner.buffer, scanner.at) + 1
      left -= scanner.size
      if (left <= 0) return next
    }
  }
  return next
}
