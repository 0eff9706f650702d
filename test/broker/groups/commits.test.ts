import { expect, test } from 'vitest'
import { errorName } from '../../../src/protocol/errors.ts'
import { LeaveGroup } from '../../../src/protocol/messages/classic-groups.ts'
import { OffsetCommit, OffsetDelete, OffsetFetch } from '../../../src/protocol/messages/commits.ts'
import { FindCoordinator } from '../../../src/protocol/messages/metadata.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'
import { MemoryFiles } from '../../support/memory-files.ts'
import {
  type CommitOptions,
  commit,
  committed,
  joinAlone,
  startCoordinator,
  versionsOf,
} from './wire-member.ts'

test.each(versionsOf(OffsetCommit))('OffsetCommit version %i keeps an offset', async (version) => {
  const broker = await startCoordinator()
  expect(await commit(broker, 42, { version, partition: 1 })).toBe('NONE')
  expect(await committed(broker)).toEqual({ 'orders-1': 42 })
})

/** OffsetFetch in any version, for one topic by name or all. */
async function fetch(broker: TestBroker, version: number, partitionIndexes: number[] | null, group = 'g') {
  const topicId = broker.topicId('orders')
  const named = version >= 10 ? { topicId, name: '' } : { name: 'orders' }
  const topics = partitionIndexes && [{ ...named, partitionIndexes }]
  const body =
    version >= 8 ? { groups: [{ groupId: group, topics }] } : { groupId: group, topics: topics as never }
  const answer = await broker.ask(OffsetFetch, version, body as never)
  return version >= 8 ? answer.groups[0]! : answer
}

test.each(versionsOf(OffsetFetch))(
  'OffsetFetch version %i tells offsets and what is not there',
  async (version) => {
    const broker = await startCoordinator()
    await commit(broker, 7, { metadata: 'where I am', leaderEpoch: 3 })
    const { topics, errorCode } = await fetch(broker, version, [0, 1, 99])
    expect(errorCode).toBe(0)
    const hasEpoch = version >= 5
    const nothing = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 }
    expect(topics[0]!.partitions).toEqual([
      {
        partitionIndex: 0,
        committedOffset: 7,
        committedLeaderEpoch: hasEpoch ? 3 : -1,
        metadata: 'where I am',
        errorCode: 0,
      },
      { partitionIndex: 1, ...nothing },
      { partitionIndex: 99, ...nothing },
    ])
  },
)

test.each([2, 7, 8, 10])('OffsetFetch version %i without topics tells everything', async (version) => {
  const broker = await startCoordinator()
  for (const partition of [2, 0]) await commit(broker, 5, { partition })
  const { topics } = await fetch(broker, version, null)
  expect(topics).toHaveLength(1)
  expect(topics[0]!.partitions.map(({ partitionIndex }) => partitionIndex)).toEqual([0, 2])
  expect((await fetch(broker, version, null, 'unknown')).topics).toEqual([])
})

test('several groups can be asked for at once, each with its own answer', async () => {
  const broker = await startCoordinator({ brokers: 3 })
  const groups = ['a', 'b', 'c', 'd', 'e', 'f'].map((groupId) => ({ groupId, topics: null }))
  const answer = await broker.ask(OffsetFetch, 9, { groups, requireStable: true })
  const errors = answer.groups.map(({ errorCode }) => errorName(errorCode))
  expect(new Set(errors)).toEqual(new Set(['NONE', 'NOT_COORDINATOR']))
})

const REFUSED: [what: string, options: CommitOptions, error: string][] = [
  ['an unknown topic', { version: 9, topic: 'nope' }, 'UNKNOWN_TOPIC_OR_PARTITION'],
  ['an unknown partition', { partition: 99 }, 'UNKNOWN_TOPIC_OR_PARTITION'],
  ['an unknown topic id', { topicId: 'AAAAAAAAAAAAAAAAAAAABQ' }, 'UNKNOWN_TOPIC_ID'],
  ['metadata over the limit', { metadata: 'x'.repeat(4097) }, 'OFFSET_METADATA_TOO_LARGE'],
  ['an unknown group with a generation', { generationId: 1, memberId: 'x' }, 'GROUP_ID_NOT_FOUND'],
  [
    'an unknown group in an old version',
    { version: 8, generationId: 1, memberId: 'x' },
    'ILLEGAL_GENERATION',
  ],
]

