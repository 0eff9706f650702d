import { expect, test } from 'vitest'
import { ConsumerGroupHeartbeat } from '../../../src/protocol/messages/consumer-groups.ts'
import { ConsumerMemberTwin, describeGroup, startWithTopics } from '../../support/consumer-member.ts'

/** Expressions are not matched again sooner. */
const REFRESH_INTERVAL_MS = 10_000

test('a member with a regular expression gets the topics that match it, with its next heartbeat', async () => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, { id: 'm1', regex: 'b.*' }).settle()
  expect([first.epoch, first.assigned]).toEqual([1, ''])
  await first.settle()
  expect([first.epoch, first.assigned]).toEqual([2, 'bills-0 bills-1'])
  expect((await describeGroup(broker)).members[0]?.subscribedTopicRegex).toBe('b.*')
})

test('the whole name of a topic has to match', async () => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, { id: 'm1', regex: 'ill|order.' }).settle()
  await first.settle()
  expect(first.assigned).toBe('orders-0 orders-1 orders-2 orders-3')
})

test('new topics are followed', async () => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, { id: 'm1', regex: 'b.*' }).settle()
  await first.settle()
  broker.createTopic('bonds', { partitions: 1 })
  await first.settle()
  expect(first.assigned).toBe('bills-0 bills-1')
  broker.clock.pass(REFRESH_INTERVAL_MS + 1)
  await first.settle()
  await first.settle()
  expect([first.epoch, first.assigned]).toEqual([3, 'bills-0 bills-1 bonds-0'])
})

test('names and a regular expression go together', async () => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, { id: 'm1', regex: 'b.*', topics: ['orders'] }).settle()
  expect(first.assigned).toBe('orders-0 orders-1 orders-2 orders-3')
  await first.settle()
  expect(first.assigned).toBe('bills-0 bills-1 orders-0 orders-1 orders-2 orders-3')
})

test('a member gives up its regular expression', async () => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, { id: 'm1', regex: 'b.*' }).settle()
  await first.settle()
  expect(await first.send({ subscribedTopicRegex: '', subscribedTopicNames: ['orders'] })).toBe('NONE')
  expect(first.assigned).toBe('')
  await first.settle()
  expect(first.assigned).toBe('orders-0 orders-1 orders-2 orders-3')
})

test('a second member with the same expression is served at once', async () => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, { id: 'm1', regex: 'b.*' }).settle()
  await first.settle()
  const second = await new ConsumerMemberTwin(broker, { id: 'm2', regex: 'b.*' }).settle()
  expect(second.epoch).toBe(3)
  await first.tick()
  await first.settle()
  await second.settle()
  expect([first.assigned, second.assigned]).toEqual(['bills-0', 'bills-1'])
})

test('what was matched survives a restart', async () => {
  const broker = await startWithTopics()
  const first = await new ConsumerMemberTwin(broker, { id: 'm1', regex: 'b.*' }).settle()
  await first.settle()
  await broker.restart()
  await first.settle()
  expect([first.epoch, first.assigned]).toEqual([2, 'bills-0 bills-1'])
})

test.each([
  ['a(b', 'missing closing )'],
  ['*', 'missing argument to repetition operator'],
  ['a(?=b)', 'invalid or unsupported Perl syntax'],
])('%s is no regular expression', async (regex, reason) => {
  const broker = await startWithTopics()
  const first = new ConsumerMemberTwin(broker, { id: 'm1', regex })
  expect(await first.join()).toBe('INVALID_REGULAR_EXPRESSION')
  const { errorMessage } = await broker.ask(ConsumerGroupHeartbeat, 1, {
    groupId: 'readers',
    memberId: 'm1',
    memberEpoch: 0,
    rebalanceTimeoutMs: 1000,
    subscribedTopicRegex: regex,
    topicPartitions: [],
  })
  expect(errorMessage).toBe(`SubscribedTopicRegex \`${regex}\` is not a valid regular expression: ${reason}.`)
})
