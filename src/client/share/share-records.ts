import { addInt64, compareInt64, type Int64, maxInt64, minInt64, subtractInt64 } from '../../bytes/int64.ts'
import type { TimestampType } from '../../records/batch.ts'
import type { RecordCursor } from '../../records/record-cursor.ts'
import { FetchedRecords } from '../fetch/fetched-records.ts'
import { Acknowledgements, type AcknowledgeType } from './acknowledgements.ts'
import type { SharePartition } from './share-partition.ts'

/** Offsets that this member alone has for a while. */
export interface AcquiredRange {
  readonly firstOffset: Int64
  readonly lastOffset: Int64
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
  #from: Int64 = 0
  /** Whether `next()` has returned false. */
  isExhausted = false

  constructor(
    partition: SharePartition,
    records: Buffer,
    acquired: readonly AcquiredRange[],
    checkCrcs: boolean,
  ) {
    this.partitionId = partition
    this.#acquired = [...acquired].sort((a, b) => compareInt64(a.firstOffset, b.firstOffset))
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
  get offset(): Int64 {
    return this.#records.offset
  }
  get timestampMs(): Int64 {
    return this.#records.timestampMs
  }
  get timestampType(): TimestampType {
    return this.#records.timestampType
  }
  get cursor(): RecordCursor {
    return this.#records.cursor
  }

  /** All offsets before it have had their turn. */
  get nextOffset(): Int64 {
    return this.#from
  }

  /** Steps on the next record that was acquired; false after the last. RecordsError when the bytes are corrupt. */
  next(): boolean {
    while (this.#records.next()) {
      const { offset } = this.#records
      this.#passGaps(offset)
      const range = this.#acquired[this.#at]
      if (range === undefined) break
      if (offset < range.firstOffset) continue
      this.deliveryCount = range.deliveryCount
      this.#from = addInt64(offset, 1)
      return true
    }
    this.#passGaps(null)
    this.isExhausted = true
    return false
  }

  /** Decides what becomes of the current record. */
  acknowledge(type: AcknowledgeType): void {
    this.acknowledgements.add(this.offset, this.offset, type)
  }

  /** Acknowledges what was acquired before `offset`, or at all, and has no record. */
  #passGaps(offset: Int64 | null): void {
    for (let range = this.#acquired[this.#at]; range !== undefined; range = this.#acquired[++this.#at]) {
      const first = maxInt64(this.#from, range.firstOffset)
      const last = offset === null ? range.lastOffset : minInt64(range.lastOffset, subtractInt64(offset, 1))
      if (first <= last) this.acknowledgements.add(first, last, 'gap')
      this.#from = maxInt64(this.#from, addInt64(last, 1))
      if (offset !== null && range.lastOffset >= offset) return
    }
  }
}
