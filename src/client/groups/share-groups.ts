import type { Int64 } from '../../bytes/int64.ts'
import { itemError, type KafkaError } from '../../protocol/errors.ts'
import {
  AlterShareGroupOffsets,
  DeleteShareGroupOffsets,
  DescribeShareGroupOffsets,
  ShareGroupDescribe,
} from '../../protocol/messages/share-groups.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import type { Cluster } from '../cluster.ts'
import { byTopic, partitionName, type TopicPartition } from '../topic-partition.ts'
import type { OffsetToCommit } from './committed-offsets.ts'
import { answered, askCoordinators, failed, type GroupResult, resultOf } from './coordinated.ts'

export interface ShareMember {
  readonly memberId: string
  readonly rackId: string | null
  readonly clientId: string
  /** As the broker tells it, with a slash in front. */
  readonly host: string
  readonly epoch: number
  readonly subscribedTopics: readonly string[]
  readonly assignment: readonly TopicPartition[]
}

export interface ShareGroupDescription {
  readonly groupId: string
  readonly type: 'Share'
  readonly state: string
  readonly assignor: string
  readonly coordinatorId: number
  readonly groupEpoch: number
  readonly targetAssignmentEpoch: number
  readonly members: readonly ShareMember[]
}

interface Timeout {
  readonly timeoutMs?: number | undefined
}

/** Share groups; a group that is none, or that nobody knows, has the error GROUP_ID_NOT_FOUND. */
export function describeShareGroups(
  cluster: Cluster,
  groups: readonly string[],
  options: Timeout = {},
): Promise<Map<string, GroupResult<ShareGroupDescription>>> {
  return askCoordinators(
    cluster,
    groups,
    async (node, asked, deadline) => {
      const body = { groupIds: [...asked], includeAuthorizedOperations: false }
      const answer = await cluster.requestOnce(ShareGroupDescribe, body, { node, deadline })
      return new Map(
        answer.groups.map((group) => {
          const error = itemError(group)
          return [group.groupId, error ? failed(error) : answered(readGroup(group, node))]
        }),
      )
    },
    options,
  )
}

function readGroup(
  group: DecodedResponseOf<typeof ShareGroupDescribe>['groups'][number],
  coordinatorId: number,
): ShareGroupDescription {
  return {
    groupId: group.groupId,
    type: 'Share',
    state: group.groupState,
    assignor: group.assignorName,
    coordinatorId,
    groupEpoch: group.groupEpoch,
    targetAssignmentEpoch: group.assignmentEpoch,
    members: group.members.map((member) => ({
      memberId: member.memberId,
      rackId: member.rackId,
      clientId: member.clientId,
      host: member.clientHost,
      epoch: member.memberEpoch,
      subscribedTopics: member.subscribedTopicNames,
      assignment: member.assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
        partitions.map((partition) => ({ topic: topicName, partition })),
      ),
    })),
  }
}

/** How far a share group is in a partition. */
export interface ShareOffset extends TopicPartition {
  /** The first offset that is not done; null when the group has none for the partition yet. */
  readonly startOffset: Int64 | null
  readonly leaderEpoch: number | null
  /** Null before Kafka 4.2, and where it cannot be told. */
  readonly lag: Int64 | null
  readonly error: KafkaError | null
}

const known = <T extends Int64>(value: T): T | null => (value < 0 ? null : value)

/** Where each share group stands, in all partitions that it has read. */
export function fetchShareOffsets(
  cluster: Cluster,
  groups: readonly string[],
  options: Timeout = {},
): Promise<Map<string, GroupResult<ShareOffset[]>>> {
  return askCoordinators(
    cluster,
    groups,
    async (node, asked, deadline) => {
      const body = { groups: asked.map((groupId) => ({ groupId, topics: null })) }
      const answer = await cluster.requestOnce(DescribeShareGroupOffsets, body, { node, deadline })
      return new Map(
        answer.groups.map((group) => {
          const error = itemError(group)
          return [group.groupId, error ? failed(error) : answered(readOffsets(group.topics))]
        }),
      )
    },
    options,
  )
}

function readOffsets(
  topics: DecodedResponseOf<typeof DescribeShareGroupOffsets>['groups'][number]['topics'],
): ShareOffset[] {
  return topics.flatMap(({ topicName, partitions }) =>
    partitions.map((found) => ({
      topic: topicName,
      partition: found.partitionIndex,
      startOffset: known(found.startOffset),
      leaderEpoch: known(found.startOffset) === null ? null : known(found.leaderEpoch),
      lag: known(found.lag),
      error: itemError(found) ?? null,
    })),
  )
}

/** Sets where a share group without members goes on; what went wrong, by partition. */
export async function alterShareOffsets(
  cluster: Cluster,
  groupId: string,
  offsets: readonly OffsetToCommit[],
  options: Timeout = {},
): Promise<Map<string, KafkaError>> {
  const topics = byTopic(offsets, ({ partition, offset }) => ({
    partitionIndex: partition,
    startOffset: offset,
  })).map(({ name, partitions }) => ({ topicName: name, partitions }))
  const results = await askCoordinators(
    cluster,
    [groupId],
    async (node, _, deadline) => {
      const answer = await cluster.requestOnce(
        AlterShareGroupOffsets,
        { groupId, topics },
        { node, deadline },
      )
      const error = itemError(answer)
      return new Map([[groupId, error ? failed(error) : answered(answer.responses)]])
    },
    options,
  )
  return new Map(
    resultOf(results, groupId).flatMap(({ topicName, partitions }) =>
      partitions.flatMap((answer) => {
        const error = itemError(answer)
        const name = partitionName({ topic: topicName, partition: answer.partitionIndex })
        return error ? [[name, error] as const] : []
      }),
    ),
  )
}

/** Forgets where a share group without members is in topics; what went wrong, by topic. */
export async function deleteShareOffsets(
  cluster: Cluster,
  groupId: string,
  topics: readonly string[],
  options: Timeout = {},
): Promise<Map<string, KafkaError>> {
  const body = { groupId, topics: topics.map((topicName) => ({ topicName })) }
  const results = await askCoordinators(
    cluster,
    [groupId],
    async (node, _, deadline) => {
      const answer = await cluster.requestOnce(DeleteShareGroupOffsets, body, { node, deadline })
      const error = itemError(answer)
      return new Map([[groupId, error ? failed(error) : answered(answer.responses)]])
    },
    options,
  )
  return new Map(
    resultOf(results, groupId).flatMap((answer) => {
      const error = itemError(answer)
      return error ? [[answer.topicName, error] as const] : []
    }),
  )
}
