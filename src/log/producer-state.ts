import { KafkaError } from '../protocol/errors.ts'
import {
  addToSequence,
  baseSequence,
  isControl,
  lastOffset,
  lastOffsetDelta,
  lastSequence,
  maxTimestamp,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  producerEpoch,
  producerId,
} from '../records/batch.ts'
import { type Clock, momentOf } from './clock.ts'
import type { ProducerSnapshotEntry } from './producer-snapshot.ts'

/** As many batches as a Java producer keeps in flight to one partition. */
const BATCHES_KEPT = 5

export interface BatchMetadata {
  lastSequence: number
  lastOffset: number
  offsetDelta: number
  timestamp: number
}

/** What is known of one producer in this partition. */
export interface ProducerEntry {
  producerId: number
  producerEpoch: number
  /** The last batches of this epoch, oldest first; none after a marker. */
  batches: BatchMetadata[]
  lastTimestamp: number
  /** The moment of lastTimestamp, in monotonic time. */
  lastSeenMs: number
  coordinatorEpoch: number
  currentTxnFirstOffset: number
}

const firstSequence = (batch: BatchMetadata): number =>
  batch.lastSequence >= batch.offsetDelta
    ? batch.lastSequence - batch.offsetDelta
    : batch.lastSequence - batch.offsetDelta + 2 ** 31

/** The producers that wrote to a partition: what is a duplicate, what comes out of order. Rules of Kafka's ProducerAppendInfo. */
export class ProducerState {
  readonly #clock: Clock
  readonly #producers = new Map<number, ProducerEntry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#producers.size
  }

  /** The producers, for DescribeProducers. */
  entries(): IterableIterator<ProducerEntry> {
    return this.#producers.values()
  }

  /** The batch that the one at `at` repeats; its sequences are among the last ones of its producer. */
  findDuplicate(buffer: Buffer, at: number): BatchMetadata | null {
    const entry = this.#producers.get(producerId(buffer, at))
    if (entry === undefined || entry.producerEpoch !== producerEpoch(buffer, at)) return null
    const first = baseSequence(buffer, at)
    const last = lastSequence(buffer, at)
    return entry.batches.find((b) => b.lastSequence === last && firstSequence(b) === first) ?? null
  }

  /** Throws INVALID_PRODUCER_EPOCH or OUT_OF_ORDER_SEQUENCE_NUMBER if the batch must not be appended. */
  check(buffer: Buffer, at: number, checkSequence: boolean): void {
    const entry = this.#producers.get(producerId(buffer, at))
    const epoch = producerEpoch(buffer, at)
    const lastEpoch = entry?.producerEpoch ?? NO_PRODUCER_EPOCH
    if (epoch < lastEpoch) {
      throw new KafkaError(
        'INVALID_PRODUCER_EPOCH',
        `producer ${producerId(buffer, at)} sent epoch ${epoch} after epoch ${lastEpoch}`,
      )
    }
    // After retention or expiry took the last trace of a producer, it goes on with any sequence.
    if (entry === undefined) return
    if (!checkSequence) return
    const first = baseSequence(buffer, at)
    if (epoch !== entry.producerEpoch) {
      if (first === 0 || entry.producerEpoch === NO_PRODUCER_EPOCH) return
      throw new KafkaError(
        'OUT_OF_ORDER_SEQUENCE_NUMBER',
        `producer ${entry.producerId} begins epoch ${epoch} with sequence ${first}, not 0`,
      )
    }
    const last = entry.batches.at(-1)?.lastSequence ?? NO_SEQUENCE
    if (entry.producerEpoch === NO_PRODUCER_EPOCH || first === addToSequence(last, 1)) return
    throw new KafkaError(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      `producer ${entry.producerId} sent sequence ${first} after ${last}`,
    )
  }

  /** Notes a batch that is in the log. */
  apply(buffer: Buffer, at: number): void {
    const id = producerId(buffer, at)
    // Markers carry no sequences; what they end is the business of transactions.
    if (id === NO_PRODUCER_ID || isControl(buffer, at)) return
    const epoch = producerEpoch(buffer, at)
    let entry = this.#producers.get(id)
    if (entry === undefined) {
      entry = {
        producerId: id,
        producerEpoch: epoch,
        batches: [],
        lastTimestamp: -1,
        lastSeenMs: 0,
        coordinatorEpoch: -1,
        currentTxnFirstOffset: -1,
      }
      this.#producers.set(id, entry)
    } else if (entry.producerEpoch !== epoch) {
      entry.producerEpoch = epoch
      entry.batches.length = 0
    }
    const { batches } = entry
    // The oldest is written over: this runs for every batch of an idempotent producer.
    const batch =
      batches.length === BATCHES_KEPT
        ? batches.shift()!
        : { lastSequence: 0, lastOffset: 0, offsetDelta: 0, timestamp: 0 }
    batch.lastSequence = lastSequence(buffer, at)
    batch.lastOffset = lastOffset(buffer, at)
    batch.offsetDelta = lastOffsetDelta(buffer, at)
    batch.timestamp = maxTimestamp(buffer, at)
    batches.push(batch)
    entry.lastTimestamp = batch.timestamp
    entry.lastSeenMs = momentOf(this.#clock, batch.timestamp)
  }

  /** Forgets producers that were silent too long, unless they have a transaction open. */
  expire(expirationMs: number): void {
    const nowMs = this.#clock.monotonicMs()
    for (const entry of this.#producers.values()) {
      const isOpen = entry.currentTxnFirstOffset >= 0
      if (!isOpen && nowMs - entry.lastSeenMs >= expirationMs) this.#producers.delete(entry.producerId)
    }
  }

  clear(): void {
    this.#producers.clear()
  }

  /** What a snapshot holds. */
  snapshot(): ProducerSnapshotEntry[] {
    return [...this.#producers.values()].map((entry) => {
      const last = entry.batches.at(-1)
      return {
        producerId: entry.producerId,
        producerEpoch: entry.producerEpoch,
        lastSequence: last?.lastSequence ?? NO_SEQUENCE,
        lastOffset: last?.lastOffset ?? -1,
        offsetDelta: last?.offsetDelta ?? 0,
        timestamp: entry.lastTimestamp,
        coordinatorEpoch: entry.coordinatorEpoch,
        currentTxnFirstOffset: entry.currentTxnFirstOffset,
      }
    })
  }

  /** Starts from a snapshot, which has one batch per producer. */
  load(entries: readonly ProducerSnapshotEntry[]): void {
    this.#producers.clear()
    for (const { lastSequence, lastOffset, offsetDelta, timestamp, ...entry } of entries) {
      const batches = lastOffset < 0 ? [] : [{ lastSequence, lastOffset, offsetDelta, timestamp }]
      const lastSeenMs = momentOf(this.#clock, timestamp)
      this.#producers.set(entry.producerId, { ...entry, batches, lastTimestamp: timestamp, lastSeenMs })
    }
  }
}

/** Offset of the first record of a remembered batch. */
export const firstOffsetOf = (batch: BatchMetadata): number => batch.lastOffset - batch.offsetDelta
