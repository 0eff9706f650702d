// LeaveGroup of a classic group.
import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import type { ClassicGroup } from './classic-group.ts'
import { departed } from './classic-rebalance.ts'

export interface Leaver {
  /** Empty when somebody else, who only knows its instance id, has a static member leave. */
  readonly memberId: string
  readonly groupInstanceId: string | null
}

/** Lets the members go; gives an error for each of them. */
export function leave(group: ClassicGroup, leavers: readonly Leaver[]): ErrorName[] {
  const errors = leavers.map((leaver) => letGo(group, leaver))
  if (errors.includes('NONE')) departed(group)
  return errors
}

function letGo(group: ClassicGroup, { memberId, groupInstanceId }: Leaver): ErrorName {
  if (memberId === '') {
    const known = groupInstanceId === null ? undefined : group.staticMemberId(groupInstanceId)
    if (known === undefined) return 'UNKNOWN_MEMBER_ID'
    group.remove(known)
    return 'NONE'
  }
  if (group.dropPending(memberId)) return 'NONE'
  try {
    group.checkMember(memberId, groupInstanceId)
  } catch (error) {
    if (error instanceof KafkaError) return error.code
    throw error
  }
  group.remove(memberId)
  return 'NONE'
}
