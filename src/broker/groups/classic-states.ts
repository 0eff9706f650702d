// What can happen to a classic group in which state, and what is answered.
import type { ErrorName } from '../../protocol/errors.ts'

export type ClassicState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

const PREDECESSORS: Readonly<Record<ClassicState, readonly ClassicState[]>> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Empty', 'CompletingRebalance', 'Stable'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'],
}

export const mayFollow = (next: ClassicState, state: ClassicState): boolean =>
  PREDECESSORS[next].includes(state)

/** A heartbeat of a member of the current generation. */
export const ON_HEARTBEAT: Readonly<Record<ClassicState, ErrorName>> = {
  Empty: 'UNKNOWN_MEMBER_ID',
  PreparingRebalance: 'REBALANCE_IN_PROGRESS',
  // Members may send heartbeats as soon as they have joined.
  CompletingRebalance: 'NONE',
  Stable: 'NONE',
  Dead: 'COORDINATOR_NOT_AVAILABLE',
}

/** A SyncGroup of a member of the current generation: it waits for the leader's, or gets its assignment at once. */
export const ON_SYNC: Readonly<Record<ClassicState, ErrorName | 'wait' | 'answer'>> = {
  Empty: 'UNKNOWN_MEMBER_ID',
  PreparingRebalance: 'REBALANCE_IN_PROGRESS',
  CompletingRebalance: 'wait',
  Stable: 'answer',
  Dead: 'COORDINATOR_NOT_AVAILABLE',
}

/**
 * A JoinGroup of somebody who is a member already. 'answer' gives the current generation again: an answer may have
 * been lost. The leader of a stable group joins to have everything assigned anew.
 */
export const ON_REJOIN: Readonly<
  Record<ClassicState, Readonly<Record<'leader' | 'follower' | 'changed', ErrorName | 'join' | 'answer'>>>
> = {
  Empty: { leader: 'UNKNOWN_MEMBER_ID', follower: 'UNKNOWN_MEMBER_ID', changed: 'UNKNOWN_MEMBER_ID' },
  PreparingRebalance: { leader: 'join', follower: 'join', changed: 'join' },
  CompletingRebalance: { leader: 'answer', follower: 'answer', changed: 'join' },
  Stable: { leader: 'join', follower: 'answer', changed: 'join' },
  Dead: {
    leader: 'COORDINATOR_NOT_AVAILABLE',
    follower: 'COORDINATOR_NOT_AVAILABLE',
    changed: 'COORDINATOR_NOT_AVAILABLE',
  },
}

/** A static member comes back under a new member id; 'keep' spares the group a rebalance if nothing else changed. */
export const ON_RETURN: Readonly<Record<ClassicState, ErrorName | 'join' | 'rebalance' | 'keep'>> = {
  Empty: 'UNKNOWN_MEMBER_ID',
  PreparingRebalance: 'join',
  // The leader may be assigning to the old id at this moment.
  CompletingRebalance: 'rebalance',
  Stable: 'keep',
  Dead: 'COORDINATOR_NOT_AVAILABLE',
}

/** A member has left or fallen silent: the others find a new assignment, or one less is waited for. */
export const ON_DEPARTURE: Readonly<Record<ClassicState, 'rebalance' | 'wait less' | 'nothing'>> = {
  Empty: 'nothing',
  PreparingRebalance: 'wait less',
  CompletingRebalance: 'rebalance',
  Stable: 'rebalance',
  Dead: 'nothing',
}

/** A commit of a member of the current generation. */
export const ON_COMMIT: Readonly<Record<ClassicState, ErrorName>> = {
  Empty: 'NONE',
  PreparingRebalance: 'NONE',
  // Somebody else may own the partition in the new generation.
  CompletingRebalance: 'REBALANCE_IN_PROGRESS',
  Stable: 'NONE',
  Dead: 'COORDINATOR_NOT_AVAILABLE',
}

/** A commit without a member id or generation, as tools send it. */
export const ON_SIMPLE_COMMIT: Readonly<Record<ClassicState, ErrorName>> = {
  Empty: 'NONE',
  PreparingRebalance: 'UNKNOWN_MEMBER_ID',
  CompletingRebalance: 'UNKNOWN_MEMBER_ID',
  Stable: 'UNKNOWN_MEMBER_ID',
  Dead: 'COORDINATOR_NOT_AVAILABLE',
}

/** DeleteGroups; and OffsetDelete, where the group does not tell which topics it reads. */
export const ON_DELETE: Readonly<Record<ClassicState, ErrorName>> = {
  Empty: 'NONE',
  PreparingRebalance: 'NON_EMPTY_GROUP',
  CompletingRebalance: 'NON_EMPTY_GROUP',
  Stable: 'NON_EMPTY_GROUP',
  Dead: 'GROUP_ID_NOT_FOUND',
}
