import { type Int64, subtractInt64 } from '../bytes/int64.ts'
import type { LogSettings } from './log-settings.ts'
import type { Segment } from './segment.ts'

/**
 * How many segments at the start of the log have to go: those wholly before the start offset, those older than
 * retention.ms, and those that retention.bytes has no room for. All of them may be meant, the active one too.
 */
export function countExpired(
  segments: readonly Segment[],
  startOffset: number,
  settings: LogSettings,
  nowMs: number,
): number {
  let count = 0
  // The log start offset is a promise whatever the policy says.
  while (count + 1 < segments.length && segments[count + 1]!.baseOffset <= startOffset) count++
  if (!settings.isDeletedByAge) return count
  count = Math.max(count, countTooOld(segments, settings.retentionMs, nowMs))
  return Math.max(count, countTooMany(segments, settings.retentionBytes))
}

/** An empty last segment has nothing to remove. */
const isRemovable = (segments: readonly Segment[], i: number): boolean =>
  i < segments.length - 1 || segments[i]!.sizeInBytes > 0

function countTooOld(segments: readonly Segment[], retentionMs: Int64, nowMs: number): number {
  if (retentionMs < 0) return 0
  let count = 0
  while (count < segments.length && isRemovable(segments, count)) {
    if (subtractInt64(nowMs, segments[count]!.ageTimestamp) <= retentionMs) break
    count++
  }
  return count
}

function countTooMany(segments: readonly Segment[], retentionBytes: number): number {
  if (retentionBytes < 0) return 0
  let excess = segments.reduce((sum, segment) => sum + segment.sizeInBytes, 0) - retentionBytes
  let count = 0
  while (count < segments.length && isRemovable(segments, count)) {
    excess -= segments[count]!.sizeInBytes
    if (excess < 0) break
    count++
  }
  return count
}
