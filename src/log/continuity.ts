// Whether all records are there that a log should have, as far as its other files tell.

import { findEndOffset } from './batch-search.ts'
import type { EpochStart } from './leader-epochs.ts'
import type { PartitionReport } from './recovery-report.ts'
import type { Segment } from './segment.ts'
import { isCorruptBatch } from './storage-error.ts'

/** Reports records that are missing between segments; with compaction, gaps are nothing unusual. */
export function reportGaps(segments: readonly Segment[], report: PartitionReport): void {
  for (const [i, segment] of segments.slice(0, -1).entries()) {
    const next = segments[i + 1]!
    try {
      const end = findEndOffset(segment)
      if (end >= next.baseOffset) continue
      report.missing(
        segment.path,
        end,
        next.baseOffset,
        `'${segment.path}' ends at ${end}, and the next segment starts at ${next.baseOffset}`,
      )
    } catch (error) {
      if (!isCorruptBatch(error)) throw error
      report.damaged(segment.path, error.message)
    }
  }
}

/** Reports records that are missing at the start: the epochs go back to the first offset that was there. */
export function reportMissingStart(
  first: Segment,
  logStartOffset: number,
  epochs: readonly EpochStart[],
  report: PartitionReport,
): void {
  const oldest = epochs[0]
  if (oldest === undefined) return
  const from = Math.max(oldest.startOffset, logStartOffset)
  const to = first.baseOffset
  if (from >= to) return
  report.missing(
    first.path,
    from,
    to,
    `the first segment starts at ${to}, and leader-epoch-checkpoint goes back to ${from}`,
  )
}

/** An offset that the log must reach, and the file that says so. */
export interface KnownEnd {
  readonly offset: number
  readonly source: string
}

/** Reports records that are missing at the end: `endOffset` is where the log ended, before it was cut. */
export function reportMissingEnd(
  active: Segment,
  endOffset: number,
  known: readonly KnownEnd[],
  report: PartitionReport,
): void {
  const furthest = known.reduce<KnownEnd>((a, b) => (b.offset > a.offset ? b : a), { offset: 0, source: '' })
  if (furthest.offset <= endOffset) return
  const reason = `the log ends at ${endOffset}, and ${furthest.source} has ${furthest.offset}`
  report.missing(active.path, endOffset, furthest.offset, reason)
}
