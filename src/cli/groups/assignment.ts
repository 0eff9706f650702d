import { byTopic, type TopicPartition } from '../../client/topic-partition.ts'

/** As objects with a topic and its partitions. */
export const assignmentItem = (assignment: readonly TopicPartition[]) =>
  byTopic(assignment, ({ partition }) => partition).map(({ name, partitions }) => ({
    topic: name,
    partitions,
  }))

/** As Kafka writes it: `orders:0,1;payments:3`. */
export const assignmentText = (assignment: readonly TopicPartition[]): string =>
  byTopic(assignment, ({ partition }) => partition)
    .map(({ name, partitions }) => `${name}:${[...partitions].sort((a, b) => a - b).join(',')}`)
    .sort()
    .join(';')
