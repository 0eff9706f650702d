import { addInt64, type Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { fetchCommitted } from '../../client/groups/committed-offsets.ts'
import { OFFSET_SPECS, offsetsAt } from '../../client/offsets.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { Failure } from '../failures.ts'
import type { Scenario } from '../groups/reset-plan.ts'

/** Where the offsets of input topics go, by partition; `tell` gets what Kafka's tool says about odd ones. */
export async function planOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
  scenario: Scenario,
  tell: (line: string) => void,
): Promise<Map<string, Int64>> {
  const at = (timestamp: Int64) => namedOffsetsAt(cluster, partitions, timestamp)
  const within = async (wanted: (partition: TopicPartition) => Int64 | Promise<Int64>) => {
    const [starts, ends] = await Promise.all([at(OFFSET_SPECS.earliest), at(OFFSET_SPECS.latest)])
    const found = new Map<string, Int64>()
    for (const partition of partitions) {
      const name = partitionName(partition)
      found.set(name, clamped(await wanted(partition), starts.get(name)!, ends.get(name)!, tell))
    }
    return found
  }
  switch (scenario.to) {
    case 'earliest':
    case 'latest':
      return await at(OFFSET_SPECS[scenario.to])
    case 'offset':
      return await within(() => scenario.offset)
    case 'plan': {
      const plan = new Map(scenario.offsets.map((target) => [partitionName(target), target.offset]))
      return await within((partition) => {
        const offset = plan.get(partitionName(partition))
        if (offset !== undefined) return offset
        throw new Failure(`ERROR: the file has no offset for ${partitionName(partition)}`)
      })
    }
    case 'time': {
      const [found, ends] = await Promise.all([at(scenario.timestampMs), at(OFFSET_SPECS.latest)])
      return new Map(
        partitions.map((partition) => {
          const name = partitionName(partition)
          const offset = found.get(name)!
          if (offset >= 0) return [name, offset]
          tell(
            `Partition ${partition.partition} from topic ${partition.topic} is empty, without a committed record. Falling back to latest known offset.`,
          )
          return [name, ends.get(name)!]
        }),
      )
    }
    default: {
      const committed = (await fetchCommitted(cluster, [groupId])).get(groupId)?.answer ?? []
      const current = new Map(committed.map((found) => [partitionName(found), found.offset]))
      // Without a commit the consumer of Kafka's tool stands at the end.
      const ends = await at(OFFSET_SPECS.latest)
      const by = scenario.to === 'shifted' ? scenario.by : 0
      return await within((partition) => {
        const name = partitionName(partition)
        return addInt64(current.get(name) ?? ends.get(name)!, by)
      })
    }
  }
}

/** By the names of the partitions. */
export async function namedOffsetsAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: Int64,
): Promise<Map<string, Int64>> {
  const offsets = await offsetsAt(cluster, partitions, timestamp)
  return new Map(partitions.map((target, at) => [partitionName(target), offsets[at]!]))
}

/** Kafka's tool says this of the ends themselves, too. */
function clamped(offset: Int64, start: Int64, end: Int64, tell: (line: string) => void): Int64 {
  if (offset >= end) {
    tell(`New offset (${offset}) is higher than latest offset. Value will be set to ${end}`)
    return end
  }
  if (offset > start) return offset
  tell(`New offset (${offset}) is lower than earliest offset. Value will be set to ${start}`)
  return start
}
