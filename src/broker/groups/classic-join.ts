// JoinGroup of a classic group.
import { KafkaError } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { ClassicMember, type JoinAnswer, type MemberProtocol, refusedJoin } from './classic-member.ts'
import { currentGeneration, joined, keepAlive, prepareRebalance } from './classic-rebalance.ts'
import { recordOfGroup } from './classic-records.ts'
import { ON_REJOIN, ON_RETURN } from './classic-states.ts'
import { Deadline } from './deadline.ts'

export interface JoinRequest {
  /** Empty for somebody new. */
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly MemberProtocol[]
  /** Whether the client expects to be given an id first, and to come back with it (KIP-394). */
  readonly knowsMemberIds: boolean
  /** Whether a leader that comes back understands that it has nothing to assign (KIP-814). */
  readonly knowsSkipping: boolean
}

/** How long a new member may wait for its first answer: if it is still there by then, it asks again. */
const NEW_MEMBER_TIMEOUT_MS = 5 * 60_000

/** Answers once, now or when the rebalance is done. */
export function join(group: ClassicGroup, request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
  const { memberId } = request
  if (!hasRoom(group, memberId)) {
    group.remove(memberId)
    answer(refusedJoin('GROUP_MAX_SIZE_REACHED', ''))
  } else if (!group.accepts(request.protocolType, request.protocols)) {
    answer(refusedJoin('INCONSISTENT_GROUP_PROTOCOL', memberId))
  } else if (memberId === '') {
    joinNew(group, request, answer)
  } else if (group.pendingMembers.has(memberId)) {
    // Only somebody without an instance id was given that id.
    if (request.groupInstanceId !== null) answer(refusedJoin('UNKNOWN_SERVER_ERROR', ''))
    else addMember(group, request, memberId, answer)
  } else {
    rejoin(group, request, answer)
  }
}

/**
 * Whether group.max.size leaves room. During a rebalance those count who have joined again, so that a group over the
 * limit gets rid of whoever comes last.
 */
function hasRoom(group: ClassicGroup, memberId: string): boolean {
  const limit = group.host.settings.number('group.max.size')
  const member = group.members.get(memberId)
  if (group.isEmpty) return true
  if (group.state === 'PreparingRebalance') return Boolean(member?.join) || group.waitingJoins < limit
  return member !== undefined || group.members.size < limit
}

function joinNew(group: ClassicGroup, request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
  const { groupInstanceId } = request
  const memberId = `${groupInstanceId ?? request.clientId}-${randomJavaUuid(group.host.randomBytes)}`
  if (groupInstanceId !== null) {
    const earlier = group.members.get(group.staticMemberId(groupInstanceId) ?? '')
    if (earlier) returnStatic(group, earlier, memberId, request, answer)
    else addMember(group, request, memberId, answer)
  } else if (request.knowsMemberIds) {
    const deadline = new Deadline(group.host.clock)
    group.pendingMembers.set(memberId, deadline)
    deadline.set(request.sessionTimeoutMs, () => expirePending(group, memberId))
    answer(refusedJoin('MEMBER_ID_REQUIRED', memberId))
  } else {
    addMember(group, request, memberId, answer)
  }
}

function expirePending(group: ClassicGroup, memberId: string): void {
  group.remove(memberId)
  if (group.state === 'PreparingRebalance') joined(group)
}

function addMember(
  group: ClassicGroup,
  request: JoinRequest,
  id: string,
  answer: (answer: JoinAnswer) => void,
): void {
  const { groupInstanceId: instanceId, protocolType, ...rest } = request
  const member = new ClassicMember(group.host.clock, { ...rest, id, instanceId })
  member.isNew = true
  member.join = answer
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.hasNewMember = true
  group.add(member, protocolType)
  keepAlive(group, member, NEW_MEMBER_TIMEOUT_MS)
  joined(group)
}

function rejoin(group: ClassicGroup, request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
  const { memberId, protocols } = request
  const member = checkMember(group, request)
  if (typeof member === 'string') {
    answer(refusedJoin(member, memberId))
    return
  }
  const isChanged = !member.matches(protocols)
  const role = isChanged ? 'changed' : group.isLeader(memberId) ? 'leader' : 'follower'
  const step = ON_REJOIN[group.state][role]
  if (step === 'answer') {
    answer(currentGeneration(group, member))
  } else if (step === 'join') {
    update(member, request, answer)
    joined(group)
  } else {
    answer(refusedJoin(step, memberId))
  }
}

function checkMember(group: ClassicGroup, { memberId, groupInstanceId }: JoinRequest) {
  try {
    return group.checkMember(memberId, groupInstanceId)
  } catch (error) {
    if (error instanceof KafkaError) return error.code
    throw error
  }
}

function update(member: ClassicMember, request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
  // The earlier request came over a connection that the client has given up.
  member.answerJoin(refusedJoin('REBALANCE_IN_PROGRESS', member.id))
  member.protocols = request.protocols
  member.rebalanceTimeoutMs = request.rebalanceTimeoutMs
  member.sessionTimeoutMs = request.sessionTimeoutMs
  member.join = answer
}

/** A static member that was started again: it gets the place, and in a stable group the assignment, it had. */
function returnStatic(
  group: ClassicGroup,
  earlier: ClassicMember,
  memberId: string,
  request: JoinRequest,
  answer: (answer: JoinAnswer) => void,
): void {
  const step = ON_RETURN[group.state]
  if (step !== 'join' && step !== 'rebalance' && step !== 'keep') {
    answer(refusedJoin(step, ''))
    return
  }
  const earlierLeader = group.leaderId ?? ''
  const member = new ClassicMember(group.host.clock, {
    ...request,
    id: memberId,
    instanceId: earlier.instanceId,
    clientId: earlier.clientId,
    clientHost: earlier.clientHost,
    assignment: earlier.assignment,
  })
  group.replace(earlier, member)
  member.join = answer
  keepAlive(group, member)
  if (step === 'join') joined(group)
  else if (step === 'rebalance' || group.voteProtocol() !== group.protocolName) prepareRebalance(group)
  else keepGeneration(group, earlier, member, earlierLeader, request.knowsSkipping)
}

/** Writes down the new id and answers with the generation that the group is in. */
function keepGeneration(
  group: ClassicGroup,
  earlier: ClassicMember,
  member: ClassicMember,
  earlierLeader: string,
  knowsSkipping: boolean,
): void {
  try {
    group.host.write([recordOfGroup(group)])
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    const answer = { ...refusedJoin(error.code, ''), generationId: group.generationId, leader: earlierLeader }
    member.answerJoin(answer)
    group.replace(member, earlier)
    keepAlive(group, earlier)
    return
  }
  const answer = currentGeneration(group, member)
  // Who does not know that it can skip the assignment must not take itself for the leader: nobody else will join.
  if (knowsSkipping) member.answerJoin({ ...answer, skipAssignment: group.isLeader(member.id) })
  else member.answerJoin({ ...answer, leader: earlierLeader, members: [] })
}

/** A random id as Java writes it. */
function randomJavaUuid(randomBytes: (size: number) => Buffer): string {
  const bytes = Buffer.from(randomBytes(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
