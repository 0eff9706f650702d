import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import type { Listing } from '../output.ts'

export interface OffsetRow extends TopicPartition {
  readonly offset: number
}

const OFFSET_COLUMNS = ['topic', 'partition', 'offset'] as const

/** What get-offsets prints. Kafka's text is in the order of the names topic-partition, so 10 stands before 2. */
export function offsetListing(rows: readonly OffsetRow[]): Listing {
  const sorted = [...rows].sort(comparePartitions)
  return {
    text: () =>
      [...rows]
        .sort((a, b) => (partitionName(a) < partitionName(b) ? -1 : 1))
        .map(({ topic, partition, offset }) => `${topic}:${partition}:${offset}\n`)
        .join(''),
    columns: OFFSET_COLUMNS,
    items: sorted.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
    names: () => [...new Set(sorted.map(({ topic }) => topic))],
  }
}