test.each(REFUSED)('a commit for %s is refused', async (_what, options, error) => {
  const broker = await startCoordinator()
  expect(await commit(broker, 1, options)).toBe(error)
  expect(await committed(broker)).toEqual({})
})

test.each([
  ['metadata at the limit', { metadata: 'x'.repeat(4096) }],
  ['no metadata', { metadata: null }],
  ['a member id but no generation', { memberId: 'x' }],
  ['an empty group id', { group: '' }],
  ['a group id of 32 KB', { group: 'g'.repeat(32 * 1024 - 1) }],
] as [string, CommitOptions][])('a commit with %s is taken', async (_what, options) => {
  const broker = await startCoordinator()
  expect(await commit(broker, 1, options)).toBe('NONE')
  expect(await committed(broker, options.group)).toEqual({ 'orders-0': 1 })
})

test('offset.metadata.max.bytes is the limit for metadata', async () => {
  const broker = await startCoordinator({ config: { 'offset.metadata.max.bytes': '10' } })
  expect(await commit(broker, 1, { metadata: 'x'.repeat(11) })).toBe('OFFSET_METADATA_TOO_LARGE')
  expect(await commit(broker, 1, { metadata: 'x'.repeat(10) })).toBe('NONE')
})

test('what can be committed is, when other partitions of the request cannot', async () => {
  const broker = await startCoordinator()
  const partition = (partitionIndex: number, committedMetadata = '') => ({
    partitionIndex,
    committedOffset: 5,
    committedMetadata,
  })
  const { topics } = await broker.ask(OffsetCommit, 9, {
    groupId: 'g',
    memberId: '',
    topics: [
      {
        name: 'orders',
        partitions: [partition(0), partition(7), partition(1, 'x'.repeat(5000)), partition(2)],
      },
      { name: 'nope', partitions: [partition(0)] },
    ],
  })
  expect(
    topics.map(({ name, partitions }) => [
      name,
      ...partitions.map((p) => [p.partitionIndex, errorName(p.errorCode)]),
    ]),
  ).toEqual([
    ['orders', [7, 'UNKNOWN_TOPIC_OR_PARTITION'], [0, 'NONE'], [1, 'OFFSET_METADATA_TOO_LARGE'], [2, 'NONE']],
    ['nope', [0, 'UNKNOWN_TOPIC_OR_PARTITION']],
  ])
  expect(await committed(broker)).toEqual({ 'orders-0': 5, 'orders-2': 5 })
})

test('a member commits for its generation, and nobody else for the group while it is there', async () => {
  const broker = await startCoordinator()
  const client = broker.connect()
  const { memberId, generationId } = await joinAlone(client)
  expect(await commit(broker, 1, { memberId, generationId })).toBe('NONE')
  expect(await commit(broker, 2, { memberId, generationId: generationId + 1 })).toBe('ILLEGAL_GENERATION')
  expect(await commit(broker, 3, { memberId: 'x', generationId })).toBe('UNKNOWN_MEMBER_ID')
  expect(await commit(broker, 4)).toBe('UNKNOWN_MEMBER_ID')
  expect(await committed(broker)).toEqual({ 'orders-0': 1 })
  await client.ask(LeaveGroup, 5, { groupId: 'g', members: [{ memberId }] })
  expect(await commit(broker, 5)).toBe('NONE')
})

test('only the broker that leads the partition of a group answers for it', async () => {
  const broker = await startCoordinator({ brokers: 2 })
  const answers = await Promise.all([1, 2].map((node) => commit(broker, 1, { node })))
  expect(answers.toSorted()).toEqual(['NONE', 'NOT_COORDINATOR'])
})

test('without the topic of offsets there is no coordinator', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  expect(await commit(broker, 1)).toBe('NOT_COORDINATOR')
})

