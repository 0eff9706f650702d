// Finds the group that a ConsumerGroupHeartbeat is for, or makes it.
import { KafkaError } from '../../protocol/errors.ts'
import { ClassicGroup } from './classic-group.ts'
import { resumeMembers } from './consumer-expiry.ts'
import { ConsumerGroup } from './consumer-group.ts'
import {
  type HeartbeatAnswer,
  type HeartbeatRequest,
  heartbeat,
  JOINING_EPOCH,
} from './consumer-heartbeat.ts'
import { leave } from './consumer-leave.ts'
import type { GroupShard } from './group-shard.ts'
import { retire, upgrade } from './upgrade.ts'

/** Answers any heartbeat of a member; throws KafkaError. */
export function answerHeartbeat(
  shard: GroupShard,
  groupId: string,
  request: HeartbeatRequest,
): HeartbeatAnswer {
  if (request.memberEpoch < JOINING_EPOCH) return leave(shard.consumerGroup(groupId), request)
  const known = shard.groups.get(groupId)
  if (known instanceof ConsumerGroup) return heartbeat(known, request)
  if (request.memberEpoch !== JOINING_EPOCH) throw notFound(groupId, known !== undefined)
  if (known instanceof ClassicGroup && !known.isEmpty) return joinUpgraded(shard, known, request)
  // What is left of an empty group are its offsets, which the new one takes over.
  if (known && !known.isEmpty) throw notFound(groupId, true)
  const group = new ConsumerGroup(shard, groupId)
  const answer = heartbeat(group, request, known?.tombstones())
  known?.unload()
  shard.groups.set(groupId, group)
  return answer
}

function joinUpgraded(shard: GroupShard, classic: ClassicGroup, request: HeartbeatRequest): HeartbeatAnswer {
  const { group, records } = upgrade(classic)
  const answer = heartbeat(group, request, records)
  retire(classic)
  shard.groups.set(classic.id, group)
  resumeMembers(group)
  return answer
}

const notFound = (groupId: string, isOther: boolean): KafkaError =>
  new KafkaError(
    'GROUP_ID_NOT_FOUND',
    isOther ? `Group ${groupId} is not a consumer group.` : `Consumer group ${groupId} not found.`,
  )
