import { type Int64, subtractInt64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import type { CommittedOffset } from '../../client/groups/committed-offsets.ts'
import type { GroupDescription, GroupMember } from '../../client/groups/description.ts'
import { type IsolationLevel, listOffsets, OFFSET_SPECS } from '../../client/offsets.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'

/** How far a group is in a partition. */
export interface OffsetRow {
  readonly group: string
  /** Null when a member has no partitions. */
  readonly topic: string | null
  readonly partition: number | null
  readonly leaderEpoch: number | null
  /** Null when nothing is committed. */
  readonly currentOffset: Int64 | null
  /** Null when it cannot be told. */
  readonly logEndOffset: Int64 | null
  readonly lag: Int64 | null
  /** The member that has the partition; null when none does. */
  readonly member: GroupMember | null
  /** Why the partition, or what was committed for it, cannot be told. */
  readonly error: Error | null
}

/** An offset of a partition, or why it cannot be told. */
export type FoundOffset = Int64 | Error

/** Looks up where partitions end or start; a partition that fails does so alone, and no question is asked twice. */
export async function lookUpOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  options: {
    readonly spec?: keyof typeof OFFSET_SPECS
    readonly isolationLevel?: IsolationLevel | undefined
    readonly timeoutMs?: number | undefined
  } = {},
): Promise<Map<string, FoundOffset>> {
  const distinct = new Map(partitions.map((partition) => [partitionName(partition), partition]))
  const found = new Map<string, FoundOffset>()
  const topics = await cluster.topics(
    [...distinct.values()].map(({ topic }) => topic),
    { timeoutMs: options.timeoutMs },
  )
  const asked = [...distinct].flatMap(([name, { topic, partition }]) => {
    const metadata = topics.get(topic)
    const leader = metadata?.partitions[partition]?.leader
    // Asking again would not bring a deleted topic back, and might take as long as the timeout.
    if (leader === undefined) found.set(name, missing(metadata?.error))
    else if (leader < 0) found.set(name, new KafkaError('LEADER_NOT_AVAILABLE'))
    else return [{ topic, partition, timestamp: OFFSET_SPECS[options.spec ?? 'latest'] }]
    return []
  })
  for (const { target, answer, error } of await listOffsets(cluster, asked, options)) {
    found.set(partitionName(target), error ?? answer.offset)
  }
  return found
}

const missing = (error: KafkaError['code'] | undefined): KafkaError =>
  new KafkaError(error === undefined || error === 'NONE' ? 'UNKNOWN_TOPIC_OR_PARTITION' : error)

/** The partitions a group has to do with: what members have, and what was committed. */
export function partitionsOf(
  { members }: Pick<GroupDescription, 'members'>,
  committed: readonly CommittedOffset[],
): TopicPartition[] {
  const all = [...members.flatMap(({ assignment }) => assignment), ...committed]
  return [...new Map(all.map((partition) => [partitionName(partition), partition])).values()]
}

/** The rows of a group in Kafka's order: members with many partitions first, behind them what no member has. */
export function offsetRows(
  { groupId, members }: GroupDescription,
  committed: readonly CommittedOffset[],
  ends: ReadonlyMap<string, FoundOffset>,
): OffsetRow[] {
  const byPartition = new Map(committed.map((found) => [partitionName(found), found]))
  const row = (partition: TopicPartition, member: GroupMember | null): OffsetRow =>
    partitionRow(groupId, partition, member, byPartition.get(partitionName(partition)), ends)
  const owners = [...members]
    .filter(({ assignment }) => assignment.length > 0)
    .sort((a, b) => b.assignment.length - a.assignment.length)
  const owned = new Set(owners.flatMap(({ assignment }) => assignment.map(partitionName)))
  const unowned = committed.filter((found) => !owned.has(partitionName(found)))
  return [
    ...owners.flatMap((member) =>
      [...member.assignment].sort(comparePartitions).map((partition) => row(partition, member)),
    ),
    ...[...unowned].sort(comparePartitions).map((partition) => row(partition, null)),
  ]
}

function partitionRow(
  group: string,
  { topic, partition }: TopicPartition,
  member: GroupMember | null,
  committed: CommittedOffset | undefined,
  ends: ReadonlyMap<string, FoundOffset>,
): OffsetRow {
  const end = ends.get(partitionName({ topic, partition }))
  const logEndOffset = end === undefined || end instanceof Error ? null : end
  const currentOffset = committed === undefined || committed.error !== null ? null : committed.offset
  return {
    group,
    topic,
    partition,
    leaderEpoch: committed?.leaderEpoch ?? null,
    currentOffset,
    logEndOffset,
    lag: currentOffset === null || logEndOffset === null ? null : subtractInt64(logEndOffset, currentOffset),
    member,
    error: committed?.error ?? (end instanceof Error ? end : null),
  }
}
