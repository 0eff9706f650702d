import { type ConsumerChange, removal } from './consumer-change.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'

/** A static member that was started again: it takes the place of its earlier self, with everything that it had. */
export function replacement(
  group: ConsumerGroup,
  earlier: ConsumerMember,
  memberId: string,
  changes: ConsumerChange[],
): ConsumerMember {
  const ownership = { ...earlier.ownership, memberEpoch: 0, previousMemberEpoch: 0 }
  const member = { ...earlier, id: memberId, ownership }
  changes.push(
    ...removal(earlier.id),
    { of: 'profile', memberId, value: member.profile },
    { of: 'target', memberId, value: group.targetOf(earlier) },
    { of: 'ownership', memberId, value: ownership },
  )
  return member
}
