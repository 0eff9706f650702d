import { batchSize, isControl } from '../records/batch.ts'
import type { Clock } from './clock.ts'
import { baseOffset } from './log-offsets.ts'
import type { LogSettings } from './log-settings.ts'
import { ProducerState } from './producer-state.ts'
import type { ProducerStore } from './producer-store.ts'
import type { PartitionReport } from './recovery-report.ts'
import type { Segment } from './segment.ts'
import { isCorruptBatch } from './storage-error.ts'

export interface ReplaySource {
  readonly clock: Clock
  readonly settings: () => LogSettings
  readonly report: PartitionReport
}

/** Notes the batches of `buffer` from `at` to `to`, which are in the segment, with the transactions that they end. */
export function applyBatches(
  producers: ProducerState,
  segment: Segment,
  buffer: Buffer,
  at = 0,
  to = buffer.length,
): void {
  for (let next = at; next < to; next += batchSize(buffer, next)) {
    const ended = producers.apply(buffer, next)
    if (ended?.isAborted) segment.transactionIndex.append(ended)
  }
}

/**
 * Applies the headers of the batches in [from, to); markers are read whole. The indexes know these transactions. What
 * comes after a damaged header in a segment is passed over.
 */
function replayProducers(
  producers: ProducerState,
  segments: readonly Segment[],
  from: number,
  to: number,
  report: PartitionReport,
): void {
  if (from >= to) return
  const first = segments.findLastIndex((segment) => segment.baseOffset <= from)
  for (const segment of segments.slice(Math.max(0, first))) {
    if (segment.baseOffset >= to) return
    try {
      replaySegment(producers, segment, from, to)
    } catch (error) {
      if (!isCorruptBatch(error)) throw error
      report.damaged(segment.path, error.message)
    }
  }
}

function replaySegment(producers: ProducerState, segment: Segment, from: number, to: number): void {
  const position = segment.baseOffset >= from ? 0 : segment.positionOf(from)
  if (position < 0) return
  const scanner = segment.scan(position)
  while (scanner.next()) {
    if (baseOffset(scanner.buffer, scanner.at) >= to) return
    if (isControl(scanner.buffer, scanner.at))
      producers.apply(segment.batchAt(scanner.position, scanner.size), 0)
    else producers.apply(scanner.buffer, scanner.at)
  }
}

/** The producers as they were at `offset`: from the last snapshot before it, and the batches since. */
export function producersAt(
  { clock, settings, report }: ReplaySource,
  store: ProducerStore,
  segments: readonly Segment[],
  startOffset: number,
  offset: number,
): ProducerState {
  const producers = new ProducerState(clock)
  const from = store.load(producers, startOffset, offset)
  producers.expire(settings().producerIdExpirationMs)
  replayProducers(producers, segments, from ?? startOffset, offset, report)
  return producers
}

/** Takes the producers back to what they were at the end of a log that was cut. */
export function resetProducers(
  producers: ProducerState,
  store: ProducerStore,
  segments: readonly Segment[],
  { startOffset, endOffset }: { readonly startOffset: number; readonly endOffset: number },
  report: PartitionReport,
): void {
  producers.clear()
  store.keepBetween(startOffset, endOffset)
  const from = store.load(producers, startOffset, endOffset)
  replayProducers(producers, segments, from ?? startOffset, endOffset, report)
}
