import { maxInt64, subtractInt64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { type CommittedOffset, fetchCommitted } from '../../client/groups/committed-offsets.ts'
import { describeConsumerGroups, type GroupDescription } from '../../client/groups/description.ts'
import { isConsumerGroup, listGroups } from '../../client/groups/listing.ts'
import type { IsolationLevel } from '../../client/offsets.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { Failure } from '../failures.ts'
import { type FoundOffset, lookUpOffsets, partitionsOf } from '../groups/offset-rows.ts'
import type { GroupLag, PartitionLag } from './group-lag.ts'
import { anyOf, type NamePattern } from './name-pattern.ts'

export interface LagQuestion {
  /** Names or patterns; all groups when empty. */
  readonly groups: readonly NamePattern[]
  /** Names or patterns; all topics when empty. */
  readonly topics: readonly NamePattern[]
  readonly isolationLevel: IsolationLevel
  readonly timeoutMs: number
}

interface KnownGroup {
  readonly description: GroupDescription
  readonly committed: readonly CommittedOffset[]
  readonly partitions: readonly TopicPartition[]
}

/** How far groups are behind; what cannot be told has an error in its place. */
export async function askLag(cluster: Cluster, question: LagQuestion): Promise<GroupLag[]> {
  const { isolationLevel } = question
  const deadline = cluster.deadline(question.timeoutMs)
  const names = await chooseGroups(cluster, question)
  const [descriptions, commits] = await Promise.all([
    describeConsumerGroups(cluster, names, { timeoutMs: deadline.leftMs }),
    fetchCommitted(cluster, names, { timeoutMs: deadline.leftMs }),
  ])
  const wantsTopic = question.topics.length === 0 ? () => true : await anyOf(question.topics)
  const known = new Map<string, KnownGroup>()
  const failed = new Map<string, Error>()
  for (const name of names) {
    const description = descriptions.get(name)!
    const found = commits.get(name)!
    const error = description.error ?? found.error
    if (error !== null) failed.set(name, error)
    if (description.answer === null || found.answer === null) continue
    const committed = found.answer.filter(({ topic }) => wantsTopic(topic))
    const partitions = partitionsOf(description.answer, committed).filter(({ topic }) => wantsTopic(topic))
    known.set(name, { description: description.answer, committed, partitions })
  }
  const counts = await partitionCounts(cluster, [...known.values()], deadline.leftMs)
  const whole = new Map([...known].map(([name, group]) => [name, wholeTopics(group.partitions, counts)]))
  const all = [...whole.values()].flat()
  const uncommitted = [...known].flatMap(([name, group]) => withoutCommit(whole.get(name)!, group))
  const timeoutMs = deadline.leftMs
  const [ends, starts] = await Promise.all([
    lookUpOffsets(cluster, all, { isolationLevel, timeoutMs }),
    lookUpOffsets(cluster, uncommitted, { spec: 'earliest', isolationLevel, timeoutMs }),
  ])
  return names.map((name): GroupLag => {
    const group = known.get(name)
    if (group === undefined) {
      return { group: name, state: null, members: [], partitions: [], error: failed.get(name) ?? null }
    }
    const { state, members } = group.description
    const partitions = partitionLags(name, whole.get(name)!, group, ends, starts)
    return { group: name, state, members, partitions, error: null }
  })
}

async function chooseGroups(cluster: Cluster, { groups, timeoutMs }: LagQuestion): Promise<string[]> {
  const named = groups.flatMap(({ text, glob }) => (glob === null ? [text] : []))
  if (groups.length > 0 && named.length === groups.length) return [...new Set(named)].sort()
  const listed = (await listGroups(cluster, { timeoutMs })).filter(isConsumerGroup)
  const matches = groups.length === 0 ? () => true : await anyOf(groups)
  const found = listed.map(({ groupId }) => groupId).filter(matches)
  // A group that was asked for by its name is missed when it is not there.
  const chosen = [...new Set([...found, ...named])].sort()
  if (groups.length > 0 && chosen.length === 0) {
    throw new Failure(`ktool lag: no group matches ${groups.map(({ text }) => text).join(', ')}`, {
      hint: 'consumer-groups --list tells which there are',
    })
  }
  return chosen
}

/** How many partitions the topics of the groups have; those that do not exist are left out. */
async function partitionCounts(
  cluster: Cluster,
  groups: readonly KnownGroup[],
  timeoutMs: number,
): Promise<Map<string, number>> {
  const names = new Set(groups.flatMap(({ partitions }) => partitions.map(({ topic }) => topic)))
  const topics = await cluster.topics([...names], { refresh: true, timeoutMs })
  return new Map(
    [...topics.values()]
      .filter(({ error }) => error === 'NONE')
      .map(({ name, partitions }) => [name, partitions.length]),
  )
}

/** Also the partitions that nobody has and nothing was committed for: a group may have forgotten them. */
function wholeTopics(
  partitions: readonly TopicPartition[],
  counts: ReadonlyMap<string, number>,
): TopicPartition[] {
  const all = new Map(partitions.map((target) => [partitionName(target), target]))
  for (const topic of new Set(partitions.map((target) => target.topic))) {
    for (let partition = 0; partition < (counts.get(topic) ?? 0); partition++) {
      all.set(partitionName({ topic, partition }), { topic, partition })
    }
  }
  return [...all.values()].sort(comparePartitions)
}

function withoutCommit(partitions: readonly TopicPartition[], { committed }: KnownGroup): TopicPartition[] {
  const names = new Set(committed.map(partitionName))
  return partitions.filter((partition) => !names.has(partitionName(partition)))
}

function partitionLags(
  group: string,
  partitions: readonly TopicPartition[],
  { description, committed }: KnownGroup,
  ends: ReadonlyMap<string, FoundOffset>,
  starts: ReadonlyMap<string, FoundOffset>,
): PartitionLag[] {
  const commits = new Map(committed.map((found) => [partitionName(found), found]))
  const owners = new Map(
    description.members.flatMap((member) =>
      member.assignment.map((partition) => [partitionName(partition), member] as const),
    ),
  )
  return partitions.map(({ topic, partition }) => {
    const name = partitionName({ topic, partition })
    const commit = commits.get(name)
    const end = ends.get(name)!
    const currentOffset = commit === undefined || commit.error !== null ? null : commit.offset
    const logEndOffset = end instanceof Error ? null : end
    // Where there is nothing to read, nobody is behind, whether or not he said so.
    const from = currentOffset ?? (starts.get(name) === end ? logEndOffset : null)
    return {
      group,
      topic,
      partition,
      currentOffset,
      logEndOffset,
      lag: from === null || logEndOffset === null ? null : maxInt64(0, subtractInt64(logEndOffset, from)),
      member: owners.get(name) ?? null,
      error: commit?.error ?? (end instanceof Error ? end : null),
    }
  })
}
