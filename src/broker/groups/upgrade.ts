// A classic group of consumers goes on as a consumer group when the first member of the new protocol joins it. Its
// members stay, with what they own: they are told to join again, and then get their assignment from the broker.

import { MalformedError } from '../../bytes/reader.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { MetadataImage } from '../metadata/image.ts'
import { type Assignment, dated } from './assignment.ts'
import { type ClassicGroup, CONSUMER_PROTOCOL } from './classic-group.ts'
import { type ClassicMember, refusedJoin, refusedSync } from './classic-member.ts'
import type { ConsumerChange } from './consumer-change.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { type MemberProfile, NEW_OWNERSHIP } from './consumer-member.ts'
import { readAssignment, readSubscription } from './consumer-protocol.ts'
import { changeRecord } from './consumer-records.ts'
import { hashOfTopics } from './consumer-subscription.ts'
import type { GroupRecord } from './group-records.ts'
import { migrationPolicy } from './migration-policy.ts'

export interface Upgrade {
  readonly group: ConsumerGroup
  /** To be written before the group changes. */
  readonly records: readonly GroupRecord[]
}

/** The consumer group that a classic one becomes; throws GROUP_ID_NOT_FOUND when it must stay what it is. */
export function upgrade(classic: ClassicGroup): Upgrade {
  const obstacle = findObstacle(classic)
  if (obstacle !== null) throw cannot(classic, `because ${obstacle}.`)
  const group = new ConsumerGroup(classic.host, classic.id)
  const changes = changesOf(classic)
  for (const change of changes) group.apply(change)
  return {
    group,
    records: [...classic.tombstones(), ...changes.map((change) => changeRecord(classic.id, change))],
  }
}

/** Tells those who wait for a rebalance to join again, and stops the time of the group. */
export function retire(classic: ClassicGroup): void {
  for (const member of classic.members.values()) {
    member.answerJoin(refusedJoin('REBALANCE_IN_PROGRESS', member.id))
    member.answerSync(refusedSync('REBALANCE_IN_PROGRESS'))
  }
  classic.unload()
}

const cannot = ({ id }: ClassicGroup, why: string): KafkaError =>
  new KafkaError('GROUP_ID_NOT_FOUND', `Cannot upgrade classic group ${id} to consumer group ${why}`)

function findObstacle({ protocolType, members, host }: ClassicGroup): string | null {
  const { settings } = host
  if (!migrationPolicy(settings).allowsUpgrade) return 'online upgrade is disabled'
  if (protocolType !== CONSUMER_PROTOCOL) return 'the group does not use the consumer embedded protocol'
  if (members.size > settings.number('group.consumer.max.size')) {
    return 'the group size exceeds the consumer group maximum size'
  }
  return null
}

function changesOf(classic: ClassicGroup): ConsumerChange[] {
  const { generationId: epoch, host } = classic
  const members = [...classic.members.values()].map((member) => ({
    memberId: member.id,
    profile: profileOf(classic, member),
    target: targetOf(classic, member),
  }))
  const topics = new Set(members.flatMap(({ profile }) => [...profile.subscribedTopicNames]))
  const ownership = { ...NEW_OWNERSHIP, memberEpoch: epoch, previousMemberEpoch: epoch }
  return [
    ...members.map(({ memberId, profile: value }) => ({ of: 'profile' as const, memberId, value })),
    { of: 'group', value: { epoch, metadataHash: hashOfTopics(topics, host.image) } },
    ...members.map(({ memberId, target: value }) => ({ of: 'target' as const, memberId, value })),
    { of: 'assignment', value: { epoch, timestamp: 0 } },
    ...members.map(({ memberId, target }) => ({
      of: 'ownership' as const,
      memberId,
      value: { ...ownership, assigned: dated(target, epoch) },
    })),
  ]
}

function profileOf(classic: ClassicGroup, member: ClassicMember): MemberProfile {
  const { instanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocols } = member
  const protocol = classic.protocolName ?? protocols[0]?.name ?? ''
  const { topics, rackId } = readable(classic, () => readSubscription(member.metadata(protocol)))
  return {
    instanceId,
    rackId: rackId === '' ? null : rackId,
    clientId,
    clientHost,
    subscribedTopicNames: new Set(topics),
    subscribedTopicRegex: '',
    rebalanceTimeoutMs,
    serverAssignor: null,
    classic: { sessionTimeoutMs, supportedProtocols: protocols },
  }
}

function targetOf(classic: ClassicGroup, { assignment }: ClassicMember): Assignment {
  const { assignedPartitions, userData } = readable(classic, () => readAssignment(assignment))
  if (userData !== null && userData.length > 0) {
    throw cannot(
      classic,
      'because an unsupported custom assignor is in use. Please refer to the documentation or switch to a default ' +
        'assignor before re-attempting the upgrade.',
    )
  }
  return existing(assignedPartitions, classic.host.image)
}

function existing(
  list: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
  { topics }: MetadataImage,
): Assignment {
  const assignment = new Map<string, ReadonlySet<number>>()
  for (const { topic, partitions } of list) {
    const topicId = topics.get(topic)?.id
    if (topicId !== undefined && partitions.length > 0) assignment.set(topicId, new Set(partitions))
  }
  return assignment
}

function readable<T>(classic: ClassicGroup, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw cannot(classic, 'because the embedded consumer protocol is malformed.')
  }
}
