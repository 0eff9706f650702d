import { addInt64, type Int64 } from '../../bytes/int64.ts'
import type { Delivery, OnDelivery } from '../../client/produce/producer-batch.ts'
import type { PartitionState } from './copy-state.ts'

interface Sent {
  readonly offset: Int64
  isAcknowledged: boolean
}

/** How far the records of one partition have been acknowledged without a gap. */
export class AckTracker {
  readonly partition: number
  next: Int64
  end: Int64
  acknowledged = 0
  failure: Error | null = null
  #sent: Sent[] = []
  #head = 0

  readonly #onSettled: () => void

  /** `onSettled` is called for each record whose outcome is known. */
  constructor({ partition, next, end }: PartitionState, onSettled: () => void = () => {}) {
    this.#onSettled = onSettled
    this.partition = partition
    this.next = next
    this.end = end
  }

  /** Notes that the record at `offset` of the source is sent; what is given back hears what became of it. */
  send(offset: Int64): OnDelivery {
    const sent: Sent = { offset, isAcknowledged: false }
    this.#sent.push(sent)
    return (delivery) => this.#delivered(sent, delivery)
  }

  #delivered(sent: Sent, { error, offset }: Delivery): void {
    this.#onSettled()
    if (error !== null) {
      this.failure ??= error
      return
    }
    sent.isAcknowledged = true
    this.acknowledged++
    // A broker that had the batch already does not say where.
    if (offset >= this.end) this.end = addInt64(offset, 1)
    while (this.#sent[this.#head]?.isAcknowledged) this.next = addInt64(this.#sent[this.#head++]!.offset, 1)
    if (this.#head > 10_000) {
      this.#sent = this.#sent.slice(this.#head)
      this.#head = 0
    }
  }
}