test('offsets of a deleted topic are gone, and stay away from a new topic of that name', async () => {
  const broker = await startCoordinator({ topics: { orders: 1, kept: 1 } })
  await commit(broker, 5)
  await commit(broker, 6, { topic: 'kept' })
  broker.deleteTopic('orders')
  broker.createTopic('orders', { partitions: 1 })
  expect(await committed(broker)).toEqual({ 'kept-0': 6 })
  await broker.restart()
  expect(await committed(broker)).toEqual({ 'kept-0': 6 })
})

test('deleting the topic of offsets forgets everything, and it can be made again', async () => {
  const broker = await startCoordinator()
  await commit(broker, 5)
  broker.deleteTopic('__consumer_offsets')
  expect(await commit(broker, 6)).toBe('NOT_COORDINATOR')
  await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })
  expect(await committed(broker)).toEqual({})
  expect(await commit(broker, 7)).toBe('NONE')
})

test('a disk that fails makes the commit fail, and what is told stays what was kept', async () => {
  const broker = await startCoordinator()
  await commit(broker, 5)
  const { files } = broker
  if (!(files instanceof MemoryFiles)) throw new Error('this test needs files that can fail')
  files.onWrite = (path) => (path.includes('__consumer_offsets') && path.endsWith('.log') ? 0 : null)
  expect(await commit(broker, 6)).toBe('NOT_COORDINATOR')
  expect(await commit(broker, 6, { group: 'new' })).toBe('NOT_COORDINATOR')
  files.onWrite = () => null
  expect(await committed(broker)).toEqual({ 'orders-0': 5 })
  expect(broker.complaints.join()).toContain('no space left')
})

/** OffsetDelete; gives the error of the request, or of each partition. */
async function deleteOffsets(broker: TestBroker, group: string, topic: string, partitions: number[]) {
  const { errorCode, topics } = await broker.ask(OffsetDelete, 0, {
    groupId: group,
    topics: [{ name: topic, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) }],
  })
  if (errorCode !== 0) return errorName(errorCode)
  return topics[0]!.partitions.map((p) => `${p.partitionIndex} ${errorName(p.errorCode)}`).toSorted()
}

test('OffsetDelete forgets offsets of partitions that exist', async () => {
  const broker = await startCoordinator()
  for (const partition of [0, 1]) await commit(broker, 5, { partition })
  expect(await deleteOffsets(broker, 'g', 'orders', [0, 2, 99])).toEqual([
    '0 NONE',
    '2 NONE',
    '99 UNKNOWN_TOPIC_OR_PARTITION',
  ])
  expect(await deleteOffsets(broker, 'g', 'nope', [0])).toEqual(['0 UNKNOWN_TOPIC_OR_PARTITION'])
  expect(await committed(broker)).toEqual({ 'orders-1': 5 })
  await broker.restart()
  expect(await committed(broker)).toEqual({ 'orders-1': 5 })
})

test('OffsetDelete leaves alone what a member reads, and groups it knows nothing of', async () => {
  const broker = await startCoordinator({ topics: { orders: 1, other: 1 } })
  const { memberId, generationId } = await joinAlone(broker.connect())
  for (const topic of ['orders', 'other']) await commit(broker, 5, { topic, memberId, generationId })
  expect(await deleteOffsets(broker, 'g', 'orders', [0])).toEqual(['0 GROUP_SUBSCRIBED_TO_TOPIC'])
  expect(await deleteOffsets(broker, 'g', 'other', [0])).toEqual(['0 NONE'])
  expect(await deleteOffsets(broker, 'unknown', 'orders', [0])).toBe('GROUP_ID_NOT_FOUND')
  expect(await deleteOffsets(broker, '', 'orders', [0])).toBe('INVALID_GROUP_ID')
  await joinAlone(broker.connect(), { group: 'connect', protocolType: 'connect' })
  expect(await deleteOffsets(broker, 'connect', 'orders', [0])).toBe('NON_EMPTY_GROUP')
})
