// A group whose members find their assignment themselves: all join, the coordinator tells one of them who is there,
// and that one sends what each of them gets (KIP-62, KIP-345, KIP-394).
//
//   Empty ──somebody joins──▶ PreparingRebalance ──all have joined──▶ CompletingRebalance ──leader syncs──▶ Stable
//     ▲                          │   ▲                                    │                                  │
//     └──────nobody is left──────┘   └──────────────── a member joins, changes, leaves or falls silent ──────┘
//
// What can happen in which state stands in the tables of classic-states.ts. Here are the members and what they add
// up to; classic-join.ts, classic-sync.ts and classic-leave.ts are the requests, classic-rebalance.ts the way round.

import type { Int64 } from '../../bytes/int64.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { ClassicMember } from './classic-member.ts'
import { refusedJoin, refusedSync } from './classic-member.ts'
import { type ClassicState, mayFollow, ON_COMMIT, ON_DELETE, ON_SIMPLE_COMMIT } from './classic-states.ts'
import { subscribedTopics } from './classic-subscription.ts'
import { Deadline } from './deadline.ts'
import type { CommitCheck, Committer, Group } from './group.ts'
import type { GroupHost } from './group-host.ts'
import { classicGroupTombstone, type GroupRecord } from './group-records.ts'
import type { CommittedOffset } from './offset-store.ts'

/** The protocol type of consumers, whose metadata says which topics they read. */
export const CONSUMER_PROTOCOL = 'consumer'

export class ClassicGroup implements Group {
  readonly type = 'classic'
  readonly id: string
  readonly host: GroupHost
  state: ClassicState = 'Empty'
  previousState: ClassicState = 'Dead'
  /** -1 when records of an old Kafka do not say. */
  stateSinceMs: Int64
  generationId = 0
  /** Null as long as nobody has joined: a group that only has offsets. */
  protocolType: string | null = null
  protocolName: string | null = null
  leaderId: string | null = null
  readonly members = new Map<string, ClassicMember>()
  /** Ids that were given out (KIP-394) and not used yet, with the time until which they hold. */
  readonly pendingMembers = new Map<string, Deadline>()
  /** Members of this generation that have not sent a SyncGroup. */
  readonly pendingSyncs = new Set<string>()
  /** Whether somebody joined since the first rebalance was put off. */
  hasNewMember = false
  /** Until when a rebalance waits for joins, and then for syncs. */
  readonly joinDeadline: Deadline
  readonly syncDeadline: Deadline
  readonly #staticMembers = new Map<string, string>()
  #topics: ReadonlySet<string> | null = null

  constructor(host: GroupHost, id: string) {
    this.host = host
    this.id = id
    this.stateSinceMs = host.clock.now()
    this.joinDeadline = new Deadline(host.clock)
    this.syncDeadline = new Deadline(host.clock)
  }

  get stateName(): string {
    return this.state
  }

  get isEmpty(): boolean {
    return this.state === 'Empty'
  }

  /** The largest of the members'. */
  get rebalanceTimeoutMs(): number {
    let largest = 0
    for (const { rebalanceTimeoutMs } of this.members.values())
      largest = Math.max(largest, rebalanceTimeoutMs)
    return largest
  }

  get waitingJoins(): number {
    let count = 0
    for (const { join } of this.members.values()) if (join) count++
    return count
  }

