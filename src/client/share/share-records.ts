import type { TimestampType } from '../../records/batch.ts'
import type { RecordCursor } from '../../records/record-cursor.ts'
import { FetchedRecords } from '../fetch/fetched-records.ts'
import { Acknowledgements, type AcknowledgeType } from './acknowledgements.ts'
import type { SharePartition } from './share-partition.ts'

/** Offsets that this member alone has for a while. */
export interface AcquiredRange {
  readonly firstOffset: number
  readonly lastOffset: number
  readonly deliveryCount: number
}

/**
 * Records that were acquired in one partition, stepped through as FetchedRecords. Batches hold records that others
 * acquired, or that are done; those are passed over. Acquired offsets without a record are acknowledged as gaps.
 */
export class ShareRecords {
  readonly partitionId: SharePartition
  readonly acknowledgements = new Acknowledgements()
  /** How often the current record was given to somebody, this time included. */
  deliveryCount = 0
  readonly #records: FetchedRecords
  readonly #acquired: readonly AcquiredRange[]
  /** The first acquired range that does not lie behind. */
  #at = 0
  /** Acquired offsets before it have had their turn. */
  #from = 0

  constructor(
    partition: SharePartition,
    records: Buffer,
    acquired: readonly AcquiredRange[],
    checkCrcs: boolean,
  ) {
    this.partitionId = partition
    this.#acquired = [...acquired].sort((a, b) => a.firstOffset - b.firstOffset)
    this.#records = new FetchedRecords({
      topic: partition.topic,
      partition: partition.partition,
      records,
      from: 0,
      until: Infinity,
      nextOffset: 0,
      abortedTransactions: null,
      checkCrcs,
      highWatermark: -1,
    })
  }

  get topic(): string {
    return this.partitionId.topic
  }
  get partition(): number {
    return this.partitionId.partition
  }
  get offset(): number {
    return this.#records.offset
  }
  get timestampMs(): number {
    return this.#records.timestampMs
  }
  get timestampType(): TimestampType {
    return this.#records.timestampType
  }
  get cursor(): RecordCursor {
    return this.#records.cursor
  }

  /** Steps on the next record that was acquired; false after the last. RecordsError when the bytes are corrupt. */
  next(): boolean {
    while (this.#records.next()) {
      const { offset } = this.#records
      this.#passGaps(offset)
      const range = this.#acquired[this.#at]
      if (range === undefined) return false
      if (offset < range.firstOffset) continue
      this.deliveryCount = range.deliveryCount
      this.#from = offset + 1
      return true
    }
    this.#passGaps(Infinity)
    return false
  }

  /** Decides what becomes of the current record. */
  acknowledge(type: AcknowledgeType): void {
    this.acknowledgements.add(this.offset, this.offset, type)
  }

  /** Takes back what was decided. */
  giveUp(): void {
    this.acknowledgements.clear()
  }

  /** Acknowledges what was acquired before `offset` and has no record. */
  #passGaps(offset: number): void {
    for (let range = this.#acquired[this.#at]; range !== undefined; range = this.#acquired[++this.#at]) {
      const first = Math.max(this.#from, range.firstOffset)
      const last = Math.min(range.lastOffset, offset - 1)
      if (first <= last) this.acknowledgements.add(first, last, 'gap')
      this.#from = Math.max(this.#from, last + 1)
      if (range.lastOffset >= offset) return
    }
  }
}
