import type { Listing } from '../output.ts'
import type { TopicPartition } from '../per-leader.ts'

export interface OffsetRow extends TopicPartition {
  readonly offset: number
}

export const OFFSET_COLUMNS = ['topic', 'partition', 'offset'] as const

/** What get-offsets prints. Kafka's text is in the order of the names topic-partition, so 10 stands before 2. */
export function offsetListing(rows: readonly OffsetRow[]): Listing {
  const sorted = [...rows].sort((a, b) =>
    a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1,
  )
  return {
    text: () =>
      [...rows]
        .sort((a, b) => (`${a.topic}-${a.partition}` < `${b.topic}-${b.partition}` ? -1 : 1))
        .map(({ topic, partition, offset }) => `${topic}:${partition}:${offset}\n`)
        .join(''),
    columns: OFFSET_COLUMNS,
    items: sorted.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
    names: () => [...new Set(sorted.map(({ topic }) => topic))],
  }
}
