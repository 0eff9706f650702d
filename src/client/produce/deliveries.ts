import { setImmediate as nextTurn } from 'node:timers/promises'
import { addInt64, type Int64 } from '../../bytes/int64.ts'
import type { PartitionQueue } from './partition-queue.ts'
import type { ProducerBatch, TaggedRun } from './producer-batch.ts'

/** What became of a batch. */
export interface BatchReport {
  readonly topic: string
  readonly partition: number
  readonly recordCount: number
  /** The offset of the first record; -1 when it is not known. */
  readonly baseOffset: Int64
  readonly logAppendTimeMs: Int64
  readonly error: Error | null
  /** What it took on the wire. */
  readonly sizeBytes: number
  /** The tags of its records; null when they have none. */
  readonly runs: readonly TaggedRun[] | null
}

const MAX_SLICE_MS = 10

interface Waiter {
  readonly batches: Set<ProducerBatch>
  readonly resolve: () => void
}

/** Counts what is delivered and what is not, and tells those who wait for it. */
export class Deliveries {
  readonly #onRelease: (bytes: number) => void
  readonly #onBatch: ((report: BatchReport) => void) | undefined
  readonly #onFailure: ((error: Error) => void) | undefined
  readonly #outstanding = new Map<ProducerBatch, PartitionQueue>()
  #waiters: Waiter[] = []
  acknowledged = 0
  failed = 0
  firstError: Error | null = null

  /** `onFailure` is told of every record that will not arrive, before whoever sent it is. */
  constructor(
    onRelease: (bytes: number) => void,
    onBatch?: (report: BatchReport) => void,
    onFailure?: (error: Error) => void,
  ) {
    this.#onRelease = onRelease
    this.#onBatch = onBatch
    this.#onFailure = onFailure
  }

  /** How many records have no outcome yet. */
  get outstanding(): number {
    let count = 0
    for (const { recordCount } of this.#outstanding.keys()) count += recordCount
    return count
  }

  begin(queue: PartitionQueue, batch: ProducerBatch): void {
    this.#outstanding.set(batch, queue)
  }

  /** The batch goes on as several. */
  replace(queue: PartitionQueue, batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    if (!this.#outstanding.delete(batch)) return
    for (const part of parts) this.#outstanding.set(part, queue)
    for (const { batches } of this.#waiters) {
      if (batches.delete(batch)) for (const part of parts) batches.add(part)
    }
  }

  succeed(queue: PartitionQueue, batch: ProducerBatch, baseOffset: Int64, logAppendTimeMs: Int64): void {
    if (!this.#outstanding.delete(batch)) return
    this.acknowledged += batch.recordCount
    this.#end(queue, batch, baseOffset, logAppendTimeMs, null)
  }

  fail(queue: PartitionQueue, batch: ProducerBatch, error: Error): void {
    if (!this.#outstanding.delete(batch)) return
    this.failed += batch.recordCount
    this.firstError ??= error
    this.#onFailure?.(error)
    this.#end(queue, batch, -1, -1, error)
  }

  /**
   * Counts all that has no outcome yet as failed; what becomes known of it later changes nothing. Timers and signals get
   * their turn: there may be a million records, each of them reported.
   */
  async failAll(error: Error): Promise<void> {
    let sliceMs = performance.now()
    for (const [batch, queue] of [...this.#outstanding]) {
      this.fail(queue, batch, error)
      if (performance.now() - sliceMs < MAX_SLICE_MS) continue
      await nextTurn()
      sliceMs = performance.now()
    }
  }

  /** Counts a record that was refused before it got into a batch. */
  refuse(error: Error): void {
    this.failed++
    this.firstError ??= error
    this.#onFailure?.(error)
  }

  /** Resolves once every batch there is now was delivered or given up. */
  settled(): Promise<void> {
    if (this.#outstanding.size === 0) return Promise.resolve()
    return new Promise((resolve) =>
      this.#waiters.push({ batches: new Set(this.#outstanding.keys()), resolve }),
    )
  }

  #end(
    { topic, partition }: PartitionQueue,
    batch: ProducerBatch,
    baseOffset: Int64,
    logAppendTimeMs: Int64,
    error: Error | null,
  ): void {
    this.#onRelease(batch.heldBytes)
    const { recordCount, onDelivery, sizeBytes, runs } = batch
    this.#onBatch?.({ topic, partition, recordCount, baseOffset, logAppendTimeMs, error, sizeBytes, runs })
    onDelivery?.forEach((deliver, i) => {
      const offset = baseOffset < 0 ? -1 : addInt64(baseOffset, i)
      deliver?.({ topic, partition, offset, logAppendTimeMs, error })
    })
    for (const { batches, resolve } of this.#waiters) {
      if (batches.delete(batch) && batches.size === 0) resolve()
    }
    if (this.#waiters.length > 0) this.#waiters = this.#waiters.filter(({ batches }) => batches.size > 0)
  }
}
