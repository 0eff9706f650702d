import type { Cluster } from '../../client/cluster.ts'
import { fetchCommitted } from '../../client/groups/committed-offsets.ts'
import { resultOf } from '../../client/groups/coordinated.ts'
import { describeStreamsGroups, inputTopicsOf } from '../../client/groups/streams-groups.ts'
import type { TopicPartition } from '../../client/topic-partition.ts'

/** The partitions of topics of others for which a streams group has committed. */
export async function inputPartitions(
  cluster: Cluster,
  group: string,
  timeoutMs: number,
): Promise<TopicPartition[]> {
  const [descriptions, committed] = await Promise.all([
    describeStreamsGroups(cluster, [group], { timeoutMs }),
    fetchCommitted(cluster, [group], { timeoutMs }),
  ])
  const inputs = inputTopicsOf(resultOf(descriptions, group))
  return resultOf(committed, group)
    .filter(({ topic }) => inputs.has(topic))
    .map(({ topic, partition }) => ({ topic, partition }))
}
