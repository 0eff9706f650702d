// SyncGroup and Heartbeat of a classic group.
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type ClassicMember, NO_ASSIGNMENT, refusedSync, type SyncAnswer } from './classic-member.ts'
import { assign, currentAssignment, keepAlive, prepareRebalance } from './classic-rebalance.ts'
import { recordOfGroup } from './classic-records.ts'
import { ON_HEARTBEAT, ON_SYNC } from './classic-states.ts'

export interface MemberRequest {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly generationId: number
}

export interface SyncRequest extends MemberRequest {
  /** Null from clients that do not say. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  /** What the leader gives to each member; empty from the others. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[]
}

/** Answers once, now or when the leader has sent the assignments. Throws KafkaError when the request is refused. */
export function sync(group: ClassicGroup, request: SyncRequest, answer: (answer: SyncAnswer) => void): void {
  if (group.isEmpty) throw new KafkaError('UNKNOWN_MEMBER_ID')
  const member = checkGeneration(group, request)
  if (
    differs(request.protocolType, group.protocolType) ||
    differs(request.protocolName, group.protocolName)
  ) {
    throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
  }
  const step = ON_SYNC[group.state]
  if (step === 'answer') {
    noteSync(group, member)
    answer(currentAssignment(group, member))
  } else if (step === 'wait') {
    // The earlier request came over a connection that the client has given up.
    member.answerSync(refusedSync('REBALANCE_IN_PROGRESS'))
    member.sync = answer
    noteSync(group, member)
    if (group.isLeader(member.id)) takeAssignments(group, request)
  } else {
    throw new KafkaError(step)
  }
}

const differs = (said: string | null, known: string | null): boolean =>
  said !== null && known !== null && said !== known

function checkGeneration(group: ClassicGroup, request: MemberRequest): ClassicMember {
  const member = group.checkMember(request.memberId, request.groupInstanceId)
  if (request.generationId !== group.generationId) throw new KafkaError('ILLEGAL_GENERATION')
  return member
}

function noteSync(group: ClassicGroup, member: ClassicMember): void {
  group.pendingSyncs.delete(member.id)
  if (group.pendingSyncs.size === 0) group.syncDeadline.clear()
}

function takeAssignments(group: ClassicGroup, { assignments }: SyncRequest): void {
  // Kept for as long as the generation lasts, and the frame of the request is not.
  const byMember = new Map(assignments.map(({ memberId, assignment }) => [memberId, Buffer.from(assignment)]))
  const assignmentOf = (member: ClassicMember) => byMember.get(member.id) ?? NO_ASSIGNMENT
  try {
    group.host.write([recordOfGroup(group, assignmentOf)])
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    assign(group, () => NO_ASSIGNMENT, error.code)
    prepareRebalance(group)
    return
  }
  assign(group, assignmentOf)
  group.enter('Stable')
}

/** What a heartbeat is answered; throws KafkaError for a stranger or an earlier generation. */
export function heartbeat(group: ClassicGroup, request: MemberRequest): ErrorName {
  const member = checkGeneration(group, request)
  const error = ON_HEARTBEAT[group.state]
  if (error === 'NONE' || error === 'REBALANCE_IN_PROGRESS') keepAlive(group, member)
  return error
}
