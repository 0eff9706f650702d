import { expect, test } from 'vitest'
import { ConsumerMemberTwin, describeGroup, startWithTopics, stateOf } from '../../support/consumer-member.ts'

const SESSION_MS = 45_000

test.each(['restart', 'crash'] as const)('members go on after a %s as if nothing had been', async (how) => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, {
    id: 'm1',
    topics: ['orders'],
    instance: 'i1',
  }).settle()
  const second = await new ConsumerMemberTwin(broker, { id: 'm2', topics: ['orders'] }).settle()
  await first.tick()
  const before = await describeGroup(broker)
  await broker[how]()
  expect(await describeGroup(broker)).toEqual(before)
  await first.settle()
  await second.settle()
  expect([first.assigned, second.assigned]).toEqual(['orders-0 orders-1', 'orders-2 orders-3'])
  expect(await stateOf(broker)).toBe('Stable 3/3')
})

test('the time of members and of what they must give back runs on after a restart', async () => {
  const broker = await startWithTopics()
  const first = new ConsumerMemberTwin(broker, { id: 'm1', topics: ['orders'], rebalanceTimeoutMs: 5000 })
  await first.settle()
  const second = await new ConsumerMemberTwin(broker, { id: 'm2', topics: ['orders'] }).settle()
  await first.tick()
  await broker.restart()
  broker.clock.pass(5000)
  expect(await first.tick()).toBe('UNKNOWN_MEMBER_ID')
  broker.clock.pass(SESSION_MS - 5000)
  expect(await second.tick()).toBe('UNKNOWN_MEMBER_ID')
})

test('who has left is gone after a restart, and so is a deleted group', async () => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, { id: 'm1', topics: ['orders'] }).settle()
  await first.leave()
  await broker.restart()
  expect(await stateOf(broker)).toBe('Empty 3/2')
  expect(await new ConsumerMemberTwin(broker, { id: 'm2', topics: ['orders'] }).join()).toBe('NONE')
})

test('topics that changed while the broker was down are noticed', async () => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, { id: 'm1', topics: ['orders', 'late'] }).settle()
  await broker.restart()
  await first.tick()
  // Nothing has changed: no new epoch.
  expect(first.epoch).toBe(2)
  broker.createTopic('late', { partitions: 1 })
  await broker.restart()
  await first.tick()
  expect([first.epoch, first.assigned]).toEqual([3, 'late-0 orders-0 orders-1 orders-2 orders-3'])
})
