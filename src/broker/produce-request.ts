// What Kafka does to a produce request before it looks at any partition.
import type { Produce } from '../protocol/messages/produce.ts'
import type { DecodedRequestOf } from '../protocol/schema.ts'
import { BATCH_OVERHEAD, CURRENT_MAGIC, isTransactional, magic } from '../records/batch.ts'

type Request = DecodedRequestOf<typeof Produce>
export type TopicData = Request['topicData'][number]
export type PartitionData = TopicData['partitionData'][number]

/** Each partition once, the last entry for it; topics without partitions are left out. */
export function distinctPartitions(topicData: readonly TopicData[]): readonly TopicData[] {
  if (topicData.length === 1 && topicData[0]!.partitionData.length === 1) return topicData
  const topics = new Map<string, { topic: TopicData; partitions: Map<number, PartitionData> }>()
  for (const topic of topicData) {
    if (topic.partitionData.length === 0) continue
    const key = `${topic.name}/${topic.topicId}`
    const known = topics.get(key) ?? { topic, partitions: new Map<number, PartitionData>() }
    topics.set(key, known)
    for (const partition of topic.partitionData) known.partitions.set(partition.index, partition)
  }
  return Array.from(topics.values(), ({ topic, partitions }) => ({
    ...topic,
    partitionData: [...partitions.values()],
  }))
}

/** Whether some records belong to a transaction. */
export const hasTransaction = ({ topicData }: Request): boolean =>
  topicData.some(({ partitionData }) => partitionData.some(({ records }) => isOfTransaction(records)))

const isOfTransaction = (records: Buffer | null): boolean =>
  records !== null &&
  records.length >= BATCH_OVERHEAD &&
  magic(records, 0) === CURRENT_MAGIC &&
  isTransactional(records, 0)
