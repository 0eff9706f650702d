// Committing, fetching and deleting offsets, for groups of every type.
import { addSaturated, type Int64 } from '../../bytes/int64.ts'
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import { ClassicGroup } from './classic-group.ts'
import { deleteOffsets } from './expiry.ts'
import type { CommitCheck, Committer, Group } from './group.ts'
import { type GroupRecord, offsetRecord } from './group-records.ts'
import type { GroupShard } from './group-shard.ts'
import { type CommittedOffset, isOfAnotherTopic } from './offset-store.ts'

export interface PartitionCommit {
  readonly partitionIndex: number
  readonly committedOffset: Int64
  readonly committedLeaderEpoch: number
  readonly committedMetadata: string | null
}

export interface TopicCommit {
  readonly name: string
  readonly topicId: string
  readonly partitions: readonly PartitionCommit[]
}

export interface Commit extends Committer {
  readonly groupId: string
  /** Of the OffsetCommit API: the error for an unknown group depends on it. */
  readonly version: number
  /** -1 for the broker's. */
  readonly retentionTimeMs: Int64
  readonly topics: readonly TopicCommit[]
}

/** From this version of OffsetCommit on clients know that a group can be missing. */
const FIRST_WITH_GROUP_ERROR = 9
const BROKERS_RETENTION = -1
const NO_EXPIRY = -1

/** Commits; gives an error per partition, in the order of the request. Throws KafkaError when nothing is committed. */
export function commitOffsets(shard: GroupShard, commit: Commit): ErrorName[][] {
  const known = shard.groups.get(commit.groupId)
  const group = known ?? simpleGroup(shard, commit)
  const check = group.admitCommit(commit, commit.version)
  const now = shard.clock.now()
  const { retentionTimeMs } = commit
  const expireTimestamp =
    retentionTimeMs === BROKERS_RETENTION ? NO_EXPIRY : addSaturated(now, retentionTimeMs)
  const maxMetadata = shard.settings.number('offset.metadata.max.bytes')
  const records: GroupRecord[] = []
  const changes: [topic: string, partition: number, committed: CommittedOffset][] = []
  const errors = commit.topics.map((topic) =>
    topic.partitions.map((partition) => {
      const error = refusal(topic, partition, check, maxMetadata)
      if (error !== 'NONE') return error
      const committed = {
        offset: partition.committedOffset,
        leaderEpoch: partition.committedLeaderEpoch,
        metadata: partition.committedMetadata ?? '',
        commitTimestamp: now,
        expireTimestamp,
        topicId: topic.topicId,
      }
      records.push(offsetRecord(commit.groupId, topic.name, partition.partitionIndex, committed))
      changes.push([topic.name, partition.partitionIndex, committed])
      return 'NONE'
    }),
  )
  shard.write(records)
  for (const change of changes) shard.offsets.put(commit.groupId, ...change)
  if (!known && changes.length > 0) shard.groups.set(commit.groupId, group)
  return errors
}

/** A commit without membership makes a group that has nothing but offsets. */
function simpleGroup(shard: GroupShard, { groupId, generationIdOrMemberEpoch, version }: Commit): Group {
  if (generationIdOrMemberEpoch < 0) return new ClassicGroup(shard, groupId)
  throw new KafkaError(version >= FIRST_WITH_GROUP_ERROR ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION')
}

function refusal(
  { topicId }: TopicCommit,
  { partitionIndex, committedMetadata }: PartitionCommit,
  check: CommitCheck | null,
  maxMetadata: number,
): ErrorName {
  if (committedMetadata !== null && committedMetadata.length > maxMetadata) return 'OFFSET_METADATA_TOO_LARGE'
  check?.(topicId, partitionIndex)
  return 'NONE'
}

export interface Fetcher {
  readonly groupId: string
  readonly memberId: string | null
  readonly memberEpoch: number
}

/** Whether offsets may be told; false when there is no such group. Throws KafkaError when not. */
export function admitFetch(shard: GroupShard, { groupId, memberId, memberEpoch }: Fetcher): boolean {
  const group = shard.groups.get(groupId)
  group?.checkFetch(memberId, memberEpoch)
  return group !== undefined
}

/** The offset unless it was committed for a deleted topic of the same name. */
export function fetchOffset(
  shard: GroupShard,
  groupId: string,
  topic: { readonly name: string; readonly topicId: string },
  partition: number,
): CommittedOffset | null {
  const committed = shard.offsets.get(groupId, topic.name, partition)
  return committed && !isOfAnotherTopic(committed, topic.topicId) ? committed : null
}

/** Deletes committed offsets of topics that nobody in the group reads; gives an error per topic. */
export function deleteCommitted(
  shard: GroupShard,
  groupId: string,
  topics: readonly { readonly name: string; readonly partitions: readonly number[] }[],
): ErrorName[] {
  const group = shard.group(groupId)
  group.checkOffsetDelete()
  const errors = topics.map(({ name }) => (group.isSubscribedTo(name) ? 'GROUP_SUBSCRIBED_TO_TOPIC' : 'NONE'))
  const places = topics.flatMap(({ name, partitions }, index) =>
    errors[index] === 'NONE'
      ? partitions
          .filter((partition) => shard.offsets.get(groupId, name, partition))
          .map((partition) => [name, partition] as const)
      : [],
  )
  deleteOffsets(shard, groupId, places)
  return errors
}
