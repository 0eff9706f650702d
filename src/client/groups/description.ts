import { MalformedError } from '../../bytes/reader.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import { DescribeGroups } from '../../protocol/messages/classic-groups.ts'
import { ConsumerGroupDescribe } from '../../protocol/messages/consumer-groups.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import type { Cluster } from '../cluster.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { decodeAssignment } from './consumer-protocol.ts'
import { answered, askCoordinators, failed, type GroupResult } from './coordinated.ts'

export interface GroupMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  /** As the broker tells it, with a slash in front. */
  readonly host: string
  readonly assignment: readonly TopicPartition[]
  /** What the member is to have in the end; null where assignments take effect at once. */
  readonly targetAssignment: readonly TopicPartition[] | null
  readonly epoch: number | null
  /** Whether the member speaks the newer protocol; null where all members speak the older one, or nobody tells. */
  readonly isUpgraded: boolean | null
}

export interface GroupDescription {
  readonly groupId: string
  readonly type: 'Classic' | 'Consumer'
  readonly state: string
  /** Empty when there is none yet. */
  readonly assignor: string
  readonly coordinatorId: number
  readonly groupEpoch: number | null
  readonly targetAssignmentEpoch: number | null
  readonly members: readonly GroupMember[]
}

type Descriptions = Map<string, GroupResult<GroupDescription>>

/** Consumer groups of both kinds; a group that nobody knows has the error GROUP_ID_NOT_FOUND. */
export async function describeConsumerGroups(
  cluster: Cluster,
  groups: readonly string[],
  options: { readonly timeoutMs?: number | undefined } = {},
): Promise<Descriptions> {
  return await askCoordinators(
    cluster,
    groups,
    async (node, asked, deadline): Promise<Descriptions> => {
      const results = await describeNewer(cluster, asked, { node, deadline })
      const others = asked.filter((group) => isOfOtherKind(results.get(group)?.error))
      if (others.length === 0) return results
      return new Map([...results, ...(await describeClassic(cluster, others, { node, deadline }))])
    },
    options,
  )
}

type At = Parameters<Cluster['requestOnce']>[2] & { readonly node: number }

const isOfOtherKind = (error: Error | null | undefined): boolean =>
  error instanceof KafkaError && (error.code === 'GROUP_ID_NOT_FOUND' || error.code === 'UNSUPPORTED_VERSION')

async function describeNewer(cluster: Cluster, groups: readonly string[], at: At): Promise<Descriptions> {
  try {
    const answer = await cluster.requestOnce(
      ConsumerGroupDescribe,
      { groupIds: [...groups], includeAuthorizedOperations: false },
      at,
    )
    return new Map(answer.groups.map((group) => [group.groupId, readNewer(group, at.node)]))
  } catch (error) {
    if (!(error instanceof KafkaError) || error.code !== 'UNSUPPORTED_VERSION') throw error
    return new Map(groups.map((group) => [group, failed(error)]))
  }
}

type Newer = DecodedResponseOf<typeof ConsumerGroupDescribe>['groups'][number]

function readNewer(group: Newer, coordinatorId: number): GroupResult<GroupDescription> {
  const error = itemError(group)
  if (error) return failed(error)
  return answered({
    groupId: group.groupId,
    type: 'Consumer',
    state: group.groupState,
    assignor: group.assignorName,
    coordinatorId,
    groupEpoch: group.groupEpoch,
    targetAssignmentEpoch: group.assignmentEpoch,
    members: group.members.map((member) => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      clientId: member.clientId,
      host: member.clientHost,
      assignment: flat(member.assignment),
      targetAssignment: flat(member.targetAssignment),
      epoch: member.memberEpoch,
      isUpgraded: member.memberType < 0 ? null : member.memberType === 1,
    })),
  })
}

const flat = ({ topicPartitions }: Newer['members'][number]['assignment']): TopicPartition[] =>
  topicPartitions.flatMap(({ topicName, partitions }) =>
    partitions.map((partition) => ({ topic: topicName, partition })),
  )

async function describeClassic(cluster: Cluster, groups: readonly string[], at: At): Promise<Descriptions> {
  const answer = await cluster.requestOnce(DescribeGroups, { groups: [...groups] }, at)
  return new Map(answer.groups.map((group) => [group.groupId, readClassic(group, at.node)]))
}

type Classic = DecodedResponseOf<typeof DescribeGroups>['groups'][number]

function readClassic(group: Classic, coordinatorId: number): GroupResult<GroupDescription> {
  const { groupId, groupState, protocolType } = group
  const error = itemError(group)
  if (error) return failed(error)
  // Before version 6 a group that is not there was a dead one.
  if (groupState === 'Dead')
    return failed(new KafkaError('GROUP_ID_NOT_FOUND', `Group ${groupId} not found.`))
  if (protocolType !== 'consumer' && protocolType !== '') {
    return failed(
      new KafkaError('INVALID_GROUP_ID', `Group ${groupId} is not a consumer group, but of ${protocolType}.`),
    )
  }
  try {
    const members = group.members.map((member) => ({
      memberId: member.memberId,
      instanceId: member.groupInstanceId,
      clientId: member.clientId,
      host: member.clientHost,
      assignment: decodeAssignment(member.memberAssignment),
      targetAssignment: null,
      epoch: null,
      isUpgraded: null,
    }))
    return answered({
      groupId,
      type: 'Classic',
      state: groupState,
      assignor: group.protocolData,
      coordinatorId,
      groupEpoch: null,
      targetAssignmentEpoch: null,
      members,
    })
  } catch (cause) {
    if (!(cause instanceof MalformedError)) throw cause
    return failed(new Error(`Group ${groupId} has an assignment that cannot be read.`, { cause }))
  }
}
