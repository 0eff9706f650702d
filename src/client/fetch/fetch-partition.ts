import { type Int64, maxInt64 } from '../../bytes/int64.ts'
import { ZERO_UUID } from '../../bytes/uuid.ts'
import type { ErrorName } from '../../protocol/errors.ts'
import type { TopicMetadata } from '../metadata.ts'

/** What to read of one partition. */
export interface FetchTarget {
  readonly topic: string
  readonly partition: number
  /** The first offset to read. */
  readonly from: Int64
  /** The first offset not to read; without it reading goes on for ever. */
  readonly until?: Int64 | undefined
}

/** How far the reading of one partition is. */
export class FetchPartition {
  readonly topic: string
  readonly partition: number
  readonly until: Int64
  topicId = ZERO_UUID
  /** The offset the next fetch asks for. */
  position: Int64
  leader = -1
  leaderEpoch = -1
  highWatermark: Int64 = -1
  lastStableOffset: Int64 = -1
  /** Not asked for before this time. */
  retryAtMs = 0
  /** Answers in a row that had nothing although the log goes on. */
  emptyAnswers = 0
  /** Whether the topic was deleted, and another one has its name. */
  wasReplaced = false
  /** Since when the brokers say that they do not know the partition; null when they do. */
  unknownSinceMs: number | null = null

  constructor({ topic, partition, from, until = Infinity }: FetchTarget) {
    this.topic = topic
    this.partition = partition
    this.position = from
    this.until = until
  }

  get isDone(): boolean {
    return this.position >= this.until
  }

  get isBounded(): boolean {
    return this.until !== Infinity
  }

  /** Nothing more will come. */
  finish(): void {
    this.position = maxInt64(this.position, this.until)
  }

  /** Takes over who leads the partition; what is wrong with it, if anything. */
  learn(metadata: TopicMetadata | undefined): ErrorName {
    const found = metadata?.partitions[this.partition]
    this.leader = found?.leader ?? -1
    this.leaderEpoch = found?.leaderEpoch ?? -1
    if (metadata === undefined) return 'UNKNOWN_TOPIC_OR_PARTITION'
    if (metadata.error !== 'NONE') return metadata.error
    // Another topic of that name: its records are not those that were asked for.
    this.wasReplaced = this.topicId !== ZERO_UUID && this.topicId !== metadata.topicId
    this.topicId = metadata.topicId
    return found === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'NONE'
  }
}
