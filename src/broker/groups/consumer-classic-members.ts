// Members of a consumer group that still speak the classic protocol (KIP-848, "online migration"). They join, sync and
// send heartbeats as ever, but nobody waits for anybody: the epoch of a member is its generation, and whoever has to
// take another step is told that a rebalance is in progress.

import { MalformedError } from '../../bytes/reader.ts'
import { randomUuid } from '../../bytes/uuid.ts'
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { TopicPartitions } from './assignment.ts'
import { CONSUMER_PROTOCOL } from './classic-group.ts'
import type { JoinRequest } from './classic-join.ts'
import type { Leaver } from './classic-leave.ts'
import { type JoinAnswer, refusedJoin, type SyncAnswer } from './classic-member.ts'
import type { MemberRequest, SyncRequest } from './classic-sync.ts'
import type { ConsumerChange } from './consumer-change.ts'
import { expectHeartbeat, expireIn } from './consumer-expiry.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { checkInstance, checkSize } from './consumer-heartbeat.ts'
import { type ConsumerMember, isClassic, newMember } from './consumer-member.ts'
import { readSubscription, writeAssignment } from './consumer-protocol.ts'
import { removeMembers } from './consumer-removal.ts'
import { replacement } from './consumer-replacement.ts'
import { updateMember } from './consumer-update.ts'
import { downgrade, isDowngradeDue } from './downgrade.ts'
import { migrationPolicy } from './migration-policy.ts'

/** JoinGroup; throws KafkaError. */
export function joinClassic(group: ConsumerGroup, request: JoinRequest): JoinAnswer {
  const { host } = group
  const isNew = request.memberId === ''
  const memberId = isNew ? randomUuid(host.randomBytes) : request.memberId
  checkSize(group, memberId)
  if (migrationPolicy(host.settings).isDisabled || !accepts(group, request)) {
    throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
  }
  if (isNew && request.groupInstanceId === null && request.knowsMemberIds) {
    return refusedJoin('MEMBER_ID_REQUIRED', memberId)
  }
  const member = joinMember(group, memberId, request)
  const protocol = request.protocols[0]!.name
  return {
    ...refusedJoin('NONE', member.id),
    generationId: member.ownership.memberEpoch,
    protocolType: CONSUMER_PROTOCOL,
    protocolName: protocol,
  }
}

/** Whether all members that speak the classic protocol could assign with one of these. */
function accepts({ members }: ConsumerGroup, { protocolType, protocols }: JoinRequest): boolean {
  const others = [...members.values()].flatMap(({ profile }) => profile.classic ?? [])
  return (
    protocolType === CONSUMER_PROTOCOL &&
    protocols.some(({ name }) =>
      others.every(({ supportedProtocols }) => supportedProtocols.some((known) => known.name === name)),
    )
  )
}

function joinMember(group: ConsumerGroup, memberId: string, request: JoinRequest): ConsumerMember {
  const { sessionTimeoutMs, rebalanceTimeoutMs, protocols } = request
  const subscription = readable(() => readSubscription(protocols[0]!.metadata))
  const changes: ConsumerChange[] = []
  const known = group.staticMember(request.groupInstanceId)
  const member = findMember(group, memberId, request, changes)
  const { assignmentEpoch } = group
  const updated = updateMember(group, {
    member,
    profile: {
      ...member.profile,
      instanceId: request.groupInstanceId ?? member.profile.instanceId,
      rackId: subscription.rackId || member.profile.rackId,
      clientId: request.clientId,
      clientHost: request.clientHost,
      subscribedTopicNames: new Set(subscription.topics),
      subscribedTopicRegex: '',
      rebalanceTimeoutMs,
      classic: { sessionTimeoutMs, supportedProtocols: protocols },
    },
    owned: withIds(group, subscription.ownedPartitions),
    changes,
    records: [],
  })
  const { join, sync } = group.timersOf(updated.id)
  join.clear()
  const members = [...group.members.values()]
  if (known && !isClassic(known) && isDowngradeDue(group, members)) {
    downgrade(group, members, assignmentEpoch < group.epoch)
  } else {
    expectHeartbeat(group, updated)
    expireIn(group, updated.id, sync, rebalanceTimeoutMs, 'did not sync in time')
  }
  return updated
}

function findMember(
  group: ConsumerGroup,
  memberId: string,
  { groupInstanceId, memberId: given }: JoinRequest,
  changes: ConsumerChange[],
): ConsumerMember {
  if (groupInstanceId === null) return group.members.get(memberId) ?? newMember(memberId)
  const known = group.staticMember(groupInstanceId)
  if (given !== '') return checkInstance(known, memberId, groupInstanceId)
  return known ? replacement(group, known, memberId, changes) : newMember(memberId)
}

