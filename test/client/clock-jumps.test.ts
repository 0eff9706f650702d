import { describe, expect, test } from 'vitest'
import { Alarm } from '../../src/client/alarm.ts'
import { Deadline } from '../../src/client/deadline.ts'
import { MetadataCache } from '../../src/client/metadata.ts'
import { Producer } from '../../src/client/produce/producer.ts'
import { producerSettings } from '../../src/client/produce/producer-config.ts'
import type { Connection } from '../../src/client/wire/connection.ts'
import type { Connections } from '../../src/client/wire/connections.ts'
import { CLOCK_JUMPS } from '../support/clock-jumps.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PartitionTwin } from '../support/partition-twin.ts'
import { seededRandom } from '../support/random.ts'
import { SimulatedBrokers } from '../support/simulated-brokers.ts'

describe.each(CLOCK_JUMPS)('with the wall clock set %s', (_, jumpMs) => {
  test('a deadline is over when its time is', () => {
    const clock = new ManualClock()
    const deadline = new Deadline(clock, 1000)
    clock.jump(jumpMs)
    clock.pass(400)
    expect(deadline.leftMs).toBe(600)
    clock.pass(600)
    expect(deadline.isOver).toBe(true)
  })

  test('an alarm rings in time', () => {
    const clock = new ManualClock()
    let rings = 0
    const alarm = new Alarm(clock, () => rings++)
    const dueMs = clock.monotonicMs() + 1000
    clock.jump(jumpMs)
    alarm.set(dueMs)
    clock.pass(999)
    expect(rings).toBe(0)
    clock.pass(1)
    expect(rings).toBe(1)
  })

  test('metadata is asked for again after metadata.max.age.ms', async () => {
    const clock = new ManualClock()
    const topic = { name: 'orders', topicId: 'x', errorCode: 0, isInternal: false, partitions: [] }
    const answer = { errorCode: 0, brokers: [], clusterId: null, controllerId: 1, topics: [topic] }
    const cache = new MetadataCache({ learn() {} } as unknown as Connections, clock, 1000)
    await cache.ask({ request: async () => answer } as unknown as Connection, ['orders'], false)
    clock.jump(jumpMs)
    clock.pass(1000)
    expect(cache.get('orders')?.name).toBe('orders')
    clock.pass(1)
    expect(cache.get('orders')).toBeUndefined()
  })

  test.each([0, 10])('records expire after delivery.timeout.ms, with linger.ms=%i', async (lingerMs) => {
    const brokers = new SimulatedBrokers(new PartitionTwin(1), seededRandom(1), 1000)
    const { clock } = brokers
    const properties = {
      'delivery.timeout.ms': '5000',
      'request.timeout.ms': '1000',
      'linger.ms': String(lingerMs),
    }
    const settings = producerSettings(new Map(Object.entries(properties)))
    const producer = await Producer.create(brokers.cluster(), settings)
    await clock.until(producer.prepare('orders'))
    const sent = () =>
      new Promise<Error | null>((resolve) => {
        producer.append('orders', null, Buffer.from('a'), undefined, clock.now(), 0, ({ error }) =>
          resolve(error),
        )
      })
    const first = sent()
    clock.jump(jumpMs)
    expect(await clock.until(first)).toBeNull()
    brokers.faults = { hangUp: 1, stall: 0, move: 0, refuse: 0, written: 0 }
    const startMs = clock.monotonicMs()
    const second = sent()
    clock.jump(jumpMs)
    expect((await clock.until(second))?.message).toMatch(/5000 ms has passed since batch creation/)
    expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(5000)
    expect(clock.monotonicMs() - startMs).toBeLessThan(7000)
    brokers.faults = { hangUp: 0, stall: 0, move: 0, refuse: 0, written: 0 }
    await clock.until(producer.close())
  })
})
