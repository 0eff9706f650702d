// How a member gets from what it owns to what is meant for it, one heartbeat at a time (KIP-848).
//
//                 ┌── nothing to give back ──▶ STABLE ◀──────── all is there ────────┐
//   a new target ─┤                              ▲                                   │
//                 │                              │ all is free                       │
//                 └── must give some back ──▶ UNREVOKED_PARTITIONS ── given back ──▶ UNRELEASED_PARTITIONS
//                                                                    (others still own some of its share)
//
// A member stays in its epoch until it has given back what it must: only then others may own it. It gets what is free
// in the epoch of the target, and the rest as soon as it is given back by others.

import { KafkaError } from '../../protocol/errors.ts'
import {
  type Assignment,
  type DatedAssignment,
  includesAny,
  NOTHING_OWNED,
  type TopicPartitions,
  unite,
} from './assignment.ts'
import type { MemberOwnership, MemberState } from './consumer-member.ts'

export interface ReconciliationStep {
  readonly targetEpoch: number
  readonly target: Assignment
  /** Whether the member reads the topic; what it no longer reads is taken from it, whatever the target says. */
  readonly isSubscribed: (topicId: string) => boolean
  readonly hasSubscriptionChanged: boolean
  /** Whether any member owns the partition. */
  readonly isOwned: (topicId: string, partition: number) => boolean
  /** What the member says that it owns; null when it does not say. */
  readonly owned: readonly TopicPartitions[] | null
}

/** The next step of a member; the same object when there is nothing to do. Throws FENCED_MEMBER_EPOCH. */
export function reconcile(ownership: MemberOwnership, step: ReconciliationStep): MemberOwnership {
  const { state, memberEpoch, revoking } = ownership
  switch (state) {
    case 'STABLE':
      if (memberEpoch !== step.targetEpoch) return approach(ownership, memberEpoch, step)
      return step.hasSubscriptionChanged ? dropUnsubscribed(ownership, step) : ownership
    case 'UNREVOKED_PARTITIONS':
      if (!stillOwns(revoking, step)) return approach(ownership, memberEpoch, step)
      return step.hasSubscriptionChanged ? dropUnsubscribed(ownership, step) : ownership
    case 'UNRELEASED_PARTITIONS':
      return approach(ownership, memberEpoch, step)
    case 'UNKNOWN':
      // It has to come back with nothing.
      if (step.owned === null || step.owned.length > 0) {
        throw new KafkaError(
          'FENCED_MEMBER_EPOCH',
          'The consumer group member is in a unknown state. The member must abandon all its partitions and rejoin.',
        )
      }
      return approach(ownership, step.targetEpoch, step)
  }
}

const stillOwns = (partitions: DatedAssignment, { owned }: ReconciliationStep): boolean =>
  owned === null || includesAny(partitions, owned)

/** Goes towards the target as far as possible. */
function approach(ownership: MemberOwnership, epoch: number, step: ReconciliationStep): MemberOwnership {
  const { targetEpoch, target } = step
  const kept = new Map<string, Map<number, number>>()
  const revoking = new Map<string, Map<number, number>>()
  for (const [topicId, partitions] of ownership.assigned) {
    const wanted = step.isSubscribed(topicId) ? target.get(topicId) : undefined
    for (const [partition, since] of partitions) {
      put(wanted?.has(partition) ? kept : revoking, topicId, partition, since)
    }
  }
  if (revoking.size > 0 && stillOwns(revoking, step)) {
    return next(ownership, 'UNREVOKED_PARTITIONS', epoch, kept, revoking)
  }
  let waits = false
  for (const [topicId, partitions] of target) {
    if (!step.isSubscribed(topicId)) continue
    for (const partition of partitions) {
      if (kept.get(topicId)?.has(partition)) continue
      // Its own partitions that it gives back are no obstacle: nobody else can own them.
      const isOwn = ownership.revoking.get(topicId)?.has(partition) ?? false
      if (!isOwn && step.isOwned(topicId, partition)) waits = true
      else put(kept, topicId, partition, targetEpoch)
    }
  }
  return next(ownership, waits ? 'UNRELEASED_PARTITIONS' : 'STABLE', targetEpoch, kept, NOTHING_OWNED)
}

/** Takes from the member what it no longer reads, at once: the next target may take a while. */
function dropUnsubscribed(ownership: MemberOwnership, step: ReconciliationStep): MemberOwnership {
  const kept = new Map<string, ReadonlyMap<number, number>>()
  const dropped = new Map<string, ReadonlyMap<number, number>>()
  for (const [topicId, partitions] of ownership.assigned) {
    const place = step.isSubscribed(topicId) ? kept : dropped
    place.set(topicId, partitions)
  }
  if (dropped.size === 0) return ownership
  const { state, memberEpoch } = ownership
  const revoking = unite(ownership.revoking, dropped)
  if (stillOwns(revoking, step)) {
    return next(ownership, 'UNREVOKED_PARTITIONS', memberEpoch, kept, revoking)
  }
  return next(ownership, state, memberEpoch, kept, ownership.revoking)
}

const next = (
  from: MemberOwnership,
  state: MemberState,
  memberEpoch: number,
  assigned: DatedAssignment,
  revoking: DatedAssignment,
): MemberOwnership => ({ state, memberEpoch, previousMemberEpoch: from.memberEpoch, assigned, revoking })

function put(
  into: Map<string, Map<number, number>>,
  topicId: string,
  partition: number,
  epoch: number,
): void {
  const partitions = into.get(topicId)
  if (partitions) partitions.set(partition, epoch)
  else into.set(topicId, new Map([[partition, epoch]]))
}
