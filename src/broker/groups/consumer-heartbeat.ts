// ConsumerGroupHeartbeat: with it a member joins, says what it wants and owns, and learns what it gets (KIP-848).
import { KafkaError } from '../../protocol/errors.ts'
import { type DatedAssignment, includesAll, isSameDated, type TopicPartitions } from './assignment.ts'
import type { ConsumerChange } from './consumer-change.ts'
import { expectHeartbeat, expectRevocation } from './consumer-expiry.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import {
  AWAY_EPOCH,
  type ConsumerMember,
  isClassic,
  type MemberProfile,
  newMember,
} from './consumer-member.ts'
import { replacement } from './consumer-replacement.ts'
import { updateMember } from './consumer-update.ts'
import type { GroupRecord } from './group-records.ts'

export interface HeartbeatRequest {
  readonly memberId: string
  readonly memberEpoch: number
  readonly instanceId: string | null
  readonly rackId: string | null
  /** -1 when it has not changed; the other fields are null then. */
  readonly rebalanceTimeoutMs: number
  readonly subscribedTopicNames: readonly string[] | null
  readonly subscribedTopicRegex: string | null
  readonly serverAssignor: string | null
  /** What the member owns. */
  readonly topicPartitions: readonly TopicPartitions[] | null
  readonly clientId: string
  readonly clientHost: string
}

export interface HeartbeatAnswer {
  readonly memberId: string
  readonly memberEpoch: number
  /** Null when the member knows. */
  readonly assignment: DatedAssignment | null
}

export const JOINING_EPOCH = 0

/** Takes a member's word, with `records` to be written in front; throws KafkaError. */
export function heartbeat(
  group: ConsumerGroup,
  request: HeartbeatRequest,
  records: readonly GroupRecord[] = [],
): HeartbeatAnswer {
  const changes: ConsumerChange[] = []
  const member = findMember(group, request, changes)
  const updated = updateMember(group, {
    member,
    profile: newProfile(member.profile, request),
    owned: request.topicPartitions,
    changes,
    records,
  })
  expectHeartbeat(group, updated)
  if (updated.ownership !== member.ownership) expectRevocation(group, updated)
  const isKnown =
    request.memberEpoch !== JOINING_EPOCH &&
    !isFullRequest(request) &&
    isSameDated(member.ownership.assigned, updated.ownership.assigned)
  return {
    memberId: updated.id,
    memberEpoch: updated.ownership.memberEpoch,
    assignment: isKnown ? null : updated.ownership.assigned,
  }
}

/** A member says everything after an error: its knowledge of the assignment may be lost. */
const isFullRequest = (request: HeartbeatRequest): boolean =>
  request.rebalanceTimeoutMs !== -1 &&
  (request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null) &&
  request.topicPartitions !== null

const newProfile = (profile: MemberProfile, request: HeartbeatRequest): MemberProfile => ({
  instanceId: request.instanceId ?? profile.instanceId,
  rackId: request.rackId ?? profile.rackId,
  clientId: request.clientId,
  clientHost: request.clientHost,
  subscribedTopicNames: request.subscribedTopicNames
    ? new Set(request.subscribedTopicNames)
    : profile.subscribedTopicNames,
  subscribedTopicRegex: request.subscribedTopicRegex ?? profile.subscribedTopicRegex,
  rebalanceTimeoutMs:
    request.rebalanceTimeoutMs === -1 ? profile.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
  serverAssignor: request.serverAssignor ?? profile.serverAssignor,
  classic: null,
})

/** Who speaks; somebody new is not in the group yet. */
function findMember(
  group: ConsumerGroup,
  request: HeartbeatRequest,
  changes: ConsumerChange[],
): ConsumerMember {
  const { memberId, memberEpoch, instanceId } = request
  checkSize(group, memberId)
  const isJoining = memberEpoch === JOINING_EPOCH
  if (instanceId === null) {
    const member = isJoining ? (group.members.get(memberId) ?? newMember(memberId)) : group.member(memberId)
    checkEpoch(member, request)
    return member
  }
  const known = group.staticMember(instanceId)
  if (!isJoining) {
    const member = checkInstance(known, memberId, instanceId)
    checkEpoch(member, request)
    return member
  }
  if (!known) return group.members.get(memberId) ?? newMember(memberId)
  if (!isClassic(known) && known.ownership.memberEpoch !== AWAY_EPOCH) {
    throw new KafkaError(
      'UNRELEASED_INSTANCE_ID',
      `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${known.id} member.`,
    )
  }
  return replacement(group, known, memberId, changes)
}

/** Throws GROUP_MAX_SIZE_REACHED unless there is room for the member, or it is in already. */
export function checkSize({ members, host }: ConsumerGroup, memberId: string): void {
  const limit = host.settings.number('group.consumer.max.size')
  if (members.size < limit || members.has(memberId)) return
  throw new KafkaError(
    'GROUP_MAX_SIZE_REACHED',
    `The consumer group has reached its maximum capacity of ${limit} members.`,
  )
}

/** The static member that an instance id belongs to; throws KafkaError unless it has that member id. */
export function checkInstance(
  member: ConsumerMember | undefined,
  memberId: string,
  instanceId: string,
): ConsumerMember {
  if (!member) throw new KafkaError('UNKNOWN_MEMBER_ID', `Instance id ${instanceId} is unknown.`)
  if (member.id === memberId) return member
  throw new KafkaError(
    'FENCED_INSTANCE_ID',
    `Static member ${memberId} with instance id ${instanceId} was fenced by member ${member.id}.`,
  )
}

function checkEpoch({ ownership }: ConsumerMember, { memberEpoch, topicPartitions }: HeartbeatRequest): void {
  const known = ownership.memberEpoch
  if (memberEpoch === JOINING_EPOCH || memberEpoch === known) return
  // The answer with the current epoch may have been lost, which shows in what the member owns.
  const mayHaveMissed =
    memberEpoch < known &&
    memberEpoch === ownership.previousMemberEpoch &&
    topicPartitions !== null &&
    includesAll(ownership.assigned, topicPartitions)
  if (mayHaveMissed) return
  throw new KafkaError(
    'FENCED_MEMBER_EPOCH',
    `The consumer group member has a ${memberEpoch > known ? 'greater' : 'smaller'} member epoch (${memberEpoch}) ` +
      `than the one known by the group coordinator (${known}). The member must abandon all its partitions and rejoin.`,
  )
}
