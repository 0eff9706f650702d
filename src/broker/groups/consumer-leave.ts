// ConsumerGroupHeartbeat with which a member leaves: for good, or for a restart if it is a static one.
import { dated, NOTHING_OWNED } from './assignment.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { checkInstance, type HeartbeatAnswer } from './consumer-heartbeat.ts'
import { AWAY_EPOCH, type ConsumerMember } from './consumer-member.ts'
import { removeMembers } from './consumer-removal.ts'

export interface Leaving {
  readonly memberId: string
  /** -1, or -2 for a restart. */
  readonly memberEpoch: number
  readonly instanceId: string | null
}

/** Throws KafkaError unless the member has left. */
export function leave(group: ConsumerGroup, { memberId, memberEpoch, instanceId }: Leaving): HeartbeatAnswer {
  const answer = { memberId, memberEpoch, assignment: null }
  if (instanceId === null) {
    removeMembers(group, [group.member(memberId)])
    return answer
  }
  const member = checkInstance(group.staticMember(instanceId), memberId, instanceId)
  if (memberEpoch === AWAY_EPOCH) keepPlace(group, member)
  else removeMembers(group, [member])
  return answer
}

/** Its partitions stay with it until it is back, or its session is over. */
function keepPlace(group: ConsumerGroup, { id, ownership }: ConsumerMember): void {
  const value = {
    ...ownership,
    memberEpoch: AWAY_EPOCH,
    assigned: dated(ownership.assigned, 0),
    revoking: NOTHING_OWNED,
  }
  group.commit([{ of: 'ownership', memberId: id, value }])
  group.timersOf(id).rebalance.clear()
}
