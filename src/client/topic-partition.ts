export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** Kafka's name of a partition: `orders-0`. */
export const partitionName = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

/** The order of rows: by topic, then by number. */
export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  if (a.topic === b.topic) return a.partition - b.partition
  return a.topic < b.topic ? -1 : 1
}

/** The partitions as wire messages list them: under their topic. */
export function byTopic<P extends TopicPartition, T>(
  targets: readonly P[],
  item: (target: P) => T,
): { name: string; partitions: T[] }[] {
  const topics = new Map<string, T[]>()
  for (const target of targets) {
    const partitions = topics.get(target.topic)
    if (partitions === undefined) topics.set(target.topic, [item(target)])
    else partitions.push(item(target))
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }))
}
