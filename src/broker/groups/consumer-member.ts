import { type DatedAssignment, isSameDated, NOTHING_OWNED } from './assignment.ts'
import type { MemberProtocol } from './classic-member.ts'

/** What a member says of itself. */
export interface MemberProfile {
  /** The group.instance.id of a static member. */
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly subscribedTopicNames: ReadonlySet<string>
  /** Empty for none. */
  readonly subscribedTopicRegex: string
  readonly rebalanceTimeoutMs: number
  readonly serverAssignor: string | null
  /** Of a member that speaks the classic protocol. */
  readonly classic: ClassicProfile | null
}

export interface ClassicProfile {
  readonly sessionTimeoutMs: number
  readonly supportedProtocols: readonly MemberProtocol[]
}

/** How far a member has come on its way to what is meant for it; 'UNKNOWN' is of a later version of Kafka. */
export type MemberState = 'STABLE' | 'UNREVOKED_PARTITIONS' | 'UNRELEASED_PARTITIONS' | 'UNKNOWN'

/** What a member owns. */
export interface MemberOwnership {
  readonly state: MemberState
  readonly memberEpoch: number
  /** A member that comes with this one may not have seen the answer with the next. */
  readonly previousMemberEpoch: number
  readonly assigned: DatedAssignment
  /** What it must give back before it gets to the next epoch. */
  readonly revoking: DatedAssignment
}

/** A member of a consumer group. Its parts are never changed, only replaced. */
export interface ConsumerMember {
  readonly id: string
  readonly profile: MemberProfile
  readonly ownership: MemberOwnership
}

/** The epoch of a static member that is away for a while. */
export const AWAY_EPOCH = -2
/** The epoch of a member that is about to be removed. */
export const GONE_EPOCH = -1

export const NEW_PROFILE: MemberProfile = {
  instanceId: null,
  rackId: null,
  clientId: '',
  clientHost: '',
  subscribedTopicNames: new Set(),
  subscribedTopicRegex: '',
  rebalanceTimeoutMs: -1,
  serverAssignor: null,
  classic: null,
}

export const NEW_OWNERSHIP: MemberOwnership = {
  state: 'STABLE',
  memberEpoch: 0,
  previousMemberEpoch: -1,
  assigned: NOTHING_OWNED,
  revoking: NOTHING_OWNED,
}

export const newMember = (id: string): ConsumerMember => ({
  id,
  profile: NEW_PROFILE,
  ownership: NEW_OWNERSHIP,
})

export const isClassic = ({ profile }: ConsumerMember): boolean => profile.classic !== null

export function isSameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size !== other.size) return false
  for (const item of one) if (!other.has(item)) return false
  return true
}

export const isSameProfile = (one: MemberProfile, other: MemberProfile): boolean =>
  one.instanceId === other.instanceId &&
  one.rackId === other.rackId &&
  one.clientId === other.clientId &&
  one.clientHost === other.clientHost &&
  one.subscribedTopicRegex === other.subscribedTopicRegex &&
  one.rebalanceTimeoutMs === other.rebalanceTimeoutMs &&
  one.serverAssignor === other.serverAssignor &&
  isSameSet(one.subscribedTopicNames, other.subscribedTopicNames) &&
  isSameClassic(one.classic, other.classic)

function isSameClassic(one: ClassicProfile | null, other: ClassicProfile | null): boolean {
  if (!one || !other) return one === other
  return (
    one.sessionTimeoutMs === other.sessionTimeoutMs &&
    one.supportedProtocols.length === other.supportedProtocols.length &&
    one.supportedProtocols.every(({ name, metadata }, index) => {
      const protocol = other.supportedProtocols[index]!
      return protocol.name === name && protocol.metadata.equals(metadata)
    })
  )
}

export const isSameOwnership = (one: MemberOwnership, other: MemberOwnership): boolean =>
  one === other ||
  (one.state === other.state &&
    one.memberEpoch === other.memberEpoch &&
    one.previousMemberEpoch === other.previousMemberEpoch &&
    isSameDated(one.assigned, other.assigned) &&
    isSameDated(one.revoking, other.revoking))

/** Whether nothing is left to do until the next assignment. */
export const isReconciled = ({ state, memberEpoch }: MemberOwnership, assignmentEpoch: number): boolean =>
  state === 'STABLE' && memberEpoch === assignmentEpoch
