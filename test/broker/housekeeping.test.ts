import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { errorCode } from '../../src/protocol/errors.ts'
import { ApiVersions } from '../../src/protocol/messages/metadata.ts'
import { DeleteRecords } from '../../src/protocol/messages/offsets.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { append, batch } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'

const SEGMENTS = 40
const CALL_MS = 2

/** Removing a file takes its time. */
function slowDown(broker: TestBroker): void {
  const files = broker.files as MemoryFiles
  files.onCall = (call) => {
    if (call === 'remove') for (const end = performance.now() + CALL_MS; performance.now() < end; );
    return null
  }
}

/** How often another client is served until `isDone`. */
async function served(broker: TestBroker, isDone: () => boolean): Promise<number> {
  for (let count = 0; ; count++) {
    // The streams of tests need no turn of the event loop.
    await turn()
    await broker.ask(ApiVersions, 0, {})
    if (isDone()) return count
  }
}

function fill(broker: TestBroker, topic: string): void {
  for (let count = 0; count < SEGMENTS; count++) {
    append(broker.log(topic), 'old')
    broker.log(topic).roll()
  }
}

test('clients are served while retention removes many segments, and may write to the partition', async () => {
  const broker = await startTestBroker({
    topics: { orders: { partitions: 1, configs: { 'retention.ms': '1000' } } },
  })
  fill(broker, 'orders')
  slowDown(broker)
  broker.clock.pass(300_000)
  const count = await served(broker, () => {
    if (broker.log('orders').segmentCount > 1) append(broker.log('orders'), 'new')
    return broker.log('orders').segmentCount === 1
  })
  expect(count).toBeGreaterThan(5)
  // What is new by the wall clock has the timestamp of the start of the test, and is as old.
  expect(broker.log('orders').startOffset).toBeGreaterThanOrEqual(SEGMENTS)
})

test('retention ends when the broker closes, and goes on after the next start', async () => {
  const broker = await startTestBroker()
  broker.createTopic('orders', { partitions: 1, configs: { 'retention.ms': '1000' } })
  fill(broker, 'orders')
  slowDown(broker)
  broker.clock.pass(300_000)
  await broker.ask(ApiVersions, 0, {})
  const left = broker.log('orders').segmentCount
  expect(left).toBeGreaterThan(1)
  await broker.restart()
  expect(broker.log('orders').segmentCount).toBeGreaterThan(left - 10)
  expect(broker.log('orders').startOffset).toBe(SEGMENTS)
  ;(broker.files as MemoryFiles).onCall = () => null
  await broker.pass(300_000)
  expect(broker.log('orders').segmentCount).toBe(1)
})

const startOf = (count: number) => ({
  topics: [
    {
      name: 'orders',
      partitions: Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, offset: 1 })),
    },
  ],
  timeoutMs: 1000,
})

test('records of many partitions are deleted with one write of the checkpoint', async () => {
  const broker = await startTestBroker({ topics: { orders: 30 } })
  for (let partition = 0; partition < 30; partition++) {
    broker
      .log('orders', partition)
      .append(batch({ values: ['a', 'b'] }), { leaderEpoch: 0, origin: 'client' })
  }
  let writes = 0
  ;(broker.files as MemoryFiles).onCall = (call, path) => {
    if (call === 'write' && path.includes('log-start-offset-checkpoint')) writes++
    return null
  }
  const answer = await broker.ask(DeleteRecords, 2, startOf(30))
  expect(
    answer.topics[0]!.partitions.map(({ errorCode: code, lowWatermark }) => [code, Number(lowWatermark)]),
  ).toEqual(Array.from({ length: 30 }, () => [0, 1]))
  expect(writes).toBe(1)
})

test('where the checkpoint cannot be written no record is deleted, of any partition', async () => {
  const broker = await startTestBroker({ topics: { orders: 3 } })
  for (const partition of [0, 1, 2]) append(broker.log('orders', partition), 'a')
  ;(broker.files as MemoryFiles).onCall = (call, path) =>
    call === 'write' && path.includes('log-start-offset-checkpoint') ? 'EIO' : null
  const answer = await broker.ask(DeleteRecords, 2, startOf(4))
  const storage = errorCode('KAFKA_STORAGE_ERROR')
  expect(answer.topics[0]!.partitions.map((partition) => partition.errorCode)).toEqual([
    storage,
    storage,
    storage,
    errorCode('UNKNOWN_TOPIC_OR_PARTITION'),
  ])
  expect([0, 1, 2].map((partition) => broker.log('orders', partition).startOffset)).toEqual([0, 0, 0])
  ;(broker.files as MemoryFiles).onCall = () => null
})
