// Batches of one partition on their way to its leader.
//
//   open → closed → in flight → delivered or failed
//                    ↑     ↓
//                    retries
//
// Several may be in flight, and the broker takes them only in the order of their sequence numbers. So when one fails
// and will be sent again, nothing more is sent until those behind it have come back, refused, too; then they go one
// by one, in order, and nothing new is sent until the last of them is acknowledged: a broker recognizes only its last
// five batches as sent again, so one it may have must not be overtaken by five others. For the same reason a leader
// that moved gets nothing before the old one has answered or is lost. When one fails for good, or the broker lost what
// it acknowledged, numbers are missing, and the rest starts a new sequence under a higher epoch. Before that, batches that may have been written although no answer said so are sent once more as they
// were: the broker acknowledges those it has, and refuses the others. Under new numbers it would write them twice.

import { addToSequence } from '../../records/batch.ts'
import type { Connection } from '../wire/connection.ts'
import type { ProducerBatch, ProducerIdentity } from './producer-batch.ts'

/** Half of all sequence numbers, which start again at 0 after 2^31 - 1: what is farther ahead lies behind. */
const HALF_CIRCLE = 0x4000_0000

export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  open: ProducerBatch | null = null
  readonly closed: ProducerBatch[] = []
  readonly retries: ProducerBatch[] = []
  readonly inFlight: ProducerBatch[] = []
  /** What the batches in flight were sent over. */
  #route: Connection | null = null
  /** Null until the first batch is sent, and always without idempotence. */
  identity: ProducerIdentity | null = null
  /** The broker waits for numbers that will never come: a batch failed for good, or the broker lost one. */
  hasGap = false
  #nextSequence = 0
  /** Whether a broker has acknowledged a batch of this sequence. */
  #isProven = false
  /** A batch was given up that a broker may yet come to read, and with it those sent behind it. */
  #hasDrifters = false
  /** What is in flight is sent again. */
  #isRetrying = false

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
    return (this.retries.length > 0 || this.hasGap || this.#isRetrying) && this.inFlight.length > 0
  }

  /** A broker takes any number from a producer it does not know, so until it took the first, the second must wait. */
  get #isUnproven(): boolean {
    return this.identity !== null && !this.#isProven && this.inFlight.length > 0
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

  /** Whether what is in flight went elsewhere, so that a batch sent over `route` could be there first. */
  isElsewhere(route: Connection): boolean {
    return this.inFlight.length > 0 && this.#route !== route
  }

  /** Takes a batch that peek gave; it is in flight from now on. */
  take(batch: ProducerBatch, route: Connection): void {
    this.#route = route
    if (batch === this.open) this.closeOpen()
    this.#isRetrying = this.retries.includes(batch)
    const list = this.#isRetrying ? this.retries : this.closed
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
    this.#isProven = true
  }

  /** The batch will not be sent again; `isRefused` if a broker would never write it. */
  drop(batch: ProducerBatch, isRefused: boolean): void {
    this.#land(batch)
    this.#leaveGap(batch, isRefused)
  }

  #leaveGap(batch: ProducerBatch, isRefused: boolean): void {
    if (batch.baseSequence < 0) return
    this.hasGap = true
    if (batch.isAdrift && !isRefused) this.#hasDrifters = true
  }

  /** The batch, or what it was split into, is sent again before any later one. */
  retry(batch: ProducerBatch, replacements: readonly ProducerBatch[] = [batch]): void {
    this.#land(batch)
    this.retries.push(...replacements)
    this.retries.sort((a, b) => compareSequences(a, b) || a.createdMs - b.createdMs)
  }

  /** Whether no batch before this one is still to be acknowledged. */
  isFirst(batch: ProducerBatch): boolean {
    const isBefore = (other: ProducerBatch): boolean => compareSequences(other, batch) < 0
    return !this.inFlight.some(isBefore) && !this.retries.some(isBefore)
  }

  /** Whether a new sequence would change nothing for this batch: it is the beginning of one. */
  isBeginning(batch: ProducerBatch): boolean {
    return batch.baseSequence === 0 && !this.#isProven
  }

  /**
   * Starts a new sequence for all that is not in flight. Gives back what must not be part of it, taken out: batches
   * that may yet be written under their old numbers.
   */
  startSequence(identity: ProducerIdentity): ProducerBatch[] {
    const drifters = this.#hasDrifters ? this.retries.filter(({ isAdrift }) => isAdrift) : []
    for (const batch of drifters) this.retries.splice(this.retries.indexOf(batch), 1)
    this.#hasDrifters = false
    this.identity = identity
    this.hasGap = false
    this.#nextSequence = 0
    this.#isProven = false
    for (const batch of this.retries) {
      batch.restamp(identity, this.#nextSequence)
      this.#nextSequence = addToSequence(this.#nextSequence, batch.recordCount)
    }
    return drifters
  }

  /** The next batch starts a new sequence; for a queue that has nothing in flight. */
  forgetSequence(): void {
    this.identity = null
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
    for (const batch of removed) this.#leaveGap(batch, false)
    return removed
  }

  /** Every batch that was not delivered yet and is not in flight, taken out. */
  removeAll(): ProducerBatch[] {
    return this.removeOlder(Infinity)
  }

  #land(batch: ProducerBatch): void {
    const at = this.inFlight.indexOf(batch)
    if (at >= 0) this.inFlight.splice(at, 1)
  }
}

function compareSequences(a: ProducerBatch, b: ProducerBatch): number {
  const ahead = (a.baseSequence - b.baseSequence) & 0x7fff_ffff
  return ahead < HALF_CIRCLE ? ahead : ahead - 2 * HALF_CIRCLE
}
