// What the word of a member means for the group: whether its epoch goes up, what it aims for, and what the member gets.
import type { Assignment, TopicPartitions } from './assignment.ts'
import type { ConsumerChange } from './consumer-change.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import {
  type ConsumerMember,
  isReconciled,
  isSameOwnership,
  isSameProfile,
  isSameSet,
  type MemberProfile,
} from './consumer-member.ts'
import { consumerSetting } from './consumer-settings.ts'
import { hashOfTopics, subscriptionOf, topicsOf } from './consumer-subscription.ts'
import type { GroupRecord } from './group-records.ts'
import { reconcile } from './reconciliation.ts'
import { refreshRegexes, updateRegex } from './regex-subscription.ts'
import { newTarget } from './target-assignment.ts'

export interface MemberUpdate {
  /** As it was: in the group, new, or in the place of somebody else. */
  readonly member: ConsumerMember
  readonly profile: MemberProfile
  /** What the member says that it owns; null when it does not say. */
  readonly owned: readonly TopicPartitions[] | null
  /** What has been found to change so far; more is added. */
  readonly changes: ConsumerChange[]
  /** To be written in front of the changes. */
  readonly records: readonly GroupRecord[]
}

interface Aim {
  readonly epoch: number
  readonly target: Assignment
}

/** Makes everything of it, and gives the member as it is then; throws KafkaError. */
export function updateMember(group: ConsumerGroup, update: MemberUpdate): ConsumerMember {
  const { member, profile, changes } = update
  const told: ConsumerMember = { ...member, profile }
  if (!isSameProfile(member.profile, profile)) {
    changes.push({ of: 'profile', memberId: told.id, value: profile })
  }
  const regex = updateRegex(group, member, told, changes)
  const hasNewNames = !isSameSet(member.profile.subscribedTopicNames, profile.subscribedTopicNames)
  const epoch = nextEpoch(group, told, hasNewNames || regex === 'resolved', changes)
  const aim = nextAim(group, told, epoch, changes)
  const moved = nextStep(group, told, aim, hasNewNames || regex !== 'same', update.owned)
  if (moved !== told) changes.push({ of: 'ownership', memberId: told.id, value: moved.ownership })
  group.commit(changes, update.records)
  group.isMetadataStale = false
  refreshRegexes(group)
  return moved
}

/** The group as it will be: with the member as it is now, and without whose place it takes. */
function* membersWith({ members }: ConsumerGroup, told: ConsumerMember): Iterable<ConsumerMember> {
  const { instanceId } = told.profile
  for (const member of members.values()) {
    if (member.id === told.id) yield told
    else if (instanceId === null || member.profile.instanceId !== instanceId) yield member
  }
  if (!members.has(told.id)) yield told
}

/** The epoch of the group, which goes up when members read other topics, or these topics have changed. */
function nextEpoch(
  group: ConsumerGroup,
  told: ConsumerMember,
  isOther: boolean,
  changes: ConsumerChange[],
): number {
  if (!isOther && !group.isMetadataStale) return group.epoch
  const { topics } = subscriptionOf(membersWith(group, told), group.regexes)
  const metadataHash = hashOfTopics(topics, group.host.image)
  const epoch = isOther || metadataHash !== group.metadataHash ? group.epoch + 1 : group.epoch
  if (epoch > group.epoch) changes.push({ of: 'group', value: { epoch, metadataHash } })
  if (group.hasPartitionsRecord) changes.push({ of: 'partitions', value: null })
  return epoch
}

function nextAim(group: ConsumerGroup, told: ConsumerMember, epoch: number, changes: ConsumerChange[]): Aim {
  if (group.assignmentEpoch >= epoch || !isAssignmentDue(group)) {
    return { epoch: group.assignmentEpoch, target: group.targetOf(told) }
  }
  const members = [...membersWith(group, told)]
  const { isHomogeneous } = subscriptionOf(members, group.regexes)
  const found = newTarget(group, members, epoch, isHomogeneous)
  changes.push(...found.changes)
  return { epoch, target: found.targets.get(told.id)! }
}

/** KIP-1263: members that come one after the other do not make an assignment each. */
function isAssignmentDue({ host, id, assignedAtMs }: ConsumerGroup): boolean {
  return host.clock.monotonicMs() >= assignedAtMs + consumerSetting(host, id, 'assignment.interval.ms')
}

function nextStep(
  group: ConsumerGroup,
  told: ConsumerMember,
  { epoch, target }: Aim,
  hasSubscriptionChanged: boolean,
  owned: readonly TopicPartitions[] | null,
): ConsumerMember {
  if (!hasSubscriptionChanged && isReconciled(told.ownership, epoch)) return told
  const { topicsById } = group.host.image
  const names = topicsOf(told, group.regexes)
  const ownership = reconcile(told.ownership, {
    targetEpoch: epoch,
    target,
    isSubscribed: (topicId) => names.has(topicsById.get(topicId)?.name ?? ''),
    hasSubscriptionChanged,
    isOwned: (topicId, partition) => group.owners.has(topicId, partition),
    owned,
  })
  return isSameOwnership(ownership, told.ownership) ? told : { ...told, ownership }
}
