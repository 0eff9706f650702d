import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/client/clock.ts'
import { Cluster } from '../../../src/client/cluster.ts'
import { fetchSettings } from '../../../src/client/fetch/fetch-config.ts'
import { groupSettings } from '../../../src/client/groups/group-config.ts'
import { GroupConsumer } from '../../../src/client/groups/group-consumer.ts'
import { Lifetime } from '../../../src/client/lifetime.ts'
import { Producer } from '../../../src/client/produce/producer.ts'
import { producerSettings } from '../../../src/client/produce/producer-config.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'

/** A member whose time for closing is short, on a broker that the test may close. */
async function setUp(protocol: string, onAnnounce = (_: readonly string[]): void => {}) {
  const broker: BrokerHandle = await startBroker({
    topics: [{ name: 'orders', partitions: 1 }],
    config: { 'group.initial.rebalance.delay.ms': '0' },
  })
  const lifetime = new Lifetime(systemClock, { closeMs: 800, onSlowClose: onAnnounce })
  const cluster = Cluster.connect({ bootstrapServers: broker.bootstrapServers, lifetime })
  const properties = new Map([
    ['group.id', 'g'],
    ['group.protocol', protocol],
    ['auto.offset.reset', 'earliest'],
  ])
  const complaints: string[] = []
  const consumer = new GroupConsumer(cluster, {
    group: groupSettings(properties),
    fetch: fetchSettings(properties),
    topics: async () => ({ names: ['orders'], isIncomplete: false }),
    memberId: Buffer.from('member of a test').toString('base64url'),
    onCommitFailure: (error) => complaints.push(error.message),
  })
  const producer = await Producer.create(cluster, producerSettings(new Map()))
  await producer.send({ topic: 'orders', value: Buffer.from('one') })
  await producer.close()
  let isOpen = true
  const stopBroker = async (): Promise<void> => {
    if (isOpen) await broker.close()
    isOpen = false
  }
  onTestFinished(async () => {
    cluster.close()
    await stopBroker()
  })
  return { broker, lifetime, consumer, complaints, stopBroker }
}

const timed = async (action: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now()
  await action()
  return performance.now() - startMs
}

test.each(['classic', 'consumer'])(
  'a member of the %s protocol whose broker is gone closes in the time for that, and reports what was not committed',
  async (protocol) => {
    const announced: (readonly string[])[] = []
    const { broker, consumer, complaints, stopBroker } = await setUp(protocol, (unfinished) =>
      announced.push(unfinished),
    )
    const records = await consumer.next(9000)
    while (records?.next());
    await stopBroker()
    expect(await timed(() => consumer.close())).toBeLessThan(3000)
    expect(complaints).toEqual([`${broker.bootstrapServers}: connection refused`])
    expect(announced).toEqual([["the last commit of group 'g'"]])
    expect(await consumer.next()).toBeNull()
  },
)

test.each(['classic', 'consumer'])(
  'a member of the %s protocol that never joined closes at once',
  async (protocol) => {
    const { consumer, lifetime, stopBroker } = await setUp(protocol)
    await stopBroker()
    expect(await consumer.next(50)).toBeNull()
    lifetime.interrupt()
    expect(await timed(() => consumer.close())).toBeLessThan(300)
  },
)

test('the wait for records ends in time also before the topics are known', async () => {
  const { consumer, stopBroker } = await setUp('classic')
  await stopBroker()
  expect(await timed(() => consumer.next(100))).toBeLessThan(1000)
})
