// Requests about groups with everything at its usual value that a step does not name.
import type { Int64 } from '../../../src/bytes/int64.ts'
import { Writer } from '../../../src/bytes/writer.ts'
import { encodeAssignment } from '../../../src/client/groups/consumer-protocol.ts'
import type { TopicPartition } from '../../../src/client/topic-partition.ts'
import { codec } from '../../../src/protocol/compile.ts'
import { Heartbeat, JoinGroup, LeaveGroup, SyncGroup } from '../../../src/protocol/messages/classic-groups.ts'
import { OffsetCommit, OffsetFetch } from '../../../src/protocol/messages/commits.ts'
import { ConsumerProtocolSubscription } from '../../../src/protocol/messages/stored-offsets.ts'
import type { RequestOf } from '../../../src/protocol/schema.ts'
import type { Peer } from './peer.ts'
import { type AskOptions, ask, type Step, versionsOf } from './step.ts'

/** Depends on the version, so that every version has a group or a member of its own. */
export type PerVersion = string | ((version: number) => string)

const of = (value: PerVersion, version: number): string =>
  typeof value === 'string' ? value : value(version)

/** The id of a member that an earlier step has noted; names that nobody has are ids themselves. */
const memberId = (peer: Peer, name: string): string => peer.members.get(name) ?? name

function subscription(topics: readonly string[]): Buffer {
  const writer = new Writer()
  writer.int16(0)
  codec(ConsumerProtocolSubscription.message, 0).encode(writer, { topics: [...topics] })
  return writer.takeBytes()
}

interface Asked {
  /** The group. */
  readonly group: PerVersion
  /** The member's name. */
  readonly member?: PerVersion
  readonly instance?: string
  readonly generation?: number
  readonly versions?: readonly number[]
}

export interface JoinAsked extends Asked {
  readonly sessionMs?: number
  readonly type?: string
  readonly protocols?: readonly string[]
  readonly topics?: readonly string[]
  /** The name that the member gets. */
  readonly as?: PerVersion
}

const asOptions = <A>(versions: readonly number[] | undefined): AskOptions<A> =>
  versions ? { versions } : {}

export function joinRequest(version: number, peer: Peer, asked: JoinAsked): RequestOf<typeof JoinGroup> {
  const { group, member = '', instance, sessionMs = 30_000, type = 'consumer' } = asked
  const { protocols = ['range', 'roundrobin'], topics = ['committed'] } = asked
  const metadata = subscription(topics)
  return {
    groupId: of(group, version),
    sessionTimeoutMs: sessionMs,
    rebalanceTimeoutMs: 60_000,
    memberId: memberId(peer, of(member, version)),
    ...(instance === undefined ? {} : { groupInstanceId: instance }),
    protocolType: type,
    protocols: protocols.map((name) => ({ name, metadata })),
  }
}

export function join(title: string, asked: JoinAsked): Step {
  const { group, instance, as = group } = asked
  return ask(title, JoinGroup, (version, peer) => joinRequest(version, peer, asked), {
    ...asOptions(asked.versions ?? (instance === undefined ? undefined : versionsOf(JoinGroup, 5))),
    note({ memberId: id }, peer, version) {
      if (id !== '') peer.members.set(of(as, version), id)
    },
  })
}

export interface SyncAsked extends Asked {
  readonly type?: string | null
  readonly protocol?: string | null
  /** Names of members; what is assigned is the name. */
  readonly assigned?: readonly string[]
  /** Partitions that the member gets, as consumers tell each other of them. */
  readonly holds?: readonly TopicPartition[]
}

export function sync(title: string, asked: SyncAsked): Step {
  const { group, member = group, instance, generation = 1, type = 'consumer', protocol = 'range' } = asked
  return ask(
    title,
    SyncGroup,
    (version, peer): RequestOf<typeof SyncGroup> => ({
      groupId: of(group, version),
      generationId: generation,
      memberId: memberId(peer, of(member, version)),
      ...(instance === undefined ? {} : { groupInstanceId: instance }),
      protocolType: type,
      protocolName: protocol,
      assignments: (asked.assigned ?? [of(member, version)]).map((name) => ({
        memberId: memberId(peer, name),
        assignment: asked.holds ? encodeAssignment(asked.holds) : Buffer.from(name),
      })),
    }),
    asOptions(asked.versions ?? (instance === undefined ? undefined : versionsOf(SyncGroup, 3))),
  )
}

