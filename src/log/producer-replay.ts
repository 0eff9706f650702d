import { batchSize, isControl } from '../records/batch.ts'
import type { Clock } from './clock.ts'
import { baseOffset } from './log-offsets.ts'
import type { LogSettings } from './log-settings.ts'
import { ProducerState } from './producer-state.ts'
import type { ProducerStore } from './producer-store.ts'
import type { Segment } from './segment.ts'

export interface ReplaySource {
  clock: Clock
  settings: () => LogSettings
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

/** Applies the headers of the batches in [from, to); markers are read whole. The indexes know these transactions. */
export function replayProducers(
  producers: ProducerState,
  segments: readonly Segment[],
  from: number,
  to: number,
): void {
  if (from >= to) return
  const first = segments.findLastIndex((segment) => segment.baseOffset <= from)
  for (const segment of segments.slice(Math.max(0, first))) {
    if (segment.baseOffset >= to) return
    const position = segment.baseOffset >= from ? 0 : segment.positionOf(from)
    if (position < 0) continue
    const scanner = segment.scan(position)
    while (scanner.next()) {
      if (baseOffset(scanner.buffer, scanner.at) >= to) return
      const { buffer, at } = isControl(scanner.buffer, scanner.at)
        ? { buffer: segment.batchAt(scanner.position, scanner.size), at: 0 }
        : scanner
      producers.apply(buffer, at)
    }
  }
}

/** The producers as they were at `offset`: from the last snapshot before it, and the batches since. */
export function producersAt(
  { clock, settings }: ReplaySource,
  store: ProducerStore,
  segments: readonly Segment[],
  startOffset: number,
  offset: number,
): ProducerState {
  const producers = new ProducerState(clock)
  const from = store.load(producers, startOffset, offset)
  producers.expire(settings().producerIdExpirationMs)
  replayProducers(producers, segments, from ?? startOffset, offset)
  return producers
}
