import type { Int64 } from '../../bytes/int64.ts'
import { OFFSET_SPECS } from '../../client/offsets.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import type { Listing } from '../output/listing.ts'
import { metric } from '../output/prometheus.ts'

export interface OffsetRow extends TopicPartition {
  readonly offset: Int64
}

const OFFSET_COLUMNS = ['topic', 'partition', 'offset'] as const

/** The names that kafka_exporter has for the two ends of a partition, by the timestamps that stand for them. */
const METRICS: ReadonlyMap<Int64, readonly [name: string, help: string]> = new Map([
  [
    OFFSET_SPECS.latest,
    ['kafka_topic_partition_current_offset', 'Offset behind the last record of the partition'],
  ],
  [
    OFFSET_SPECS.earliest,
    ['kafka_topic_partition_oldest_offset', 'Offset of the first record of the partition'],
  ],
])
const OTHER_METRIC = [
  'kafka_topic_partition_offset_at_time',
  'Offset that the partition has at the time asked for',
] as const

/** What get-offsets prints. Kafka's text is in the order of the names topic-partition, so 10 stands before 2. */
export function offsetListing(rows: readonly OffsetRow[], timestamp: Int64): Listing {
  const sorted = [...rows].sort(comparePartitions)
  return {
    text: () =>
      [...rows]
        .sort((a, b) => (partitionName(a) < partitionName(b) ? -1 : 1))
        .map(({ topic, partition, offset }) => `${topic}:${partition}:${offset}\n`)
        .join(''),
    columns: OFFSET_COLUMNS,
    items: sorted.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
    prometheus: () =>
      metric(
        ...(METRICS.get(timestamp) ?? OTHER_METRIC),
        sorted.map(({ topic, partition, offset }) => ({ labels: { partition, topic }, value: offset })),
      ),
    names: () => [...new Set(sorted.map(({ topic }) => topic))],
  }
}
