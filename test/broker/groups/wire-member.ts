// Requests about groups with everything at its usual value that a test does not name.
import type { Int64 } from '../../../src/bytes/int64.ts'
import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { errorName } from '../../../src/protocol/errors.ts'
import { Heartbeat, JoinGroup, SyncGroup } from '../../../src/protocol/messages/classic-groups.ts'
import { OffsetCommit, OffsetFetch } from '../../../src/protocol/messages/commits.ts'
import { FindCoordinator } from '../../../src/protocol/messages/metadata.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from '../../support/broker.ts'
import type { WireClient } from '../../support/wire-client.ts'
import { subscription } from './group-twin.ts'

export const versionsOf = ({
  minVersion,
  maxVersion,
}: {
  minVersion: number
  maxVersion: number
}): number[] => Array.from({ length: maxVersion - minVersion + 1 }, (_, index) => minVersion + index)

/** A broker with the topic of offsets, which is there once somebody has asked for a coordinator. */
export async function startCoordinator(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const broker = await startTestBroker({ topics: { orders: 3 }, ...options })
  await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })
  return broker
}

export interface CommitOptions {
  version?: number
  group?: string
  topic?: string
  topicId?: string
  partition?: number
  metadata?: string | null
  leaderEpoch?: number
  retentionTimeMs?: Int64
  memberId?: string
  generationId?: number
  node?: number
}

/** Commits one offset; gives the name of the error. */
export async function commit(
  broker: TestBroker,
  offset: Int64,
  options: CommitOptions = {},
): Promise<string> {
  const { version = 10, group = 'g', topic = 'orders', partition = 0, metadata = '', node = 1 } = options
  const { memberId = '', generationId = -1, leaderEpoch = -1, retentionTimeMs = -1 } = options
  const topicId = options.topicId ?? broker.broker.image.topics.get(topic)?.id ?? ZERO_UUID
  const partitions = [
    {
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: leaderEpoch,
      committedMetadata: metadata,
    },
  ]
  const body = {
    groupId: group,
    generationIdOrMemberEpoch: generationId,
    memberId,
    topics: [version >= 10 ? { topicId, partitions } : { name: topic, partitions }],
    ...(version <= 4 ? { retentionTimeMs } : {}),
  }
  const { topics } = await broker.ask(OffsetCommit, version, body, { node })
  return errorName(topics[0]!.partitions[0]!.errorCode)
}

/** Everything that a group has committed, as topic-partition → offset. */
export async function committed(broker: TestBroker, group = 'g', node = 1): Promise<Record<string, Int64>> {
  const { groups } = await broker.ask(
    OffsetFetch,
    9,
    { groups: [{ groupId: group, topics: null }] },
    { node },
  )
  return Object.fromEntries(
    groups[0]!.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, committedOffset }) => [`${name}-${partitionIndex}`, committedOffset]),
    ),
  )
}

export interface JoinOptions {
  version?: number
  group?: string
  memberId?: string
  groupInstanceId?: string | null
  sessionTimeoutMs?: number
  protocolType?: string
  metadata?: Buffer
}

/** The body of a JoinGroup. */
export const joinBody = ({
  version = 9,
  group = 'g',
  memberId = '',
  groupInstanceId = null,
  sessionTimeoutMs = 10_000,
  protocolType = 'consumer',
  metadata = subscription('orders'),
}: JoinOptions = {}) => ({
  groupId: group,
  sessionTimeoutMs,
  ...(version >= 1 ? { rebalanceTimeoutMs: 60_000 } : {}),
  memberId,
  groupInstanceId,
  protocolType,
  protocols: [{ name: 'range', metadata }],
})

/** Joins, with the id that is given first in newer versions. */
export async function joinGroup(client: WireClient, options: JoinOptions = {}) {
  const { version = 9 } = options
  const answer = await client.ask(JoinGroup, version, joinBody(options))
  if (errorName(answer.errorCode) !== 'MEMBER_ID_REQUIRED') return answer
  return client.ask(JoinGroup, version, joinBody({ ...options, memberId: answer.memberId }))
}

export function syncGroup(
  client: WireClient,
  { memberId, generationId }: { memberId: string; generationId: number },
  assignments: Readonly<Record<string, string>> = {},
  group = 'g',
) {
  return client.ask(SyncGroup, 4, {
    groupId: group,
    generationId,
    memberId,
    assignments: Object.entries(assignments).map(([id, text]) => ({
      memberId: id,
      assignment: Buffer.from(text),
    })),
  })
}

/** A group of one member that has its assignment. */
export async function joinAlone(client: WireClient, options: JoinOptions = {}) {
  const joined = await joinGroup(client, options)
  await syncGroup(client, joined, { [joined.memberId]: 'everything' }, options.group)
  return joined
}

/** The name of the error that a heartbeat is answered with. */
export async function heartbeat(
  client: WireClient,
  { memberId, generationId }: { memberId: string; generationId: number },
  group = 'g',
): Promise<string> {
  const { errorCode } = await client.ask(Heartbeat, 4, { groupId: group, generationId, memberId })
  return errorName(errorCode)
}
