import type { MetadataImage } from '../metadata/image.ts'
import { type Assignment, type DatedAssignment, NOTHING_ASSIGNED, unite } from './assignment.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { type ConsumerMember, isClassic } from './consumer-member.ts'
import { preferredAssignor } from './target-assignment.ts'

const CLASSIC_MEMBER = 0
const CONSUMER_MEMBER = 1

/** The group as ConsumerGroupDescribe tells it. */
export function describeConsumerGroup(group: ConsumerGroup) {
  const { id, stateName, epoch, assignmentEpoch, members, host } = group
  return {
    groupId: id,
    groupState: stateName,
    groupEpoch: epoch,
    assignmentEpoch,
    assignorName: preferredAssignor(members.values(), host.settings),
    members: [...members.values()].map((member) => describeMember(group, member)),
  }
}

function describeMember({ targets, host: { image } }: ConsumerGroup, member: ConsumerMember) {
  const { id, profile, ownership } = member
  return {
    memberId: id,
    instanceId: profile.instanceId,
    rackId: profile.rackId,
    memberEpoch: ownership.memberEpoch,
    clientId: profile.clientId,
    clientHost: profile.clientHost,
    subscribedTopicNames: [...profile.subscribedTopicNames],
    subscribedTopicRegex: profile.subscribedTopicRegex,
    assignment: named(unite(ownership.assigned, ownership.revoking), image),
    targetAssignment: named(targets.get(id) ?? NOTHING_ASSIGNED, image),
    memberType: isClassic(member) ? CLASSIC_MEMBER : CONSUMER_MEMBER,
  }
}

/** With the names of topics; what is assigned of a deleted topic has none. */
function named(assignment: Assignment | DatedAssignment, { topicsById }: MetadataImage) {
  const topicPartitions = []
  for (const [topicId, partitions] of assignment) {
    const topicName = topicsById.get(topicId)?.name
    if (topicName !== undefined) {
      topicPartitions.push({ topicId, topicName, partitions: [...partitions.keys()] })
    }
  }
  return { topicPartitions }
}
