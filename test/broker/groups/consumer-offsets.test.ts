import { expect, test } from 'vitest'
import { errorName } from '../../../src/protocol/errors.ts'
import { DeleteGroups, JoinGroup, ListGroups } from '../../../src/protocol/messages/classic-groups.ts'
import { OffsetDelete, OffsetFetch } from '../../../src/protocol/messages/commits.ts'
import type { TestBroker } from '../../support/broker.ts'
import { ConsumerMemberTwin, startWithTopics, stateOf } from '../../support/consumer-member.ts'
import { commit } from './wire-member.ts'

const commitAs = (broker: TestBroker, memberId: string, generationId: number, partition = 0, version = 10) =>
  commit(broker, 5, { group: 'readers', memberId, generationId, partition, version })

const reader = (broker: TestBroker, id: string) => new ConsumerMemberTwin(broker, { id, topics: ['orders'] })

test('a member commits in its epoch', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  expect(await commitAs(broker, 'm1', first.epoch)).toBe('NONE')
  expect(await commitAs(broker, 'm1', first.epoch + 1)).toBe('STALE_MEMBER_EPOCH')
  expect(await commitAs(broker, 'm2', first.epoch)).toBe('UNKNOWN_MEMBER_ID')
  expect(await commitAs(broker, '', -1)).toBe('UNKNOWN_MEMBER_ID')
})

test('a member that is behind commits what it has owned since then', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  const second = await reader(broker, 'm2').settle()
  await first.tick()
  await first.settle()
  await second.settle()
  expect([first.epoch, first.assigned]).toEqual([3, 'orders-0 orders-1'])
  expect(await commitAs(broker, 'm1', 2, 0)).toBe('NONE')
  expect(await commitAs(broker, 'm1', 1, 0)).toBe('STALE_MEMBER_EPOCH')
  // Given away meanwhile.
  expect(await commitAs(broker, 'm1', 2, 2)).toBe('STALE_MEMBER_EPOCH')
  // Came in epoch 3.
  expect(await commitAs(broker, 'm2', 2, 2)).toBe('STALE_MEMBER_EPOCH')
})

test('clients that do not know the protocol cannot commit as its members', async () => {
  const broker = await startWithTopics()
  await reader(broker, 'm1').settle()
  expect(await commitAs(broker, 'm1', 2, 0, 8)).toBe('UNSUPPORTED_VERSION')
})

test('an empty group takes commits of anybody, a group with members does not', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  await first.leave()
  expect(await commitAs(broker, '', -1)).toBe('NONE')
})

test('offsets are told to members in their epoch, and to tools', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  const fetch = async (memberId: string | null, memberEpoch: number) => {
    const groups = [{ groupId: 'readers', memberId, memberEpoch, topics: null }]
    return errorName((await broker.ask(OffsetFetch, 9, { groups })).groups[0]!.errorCode)
  }
  expect(await fetch('m1', first.epoch)).toBe('NONE')
  expect(await fetch('m1', 1)).toBe('STALE_MEMBER_EPOCH')
  expect(await fetch('m2', 2)).toBe('UNKNOWN_MEMBER_ID')
  expect(await fetch(null, -1)).toBe('NONE')
})

test('offsets of topics that are read, and groups with members, are not deleted', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  await commitAs(broker, 'm1', first.epoch)
  const deleteOffset = async () => {
    const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0 }] }]
    const answer = await broker.ask(OffsetDelete, 0, { groupId: 'readers', topics })
    return errorName(answer.topics[0]!.partitions[0]!.errorCode)
  }
  const deleteGroup = async () => {
    const { results } = await broker.ask(DeleteGroups, 2, { groupsNames: ['readers'] })
    return errorName(results[0]!.errorCode)
  }
  expect(await deleteOffset()).toBe('GROUP_SUBSCRIBED_TO_TOPIC')
  expect(await deleteGroup()).toBe('NON_EMPTY_GROUP')
  await first.leave()
  expect(await deleteOffset()).toBe('NONE')
  expect(await deleteGroup()).toBe('NONE')
  expect(await stateOf(broker)).toBe('GROUP_ID_NOT_FOUND')
  await broker.restart()
  expect(await stateOf(broker)).toBe('GROUP_ID_NOT_FOUND')
})

test('a group that only had offsets becomes a consumer group and keeps them', async () => {
  const broker = await startWithTopics()
  expect(await commitAs(broker, '', -1)).toBe('NONE')
  await reader(broker, 'm1').settle()
  await broker.restart()
  expect(await stateOf(broker)).toBe('Stable 2/2')
  const groups = [{ groupId: 'readers', topics: null }]
  const fetched = await broker.ask(OffsetFetch, 8, { groups })
  expect(fetched.groups[0]?.topics[0]?.partitions[0]?.committedOffset).toBe(5)
})

test('an empty consumer group becomes a classic one when such a member joins', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  await first.leave()
  const joined = await broker.ask(JoinGroup, 9, {
    groupId: 'readers',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('000000000000ffffffff', 'hex') }],
  })
  expect(errorName(joined.errorCode)).toBe('MEMBER_ID_REQUIRED')
  const { groups } = await broker.ask(ListGroups, 5, {})
  expect(groups).toMatchObject([{ groupId: 'readers', groupType: 'classic' }])
  expect(await stateOf(broker)).toBe('GROUP_ID_NOT_FOUND')
})

test('groups are listed with their type and state', async () => {
  const broker = await startWithTopics()
  await reader(broker, 'm1').settle()
  await reader(broker, 'm2').settle()
  const list = async (filter: { statesFilter?: string[]; typesFilter?: string[] }) =>
    (await broker.ask(ListGroups, 5, filter)).groups
  const expected = {
    groupId: 'readers',
    protocolType: 'consumer',
    groupState: 'Reconciling',
    groupType: 'consumer',
  }
  expect(await list({})).toEqual([expected])
  expect(await list({ statesFilter: ['reconciling'], typesFilter: ['Consumer'] })).toEqual([expected])
  expect(await list({ typesFilter: ['classic'] })).toEqual([])
})
