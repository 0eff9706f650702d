// The way of a classic group from one generation to the next, and the times that it takes at most.
import { KafkaError } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type ClassicMember, type JoinAnswer, NO_ASSIGNMENT, refusedSync } from './classic-member.ts'
import { recordOfGroup } from './classic-records.ts'
import { ON_DEPARTURE } from './classic-states.ts'

/**
 * Differs: without a delay for the first rebalance, Kafka starts the generation with the first member alone, and those
 * who came at the same time wait for its next heartbeat. Whoever has just been given a member id is waited for.
 */
const EXPECTED_BACK_MS = 200

/** Lets the time of a group run that was read from the log. */
export function resumeGroup(group: ClassicGroup): void {
  for (const member of group.members.values()) keepAlive(group, member)
  // The limit may have been lowered: who joins too late has to go.
  if (group.members.size > group.host.settings.number('group.max.size')) prepareRebalance(group)
}

/** Gives the member this long until it has to be heard of again; its session timeout unless said otherwise. */
export function keepAlive(
  group: ClassicGroup,
  member: ClassicMember,
  timeoutMs = member.sessionTimeoutMs,
): void {
  member.session.set(timeoutMs, () => expireMember(group, member))
}

function expireMember(group: ClassicGroup, member: ClassicMember): void {
  // Its time starts again when it is answered.
  if (member.isExcused) return
  group.host.logger.info(`group ${group.id}: member ${member.id} was not heard of in time`)
  group.remove(member.id)
  if (group.state !== 'PreparingRebalance') departed(group)
  else if (group.hasAllJoined) completeJoin(group)
}

/** To be called when members have left. */
export function departed(group: ClassicGroup): void {
  const step = ON_DEPARTURE[group.state]
  if (step === 'rebalance') prepareRebalance(group)
  else if (step === 'wait less') maybeCompleteJoin(group)
}

/** To be called when a member has joined, or wants to anew. */
export function joined(group: ClassicGroup): void {
  if (group.state === 'PreparingRebalance') maybeCompleteJoin(group)
  else prepareRebalance(group)
}

function maybeCompleteJoin(group: ClassicGroup): void {
  // The first rebalance ends when its delay is over, whoever has joined.
  const isFirst = group.previousState === 'Empty' && initialDelayMs(group) > 0
  if (!isFirst && group.hasAllJoined) completeJoin(group)
}

const initialDelayMs = (group: ClassicGroup): number =>
  group.host.settings.number('group.initial.rebalance.delay.ms')

/** Has everybody join again. */
export function prepareRebalance(group: ClassicGroup): void {
  if (group.state === 'CompletingRebalance') assign(group, () => NO_ASSIGNMENT, 'REBALANCE_IN_PROGRESS')
  group.pendingSyncs.clear()
  group.syncDeadline.clear()
  const isFirst = group.isEmpty
  group.enter('PreparingRebalance')
  if (isFirst) awaitFirstMembers(group)
  else if (group.hasAllJoined) completeJoin(group)
  else group.joinDeadline.set(group.rebalanceTimeoutMs, () => completeJoin(group))
}

function awaitFirstMembers(group: ClassicGroup): void {
  const delayMs = initialDelayMs(group)
  if (delayMs > 0) {
    extendFirstRebalance(group, delayMs, Math.max(0, group.rebalanceTimeoutMs - delayMs))
  } else if (group.hasAllJoined) {
    completeJoin(group)
  } else {
    group.joinDeadline.set(EXPECTED_BACK_MS, () => completeJoin(group))
  }
}

/** Waits for the delay once more as long as members keep coming, but no longer than a rebalance may take. */
function extendFirstRebalance(group: ClassicGroup, delayMs: number, remainingMs: number): void {
  group.joinDeadline.set(delayMs, () => {
    if (!group.hasNewMember || remainingMs === 0) {
      completeJoin(group)
      return
    }
    group.hasNewMember = false
    const nextMs = Math.min(initialDelayMs(group), remainingMs)
    extendFirstRebalance(group, nextMs, Math.max(0, remainingMs - delayMs))
  })
}

/** Starts the next generation with those who have joined; static members may take longer. */
export function completeJoin(group: ClassicGroup): void {
  group.joinDeadline.clear()
  for (const member of [...group.members.values()]) {
    if (!member.join && !member.isStatic) group.remove(member.id)
  }
  if (group.members.size > 0 && !electLeader(group)) {
    // Only static members are left, and none has joined: their sessions decide.
    group.joinDeadline.set(group.rebalanceTimeoutMs, () => completeJoin(group))
    return
  }
  group.startGeneration()
  if (group.isEmpty) {
    persistEmpty(group)
    return
  }
  for (const member of group.members.values()) {
    member.answerJoin(currentGeneration(group, member))
    keepAlive(group, member)
    member.isNew = false
    group.pendingSyncs.add(member.id)
  }
  const { generationId } = group
  group.syncDeadline.set(group.rebalanceTimeoutMs, () => expireSyncs(group, generationId))
}

/** Sees to a leader among those who have joined; false when nobody has. */
function electLeader(group: ClassicGroup): boolean {
  const leader = group.members.get(group.leaderId ?? '')
  if (leader?.join) return true
  for (const { id, join } of group.members.values()) {
    if (!join) continue
    group.leaderId = id
    return true
  }
  return false
}

function persistEmpty(group: ClassicGroup): void {
  try {
    group.host.write([recordOfGroup(group)])
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    // After a restart the members of the last generation are waited for, and then it is empty again.
    group.host.logger.warn(`group ${group.id}: that it is empty could not be written: ${error.message}`)
  }
}

/** What a member is told of the generation that it is in. */
export function currentGeneration(group: ClassicGroup, member: ClassicMember): JoinAnswer {
  return {
    error: 'NONE',
    memberId: member.id,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leader: group.leaderId ?? '',
    skipAssignment: false,
    members: group.isLeader(member.id) ? everyone(group) : [],
  }
}

function everyone(group: ClassicGroup): JoinAnswer['members'] {
  return [...group.members.values()].map((member) => ({
    memberId: member.id,
    groupInstanceId: member.instanceId,
    metadata: member.metadata(group.protocolName ?? ''),
  }))
}

/** Gives all members what they are assigned, and answers those who wait for it. */
export function assign(
  group: ClassicGroup,
  assignmentOf: (member: ClassicMember) => Buffer,
  error: KafkaError['code'] = 'NONE',
): void {
  for (const member of group.members.values()) {
    member.assignment = assignmentOf(member)
    if (!member.sync) continue
    member.answerSync(error === 'NONE' ? currentAssignment(group, member) : refusedSync(error))
    keepAlive(group, member)
  }
}

export const currentAssignment = ({ protocolType, protocolName }: ClassicGroup, member: ClassicMember) => ({
  error: 'NONE' as const,
  protocolType,
  protocolName,
  assignment: member.assignment,
})

/** Members that have joined, and then sent no SyncGroup in the time that a rebalance may take. */
function expireSyncs(group: ClassicGroup, generationId: number): void {
  if (group.generationId !== generationId || group.pendingSyncs.size === 0) return
  for (const memberId of [...group.pendingSyncs]) group.remove(memberId)
  prepareRebalance(group)
}
