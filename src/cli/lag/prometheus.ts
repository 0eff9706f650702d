import { addSaturated, type Int64 } from '../../bytes/int64.ts'
import { metric } from '../output/prometheus.ts'
import { type GroupLag, type PartitionLag, totalsOf } from './group-lag.ts'

/** Metrics under the names of kafka_exporter, so that its dashboards and alerts go on working. What is unknown is left out. */
export function prometheusText(groups: readonly GroupLag[]): string {
  const partitions = groups.flatMap((group) => group.partitions)
  const perTopic = groups.flatMap(({ group, partitions: ofGroup }) =>
    [...new Set(ofGroup.map(({ topic }) => topic))].map((topic) => ({
      labels: { consumergroup: group, topic },
      partitions: ofGroup.filter((partition) => partition.topic === topic),
    })),
  )
  return [
    metric(
      'kafka_topic_partition_current_offset',
      'Offset behind the last record of the partition',
      distinct(partitions).map(({ topic, partition, logEndOffset }) => ({
        labels: { partition, topic },
        value: logEndOffset,
      })),
    ),
    metric(
      'kafka_consumergroup_members',
      'Number of members of the consumer group',
      groups.map(({ group, members, error }) => ({
        labels: { consumergroup: group },
        value: error === null ? members.length : null,
      })),
    ),
    metric(
      'kafka_consumergroup_current_offset',
      'Offset that the consumer group has committed for the partition',
      partitions.map((partition) => ({ labels: labelsOf(partition), value: partition.currentOffset })),
    ),
    metric(
      'kafka_consumergroup_current_offset_sum',
      'Offsets that the consumer group has committed for all partitions of the topic',
      perTopic.map(({ labels, partitions: ofTopic }) => ({
        labels,
        value: sum(ofTopic.map(({ currentOffset }) => currentOffset)),
      })),
    ),
    metric(
      'kafka_consumergroup_lag',
      'Number of records of the partition that the consumer group has not committed yet',
      partitions.map((partition) => ({ labels: labelsOf(partition), value: partition.lag })),
    ),
    metric(
      'kafka_consumergroup_lag_sum',
      'Number of records of the topic that the consumer group has not committed yet',
      perTopic.map(({ labels, partitions: ofTopic }) => ({ labels, value: totalsOf(ofTopic).totalLag })),
    ),
  ].join('')
}

const labelsOf = ({ group, topic, partition }: PartitionLag) => ({ consumergroup: group, partition, topic })

function distinct(partitions: readonly PartitionLag[]): PartitionLag[] {
  return [...new Map(partitions.map((each) => [`${each.topic}-${each.partition}`, each])).values()]
}

function sum(values: readonly (Int64 | null)[]): Int64 | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce(addSaturated, 0)
}
