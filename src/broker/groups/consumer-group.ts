// A group to whose members the broker assigns partitions (KIP-848). Three epochs say how far it is:
//
//   group epoch        what the members want has changed      ─┐ Assigning: a new target is due
//   assignment epoch   a target was found for that epoch       ├─┐
//   member epoch       the member has come to that target     ─┘ ┘ Reconciling: until all members have
//
// Here is its state, which only changes one by one (consumer-change.ts); consumer-heartbeat.ts and consumer-leave.ts
// are what members ask for.

import type { Int64 } from '../../bytes/int64.ts'
import { momentOf } from '../../log/clock.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { type Assignment, NOTHING_ASSIGNED } from './assignment.ts'
import { CONSUMER_PROTOCOL } from './classic-group.ts'
import { type ConsumerChange, type ResolvedRegex, removal } from './consumer-change.ts'
import {
  type ConsumerMember,
  GONE_EPOCH,
  isClassic,
  isReconciled,
  type MemberOwnership,
  NEW_OWNERSHIP,
  NEW_PROFILE,
  newMember,
} from './consumer-member.ts'
import { changeRecord } from './consumer-records.ts'
import { subscriptionOf } from './consumer-subscription.ts'
import { MemberTimers } from './consumer-timers.ts'
import type { CommitCheck, Committer, Group } from './group.ts'
import type { GroupHost } from './group-host.ts'
import type { GroupRecord } from './group-records.ts'
import { PartitionOwners } from './partition-owners.ts'

/** In Kafka's words. */
export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable'

/** From this version of OffsetCommit on members of consumer groups may commit: it knows their errors. */
const FIRST_COMMIT_OF_MEMBERS = 9

export class ConsumerGroup implements Group {
  readonly type = 'consumer'
  readonly protocolType = CONSUMER_PROTOCOL
  readonly id: string
  readonly host: GroupHost
  readonly members = new Map<string, ConsumerMember>()
  /** What is meant for each member. */
  readonly targets = new Map<string, Assignment>()
  readonly regexes = new Map<string, ResolvedRegex>()
  readonly owners = new PartitionOwners()
  /** Whether topics may have changed since the metadata hash was found. */
  isMetadataStale = true
  /** Whether there may be topics that the regular expressions have not seen. */
  mayMatchNewTopics = true
  /** The regular expressions are being matched. */
  isResolving = false
  /** Kafka 4.0 has left a record that is deleted with the next change. */
  hasPartitionsRecord = false
  isUnloaded = false
  readonly #staticMembers = new Map<string, string>()
  readonly #regexUsers = new Map<string, number>()
  readonly #timers = new Map<string, MemberTimers>()
  #head: { readonly epoch: number; readonly metadataHash: Int64 } = { epoch: 1, metadataHash: 0 }
  #assignmentEpoch = 1
  #assignedAtMs = -Infinity
  #resolvedAtMs = -Infinity

  constructor(host: GroupHost, id: string) {
    this.host = host
    this.id = id
  }

  get epoch(): number {
    return this.#head.epoch
  }

  get metadataHash(): Int64 {
    return this.#head.metadataHash
  }

  get assignmentEpoch(): number {
    return this.#assignmentEpoch
  }

  /** When the target was found, in monotonic time; -Infinity for never. */
  get assignedAtMs(): number {
    return this.#assignedAtMs
  }

  /** When the regular expressions were last matched, in monotonic time; -Infinity for never. */
  get resolvedAtMs(): number {
    return this.#resolvedAtMs
  }

  get isEmpty(): boolean {
    return this.members.size === 0
  }

  get stateName(): ConsumerGroupState {
    if (this.isEmpty) return 'Empty'
    if (this.epoch > this.assignmentEpoch) return 'Assigning'
    for (const { ownership } of this.members.values()) {
      if (!isReconciled(ownership, this.assignmentEpoch)) return 'Reconciling'
    }
    return 'Stable'
  }

  /** The member under that id; throws UNKNOWN_MEMBER_ID. */
  member(memberId: string): ConsumerMember {
    const member = this.members.get(memberId)
    if (member) return member
    throw new KafkaError('UNKNOWN_MEMBER_ID', `Member ${memberId} is not a member of group ${this.id}.`)
  }

  staticMember(instanceId: string | null): ConsumerMember | undefined {
    return this.members.get(this.#staticMembers.get(instanceId ?? '') ?? '')
  }

  /** What is meant for a member; a static one inherits from whoever had its instance id before. */
  targetOf({ id, profile }: ConsumerMember): Assignment {
    const owner = profile.instanceId === null ? id : this.#staticMembers.get(profile.instanceId)
    return this.targets.get(owner ?? '') ?? NOTHING_ASSIGNED
  }

  /** How many members use a regular expression. */
  usersOf(regex: string): number {
    return this.#regexUsers.get(regex) ?? 0
  }

  /** The regular expressions of the members, with the number of members that use each. */
  get regexUsers(): ReadonlyMap<string, number> {
    return this.#regexUsers
  }

  timersOf(memberId: string): MemberTimers {
    let timers = this.#timers.get(memberId)
    if (!timers) {
      timers = new MemberTimers(this.host.clock)
      this.#timers.set(memberId, timers)
    }
    return timers
  }

  /** To be called when topics have changed: the next heartbeat finds out what that means. */
  expectTopics(hasNewTopics: boolean): void {
    this.isMetadataStale = true
    if (hasNewTopics) this.mayMatchNewTopics = true
  }

  /** Writes the changes down behind `records`, then makes them; throws KafkaError when they cannot be written. */
  commit(changes: readonly ConsumerChange[], records: readonly GroupRecord[] = []): void {
    if (changes.length === 0 && records.length === 0) return
    this.host.write([...records, ...changes.map((change) => changeRecord(this.id, change))])
    for (const change of changes) this.apply(change)
  }

  apply(change: ConsumerChange): void {
    switch (change.of) {
      case 'group':
        if (change.value) this.#head = change.value
        return
      case 'assignment':
        this.#assignmentEpoch = change.value?.epoch ?? -1
        this.#assignedAtMs = change.value ? this.#momentOf(change.value) : -Infinity
        return
      case 'target':
        if (change.value) this.targets.set(change.memberId, change.value)
        else this.targets.delete(change.memberId)
        return
      case 'regex':
        if (change.value) {
          this.regexes.set(change.regex, change.value)
          this.#resolvedAtMs = this.#momentOf(change.value)
        } else this.regexes.delete(change.regex)
        return
      case 'partitions':
        this.hasPartitionsRecord = change.value !== null
        return
      case 'profile':
        if (change.value) this.#put({ ...this.#known(change.memberId), profile: change.value })
        else this.#remove(change.memberId)
        return
      case 'ownership':
        this.#own(change.memberId, change.value)
    }
  }

  #momentOf({ timestamp }: { readonly timestamp: Int64 }): number {
    return momentOf(this.host.clock, timestamp)
  }

