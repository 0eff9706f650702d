import { ZERO_UUID } from '../../bytes/uuid.ts'
import { errorName, KafkaError } from '../../protocol/errors.ts'
import { Produce } from '../../protocol/messages/produce.ts'
import type { DecodedResponseOf, RequestOf } from '../../protocol/schema.ts'
import type { PartitionQueue } from './partition-queue.ts'
import type { ProducerBatch } from './producer-batch.ts'
import type { TopicQueue } from './record-accumulator.ts'

/** A batch with where it goes. */
export interface Outgoing {
  readonly topic: TopicQueue
  readonly queue: PartitionQueue
  readonly batch: ProducerBatch
}

/** From version 13 topics go by their ids, which brokers that know the version have given. */
export const maxProduceVersion = (topics: Iterable<TopicQueue>): number => {
  for (const { topicId } of topics) if (topicId === ZERO_UUID) return 12
  return Produce.maxVersion
}

export function produceRequest(
  outgoing: readonly Outgoing[],
  acks: number,
  timeoutMs: number,
  transactionalId: string | null,
): RequestOf<typeof Produce> {
  const byTopic = new Map<TopicQueue, { index: number; records: Buffer }[]>()
  for (const { topic, queue, batch } of outgoing) {
    const data = { index: queue.partition, records: batch.built! }
    const partitions = byTopic.get(topic)
    if (partitions === undefined) byTopic.set(topic, [data])
    else partitions.push(data)
  }
  const topicData = [...byTopic].map(([{ name, topicId }, partitionData]) => ({
    name,
    topicId,
    partitionData,
  }))
  return { transactionalId, acks, timeoutMs, topicData }
}

export type PartitionAnswer = DecodedResponseOf<
  typeof Produce
>['responses'][number]['partitionResponses'][number]

/** The part of the answer about each batch that was sent. */
export function answersFor(
  outgoing: readonly Outgoing[],
  answer: DecodedResponseOf<typeof Produce>,
): (PartitionAnswer | undefined)[] {
  const found = new Map<string, PartitionAnswer>()
  for (const { name, topicId, partitionResponses } of answer.responses) {
    for (const partition of partitionResponses) {
      found.set(`${name === '' ? topicId : name}:${partition.index}`, partition)
    }
  }
  return outgoing.map(
    ({ topic: { name, topicId }, queue: { partition } }) =>
      found.get(`${name}:${partition}`) ?? found.get(`${topicId}:${partition}`),
  )
}

/** Why a batch was not taken; null when it was. */
export function failureOf(answer: PartitionAnswer | undefined): KafkaError | null {
  if (answer === undefined) return new KafkaError('UNKNOWN_SERVER_ERROR', 'the answer lacks a partition')
  if (answer.errorCode === 0) return null
  const detail = answer.errorMessage ?? answer.recordErrors[0]?.batchIndexErrorMessage
  return new KafkaError(errorName(answer.errorCode), detail)
}