/** Java cannot read such a subscription either, and answers what it answers to failures of its own. */
function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof MalformedError)
      throw new KafkaError('UNKNOWN_SERVER_ERROR', undefined, { cause: error })
    throw error
  }
}

function withIds(
  { host: { image } }: ConsumerGroup,
  owned: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): TopicPartitions[] {
  return owned.flatMap(({ topic, partitions }) => {
    const topicId = image.topics.get(topic)?.id
    return topicId === undefined ? [] : [{ topicId, partitions }]
  })
}

/** SyncGroup; throws KafkaError. */
export function syncClassic(group: ConsumerGroup, request: SyncRequest): SyncAnswer {
  const member = checkGeneration(group, request)
  const { supportedProtocols } = member.profile.classic!
  const [protocol] = supportedProtocols
  const { protocolType, protocolName } = request
  const isOther =
    (protocolType !== null && protocolType !== CONSUMER_PROTOCOL) ||
    (protocolName !== null && protocolName !== protocol?.name)
  if (isOther) throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
  const { memberEpoch, state, assigned } = member.ownership
  if (group.assignmentEpoch > memberEpoch && state !== 'UNREVOKED_PARTITIONS') {
    expectJoin(group, member)
    throw new KafkaError('REBALANCE_IN_PROGRESS')
  }
  group.timersOf(member.id).sync.clear()
  expectHeartbeat(group, member)
  const assignment = writeAssignment(assigned, protocol!.metadata, group.host.image)
  return { error: 'NONE', protocolType, protocolName, assignment }
}

/** Heartbeat; throws KafkaError. */
export function heartbeatClassic(group: ConsumerGroup, request: MemberRequest): ErrorName {
  const member = checkGeneration(group, request)
  expectHeartbeat(group, member)
  if (!hasToJoin(group, member)) return 'NONE'
  expectJoin(group, member)
  return 'REBALANCE_IN_PROGRESS'
}

function hasToJoin(group: ConsumerGroup, { id, ownership }: ConsumerMember): boolean {
  const { state, memberEpoch, assigned } = ownership
  if (memberEpoch < group.assignmentEpoch || state === 'UNREVOKED_PARTITIONS') return true
  if (state !== 'UNRELEASED_PARTITIONS') return false
  for (const [topicId, partitions] of group.targets.get(id) ?? []) {
    for (const partition of partitions) {
      if (!assigned.get(topicId)?.has(partition) && group.owners.has(topicId, partition)) return false
    }
  }
  return true
}

/** The member has its rebalance timeout to join again, from the first time that it was told to. */
function expectJoin(group: ConsumerGroup, { id, profile }: ConsumerMember): void {
  const { join } = group.timersOf(id)
  if (!join.isSet) expireIn(group, id, join, profile.rebalanceTimeoutMs, 'did not join again in time')
}

function checkGeneration(group: ConsumerGroup, request: MemberRequest): ConsumerMember {
  const { memberId, groupInstanceId, generationId } = request
  const member =
    groupInstanceId === null
      ? group.member(memberId)
      : checkInstance(group.staticMember(groupInstanceId), memberId, groupInstanceId)
  if (!isClassic(member)) throw new KafkaError('UNKNOWN_MEMBER_ID')
  if (member.ownership.memberEpoch !== generationId) throw new KafkaError('ILLEGAL_GENERATION')
  return member
}

/** LeaveGroup, which also takes members of the new protocol out; gives an error for each leaver. */
export function leaveClassic(group: ConsumerGroup, leavers: readonly Leaver[]): ErrorName[] {
  const leaving = new Map<string, ConsumerMember>()
  const errors = leavers.map((leaver): ErrorName => {
    try {
      const member = findLeaver(group, leaver)
      leaving.set(member.id, member)
      return 'NONE'
    } catch (error) {
      if (error instanceof KafkaError) return error.code
      throw error
    }
  })
  removeMembers(group, [...leaving.values()])
  return errors
}

function findLeaver(group: ConsumerGroup, { memberId, groupInstanceId }: Leaver): ConsumerMember {
  if (groupInstanceId === null) return group.member(memberId)
  const known = group.staticMember(groupInstanceId)
  return checkInstance(known, memberId === '' ? (known?.id ?? '') : memberId, groupInstanceId)
}
