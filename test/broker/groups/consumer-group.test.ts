import { expect, test } from 'vitest'
import type { TestBroker } from '../../support/broker.ts'
import {
  ConsumerMemberTwin,
  describeGroup,
  type MemberOptions,
  startWithTopics,
  stateOf,
} from '../../support/consumer-member.ts'

const SESSION_MS = 45_000
const HEARTBEAT_MS = 5000
/** Assignments are not found more often. */
const ASSIGNMENT_INTERVAL_MS = 1000

const start = (config: Record<string, string> = {}) => startWithTopics({ config })

const member = (broker: TestBroker, id: string, options: Omit<MemberOptions, 'id'> = {}) =>
  new ConsumerMemberTwin(broker, { id, topics: ['orders'], ...options })

test('the first member gets everything, in epoch 2', async () => {
  const broker = await start()
  const first = await member(broker, 'm1').settle()
  expect([first.epoch, first.assigned]).toEqual([2, 'orders-0 orders-1 orders-2 orders-3'])
  expect(await stateOf(broker)).toBe('Stable 2/2')
})

test('partitions move step by step: given back first, then given away', async () => {
  const broker = await start()
  const first = await member(broker, 'm1').settle()
  const second = await member(broker, 'm2').settle()
  // Everything is still with the first.
  expect([second.epoch, second.assigned]).toEqual([3, ''])
  expect(await stateOf(broker)).toBe('Reconciling 3/3')
  const before = first.assigned
  expect(await first.tick()).toBe('NONE')
  expect([first.epoch, first.assigned]).toEqual([2, 'orders-0 orders-1'])
  // As long as the first has not said that it gave something back, nobody else gets it.
  await second.settle()
  expect(second.assigned).toBe('')
  await first.settle()
  expect(first.epoch).toBe(3)
  await second.settle()
  expect([second.epoch, second.assigned]).toEqual([3, 'orders-2 orders-3'])
  expect(await stateOf(broker)).toBe('Stable 3/3')
  expect(before).toContain(second.assigned)
})

test('an assignment is told once, and again to a member that says everything', async () => {
  const broker = await start()
  const first = await member(broker, 'm1').settle()
  expect((await first.ask({})).assignment).toBeNull()
  const full = await first.ask({
    rebalanceTimeoutMs: 1000,
    subscribedTopicNames: ['orders'],
    topicPartitions: [],
  })
  expect(full.assignment?.topicPartitions[0]?.partitions).toEqual([0, 1, 2, 3])
  expect(full.heartbeatIntervalMs).toBe(HEARTBEAT_MS)
})

test('who leaves gives everything to the others', async () => {
  const broker = await start()
  const first = await member(broker, 'm1').settle()
  const second = await member(broker, 'm2').settle()
  expect(await first.leave()).toBe('NONE')
  await second.settle()
  expect(second.assigned).toBe('orders-0 orders-1 orders-2 orders-3')
  expect(await second.leave()).toBe('NONE')
  expect(await stateOf(broker)).toBe('Empty 5/4')
})

test('a member that falls silent is removed when its session is over', async () => {
  const broker = await start()
  const first = await member(broker, 'm1').settle()
  const second = await member(broker, 'm2').settle()
  broker.clock.pass(SESSION_MS - 1)
  await second.settle()
  broker.clock.pass(1)
  expect(await first.beat()).toBe('UNKNOWN_MEMBER_ID')
  await second.settle()
  expect(second.assigned).toBe('orders-0 orders-1 orders-2 orders-3')
})

test('a member that does not give back in time is removed', async () => {
  const broker = await start()
  const first = await member(broker, 'm1', { rebalanceTimeoutMs: 10_000 }).settle()
  await member(broker, 'm2').settle()
  await first.tick()
  broker.clock.pass(9999)
  expect(await first.tick()).toBe('NONE')
  broker.clock.pass(1)
  expect(await first.tick()).toBe('UNKNOWN_MEMBER_ID')
})

