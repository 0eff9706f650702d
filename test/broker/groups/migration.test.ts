import { expect, test, vi } from 'vitest'
import { ListGroups } from '../../../src/protocol/messages/classic-groups.ts'
import type { TestBroker } from '../../support/broker.ts'
import { ClassicMemberTwin } from '../../support/classic-member.ts'
import { ConsumerMemberTwin, describeGroup, startWithTopics, stateOf } from '../../support/consumer-member.ts'
import { commit } from './wire-member.ts'

const EVERYTHING = 'orders-0 orders-1 orders-2 orders-3'
const OLD_SESSION_MS = 10_000
const REBALANCE_MS = 60_000

const reader = (broker: TestBroker, id: string, instance?: string) =>
  new ConsumerMemberTwin(broker, { id, topics: ['orders'], ...(instance ? { instance } : {}) })

const typeOf = async (broker: TestBroker) => {
  const { groups } = await broker.ask(ListGroups, 5, {})
  return groups.map(({ groupType, groupState }) => `${groupType} ${groupState}`).join()
}

test('a classic group becomes a consumer group with the first such member, and shares step by step', async () => {
  const broker = await startWithTopics()
  const old = await new ClassicMemberTwin(broker).settleAlone(EVERYTHING)
  expect(await typeOf(broker)).toBe('classic Stable')
  const first = await reader(broker, 'm1').settle()
  expect([first.epoch, first.assigned]).toEqual([2, ''])
  expect(await stateOf(broker)).toBe('Reconciling 2/2')
  const { members } = await describeGroup(broker)
  expect(members.map(({ memberType, memberEpoch }) => [memberType, memberEpoch])).toEqual([
    [0, 1],
    [1, 2],
  ])
  // The old member learns that it has to join again, with what it owns, until it has given back.
  expect(await old.beat()).toBe('REBALANCE_IN_PROGRESS')
  await old.settle()
  expect([old.generation, old.assigned]).toEqual([1, 'orders-0 orders-1'])
  expect(await old.beat()).toBe('REBALANCE_IN_PROGRESS')
  await old.settle()
  expect([old.generation, old.assigned]).toEqual([2, 'orders-0 orders-1'])
  expect(await old.beat()).toBe('NONE')
  await first.settle()
  expect(first.assigned).toBe('orders-2 orders-3')
  expect(await stateOf(broker)).toBe('Stable 2/2')
})

test('a classic member joins a consumer group, and gets its share once it is free', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  const old = await new ClassicMemberTwin(broker).settle()
  expect([old.generation, old.assigned]).toEqual([3, ''])
  expect(await old.beat()).toBe('NONE')
  await first.tick()
  await first.settle()
  expect(await old.beat()).toBe('REBALANCE_IN_PROGRESS')
  await old.settle()
  expect(old.assigned).toBe('orders-2 orders-3')
  expect(await old.beat()).toBe('NONE')
})

test('when the last member of the new protocol leaves, the group is a classic one again', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  const old = await new ClassicMemberTwin(broker).settle()
  await first.leave()
  expect(await typeOf(broker)).toBe('classic PreparingRebalance')
  expect(await old.join()).toBe('NONE')
  expect(await old.sync(EVERYTHING)).toBe('NONE')
  expect(old.assigned).toBe(EVERYTHING)
  await broker.restart()
  expect(await typeOf(broker)).toBe('classic Stable')
})

test('a group in between survives a restart', async () => {
  const broker = await startWithTopics()
  await new ClassicMemberTwin(broker).settleAlone(EVERYTHING)
  await reader(broker, 'm1').settle()
  const before = await describeGroup(broker)
  await broker.restart()
  expect(await describeGroup(broker)).toEqual(before)
})

test('a classic member that falls silent is removed after its own session timeout', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  const old = await new ClassicMemberTwin(broker).settle()
  broker.clock.pass(OLD_SESSION_MS)
  expect(await old.beat()).toBe('UNKNOWN_MEMBER_ID')
  await first.settle()
  expect(await stateOf(broker)).toBe('Stable 4/4')
})

