import { addInt64, type Int64 } from '../../bytes/int64.ts'
import type { FetchedRecords } from '../../client/fetch/fetched-records.ts'
import type { GroupConsumer } from '../../client/groups/group-consumer.ts'
import type { TopicPartition } from '../../client/topic-partition.ts'
import type { Poll, Polls } from '../perf/polls.ts'
import type { EventPrinter } from './events.ts'

export interface ReaderOptions {
  /** How many records to read; below 0: until it is stopped. */
  readonly limit: number
  readonly tellsRecords: boolean
  /** Whether each read is committed before the next. */
  readonly commits: boolean
}

/** Reads as a member, and tells of all that happens. */
export class VerifiableReader {
  readonly #consumer: GroupConsumer
  readonly #polls: Polls
  readonly #options: ReaderOptions
  readonly #events: EventPrinter
  #read = 0

  constructor(consumer: GroupConsumer, polls: Polls, options: ReaderOptions, events: EventPrinter) {
    this.#consumer = consumer
    this.#polls = polls
    this.#options = options
    this.#events = events
  }

  async read(stop: AbortSignal): Promise<void> {
    while (!this.#isDone && !stop.aborted) {
      let left = this.#left
      let lastOffset: Int64 = -1
      const poll = await this.#polls.next(Infinity, (records) => {
        // A poll may bring more than are wanted; they are counted, and that is all.
        if (left-- <= 0) return
        lastOffset = records.offset
        if (this.#options.tellsRecords) this.#tellRecord(records)
      })
      if (poll === null) return
      const used = Math.min(poll.count, this.#left)
      this.#read += used
      this.#tell(poll, used, lastOffset)
      // What nobody was told of is not committed.
      if (!(await this.#events.written())) return
      if (this.#options.commits) await this.#commit(poll, addInt64(lastOffset, 1))
    }
  }

  get #left(): number {
    return this.#options.limit < 0 ? Infinity : this.#options.limit - this.#read
  }

  get #isDone(): boolean {
    return this.#left <= 0
  }

  #tell({ topic, partition, count, firstOffset }: Poll, used: number, lastOffset: Int64): void {
    const summary = { topic, partition, count: used, minOffset: firstOffset, maxOffset: lastOffset }
    this.#events.print('records_consumed', { count, partitions: [summary] })
  }

  #tellRecord(records: FetchedRecords): void {
    const { buffer, keyAt, keyBytes, valueAt, valueBytes } = records.cursor
    const text = (at: number, length: number): string | null =>
      length < 0 ? null : buffer.toString('utf8', at, at + length)
    this.#events.print('record_data', {
      key: text(keyAt, keyBytes),
      value: text(valueAt, valueBytes),
      topic: records.topic,
      partition: records.partition,
      offset: records.offset,
    })
  }

  async #commit({ topic, partition }: TopicPartition, offset: Int64): Promise<void> {
    const offsets = [{ topic, partition, offset }]
    try {
      await this.#consumer.commit(offsets)
      this.#events.print('offsets_committed', { offsets, success: true })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#events.print('offsets_committed', { offsets, error: message, success: false })
    }
  }
}