export function beat(title: string, asked: Asked): Step {
  const { group, member = group, instance, generation = 1, versions } = asked
  return ask(
    title,
    Heartbeat,
    (version, peer): RequestOf<typeof Heartbeat> => ({
      groupId: of(group, version),
      generationId: generation,
      memberId: memberId(peer, of(member, version)),
      ...(instance === undefined ? {} : { groupInstanceId: instance }),
    }),
    asOptions(versions ?? (instance === undefined ? undefined : versionsOf(Heartbeat, 3))),
  )
}

export function leave(title: string, asked: Asked): Step {
  const { group, member = group, instance, versions } = asked
  return ask(
    title,
    LeaveGroup,
    (version, peer): RequestOf<typeof LeaveGroup> => {
      const id = memberId(peer, of(member, version))
      const groupId = of(group, version)
      return version < 3
        ? { groupId, memberId: id }
        : { groupId, members: [{ memberId: id, groupInstanceId: instance ?? null }] }
    },
    asOptions(versions ?? (instance === undefined ? undefined : versionsOf(LeaveGroup, 3))),
  )
}

export interface CommitAsked extends Asked {
  readonly topic?: string
  readonly partitions?: readonly number[]
  readonly offset?: Int64
  readonly metadata?: string | null
  readonly retentionMs?: Int64
}

export function commit(title: string, asked: CommitAsked): Step {
  const { group, member = '', instance, generation = -1, topic = 'committed', partitions = [0] } = asked
  const { offset = 7, metadata = 'mine', retentionMs } = asked
  return ask(
    title,
    OffsetCommit,
    (version, peer): RequestOf<typeof OffsetCommit> => ({
      groupId: of(group, version),
      generationIdOrMemberEpoch: generation,
      memberId: memberId(peer, of(member, version)),
      ...(instance === undefined ? {} : { groupInstanceId: instance }),
      ...(retentionMs === undefined ? {} : { retentionTimeMs: retentionMs }),
      topics: [
        {
          name: topic,
          topicId: peer.topicId(topic),
          partitions: partitions.map((partitionIndex) => ({
            partitionIndex,
            committedOffset: offset,
            committedLeaderEpoch: 3,
            committedMetadata: metadata,
          })),
        },
      ],
    }),
    asOptions(asked.versions ?? (instance === undefined ? undefined : versionsOf(OffsetCommit, 7))),
  )
}

export interface FetchAsked {
  readonly groups: readonly string[]
  /** All that was committed if left out. */
  readonly topic?: string
  readonly partitions?: readonly number[]
  readonly member?: string
  readonly epoch?: number
  readonly requireStable?: boolean
  readonly versions?: readonly number[]
}

export function fetchCommitted(title: string, asked: FetchAsked): Step {
  const { groups, topic, partitions: partitionIndexes = [0, 1], member, epoch = -1 } = asked
  const versions = asked.versions ?? versionsOf(OffsetFetch, topic === undefined ? 2 : 1)
  return ask(
    title,
    OffsetFetch,
    (version, peer): RequestOf<typeof OffsetFetch> => {
      const stable = asked.requireStable === undefined ? {} : { requireStable: asked.requireStable }
      const topics =
        topic === undefined
          ? null
          : [{ name: topic, topicId: peer.topicId(topic), partitionIndexes: [...partitionIndexes] }]
      if (version < 8) return { groupId: groups[0]!, topics, ...stable }
      const memberOf = member === undefined ? {} : { memberId: memberId(peer, member), memberEpoch: epoch }
      return { groups: groups.map((groupId) => ({ groupId, topics, ...memberOf })), ...stable }
    },
    { versions },
  )
}
