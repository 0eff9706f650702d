import type { Int64 } from '../../bytes/int64.ts'
import { itemError, type KafkaError } from '../../protocol/errors.ts'
import { OffsetCommit, OffsetDelete, OffsetFetch } from '../../protocol/messages/commits.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import type { Cluster } from '../cluster.ts'
import type { Deadline } from '../deadline.ts'
import { byTopic, partitionName, type TopicPartition } from '../topic-partition.ts'
import { answered, askCoordinators, failed, type GroupResult, resultOf } from './coordinated.ts'
import { isCoordinatorFailure } from './coordinator-link.ts'

// Later versions name topics by id, and then what was committed for a deleted topic could not be told.
export const FETCH_BY_NAME = { ...OffsetFetch, maxVersion: 9 }
export const COMMIT_BY_NAME = { ...OffsetCommit, maxVersion: 9 }

/** Since when one request may ask for several groups. */
const SEVERAL_GROUPS_VERSION = 8

export interface CommittedOffset extends TopicPartition {
  readonly offset: Int64
  /** Null when the member that committed did not know it. */
  readonly leaderEpoch: number | null
  readonly metadata: string
  /** Why it cannot be told; its offset is -1 then. */
  readonly error: KafkaError | null
}

type Committed = Map<string, GroupResult<CommittedOffset[]>>

/** What each group has committed, for all partitions. */
export function fetchCommitted(
  cluster: Cluster,
  groups: readonly string[],
  options: { readonly timeoutMs?: number | undefined } = {},
): Promise<Committed> {
  return askCoordinators(
    cluster,
    groups,
    async (node, asked, deadline) => {
      const connection = await cluster.connectionTo(node)
      if (connection.version(FETCH_BY_NAME) >= SEVERAL_GROUPS_VERSION) {
        return await fetchSeveral(cluster, asked, node, deadline)
      }
      const results = await Promise.all(asked.map((group) => fetchOne(cluster, group, node, deadline)))
      return new Map(results.map((result, at) => [asked[at]!, result]))
    },
    options,
  )
}

async function fetchSeveral(
  cluster: Cluster,
  groups: readonly string[],
  node: number,
  deadline: Deadline,
): Promise<Committed> {
  const body = { groups: groups.map((groupId) => ({ groupId, topics: null })) }
  const answer = await cluster.requestOnce(FETCH_BY_NAME, body, { node, deadline })
  return new Map(
    answer.groups.map((group) => {
      const error = itemError(group)
      return [group.groupId, error ? failed(error) : answered(readOffsets(group.topics))]
    }),
  )
}

async function fetchOne(
  cluster: Cluster,
  groupId: string,
  node: number,
  deadline: Deadline,
): Promise<GroupResult<CommittedOffset[]>> {
  const answer = await cluster.requestOnce(FETCH_BY_NAME, { groupId, topics: null }, { node, deadline })
  const error = itemError(answer)
  return error ? failed(error) : answered(readOffsets(answer.topics))
}

type Topics =
  | DecodedResponseOf<typeof OffsetFetch>['topics']
  | DecodedResponseOf<typeof OffsetFetch>['groups'][number]['topics']

/** What an answer tells of partitions; those without a commit are left out. */
export function readOffsets(topics: Topics): CommittedOffset[] {
  return topics.flatMap(({ name, partitions }) =>
    partitions
      .map((found) => ({
        topic: name,
        partition: found.partitionIndex,
        offset: found.committedOffset,
        leaderEpoch: found.committedLeaderEpoch < 0 ? null : found.committedLeaderEpoch,
        metadata: found.metadata ?? '',
        error: itemError(found) ?? null,
      }))
      .filter(({ offset, error }) => offset >= 0 || error !== null),
  )
}

export interface OffsetToCommit extends TopicPartition {
  readonly offset: Int64
  readonly leaderEpoch?: number | null | undefined
}

/** Sets offsets of a group without members; what went wrong, by partition. */
export async function commitOffsets(
  cluster: Cluster,
  groupId: string,
  offsets: readonly OffsetToCommit[],
  options: { readonly timeoutMs?: number | undefined } = {},
): Promise<Map<string, KafkaError>> {
  const results = await askCoordinators(
    cluster,
    [groupId],
    async (node, _, deadline) => {
      const body = { groupId, generationIdOrMemberEpoch: -1, memberId: '', topics: commitTopics(offsets) }
      const answer = await cluster.requestOnce(COMMIT_BY_NAME, body, { node, deadline })
      const errors = partitionErrors(answer.topics)
      return new Map([[groupId, passing(errors) ?? answered(errors)]])
    },
    options,
  )
  return resultOf(results, groupId)
}

/** The part of an OffsetCommit that says what is committed. */
export function commitTopics(offsets: readonly OffsetToCommit[]) {
  return byTopic(offsets, ({ partition, offset, leaderEpoch }) => ({
    partitionIndex: partition,
    committedOffset: offset,
    committedLeaderEpoch: leaderEpoch ?? -1,
    committedMetadata: '',
  }))
}

/** Forgets offsets of a group; what went wrong, by partition. Rejects when the group as a whole refuses. */
export async function deleteOffsets(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
  options: { readonly timeoutMs?: number | undefined } = {},
): Promise<Map<string, KafkaError>> {
  const results = await askCoordinators(
    cluster,
    [groupId],
    async (node, _, deadline) => {
      const topics = byTopic(partitions, ({ partition }) => ({ partitionIndex: partition }))
      const answer = await cluster.requestOnce(OffsetDelete, { groupId, topics }, { node, deadline })
      const error = itemError(answer)
      const errors = partitionErrors(answer.topics)
      return new Map([[groupId, error ? failed(error) : (passing(errors) ?? answered(errors))]])
    },
    options,
  )
  return resultOf(results, groupId)
}

export function partitionErrors(
  topics: readonly {
    readonly name: string
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
  }[],
): Map<string, KafkaError> {
  const errors = new Map<string, KafkaError>()
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, errorCode } of partitions) {
      const error = itemError({ errorCode })
      if (error) errors.set(partitionName({ topic: name, partition: partitionIndex }), error)
    }
  }
  return errors
}

/** An error about the coordinator stands at every partition, and is one of the group. */
function passing(errors: ReadonlyMap<string, KafkaError>): GroupResult<never> | undefined {
  const error = [...errors.values()].find(isCoordinatorFailure)
  return error && failed(error)
}
