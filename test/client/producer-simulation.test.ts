// A seeded run of appends against leaders that fail in every way they can, and a plain account of what must be true
// afterwards: every acknowledged record is in its partition once, where it was said to be, and in order.
import { expect, onTestFinished, test } from 'vitest'
import { Producer } from '../../src/client/producer.ts'
import { producerSettings } from '../../src/client/producer-config.ts'
import type { ErrorName } from '../../src/protocol/errors.ts'
import { readRecords } from '../../src/records/record.ts'
import { connectCluster, metadataScript } from '../support/cluster-scripts.ts'
import { PartitionTwin } from '../support/partition-twin.ts'
import { randomInteger, seededRandom } from '../support/random.ts'
import { HANG_UP, ScriptedBroker } from '../support/scripted-broker.ts'

const PARTITIONS = 3
const RECORDS = 1500
const PASSING: ErrorName[] = [
  'NOT_ENOUGH_REPLICAS',
  'REQUEST_TIMED_OUT',
  'NOT_LEADER_OR_FOLLOWER',
  'KAFKA_STORAGE_ERROR',
]

/** What is wrong with a batch for good depends on what is in it, however often it is sent. */
function fault(records: Buffer): ErrorName | undefined {
  const numbers = readRecords(records).map(({ value }) => Number(value))
  if (numbers.length > 8 && numbers[0]! % 10 === 0) return 'MESSAGE_TOO_LARGE'
  return numbers.some((n) => n % 211 === 100) ? 'INVALID_RECORD' : undefined
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8]

test.each(seeds)('acknowledged records are there once and in order, seed %i', async (seed) => {
  const random = seededRandom(seed)
  const twin = new PartitionTwin(PARTITIONS)
  const leaders = { orders: [1, 2, 1] }
  const brokers = [await ScriptedBroker.start(twin.scripts()), await ScriptedBroker.start(twin.scripts())]
  for (const broker of brokers) {
    broker.script(metadataScript(brokers, leaders))
    const produce = twin.scripts()[1]!
    broker.script({
      ...produce,
      react: (request, call) => {
        if (random() < 0.03) return HANG_UP
        const answer = produce.react(request, call)
        return random() < 0.03 ? HANG_UP : answer
      },
    })
  }
  twin.trouble = ({ partition, batch }) => {
    if (random() < 0.02) leaders.orders[partition] = 3 - leaders.orders[partition]!
    if (random() < 0.05) return PASSING[randomInteger(random, 0, PASSING.length)]
    return fault(batch)
  }
  const cluster = connectCluster(brokers, { random })
  const properties = {
    'linger.ms': '0',
    'batch.size': '300',
    'retry.backoff.ms': '1',
    'retry.backoff.max.ms': '2',
  }
  const producer = await Producer.create(cluster, producerSettings(new Map(Object.entries(properties))))
  onTestFinished(async () => {
    await producer.close(0)
  })
  await producer.prepare('orders')

  const places = new Map<string, { partition: number; offset: number }>()
  const failed = new Set<string>()
  for (let i = 0; i < RECORDS; i++) {
    const value = String(i)
    const partition = randomInteger(random, 0, PARTITIONS)
    producer.append('orders', null, Buffer.from(value), undefined, i, partition, (delivery) => {
      if (delivery.error === null) places.set(value, { partition, offset: delivery.offset })
      else failed.add(value)
    })
    if (i % randomInteger(random, 5, 60) === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const counts = await producer.close()

  expect(places.size + failed.size).toBe(RECORDS)
  expect(counts).toMatchObject({ acknowledged: places.size, failed: failed.size })
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const values = twin.records(partition).map(({ value }) => String(value))
    expect(new Set(values).size).toBe(values.length)
    expect(values).toEqual(values.toSorted((a, b) => Number(a) - Number(b)))
    for (const value of values) expect(failed.has(value), `${value} was given up`).toBe(false)
    const expected = [...places].filter(([, place]) => place.partition === partition)
    expect(expected.length).toBe(values.length)
    for (const [value, { offset }] of expected) expect(values[offset]).toBe(value)
  }
})
