// Settings are obeyed, not only stored: each is given to a broker or a topic, and seen in what becomes of records.
import { expect, test } from 'vitest'
import { errorCode } from '../../src/protocol/errors.ts'
import { Fetch } from '../../src/protocol/messages/fetch.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { compressionId, maxTimestamp, timestampType } from '../../src/records/batch.ts'
import { CODECS } from '../../src/records/compression.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from '../support/broker.ts'
import { type BatchSpec, batch, recordsIn, START_MS, valuesIn } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'
import { fetchFrom, produceTo } from '../support/partition-requests.ts'
import { settled } from '../support/wire-client.ts'

const HOUR_MS = 3_600_000

/** A broker with a topic that has these settings. */
const startWith = (configs: Record<string, string>, options: TestBrokerOptions = {}): Promise<TestBroker> =>
  startTestBroker({ ...options, topics: { orders: { configs } } })

async function produce(broker: TestBroker, spec: BatchSpec = {}, acks = -1) {
  const body = produceTo({ topic: 'orders' }, batch(spec), { acks })
  const { responses } = await broker.ask(Produce, 12, body)
  return responses[0]!.partitionResponses[0]!
}

/** The bytes of the topic as a consumer gets them. */
async function fetchAll(broker: TestBroker): Promise<Buffer> {
  const { responses } = await broker.ask(Fetch, 12, fetchFrom([{ topic: 'orders' }]))
  return responses[0]!.partitions[0]!.records!
}

/** The files of the topic's partition with this ending. */
const filesOf = (broker: TestBroker, ending: string): string[] =>
  broker.files
    .list(`${broker.folder}/orders-0`)
    .map(({ name }) => name)
    .filter((name) => name.endsWith(ending))

const large = { values: ['x'.repeat(1000)] }

test("max.message.bytes changes at run time, and a topic without it has the broker's", async () => {
  const broker = await startWith({}, { config: { 'message.max.bytes': '500' } })
  expect((await produce(broker, large)).errorCode).toBe(errorCode('MESSAGE_TOO_LARGE'))
  broker.configureTopic('orders', 'max.message.bytes', '2000')
  expect((await produce(broker, large)).errorCode).toBe(0)
  broker.configureTopic('orders', 'max.message.bytes', null)
  expect((await produce(broker, large)).errorCode).toBe(errorCode('MESSAGE_TOO_LARGE'))
})

test('message.timestamp.type=LogAppendTime puts the time of the broker on records', async () => {
  const broker = await startWith({ 'message.timestamp.type': 'LogAppendTime' })
  broker.clock.pass(5000)
  expect((await produce(broker, { values: ['a', 'b'] })).logAppendTimeMs).toBe(START_MS + 5000)
  const bytes = await fetchAll(broker)
  expect([timestampType(bytes, 0), maxTimestamp(bytes, 0)]).toEqual(['LogAppendTime', START_MS + 5000])
  expect(recordsIn(bytes).map(({ timestamp }) => timestamp)).toEqual([START_MS + 5000, START_MS + 5000])
})

test('message.timestamp.before.max.ms and after.max.ms refuse records of other times', async () => {
  const broker = await startWith({
    'message.timestamp.before.max.ms': '1000',
    'message.timestamp.after.max.ms': '2000',
  })
  const at = async (ms: number) => (await produce(broker, { timestamp: START_MS + ms })).errorCode
  const invalid = errorCode('INVALID_TIMESTAMP')
  expect([await at(-1000), await at(-1001), await at(2000), await at(2001)]).toEqual([0, invalid, 0, invalid])
  // The time of the broker is what counts.
  broker.clock.pass(500)
  expect([await at(-1000), await at(2001)]).toEqual([invalid, 0])
})

test.each(['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed'] as const)(
  'compression.type=%s packs what is stored',
  async (type) => {
    const broker = await startWith({ 'compression.type': type })
    expect((await produce(broker, { values: ['a'.repeat(500), 'b'] })).errorCode).toBe(0)
    const bytes = await fetchAll(broker)
    expect(compressionId(bytes, 0)).toBe(CODECS[type === 'uncompressed' ? 'none' : type].id)
    expect(valuesIn(broker.log('orders'))).toEqual(['a'.repeat(500), 'b'])
  },
)

test('segment.bytes closes a segment before it grows too large', async () => {
  const broker = await startWith({ 'segment.bytes': '1048576' })
  for (let count = 0; count < 5; count++) await produce(broker, { values: ['x'.repeat(400_000)] })
  expect(filesOf(broker, '.log')).toEqual(
    [0, 2, 4].map((offset) => `${String(offset).padStart(20, '0')}.log`),
  )
})

test('segment.ms closes a segment whose first record is older', async () => {
  const broker = await startWith({ 'segment.ms': '1000' })
  const at = (ms: number) => produce(broker, { timestamp: START_MS + ms })
  await at(0)
  await at(1000)
  expect(filesOf(broker, '.log')).toHaveLength(1)
  await at(1001)
  expect(filesOf(broker, '.log')).toHaveLength(2)
})

