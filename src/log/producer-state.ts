import type { Int64 } from '../bytes/int64.ts'
import { KafkaError } from '../protocol/errors.ts'
import {
  addToSequence,
  baseSequence,
  isControl,
  isTransactional,
  lastOffsetDelta,
  lastSequence,
  maxTimestamp,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  producerEpoch,
  producerId,
} from '../records/batch.ts'
import { controlType, readEndTxnMarker } from '../records/control.ts'
import { readRecords } from '../records/record.ts'
import { type Clock, momentOf } from './clock.ts'
import { baseOffset, lastOffset, toLogOffset } from './log-offsets.ts'
import type { ProducerSnapshotEntry } from './producer-snapshot.ts'

/** As many batches as a Java producer keeps in flight to one partition. */
const BATCHES_KEPT = 5

export interface BatchMetadata {
  lastSequence: number
  lastOffset: number
  offsetDelta: number
  timestamp: Int64
}

/** What is known of one producer in this partition. */
export interface ProducerEntry {
  producerId: Int64
  producerEpoch: number
  /** The last batches of this epoch, oldest first; none after a marker. */
  batches: BatchMetadata[]
  lastTimestamp: Int64
  /** The moment of lastTimestamp, in monotonic time. */
  lastSeenMs: number
  coordinatorEpoch: number
  /** Where the first batch of its open transaction starts; -1 without one. */
  currentTxnFirstOffset: number
}

/** A transaction with data in this partition whose marker was read. */
export interface EndedTransaction {
  producerId: Int64
  firstOffset: number
  /** That of the marker. */
  lastOffset: number
  isAborted: boolean
  /** Where readers of committed transactions end right after the marker. */
  lastStableOffset: number
}

const firstSequence = (batch: BatchMetadata): number =>
  batch.lastSequence >= batch.offsetDelta
    ? batch.lastSequence - batch.offsetDelta
    : batch.lastSequence - batch.offsetDelta + 2 ** 31

/**
 * The producers that wrote to a partition: what is a duplicate, what comes out of order, and which transactions are
 * open. Rules of Kafka's ProducerAppendInfo and ProducerStateManager.
 */
export class ProducerState {
  readonly #clock: Clock
  readonly #producers = new Map<Int64, ProducerEntry>()
  /** Those with an open transaction, in the order in which these began. */
  readonly #open = new Map<Int64, ProducerEntry>()

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

  /** The producers with an open transaction, in the order in which these began. */
  openTransactions(): IterableIterator<ProducerEntry> {
    return this.#open.values()
  }

  /** Where the earliest open transaction starts; null without one. */
  get firstUnstableOffset(): number | null {
    return this.#open.size === 0 ? null : this.#open.values().next().value!.currentTxnFirstOffset
  }

  /** The batch that the one at `at` repeats; its sequences are among the last ones of its producer. */
  findDuplicate(buffer: Buffer, at: number): BatchMetadata | null {
    const entry = this.#producers.get(producerId(buffer, at))
    if (entry === undefined || entry.producerEpoch !== producerEpoch(buffer, at)) return null
    const first = baseSequence(buffer, at)
    const last = lastSequence(buffer, at)
    return entry.batches.find((b) => b.lastSequence === last && firstSequence(b) === first) ?? null
  }

  /**
   * Throws INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER or INVALID_TXN_STATE if the batch must not be appended.
   */
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
    if (entry.currentTxnFirstOffset >= 0 && !isTransactional(buffer, at)) {
      throw new KafkaError(
        'INVALID_TXN_STATE',
        `producer ${entry.producerId} sent records outside of its open transaction`,
      )
    }
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

  /** Notes a batch that is in the log, whole if it is a control batch; returns the transaction that it ends. */
  apply(buffer: Buffer, at: number): EndedTransaction | null {
    const id = producerId(buffer, at)
    if (id <= NO_PRODUCER_ID) return null
    if (isControl(buffer, at)) return this.#applyMarker(buffer, at)
    const entry = this.#entryOf(id, producerEpoch(buffer, at))
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
    this.#seen(entry, batch.timestamp)
    if (isTransactional(buffer, at) && entry.currentTxnFirstOffset < 0) {
      entry.currentTxnFirstOffset = baseOffset(buffer, at)
      this.#open.set(id, entry)
    }
    return null
  }

  #applyMarker(buffer: Buffer, at: number): EndedTransaction | null {
    const [marker] = readRecords(buffer, at)
    // Compaction leaves an empty batch of a marker whose transaction is gone.
    if (marker === undefined) return null
    const type = controlType(marker.key)
    if (type !== 'COMMIT' && type !== 'ABORT') return null
    const entry = this.#entryOf(producerId(buffer, at), producerEpoch(buffer, at))
    entry.coordinatorEpoch = readEndTxnMarker(marker.value).coordinatorEpoch
    this.#seen(entry, marker.timestamp)
    const firstOffset = entry.currentTxnFirstOffset
    entry.currentTxnFirstOffset = -1
    // A marker without data in this partition ends nothing that a reader could see.
    if (!this.#open.delete(entry.producerId)) return null
    const end = lastOffset(buffer, at)
    return {
      producerId: entry.producerId,
      firstOffset,
      lastOffset: end,
      isAborted: type === 'ABORT',
      lastStableOffset: this.firstUnstableOffset ?? end + 1,
    }
  }

  #entryOf(id: Int64, epoch: number): ProducerEntry {
    const known = this.#producers.get(id)
    if (known === undefined) {
      const entry = {
        producerId: id,
        producerEpoch: epoch,
        batches: [],
        lastTimestamp: -1,
        lastSeenMs: 0,
        coordinatorEpoch: -1,
        currentTxnFirstOffset: -1,
      }
      this.#producers.set(id, entry)
      return entry
    }
    if (known.producerEpoch !== epoch) {
      known.producerEpoch = epoch
      known.batches.length = 0
    }
    return known
  }

  #seen(entry: ProducerEntry, timestamp: Int64): void {
    entry.lastTimestamp = timestamp
    entry.lastSeenMs = momentOf(this.#clock, timestamp)
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
    this.#open.clear()
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
    this.clear()
    for (const { lastSequence, offsetDelta, timestamp, ...entry } of entries) {
      const lastOffset = toLogOffset(entry.lastOffset)
      const batches = lastOffset < 0 ? [] : [{ lastSequence, lastOffset, offsetDelta, timestamp }]
      this.#producers.set(entry.producerId, {
        producerId: entry.producerId,
        producerEpoch: entry.producerEpoch,
        batches,
        lastTimestamp: timestamp,
        lastSeenMs: momentOf(this.#clock, timestamp),
        coordinatorEpoch: entry.coordinatorEpoch,
        currentTxnFirstOffset: toLogOffset(entry.currentTxnFirstOffset),
      })
    }
    const open = [...this.#producers.values()].filter((entry) => entry.currentTxnFirstOffset >= 0)
    open.sort((a, b) => a.currentTxnFirstOffset - b.currentTxnFirstOffset)
    for (const entry of open) this.#open.set(entry.producerId, entry)
  }
}

/** Offset of the first record of a remembered batch. */
export const firstOffsetOf = (batch: BatchMetadata): number => batch.lastOffset - batch.offsetDelta
