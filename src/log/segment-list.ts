import { subtractInt64, toSafeNumber } from '../bytes/int64.ts'
import { maxTimestamp } from '../records/batch.ts'
import type { Clock } from './clock.ts'
import type { LogSettings } from './log-settings.ts'
import type { OpenFiles } from './open-files.ts'
import type { PartitionReport } from './recovery-report.ts'
import { Segment } from './segment.ts'

export interface SegmentSource {
  openFiles: OpenFiles
  folder: string
  settings: () => LogSettings
  report: PartitionReport
  clock: Clock
  /** Numbers in [0, 1). */
  random: () => number
}

/** Makes a segment of the folder; its files need not exist. */
export function makeSegment(source: SegmentSource, baseOffset: number, hasTransactionIndex = false): Segment {
  const { openFiles, folder, settings, report, clock } = source
  const { segmentJitterMs, segmentMs } = settings()
  const maxJitterMs = Math.min(segmentJitterMs, toSafeNumber(segmentMs))
  const rollJitterMs = maxJitterMs > 0 ? Math.floor(source.random() * maxJitterMs) : 0
  return new Segment(openFiles, folder, baseOffset, {
    settings,
    report,
    clock,
    rollJitterMs,
    hasTransactionIndex,
  })
}

/** The segments of a log by base offset; there is always one, and the last is the one that grows. */
export class SegmentList {
  readonly all: Segment[]
  readonly #source: SegmentSource

  constructor(source: SegmentSource, segments: Segment[]) {
    this.#source = source
    this.all = segments
  }

  get active(): Segment {
    return this.all[this.all.length - 1]!
  }

  get first(): Segment {
    return this.all[0]!
  }

  get sizeInBytes(): number {
    let sum = 0
    for (const segment of this.all) sum += segment.sizeInBytes
    return sum
  }

  /** Place of the segment that the offset belongs to. */
  indexOf(offset: number): number {
    // Writers and most readers are at the end.
    if (offset >= this.active.baseOffset) return this.all.length - 1
    let low = 0
    let high = this.all.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.all[middle]!.baseOffset <= offset) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }

  /** The segment that the offset belongs to and those after it. */
  from(offset: number): Segment[] {
    return this.all.slice(this.indexOf(offset))
  }

  /** Whether a new segment must be started for these records; the rule is that of Kafka's LogSegment.shouldRoll. */
  needsRoll(records: Buffer, lastOffset: number): boolean {
    const settings = this.#source.settings()
    const { active } = this
    if (active.sizeInBytes === 0) return false
    if (active.sizeInBytes > settings.segmentBytes - records.length || !active.canHold(lastOffset))
      return true
    if (active.hasFullIndex()) return true
    const waitedMs = active.waitedMs(maxTimestamp(records, 0))
    return waitedMs > subtractInt64(settings.segmentMs, active.rollJitterMs)
  }

  /** Starts a new segment at the offset. */
  add(baseOffset: number): void {
    const segment = makeSegment(this.#source, baseOffset)
    try {
      segment.create()
    } catch (error) {
      segment.release()
      throw error
    }
    this.all.push(segment)
  }

  /** Removes the first segment with its files; gives its base offset. A segment stays in the list until they are gone. */
  removeFirst(): number {
    const { first } = this
    first.remove()
    this.all.shift()
    return first.baseOffset
  }

  /** As removeFirst, for the last segment. */
  removeLast(): number {
    const { active } = this
    active.remove()
    this.all.pop()
    return active.baseOffset
  }

  /** Closes the files. */
  release(): void {
    for (const segment of this.all) segment.release()
  }
}