test('a member that has given back has all the time it wants', async () => {
  const broker = await start()
  const first = await member(broker, 'm1', { rebalanceTimeoutMs: 10_000 }).settle()
  await member(broker, 'm2').settle()
  await first.tick()
  await first.settle()
  broker.clock.pass(10_000)
  expect(await first.tick()).toBe('NONE')
})

test('the epoch of a member fences it, unless an answer was lost', async () => {
  const broker = await start()
  const first = await member(broker, 'm1').settle()
  const second = await member(broker, 'm2').settle()
  expect(await first.send({ memberEpoch: 9 })).toBe('FENCED_MEMBER_EPOCH')
  await first.tick()
  await first.settle()
  expect(first.epoch).toBe(3)
  // The answer with epoch 3 got lost: the member still has what it was told before.
  const owned = [{ topicId: broker.topicId('orders'), partitions: [0, 1] }]
  expect((await first.ask({ memberEpoch: 2, topicPartitions: owned })).errorCode).toBe(0)
  const tooMuch = [{ topicId: broker.topicId('orders'), partitions: [0, 1, 2] }]
  expect(await first.send({ memberEpoch: 2, topicPartitions: tooMuch })).toBe('FENCED_MEMBER_EPOCH')
  expect(await first.send({ memberEpoch: 2, topicPartitions: null })).toBe('FENCED_MEMBER_EPOCH')
  expect(await first.send({ memberEpoch: 1, topicPartitions: [] })).toBe('FENCED_MEMBER_EPOCH')
  expect(await second.beat()).toBe('NONE')
  expect(second.assigned).toBe('orders-2 orders-3')
})

test('a static member that restarts gets its partitions back at once', async () => {
  const broker = await start()
  const first = await member(broker, 'm1', { instance: 'i1' }).settle()
  const second = await member(broker, 'm2').settle()
  await first.tick()
  await first.settle()
  await second.settle()
  const again = member(broker, 'm3', { instance: 'i1' })
  expect(await again.join()).toBe('UNRELEASED_INSTANCE_ID')
  expect(await first.leave(-2)).toBe('NONE')
  expect(first.epoch).toBe(-2)
  await again.settle()
  expect([again.epoch, again.assigned]).toEqual([3, 'orders-0 orders-1'])
  expect(await stateOf(broker)).toBe('Stable 3/3')
  expect(await first.send({ memberEpoch: 3 })).toBe('FENCED_INSTANCE_ID')
  expect(await member(broker, 'm4', { instance: 'other' }).send({ memberEpoch: 3 })).toBe('UNKNOWN_MEMBER_ID')
})

test('a static member that does not come back loses its place with its session', async () => {
  const broker = await start()
  const first = await member(broker, 'm1', { instance: 'i1' }).settle()
  await first.leave(-2)
  broker.clock.pass(SESSION_MS)
  expect(await stateOf(broker)).toBe('Empty 3/2')
})

test('members of one group may want different topics', async () => {
  const broker = await start()
  const first = await member(broker, 'm1', { topics: ['orders', 'bills'] }).settle()
  expect(first.assigned.split(' ')).toHaveLength(6)
  const second = await member(broker, 'm2', { topics: ['bills'] }).settle()
  await first.tick()
  await first.settle()
  await second.settle()
  expect([first.assigned, second.assigned]).toEqual([
    'orders-0 orders-1 orders-2 orders-3',
    'bills-0 bills-1',
  ])
})

test('a topic that a member no longer wants is taken from it', async () => {
  const broker = await start()
  const first = await member(broker, 'm1', { topics: ['orders', 'bills'] }).settle()
  expect(await first.send({ subscribedTopicNames: ['bills'] })).toBe('NONE')
  expect([first.epoch, first.assigned]).toEqual([2, 'bills-0 bills-1'])
  await first.settle()
  expect(first.epoch).toBe(3)
})

test('most members choose the assignor', async () => {
  const broker = await start()
  await member(broker, 'm1', { assignor: 'range' }).settle()
  expect((await describeGroup(broker)).assignorName).toBe('range')
  await member(broker, 'm2').settle()
  expect((await describeGroup(broker)).assignorName).toBe('range')
  expect(await member(broker, 'm3', { assignor: 'sticky' }).join()).toBe('UNSUPPORTED_ASSIGNOR')
})