  #known(memberId: string): ConsumerMember {
    return this.members.get(memberId) ?? newMember(memberId)
  }

  #put(member: ConsumerMember): void {
    this.#countRegex(this.members.get(member.id), -1)
    this.#countRegex(member, 1)
    this.members.set(member.id, member)
    const { instanceId } = member.profile
    if (instanceId !== null) this.#staticMembers.set(instanceId, member.id)
  }

  #countRegex(member: ConsumerMember | undefined, change: 1 | -1): void {
    const regex = member?.profile.subscribedTopicRegex ?? ''
    if (regex === '') return
    const count = this.usersOf(regex) + change
    if (count > 0) this.#regexUsers.set(regex, count)
    else this.#regexUsers.delete(regex)
  }

  #own(memberId: string, value: MemberOwnership | null): void {
    const earlier = this.members.get(memberId)
    if (!earlier && !value) return
    const gone = { ...NEW_OWNERSHIP, memberEpoch: GONE_EPOCH }
    const member = { id: memberId, profile: earlier?.profile ?? NEW_PROFILE, ownership: value ?? gone }
    if (earlier) this.owners.remove(earlier.ownership)
    this.owners.add(member.ownership)
    this.#put(member)
  }

  #remove(memberId: string): void {
    const member = this.members.get(memberId)
    if (!member) return
    this.owners.remove(member.ownership)
    this.#countRegex(member, -1)
    this.members.delete(memberId)
    const { instanceId } = member.profile
    if (instanceId !== null && this.#staticMembers.get(instanceId) === memberId) {
      this.#staticMembers.delete(instanceId)
    }
    this.#timers.get(memberId)?.clear()
    this.#timers.delete(memberId)
  }

  admitCommit(committer: Committer, version: number): CommitCheck | null {
    const { memberId, generationIdOrMemberEpoch: epoch } = committer
    if (epoch < 0 && this.isEmpty) return null
    const member = this.member(memberId)
    if (!isClassic(member) && version < FIRST_COMMIT_OF_MEMBERS) {
      throw new KafkaError(
        'UNSUPPORTED_VERSION',
        'OffsetCommit version 9 or above must be used by members using the consumer group protocol',
      )
    }
    if (epoch === member.ownership.memberEpoch) return null
    if (epoch > member.ownership.memberEpoch) throw staleEpoch(member)
    // KIP-1251: a member that is not up to date may still commit what it has owned all the time since.
    const { assigned, revoking } = member.ownership
    return (topicId, partition) => {
      const since = assigned.get(topicId)?.get(partition) ?? revoking.get(topicId)?.get(partition)
      if (since === undefined || epoch < since) throw staleEpoch(member)
    }
  }

  checkFetch(memberId: string | null, memberEpoch: number): void {
    // Tools ask without being members.
    if (memberId === null && memberEpoch < 0) return
    const member = this.member(memberId ?? '')
    if (memberEpoch !== member.ownership.memberEpoch) throw staleEpoch(member)
  }

  checkOffsetDelete(): void {}

  checkDelete(): void {
    if (!this.isEmpty) throw new KafkaError('NON_EMPTY_GROUP')
  }

  isSubscribedTo(topic: string): boolean {
    return subscriptionOf(this.members.values(), this.regexes).topics.has(topic)
  }

  retentionStart() {
    return ({ commitTimestamp }: { readonly commitTimestamp: Int64 }) => commitTimestamp
  }

  tombstones(): GroupRecord[] {
    const ids = [...this.members.keys()]
    const removals = ids.map(removal)
    const [ownerships, targets, profiles] = [0, 1, 2].map((step) => removals.map((changes) => changes[step]!))
    const regexes = [...this.regexes.keys()].map((regex) => ({ of: 'regex', regex, value: null }) as const)
    const changes: ConsumerChange[] = [
      ...ownerships!,
      ...targets!,
      { of: 'assignment', value: null },
      ...profiles!,
      ...regexes,
      { of: 'partitions', value: null },
      { of: 'group', value: null },
    ]
    return changes.map((change) => changeRecord(this.id, change))
  }

  unload(): void {
    this.isUnloaded = true
    for (const timers of this.#timers.values()) timers.clear()
    this.#timers.clear()
  }
}

/** In the words of the protocol that the member speaks. */
const staleEpoch = (member: ConsumerMember): KafkaError =>
  new KafkaError(isClassic(member) ? 'ILLEGAL_GENERATION' : 'STALE_MEMBER_EPOCH')
