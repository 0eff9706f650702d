import type { Int64 } from '../../bytes/int64.ts'
import { ZERO_UUID } from '../../bytes/uuid.ts'
import { Fetch } from '../../protocol/messages/fetch.ts'
import type { DecodedResponseOf, RequestOf } from '../../protocol/schema.ts'
import { isolationCode } from '../offsets.ts'
import type { FetchSettings } from './fetch-config.ts'
import type { FetchPartition } from './fetch-partition.ts'

/** From version 13 topics go by their ids, which brokers that know the version have given. */
export const maxFetchVersion = (partitions: readonly FetchPartition[]): number =>
  partitions.some(({ topicId }) => topicId === ZERO_UUID) ? 12 : Fetch.maxVersion

export function fetchRequest(
  partitions: readonly FetchPartition[],
  settings: FetchSettings,
): RequestOf<typeof Fetch> {
  const topics = new Map<string, { topic: string; topicId: string; partitions: PartitionRequest[] }>()
  for (const { topic, topicId, partition, position, leaderEpoch } of partitions) {
    let entry = topics.get(topic)
    if (entry === undefined) {
      entry = { topic, topicId, partitions: [] }
      topics.set(topic, entry)
    }
    entry.partitions.push({
      partition,
      currentLeaderEpoch: leaderEpoch,
      fetchOffset: position,
      partitionMaxBytes: settings['max.partition.fetch.bytes'],
    })
  }
  return {
    maxWaitMs: settings['fetch.max.wait.ms'],
    minBytes: settings['fetch.min.bytes'],
    maxBytes: settings['fetch.max.bytes'],
    isolationLevel: isolationCode(settings['isolation.level']),
    topics: [...topics.values()],
    forgottenTopicsData: [],
  }
}

interface PartitionRequest {
  partition: number
  currentLeaderEpoch: number
  fetchOffset: Int64
  partitionMaxBytes: number
}

export type FetchAnswer = DecodedResponseOf<typeof Fetch>['responses'][number]['partitions'][number]

/** Each partition that was asked for with the broker's answer, which it may lack. */
export function matchAnswers(
  partitions: readonly FetchPartition[],
  { responses }: DecodedResponseOf<typeof Fetch>,
): [FetchPartition, FetchAnswer | undefined][] {
  const found = new Map<string, FetchAnswer>()
  for (const { topic, topicId, partitions: answers } of responses) {
    for (const answer of answers)
      found.set(`${topic === '' ? topicId : topic}:${answer.partitionIndex}`, answer)
  }
  return partitions.map((asked) => [
    asked,
    found.get(`${asked.topic}:${asked.partition}`) ?? found.get(`${asked.topicId}:${asked.partition}`),
  ])
}
