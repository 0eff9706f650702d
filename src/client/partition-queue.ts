// Batches of one partition on their way to its leader.
//
//   open → closed → in flight → delivered or failed
//                    ↑     ↓
//                    retries
//
// Several may be in flight, and the broker takes them only in the order of their sequence numbers. So when one fails
// and will be sent again, nothing more is sent until those behind it have come back, refused, too; then they go one
// by one, in order. When one fails for good its numbers are missing, and the rest starts a new sequence under a
// higher epoch. Before that, batches that may have been written although no answer said so are sent once more as they
// were: the broker acknowledges those it has, and refuses the others. Under new numbers it would write them twice.

import { addToSequence } from '../records/batch.ts'
import type { ProducerBatch, ProducerIdentity } from './producer-batch.ts'

export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  open: ProducerBatch | null = null
  readonly closed: ProducerBatch[] = []
  readonly retries: ProducerBatch[] = []
  readonly inFlight: ProducerBatch[] = []
  /** Null until the first batch is sent, and always without idempotence. */
  identity: ProducerIdentity | null = null
  /** A batch with a sequence number failed for good, so the broker waits for numbers that will never come. */
  hasGap = false
  #nextSequence = 0
  #acknowledgedSequence = -1

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  get isEmpty(): boolean {
    return (
      this.open === null &&
      this.closed.length === 0 &&
      this.retries.length === 0 &&
      this.inFlight.length === 0
    )
  }

  /** Whether nothing may be sent until what is in flight has come back. */
  get isRecovering(): boolean {
    return (this.retries.length > 0 || this.hasGap) && this.inFlight.length > 0
  }

  /** A broker takes any number from a producer it does not know, so until it took the first, the second must wait. */
  get #isUnproven(): boolean {
    return this.identity !== null && this.#acknowledgedSequence < 0 && this.inFlight.length > 0
  }

  /** Whether nothing can be sent before `startSequence`. */
  get needsSequence(): boolean {
    return this.identity === null || (this.hasGap && !this.isRecovering && this.#uncertain() === undefined)
  }

  /** The batch that would be sent next; the open one only if `closeOpen`. */
  peek(closeOpen: boolean): ProducerBatch | undefined {
    if (this.isRecovering || this.#isUnproven) return undefined
    if (this.hasGap) return this.#uncertain()
    return this.retries[0] ?? this.closed[0] ?? (closeOpen ? (this.open ?? undefined) : undefined)
  }

  /** Takes a batch that peek gave; it is in flight from now on. */
  take(batch: ProducerBatch): void {
    if (batch === this.open) this.closeOpen()
    const list = this.retries.includes(batch) ? this.retries : this.closed
    list.splice(list.indexOf(batch), 1)
    if (this.identity !== null && batch.baseSequence < 0) {
      batch.baseSequence = this.#nextSequence
      this.#nextSequence = addToSequence(this.#nextSequence, batch.recordCount)
    }
    this.inFlight.push(batch)
  }

  #uncertain(): ProducerBatch | undefined {
    return this.retries.find(({ mayBeWritten }) => mayBeWritten)
  }

  closeOpen(): void {
    if (this.open === null) return
    this.closed.push(this.open)
    this.open = null
  }

  /** The batch was acknowledged. */
  acknowledge(batch: ProducerBatch): void {
    this.#land(batch)
    if (batch.baseSequence >= 0) {
      this.#acknowledgedSequence = addToSequence(batch.baseSequence, batch.recordCount - 1)
    }
  }

  /** The batch will not be sent again. */
  drop(batch: ProducerBatch): void {
    this.#land(batch)
    if (batch.baseSequence >= 0) this.hasGap = true
  }

  /** The batch, or what it was split into, is sent again before any later one. */
  retry(batch: ProducerBatch, replacements: readonly ProducerBatch[] = [batch]): void {
    this.#land(batch)
    this.retries.push(...replacements)
    this.retries.sort((a, b) => this.#age(a) - this.#age(b) || a.createdMs - b.createdMs)
  }

  /** Whether the broker has all before this batch, so that a sequence error means that it lost something. */
  isNext(batch: ProducerBatch): boolean {
    return batch.baseSequence === addToSequence(this.#acknowledgedSequence, 1)
  }

  /** Starts a new sequence for all that is not in flight. */
  startSequence(identity: ProducerIdentity): void {
    this.identity = identity
    this.hasGap = false
    this.#nextSequence = 0
    this.#acknowledgedSequence = -1
    for (const batch of this.retries) {
      batch.restamp(identity, this.#nextSequence)
      this.#nextSequence = addToSequence(this.#nextSequence, batch.recordCount)
    }
  }

  /** Removes batches created before `createdMs` that are not in flight. */
  removeOlder(createdMs: number): ProducerBatch[] {
    if (this.open !== null && this.open.createdMs <= createdMs) this.closeOpen()
    const removed: ProducerBatch[] = []
    for (const list of [this.retries, this.closed]) {
      const old = list.filter((batch) => batch.createdMs <= createdMs)
      if (old.length > 0) list.splice(0, list.length, ...list.filter((batch) => batch.createdMs > createdMs))
      removed.push(...old)
    }
    for (const batch of removed) if (batch.baseSequence >= 0) this.hasGap = true
    return removed
  }

  /** Every batch that was not delivered yet and is not in flight, taken out. */
  removeAll(): ProducerBatch[] {
    return this.removeOlder(Infinity)
  }

  /** Sequence numbers start again at 0 after 2^31 - 1, so the distance to the last acknowledged one counts. */
  #age(batch: ProducerBatch): number {
    return (batch.baseSequence - this.#acknowledgedSequence) & 0x7fff_ffff
  }

  #land(batch: ProducerBatch): void {
    const at = this.inFlight.indexOf(batch)
    if (at >= 0) this.inFlight.splice(at, 1)
  }
}
