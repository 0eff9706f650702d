import type { Cluster } from '../../client/cluster.ts'
import type { PartitionMetadata } from '../../client/metadata.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import type { ElectionType } from './elect.ts'

/** One line for each partition that an election would give another leader, as far as the brokers' metadata tells. */
export async function foreseeElection(
  cluster: Cluster,
  electionType: ElectionType,
  wanted: readonly TopicPartition[] | null,
): Promise<string[]> {
  const topics =
    wanted === null ? await cluster.allTopics() : await cluster.topics(wanted.map(({ topic }) => topic))
  const names = wanted === null ? null : new Set(wanted.map(partitionName))
  return [...topics.values()]
    .flatMap(({ name: topic, partitions }) => partitions.map((state) => ({ topic, ...state })))
    .filter((partition) => names === null || names.has(partitionName(partition)))
    .sort(comparePartitions)
    .flatMap((partition) => {
      const change = electionType === 'PREFERRED' ? preferredChange(partition) : uncleanChange(partition)
      return change === null ? [] : `${change} ${partitionName(partition)}`
    })
}

function preferredChange({ leader, replicas, isr }: PartitionMetadata): string | null {
  const [preferred] = replicas
  if (preferred === undefined || preferred === leader || !isr.includes(preferred)) return null
  return `broker ${preferred} would be elected in place of ${leader < 0 ? 'none' : `broker ${leader}`} for`
}

const uncleanChange = ({ leader }: PartitionMetadata): string | null =>
  leader < 0 ? 'any replica that is alive would be elected, even if records are lost, for' : null
