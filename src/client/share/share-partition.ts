import { partitionName, type TopicPartition } from '../topic-partition.ts'

/** A partition with the id of its topic, by which share groups go. */
export interface SharePartition extends TopicPartition {
  readonly topicId: string
}

/** The partitions, or something for each, under the ids of their topics, as requests list them. */
export function byTopicId<T>(
  partitions: Iterable<SharePartition>,
  item: (partition: SharePartition) => T,
): { topicId: string; partitions: T[] }[] {
  const topics = new Map<string, T[]>()
  for (const partition of partitions) {
    const items = topics.get(partition.topicId)
    if (items === undefined) topics.set(partition.topicId, [item(partition)])
    else items.push(item(partition))
  }
  return [...topics].map(([topicId, items]) => ({ topicId, partitions: items }))
}

/** One key for a partition of one incarnation of its topic. */
export const shareKey = (partition: SharePartition): string =>
  `${partition.topicId} ${partitionName(partition)}`