  get hasAllJoined(): boolean {
    return this.pendingMembers.size === 0 && this.waitingJoins === this.members.size
  }

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId
  }

  /** The id under which a static member is known now. */
  staticMemberId(instanceId: string): string | undefined {
    return this.#staticMembers.get(instanceId)
  }

  enter(state: ClassicState): void {
    if (!mayFollow(state, this.state)) {
      throw new Error(`group ${this.id} cannot go from ${this.state} to ${state}`)
    }
    this.previousState = this.state
    this.state = state
    this.stateSinceMs = this.host.clock.now()
  }

  add(member: ClassicMember, protocolType: string): void {
    if (this.members.size === 0) this.protocolType = protocolType
    this.members.set(member.id, member)
    if (member.instanceId !== null) this.#staticMembers.set(member.instanceId, member.id)
    this.leaderId ??= member.id
    this.dropPending(member.id)
  }

  /** Takes the member out; if it waits for an answer it is told to join again, should it still be there. */
  remove(memberId: string): void {
    const member = this.members.get(memberId)
    if (member) {
      member.answerJoin(refusedJoin('UNKNOWN_MEMBER_ID', ''))
      member.answerSync(refusedSync('UNKNOWN_MEMBER_ID'))
      member.session.clear()
      this.members.delete(memberId)
      if (member.instanceId !== null) this.#staticMembers.delete(member.instanceId)
    }
    if (this.isLeader(memberId)) this.leaderId = this.members.keys().next().value ?? null
    this.dropPending(memberId)
    this.pendingSyncs.delete(memberId)
  }

  dropPending(memberId: string): boolean {
    this.pendingMembers.get(memberId)?.clear()
    return this.pendingMembers.delete(memberId)
  }

  /** Puts a static member in the place of its earlier self, which is told so if it waits for an answer. */
  replace(earlier: ClassicMember, member: ClassicMember): void {
    earlier.answerJoin(refusedJoin('FENCED_INSTANCE_ID', earlier.id))
    earlier.answerSync(refusedSync('FENCED_INSTANCE_ID'))
    earlier.session.clear()
    this.members.delete(earlier.id)
    this.members.set(member.id, member)
    this.#staticMembers.set(member.instanceId!, member.id)
    if (this.isLeader(earlier.id)) this.leaderId = member.id
  }

  /** Throws KafkaError unless this is a member, and not one whose place another process has taken. */
  checkMember(memberId: string, instanceId: string | null): ClassicMember {
    if (instanceId !== null) {
      const known = this.#staticMembers.get(instanceId)
      if (known === undefined) throw new KafkaError('UNKNOWN_MEMBER_ID')
      if (known !== memberId) throw new KafkaError('FENCED_INSTANCE_ID')
    }
    const member = this.members.get(memberId)
    if (!member) throw new KafkaError('UNKNOWN_MEMBER_ID')
    return member
  }

  /** Whether somebody who speaks these protocols could join. */
  accepts(protocolType: string, protocols: readonly { readonly name: string }[]): boolean {
    if (this.isEmpty) return protocolType !== '' && protocols.length > 0
    return protocolType === this.protocolType && protocols.some(({ name }) => this.#isCommon(name))
  }

  #isCommon(protocol: string): boolean {
    for (const member of this.members.values()) if (!member.supports(protocol)) return false
    return true
  }

  /** What the next generation speaks: of the protocols that all know, the one most of them like best. */
  voteProtocol(): string | null {
    const votes = new Map<string, number>()
    for (const { protocols } of this.members.values()) {
      const vote = protocols.find(({ name }) => this.#isCommon(name))?.name
      if (vote !== undefined) votes.set(vote, (votes.get(vote) ?? 0) + 1)
    }
    let elected: string | null = null
    for (const [name, count] of votes) if (elected === null || count > votes.get(elected)!) elected = name
    return elected
  }

  /** Ends the waiting for joins: the next generation is those who are there. */
  startGeneration(): void {
    this.generationId++
    this.protocolName = this.voteProtocol()
    this.pendingSyncs.clear()
    this.noteSubscriptions()
    this.enter(this.members.size > 0 ? 'CompletingRebalance' : 'Empty')
  }

  /** Finds out which topics the members read. */
  noteSubscriptions(): void {
    this.#topics = null
    if (this.protocolType !== CONSUMER_PROTOCOL) return
    if (this.members.size === 0) this.#topics = new Set()
    else if (this.protocolName !== null) {
      this.#topics = subscribedTopics(this.members.values(), this.protocolName)
    }
  }

  isSubscribedTo(topic: string): boolean {
    return this.#topics?.has(topic) ?? this.protocolType === CONSUMER_PROTOCOL
  }

  admitCommit(committer: Committer): CommitCheck | null {
    const { memberId, groupInstanceId, generationIdOrMemberEpoch: generation } = committer
    if (generation < 0 && this.isEmpty) return null
    if (generation < 0 && memberId === '' && groupInstanceId === null) {
      throwUnlessNone(ON_SIMPLE_COMMIT[this.state])
      return null
    }
    const member = this.checkMember(memberId, groupInstanceId)
    if (generation !== this.generationId) throw new KafkaError('ILLEGAL_GENERATION')
    throwUnlessNone(ON_COMMIT[this.state])
    member.session.extend(member.sessionTimeoutMs)
    return null
  }

  checkFetch(): void {}

  checkOffsetDelete(): void {
    if (this.protocolType !== CONSUMER_PROTOCOL) this.checkDelete()
  }

  checkDelete(): void {
    throwUnlessNone(ON_DELETE[this.state])
  }

  retentionStart(): ((offset: CommittedOffset) => Int64) | null {
    const sinceCommit = (offset: CommittedOffset) => offset.commitTimestamp
    if (this.protocolType === null) return sinceCommit
    if (this.isEmpty) return this.stateSinceMs < 0 ? sinceCommit : () => this.stateSinceMs
    return this.state === 'Stable' && this.#topics !== null ? sinceCommit : null
  }

  tombstones(): GroupRecord[] {
    return [classicGroupTombstone(this.id)]
  }

  unload(): void {
    this.enter('Dead')
    this.joinDeadline.clear()
    this.syncDeadline.clear()
    for (const deadline of this.pendingMembers.values()) deadline.clear()
    for (const member of this.members.values()) {
      member.session.clear()
      member.answerJoin(refusedJoin('NOT_COORDINATOR', member.id))
      member.answerSync(refusedSync('NOT_COORDINATOR'))
    }
  }
}

function throwUnlessNone(error: 'NONE' | KafkaError['code']): void {
  if (error !== 'NONE') throw new KafkaError(error)
}
