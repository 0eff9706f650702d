// Bodies of requests about partitions, with everything at its usual value that a test does not name.
import type { Int64 } from '../../src/bytes/int64.ts'
import { ZERO_UUID } from '../../src/bytes/uuid.ts'
import type { Fetch } from '../../src/protocol/messages/fetch.ts'
import type { Produce } from '../../src/protocol/messages/produce.ts'
import type { RequestOf } from '../../src/protocol/schema.ts'

/** A topic by its name or, in versions that name it so, by its id. */
export interface TopicName {
  topic?: string
  topicId?: string
}

/** Produces to one partition. */
export function produceTo(
  { topic = '', topicId = ZERO_UUID, partition = 0 }: TopicName & { partition?: number },
  records: Buffer | null,
  { acks = -1 }: { acks?: number } = {},
): RequestOf<typeof Produce> {
  return {
    acks,
    timeoutMs: 1000,
    topicData: [{ name: topic, topicId, partitionData: [{ index: partition, records }] }],
  }
}

export interface FetchFrom extends TopicName {
  partition?: number
  from?: Int64
  maxBytes?: number
  currentLeaderEpoch?: number
  lastFetchedEpoch?: number
}

export interface FetchOptions {
  maxWaitMs?: number
  minBytes?: number
  maxBytes?: number
  isolationLevel?: number
  sessionId?: number
  sessionEpoch?: number
  forgotten?: readonly FetchFrom[]
}

/** Fetches from partitions, without waiting unless told. */
export function fetchFrom(
  partitions: readonly FetchFrom[],
  { forgotten = [], ...options }: FetchOptions = {},
): RequestOf<typeof Fetch> {
  return {
    maxWaitMs: 0,
    minBytes: 1,
    ...options,
    topics: partitions.map(
      ({ topic = '', topicId = ZERO_UUID, partition = 0, from = 0, maxBytes, ...epochs }) => ({
        topic,
        topicId,
        partitions: [{ partition, fetchOffset: from, partitionMaxBytes: maxBytes ?? 1_000_000, ...epochs }],
      }),
    ),
    forgottenTopicsData: forgotten.map(({ topic = '', topicId = ZERO_UUID, partition = 0 }) => ({
      topic,
      topicId,
      partitions: [partition],
    })),
  }
}