test('retention.ms removes segments of old records, and only whole ones', async () => {
  const broker = await startWith({ 'retention.ms': String(HOUR_MS), 'segment.ms': '1000' })
  for (const second of [0, 10, 20]) await produce(broker, { timestamp: START_MS + second * 1000 })
  await broker.pass(HOUR_MS + 15_000)
  expect(broker.log('orders').startOffset).toBe(2)
  // The connection was idle for too long.
  await settled()
  expect(
    (await broker.ask(Fetch, 12, fetchFrom([{ topic: 'orders', from: 1 }]))).responses[0]!.partitions[0]!
      .errorCode,
  ).toBe(errorCode('OFFSET_OUT_OF_RANGE'))
  await broker.pass(HOUR_MS)
  expect([broker.log('orders').startOffset, broker.log('orders').endOffset]).toEqual([3, 3])
})

test('retention.bytes removes the oldest segments while the rest is large enough', async () => {
  const broker = await startWith({ 'retention.bytes': '2500', 'segment.ms': '1000' })
  for (const second of [0, 10, 20, 30])
    await produce(broker, { ...large, timestamp: START_MS + second * 1000 })
  await broker.pass(300_001)
  expect(broker.log('orders').startOffset).toBe(1)
  broker.configureTopic('orders', 'retention.bytes', '1000')
  await broker.pass(300_001)
  expect(broker.log('orders').startOffset).toBe(3)
})

test('log.retention.check.interval.ms says how often', async () => {
  const broker = await startWith(
    { 'retention.ms': '1000', 'segment.ms': '1000' },
    { config: { 'log.retention.check.interval.ms': '60000' } },
  )
  await produce(broker)
  await broker.pass(59_000)
  expect(broker.log('orders').startOffset).toBe(0)
  await broker.pass(1000)
  expect(broker.log('orders').startOffset).toBe(1)
})

test('a compacted topic keeps its records however old they are', async () => {
  const broker = await startWith({
    'cleanup.policy': 'compact',
    'retention.ms': '1000',
    'segment.ms': '1000',
  })
  const keyed = batch({ values: ['a'] })
  broker.log('orders').append(keyed, { leaderEpoch: 0, origin: 'coordinator' })
  await broker.pass(HOUR_MS)
  expect(broker.log('orders').startOffset).toBe(0)
})

test.each([
  [0, 9],
  [4096, 2],
])('index.interval.bytes=%i makes %i entries for ten batches of a kilobyte', async (interval, entries) => {
  const broker = await startWith({ 'index.interval.bytes': String(interval) })
  for (let count = 0; count < 10; count++) await produce(broker, large)
  await broker.restart()
  const [index] = filesOf(broker, '.index')
  await broker.broker.close()
  const { length } = broker.files.readFile(`${broker.folder}/orders-0/${index}`)!
  expect(length / 8).toBe(entries)
  await broker.open()
})

test('min.insync.replicas refuses acks=all while too few replicas are there', async () => {
  const broker = await startTestBroker({
    brokers: 3,
    topics: { orders: { replicationFactor: 3, configs: { 'min.insync.replicas': '2' } } },
  })
  await broker.restartAs(1)
  expect((await produce(broker)).errorCode).toBe(errorCode('NOT_ENOUGH_REPLICAS'))
  expect((await produce(broker, {}, 1)).errorCode).toBe(0)
  await broker.restartAs(2)
  const { leader } = broker.broker.image.partition('orders', 0)!
  const body = produceTo({ topic: 'orders' }, batch())
  const { responses } = await broker.ask(Produce, 12, body, { node: leader })
  expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
})

test('min.insync.replicas above the replication factor asks for all replicas only', async () => {
  const broker = await startWith({ 'min.insync.replicas': '3' })
  expect((await produce(broker)).errorCode).toBe(0)
})

/** How many bytes of the log a power loss would leave. */
function syncedBytes(broker: TestBroker): number {
  const files = (broker.files as MemoryFiles).afterPowerLoss()
  return files.size(`${broker.folder}/orders-0/${'0'.repeat(20)}.log`) ?? 0
}

test('flush.messages=1 has records on the disk before they are acknowledged', async () => {
  const broker = await startWith({ 'flush.messages': '1' })
  await produce(broker)
  expect(syncedBytes(broker)).toBe(broker.log('orders').sizeInBytes)
  broker.configureTopic('orders', 'flush.messages', '3')
  const before = syncedBytes(broker)
  await produce(broker)
  await produce(broker)
  expect(syncedBytes(broker)).toBe(before)
  await produce(broker)
  expect(syncedBytes(broker)).toBe(broker.log('orders').sizeInBytes)
})

test('flush.ms has records on the disk after that time', async () => {
  const broker = await startWith({ 'flush.ms': '2000' })
  await produce(broker)
  expect(syncedBytes(broker)).toBe(0)
  await broker.pass(2000)
  expect(syncedBytes(broker)).toBe(broker.log('orders').sizeInBytes)
})

test('log.flush.interval.messages of the broker holds for topics without flush.messages', async () => {
  const broker = await startWith({}, { config: { 'log.flush.interval.messages': '1' } })
  await produce(broker)
  expect(syncedBytes(broker)).toBe(broker.log('orders').sizeInBytes)
})
