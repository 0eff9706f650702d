import type { Int64 } from '../../bytes/int64.ts'
import type { FetchedRecords } from '../../client/fetch/fetched-records.ts'
import type { GroupConsumer } from '../../client/groups/group-consumer.ts'

/** Records of one partition that are handed out together, as Java's consumer does with each poll. */
export interface Poll {
  readonly topic: string
  readonly partition: number
  readonly records: FetchedRecords
  count: number
  firstOffset: Int64
  lastOffset: Int64
}

/** Reads as a member does that gets so many records at a time at most. */
export class Polls {
  readonly #consumer: GroupConsumer
  readonly #maxRecords: number

  constructor(consumer: GroupConsumer, maxRecords: number) {
    this.#consumer = consumer
    this.#maxRecords = maxRecords
  }

  /** The next records, of which each is given to `use`; null when there are none within `timeoutMs`, or after close. */
  async next(timeoutMs: number, use: (records: FetchedRecords) => void): Promise<Poll | null> {
    for (;;) {
      const records = await this.#consumer.next(timeoutMs)
      if (records === null) return null
      const poll = this.#take(records, use)
      if (poll.count > 0) return poll
    }
  }

  #take(records: FetchedRecords, use: (records: FetchedRecords) => void): Poll {
    const { topic, partition } = records
    const poll: Poll = { topic, partition, records, count: 0, firstOffset: -1, lastOffset: -1 }
    while (poll.count < this.#maxRecords && records.next()) {
      if (poll.count++ === 0) poll.firstOffset = records.offset
      poll.lastOffset = records.offset
      use(records)
    }
    return poll
  }
}
