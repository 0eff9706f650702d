// Durations do not depend on the wall clock: whatever it is set to, deadlines pass when their time is over.
import { describe, expect, test } from 'vitest'
import { Fetch } from '../../src/protocol/messages/fetch.ts'
import { ApiVersions } from '../../src/protocol/messages/metadata.ts'
import { startTestBroker } from '../support/broker.ts'
import { CLOCK_JUMPS } from '../support/clock-jumps.ts'
import { ConsumerMemberTwin, describeGroup, startWithTopics } from '../support/consumer-member.ts'
import { append } from '../support/logs.ts'
import { fetchFrom } from '../support/partition-requests.ts'
import { settled } from '../support/wire-client.ts'
import { GroupTwin, SESSION_MS } from './groups/group-twin.ts'

const member = (broker: Awaited<ReturnType<typeof startWithTopics>>, id: string, options = {}) =>
  new ConsumerMemberTwin(broker, { id, topics: ['orders'], ...options })

describe.each(CLOCK_JUMPS)('with the wall clock set %s', (_, jumpMs) => {
  test('a dead member of a classic group leaves when its session is over, and not before', () => {
    const twin = new GroupTwin()
    const { memberId } = twin.join('', { knowsMemberIds: true }).answer!
    const { answer } = twin.join(memberId)
    expect(answer?.error).toBe('NONE')
    twin.sync(memberId, { [memberId]: 'all' })
    twin.clock.jump(jumpMs)
    twin.clock.pass(SESSION_MS - 1)
    expect(twin.group.members.size).toBe(1)
    twin.clock.pass(1)
    expect(twin.group.members.size).toBe(0)
  })

  test('a dead member of a consumer group leaves when its session is over, and not before', async () => {
    const broker = await startWithTopics()
    const first = await member(broker, 'm1').settle()
    broker.clock.jump(jumpMs)
    broker.clock.pass(44_999)
    expect((await describeGroup(broker)).members).toHaveLength(1)
    broker.clock.pass(1)
    expect(await first.beat()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('members that come later get an assignment when it is due', async () => {
    const broker = await startWithTopics({ config: { 'group.consumer.assignment.interval.ms': '5000' } })
    await member(broker, 'm1').settle()
    broker.clock.jump(jumpMs)
    const second = await member(broker, 'm2').settle()
    expect((await describeGroup(broker)).groupState).toBe('Assigning')
    broker.clock.pass(5000)
    await second.settle()
    expect((await describeGroup(broker)).groupState).toBe('Reconciling')
  })

  test('new topics are matched with regular expressions when it is time', async () => {
    const broker = await startWithTopics()
    const first = await new ConsumerMemberTwin(broker, { id: 'm1', regex: 'b.*' }).settle()
    await first.settle()
    broker.clock.jump(jumpMs)
    broker.createTopic('bonds', { partitions: 1 })
    await first.settle()
    expect(first.assigned).toBe('bills-0 bills-1')
    broker.clock.pass(10_001)
    await first.settle()
    await first.settle()
    expect(first.assigned).toBe('bills-0 bills-1 bonds-0')
  })

  test('a fetch waits as long as it asks to', async () => {
    const broker = await startTestBroker({ topics: { orders: 1 } })
    const client = broker.connect()
    client.send(Fetch, 12, fetchFrom([{ topic: 'orders' }], { maxWaitMs: 500, minBytes: 1000 }))
    await settled()
    broker.clock.jump(jumpMs)
    broker.clock.pass(200)
    // Wakes the wait, which goes on for what is left of its time.
    append(broker.log('orders'), 'a')
    await settled()
    expect(client.pendingBytes).toBe(0)
    broker.clock.pass(300)
    expect((await client.receive(Fetch, 12)).body.errorCode).toBe(0)
  })

  test('a connection is closed when it was idle for connections.max.idle.ms', async () => {
    const broker = await startTestBroker({ config: { 'connections.max.idle.ms': '60000' } })
    const client = broker.connect()
    await client.ask(ApiVersions, 0, {})
    broker.clock.jump(jumpMs)
    broker.clock.pass(50_000)
    await settled()
    expect(client.isClosed).toBe(false)
    broker.clock.pass(16_000)
    await client.closed()
  })

  test('retention is looked at every log.retention.check.interval.ms', async () => {
    const broker = await startTestBroker({
      topics: { orders: { partitions: 1, configs: { 'retention.ms': '1000' } } },
      config: { 'log.retention.check.interval.ms': '60000' },
    })
    append(broker.log('orders'), 'a')
    await broker.pass(2000)
    broker.clock.jump(Math.max(0, jumpMs))
    await broker.pass(57_000)
    expect(broker.log('orders').startOffset).toBe(0)
    await broker.pass(1000)
    expect(broker.log('orders').startOffset).toBe(1)
  })

  test('a session of fetches makes room after two minutes without use', async () => {
    const broker = await startTestBroker({
      topics: { orders: 1 },
      config: { 'max.incremental.fetch.session.cache.slots': '1' },
    })
    const ask = () => broker.ask(Fetch, 12, fetchFrom([{ topic: 'orders' }], { sessionEpoch: 0 }))
    expect((await ask()).sessionId).toBeGreaterThan(0)
    broker.clock.jump(jumpMs)
    expect((await ask()).sessionId).toBe(0)
    broker.clock.pass(120_001)
    expect((await ask()).sessionId).toBeGreaterThan(0)
  })
})