test('a classic member that was told to join again has to in time', async () => {
  const broker = await startWithTopics()
  const old = await new ClassicMemberTwin(broker).settleAlone(EVERYTHING)
  const first = await reader(broker, 'm1').settle()
  for (let passed = 0; passed < REBALANCE_MS; passed += OLD_SESSION_MS / 2) {
    expect(await old.beat()).toBe('REBALANCE_IN_PROGRESS')
    await first.settle()
    broker.clock.pass(OLD_SESSION_MS / 2)
  }
  expect(await old.beat()).toBe('UNKNOWN_MEMBER_ID')
  await first.settle()
  expect(first.assigned).toBe(EVERYTHING)
})

test('members that wait for a rebalance of the classic group are told to join again', async () => {
  const broker = await startWithTopics()
  await new ClassicMemberTwin(broker).settleAlone(EVERYTHING)
  const second = new ClassicMemberTwin(broker)
  const waiting = second.join()
  const first = reader(broker, 'm1')
  await vi.waitFor(async () => expect(await typeOf(broker)).toBe('classic PreparingRebalance'))
  expect(await first.join()).toBe('NONE')
  expect(await waiting).toBe('REBALANCE_IN_PROGRESS')
  await second.settle()
  expect(await stateOf(broker)).toBe('Reconciling 2/2')
})

test('a static member changes its protocol without losing anything', async () => {
  const broker = await startWithTopics()
  const old = await new ClassicMemberTwin(broker, { instance: 'i1' }).settleAlone(EVERYTHING)
  const first = await reader(broker, 'm1', 'i1').settle()
  expect(first.assigned).toBe(EVERYTHING)
  expect(await old.beat()).toBe('FENCED_INSTANCE_ID')
  const again = await new ClassicMemberTwin(broker, { instance: 'i1' }).settle()
  expect(again.assigned).toBe(EVERYTHING)
  expect(await typeOf(broker)).toBe('classic Stable')
})

test('a classic member commits in its generation', async () => {
  const broker = await startWithTopics()
  await reader(broker, 'm1').settle()
  const old = await new ClassicMemberTwin(broker).settle()
  const as = (generationId: number, version: number) =>
    commit(broker, 1, { group: 'readers', memberId: old.id, generationId, version })
  expect(await as(old.generation, 8)).toBe('NONE')
  expect(await as(old.generation + 1, 8)).toBe('ILLEGAL_GENERATION')
})

test('leaving one by one, in both protocols', async () => {
  const broker = await startWithTopics()
  const first = await reader(broker, 'm1').settle()
  const old = await new ClassicMemberTwin(broker).settle()
  expect(await old.leave()).toBe('NONE')
  expect(await old.leave()).toBe('UNKNOWN_MEMBER_ID')
  await first.settle()
  expect(await first.leave()).toBe('NONE')
  expect(await typeOf(broker)).toBe('consumer Empty')
})

test.each([
  ['disabled', 'GROUP_ID_NOT_FOUND', 'INCONSISTENT_GROUP_PROTOCOL'],
  ['downgrade', 'GROUP_ID_NOT_FOUND', 'NONE'],
  ['Upgrade', 'NONE', 'NONE'],
])('with the policy %s, members of other protocols get %s and %s', async (policy, toClassic, toConsumer) => {
  const broker = await startWithTopics({ config: { 'group.consumer.migration.policy': policy } })
  await new ClassicMemberTwin(broker).settleAlone(EVERYTHING)
  expect(await reader(broker, 'm1').join()).toBe(toClassic)
  await new ConsumerMemberTwin(broker, { id: 'm2', group: 'others' }).settle()
  expect(await new ClassicMemberTwin(broker, { group: 'others' }).join()).toBe(toConsumer)
})

test('a classic group that is too large for the new protocol stays what it is', async () => {
  const broker = await startWithTopics({ config: { 'group.consumer.max.size': '1' } })
  const old = await new ClassicMemberTwin(broker).settleAlone(EVERYTHING)
  const second = new ClassicMemberTwin(broker)
  const waiting = second.join()
  await vi.waitFor(async () => expect(await typeOf(broker)).toBe('classic PreparingRebalance'))
  expect([await old.join(), await waiting]).toEqual(['NONE', 'NONE'])
  expect(await reader(broker, 'm1').join()).toBe('GROUP_ID_NOT_FOUND')
})