test('members that come one after the other wait for an assignment to be due', async () => {
  const broker = await start({ 'group.consumer.assignment.interval.ms': String(ASSIGNMENT_INTERVAL_MS) })
  await member(broker, 'm1').settle()
  const second = await member(broker, 'm2').settle()
  expect(second.epoch).toBe(2)
  expect(await stateOf(broker)).toBe('Assigning 3/2')
  broker.clock.pass(ASSIGNMENT_INTERVAL_MS)
  await second.settle()
  expect(await stateOf(broker)).toBe('Reconciling 3/3')
})

test('new partitions and new topics are assigned, deleted ones taken away', async () => {
  const broker = await start()
  const first = await member(broker, 'm1', { topics: ['bills', 'late'] }).settle()
  expect(first.assigned).toBe('bills-0 bills-1')
  broker.createTopic('late', { partitions: 1 })
  await first.tick()
  expect([first.epoch, first.assigned]).toEqual([3, 'bills-0 bills-1 late-0'])
  broker.createTopic('else', { partitions: 1 })
  await first.tick()
  expect(first.epoch).toBe(3)
  broker.deleteTopic('bills')
  await first.send({ topicPartitions: [{ topicId: broker.topicId('late'), partitions: [0] }] })
  expect([first.epoch, first.assigned]).toEqual([4, 'late-0'])
})

test('a group can be full', async () => {
  const broker = await start({ 'group.consumer.max.size': '1' })
  const first = await member(broker, 'm1').settle()
  expect(await member(broker, 'm2').join()).toBe('GROUP_MAX_SIZE_REACHED')
  expect(await first.join()).toBe('NONE')
})

test('nobody is a member of a group that is not there', async () => {
  const broker = await start()
  const nobody = member(broker, 'm1')
  expect(await nobody.send({ memberEpoch: 1 })).toBe('GROUP_ID_NOT_FOUND')
  expect(await nobody.leave()).toBe('GROUP_ID_NOT_FOUND')
  expect(await stateOf(broker)).toBe('GROUP_ID_NOT_FOUND')
  await member(broker, 'm2').settle()
  expect(await nobody.send({ memberEpoch: 1 })).toBe('UNKNOWN_MEMBER_ID')
  expect(await nobody.leave()).toBe('UNKNOWN_MEMBER_ID')
})

test.each([
  ['a blank member id', { memberId: ' ' }],
  ['a blank group id', { groupId: '' }],
  ['a blank instance id', { instanceId: '' }],
  ['a blank rack', { rackId: ' ' }],
  ['joining without a rebalance timeout', { rebalanceTimeoutMs: -1 }],
  ['joining without saying that nothing is owned', { topicPartitions: null }],
  ['joining without a subscription', { subscribedTopicNames: null }],
  ['a static leave without an instance', { memberEpoch: -2 }],
  ['an epoch that means nothing', { memberEpoch: -3 }],
])('%s is an invalid request', async (_, body) => {
  const broker = await start()
  const joining = { rebalanceTimeoutMs: 1, topicPartitions: [], subscribedTopicNames: ['orders'] }
  expect(await member(broker, 'm1').send({ ...joining, ...body })).toBe('INVALID_REQUEST')
})

test('groups have times of their own', async () => {
  const broker = await start()
  broker.configureGroup('readers', 'consumer.session.timeout.ms', '50000')
  broker.configureGroup('readers', 'consumer.heartbeat.interval.ms', '7000')
  const first = await member(broker, 'm1').settle()
  expect((await first.ask({})).heartbeatIntervalMs).toBe(7000)
  broker.clock.pass(49_999)
  expect(await first.beat()).toBe('NONE')
  broker.clock.pass(50_000)
  expect(await first.beat()).toBe('UNKNOWN_MEMBER_ID')
})

test('the protocol can be switched off', async () => {
  const broker = await start({ 'group.coordinator.rebalance.protocols': 'classic' })
  expect(await member(broker, 'm1').join()).toBe('UNSUPPORTED_VERSION')
  expect(await stateOf(broker)).toBe('UNSUPPORTED_VERSION')
})
