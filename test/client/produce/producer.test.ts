import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/client/clock.ts'
import type { ClusterOptions } from '../../../src/client/cluster.ts'
import { Interrupted, Lifetime } from '../../../src/client/lifetime.ts'
import type { BatchReport } from '../../../src/client/produce/deliveries.ts'
import { partitionForKey } from '../../../src/client/produce/partitioner.ts'
import { Producer } from '../../../src/client/produce/producer.ts'
import { producerSettings } from '../../../src/client/produce/producer-config.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import { Metadata } from '../../../src/protocol/messages/metadata.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { InitProducerId } from '../../../src/protocol/messages/transactions.ts'
import * as batch from '../../../src/records/batch.ts'
import { connectCluster, metadataScript } from '../../support/cluster-scripts.ts'
import { PartitionTwin } from '../../support/partition-twin.ts'
import { HANG_UP, on, ScriptedBroker, STAY_SILENT } from '../../support/scripted-broker.ts'

const FAST = {
  'linger.ms': '0',
  'retry.backoff.ms': '2',
  'retry.backoff.max.ms': '5',
  'request.timeout.ms': '2000',
}

async function setUp(
  partitionCount: number,
  properties: Record<string, string> = {},
  options: Partial<ClusterOptions> = {},
) {
  const twin = new PartitionTwin(partitionCount)
  const broker = await ScriptedBroker.start(twin.scripts())
  broker.script(metadataScript([broker], { orders: Array.from({ length: partitionCount }, () => 1) }))
  const cluster = connectCluster([broker], { random: () => 0.5, ...options })
  const reports: BatchReport[] = []
  const settings = producerSettings(new Map(Object.entries({ ...FAST, ...properties })))
  const producer = await Producer.create(cluster, settings, (report) => reports.push(report))
  onTestFinished(async () => {
    await producer.close(0)
  })
  return { twin, broker, cluster, producer, reports }
}

/** Appends the numbers from `from` up to `to` as values, to partition 0 unless told otherwise. */
function appendNumbers(producer: Producer, from: number, to: number, partition = 0): void {
  for (let i = from; i < to; i++) {
    producer.append('orders', null, Buffer.from(String(i)), undefined, 1000 + i, partition)
  }
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => String(from + i))
const valuesOf = (twin: PartitionTwin, partition = 0): string[] =>
  twin.records(partition).map(({ value }) => String(value))

test('records arrive in order, with key, value, headers and timestamp as given', async () => {
  const { twin, producer } = await setUp(1)
  await producer.prepare('orders')
  const headers = [
    ['h', Buffer.from('x')],
    ['h', null],
  ] as [string, Buffer | null][]
  producer.append('orders', Buffer.from('k'), null, headers, 42)
  producer.append('orders', null, Buffer.alloc(0), [], 43)
  await producer.flush()
  expect(twin.records(0)).toMatchObject([
    { offset: 0, timestamp: 42, key: Buffer.from('k'), value: null, headers },
    { offset: 1, timestamp: 43, key: null, value: Buffer.alloc(0), headers: [] },
  ])
  expect(producer.counts).toEqual({ acknowledged: 2, failed: 0, firstError: null })
})

test('many small batches are under way at once and stay in order', async () => {
  const { twin, producer, broker } = await setUp(1, { 'batch.size': '200' })
  await producer.prepare('orders')
  appendNumbers(producer, 0, 1000)
  await producer.flush()
  expect(valuesOf(twin)).toEqual(numbers(0, 1000))
  expect(broker.requestsFor(Produce)).toBeGreaterThan(50)
  expect(broker.requestsFor(InitProducerId)).toBe(1)
})

test('one request carries a batch for each partition, up to max.request.size', async () => {
  const { producer, broker } = await setUp(8, { 'batch.size': '1000', 'max.request.size': '3000' })
  await producer.prepare('orders')
  for (let partition = 0; partition < 8; partition++) {
    producer.append('orders', null, Buffer.alloc(900), undefined, 1, partition)
  }
  await producer.flush()
  const produced = broker.requests.filter(({ name }) => name === 'Produce')
  const counts = produced.map(({ body }) =>
    (body as { topicData: { partitionData: unknown[] }[] }).topicData.map(
      (topic) => topic.partitionData.length,
    ),
  )
  expect(counts).toEqual([[3], [3], [2]])
})

test('keys choose the partition; records without one stick to a partition for a batch', async () => {
  const { twin, producer } = await setUp(4, { 'batch.size': '500' })
  await producer.prepare('orders')
  const keys = numbers(0, 50)
  for (const key of keys) producer.append('orders', Buffer.from(key), Buffer.from(key))
  for (let i = 0; i < 100; i++) producer.append('orders', null, Buffer.alloc(50))
  await producer.flush()
  for (const partition of [0, 1, 2, 3]) {
    const found = twin.records(partition).flatMap(({ key }) => (key === null ? [] : [String(key)]))
    expect(found).toEqual(keys.filter((key) => partitionForKey(Buffer.from(key), 4) === partition))
  }
  expect(producer.counts.acknowledged).toBe(150)
})

test('records that lie in a larger buffer are sent from there', async () => {
  const { twin, producer } = await setUp(3)
  await producer.prepare('orders')
  const source = Buffer.from('..key=value..')
  producer.appendRange('orders', source, 2, 5, 6, 11, 7)
  producer.appendRange('orders', source, -1, -1, 6, 6, 8)
  producer.appendRange('orders', source, 2, 5, -1, -1, 9)
  await producer.flush()
  const keyed = partitionForKey(Buffer.from('key'), 3)
  expect([0, 1, 2].flatMap((partition) => twin.records(partition)).length).toBe(3)
  expect(twin.records(keyed).filter(({ key }) => key !== null)).toMatchObject([
    { timestamp: 7, key: Buffer.from('key'), value: Buffer.from('value') },
    { timestamp: 9, key: Buffer.from('key'), value: null },
  ])
})

test('linger.ms holds a batch back for more records', async () => {
  const { twin, producer } = await setUp(1, { 'linger.ms': '30' })
  await producer.prepare('orders')
  const first = producer.send({ topic: 'orders', value: Buffer.from('1') })
  const second = producer.send({ topic: 'orders', value: Buffer.from('2') })
  await Promise.all([first, second])
  expect(twin.batches[0]!.length).toBe(1)
})

test('send tells where the record went', async () => {
  const { producer } = await setUp(2)
  await producer.send({ topic: 'orders', value: Buffer.from('a'), partition: 1 })
  const delivery = await producer.send({ topic: 'orders', value: Buffer.from('b'), partition: 1 })
  expect(delivery).toMatchObject({ topic: 'orders', partition: 1, offset: 1, error: null })
})

test.each(['gzip', 'snappy', 'lz4', 'zstd'])('batches are compressed with %s', async (type) => {
  const { twin, producer } = await setUp(1, { 'compression.type': type, 'linger.ms': '20' })
  await producer.prepare('orders')
  appendNumbers(producer, 0, 500)
  await producer.flush()
  expect(valuesOf(twin)).toEqual(numbers(0, 500))
  expect(batch.compressionId(twin.batches[0]![0]!, 0)).toBeGreaterThan(0)
})

test.each([
  ['NOT_ENOUGH_REPLICAS', 1],
  ['NOT_LEADER_OR_FOLLOWER', 3],
  ['REQUEST_TIMED_OUT', 2],
] as const)('batches behind one that failed with %s arrive after it, once', async (code, times) => {
  const { twin, producer } = await setUp(1, { 'batch.size': '200' })
  let left = times as number
  twin.trouble = ({ count }) => (count >= 3 && left-- > 0 ? code : undefined)
  await producer.prepare('orders')
  appendNumbers(producer, 0, 300)
  await producer.flush()
  expect(valuesOf(twin)).toEqual(numbers(0, 300))
  expect(producer.counts).toMatchObject({ acknowledged: 300, failed: 0 })
})

test('records acknowledged but not heard of are not written twice', async () => {
  const { twin, producer, broker } = await setUp(1, { 'batch.size': '200' })
  const produce = twin.scripts()[1]!
  broker.script({
    ...produce,
    react: (request, call) => {
      const answer = produce.react(request, call)
      return call.count === 2 ? HANG_UP : answer
    },
  })
  await producer.prepare('orders')
  appendNumbers(producer, 0, 300)
  await producer.flush()
  expect(valuesOf(twin)).toEqual(numbers(0, 300))
  expect(producer.counts).toMatchObject({ acknowledged: 300, failed: 0 })
})

test('when one batch is refused for good the others still arrive, under a new epoch', async () => {
  const { twin, producer, reports } = await setUp(1, { 'batch.size': '200' })
  twin.trouble = ({ count }) => (count === 2 ? 'INVALID_RECORD' : undefined)
  await producer.prepare('orders')
  appendNumbers(producer, 0, 300)
  await producer.flush()
  const { acknowledged, failed, firstError } = producer.counts
  expect(acknowledged + failed).toBe(300)
  expect(firstError).toMatchObject({ code: 'INVALID_RECORD' })
  const refused = reports.filter(({ error }) => error !== null)
  expect(refused).toMatchObject([{ recordCount: failed, baseOffset: -1 }])
  const arrived = valuesOf(twin)
  expect(arrived).toEqual(arrived.toSorted((a, b) => Number(a) - Number(b)))
  expect(arrived.length).toBe(acknowledged)
  expect(batch.producerEpoch(twin.batches[0]!.at(-1)!, 0)).toBe(1)
})

test('when the broker lost what it acknowledged, what was not acknowledged goes on under a new epoch', async () => {
  const { twin, producer } = await setUp(1, { 'batch.size': '200' })
  twin.trouble = ({ count, batch: sent }) =>
    count >= 3 && batch.producerEpoch(sent, 0) === 0 ? 'OUT_OF_ORDER_SEQUENCE_NUMBER' : undefined
  await producer.prepare('orders')
  appendNumbers(producer, 0, 300)
  await producer.flush()
  expect(valuesOf(twin)).toEqual(numbers(0, 300))
  expect(producer.counts).toMatchObject({ acknowledged: 300, failed: 0 })
})

test('a broker that finds even the beginning of a sequence out of order ends the retries at once', async () => {
  const { twin, producer } = await setUp(1)
  twin.trouble = () => 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  await producer.prepare('orders')
  appendNumbers(producer, 0, 10)
  await producer.flush()
  expect(twin.produced).toBe(1)
  expect(producer.counts).toMatchObject({ failed: 10, firstError: { code: 'OUT_OF_ORDER_SEQUENCE_NUMBER' } })
})

test('a batch whose answers get lost is not overtaken by so many that the broker forgets it', async () => {
  const { twin, producer, broker } = await setUp(1, { 'batch.size': '200' })
  const produce = twin.produce.bind(twin)
  let lost = 0
  let unlucky = 0
  // The broker has it, and is three times about to lose its place as leader when it should say so.
  twin.produce = (partition, records) => {
    const answer = produce(partition, records)
    const sequence = batch.baseSequence(records, 0)
    if (unlucky === 0) unlucky = sequence
    if (sequence === 0 || sequence !== unlucky || lost === 3) return answer
    lost++
    return { ...answer, errorCode: errorCode('NOT_LEADER_OR_FOLLOWER') }
  }
  await producer.prepare('orders')
  appendNumbers(producer, 0, 300)
  await producer.flush()
  expect(lost).toBe(3)
  expect(valuesOf(twin)).toEqual(numbers(0, 300))
  expect(producer.counts).toMatchObject({ acknowledged: 300, failed: 0 })
  expect(broker.requestsFor(InitProducerId)).toBe(1)
  expect(batch.producerEpoch(twin.batches[0]!.at(-1)!, 0)).toBe(0)
})

test('a batch the broker finds too large goes on as smaller ones', async () => {
  const { twin, producer } = await setUp(1, { 'batch.size': '10000', 'linger.ms': '10' })
  twin.trouble = ({ batch: sent }) => (sent.length > 1000 ? 'MESSAGE_TOO_LARGE' : undefined)
  await producer.prepare('orders')
  const sent = numbers(0, 400).map((value) => producer.send({ topic: 'orders', value: Buffer.from(value) }))
  const offsets = (await Promise.all(sent)).map(({ offset }) => offset)
  expect(valuesOf(twin)).toEqual(numbers(0, 400))
  expect(offsets).toEqual(numbers(0, 400).map(Number))
})

test('a record that alone is too large for the broker fails alone', async () => {
  const { twin, producer } = await setUp(1, { 'linger.ms': '10' })
  twin.trouble = ({ batch: sent }) => (sent.length > 1000 ? 'MESSAGE_TOO_LARGE' : undefined)
  await producer.prepare('orders')
  appendNumbers(producer, 0, 5)
  producer.append('orders', null, Buffer.alloc(2000))
  appendNumbers(producer, 5, 10)
  await producer.flush()
  expect(valuesOf(twin)).toEqual(numbers(0, 10))
  expect(producer.counts).toMatchObject({ acknowledged: 10, failed: 1 })
})

test('a broker that forgot or fenced the producer gets the batches under a new id', async () => {
  const { twin, producer, broker } = await setUp(1, { 'batch.size': '200' })
  twin.trouble = ({ batch: sent }) =>
    batch.producerId(sent, 0) === 1000 ? 'INVALID_PRODUCER_EPOCH' : undefined
  await producer.prepare('orders')
  appendNumbers(producer, 0, 100)
  await producer.flush()
  expect(valuesOf(twin)).toEqual(numbers(0, 100))
  expect(broker.requestsFor(InitProducerId)).toBe(2)
})

test('retries come to an end, and what was not acknowledged is counted', async () => {
  const { twin, producer } = await setUp(1, { retries: '2' })
  twin.trouble = () => 'NOT_ENOUGH_REPLICAS'
  await producer.prepare('orders')
  appendNumbers(producer, 0, 10)
  await producer.flush()
  expect(twin.produced).toBe(3)
  expect(producer.counts).toMatchObject({
    acknowledged: 0,
    failed: 10,
    firstError: { code: 'NOT_ENOUGH_REPLICAS' },
  })
})

test('delivery.timeout.ms ends the wait for a broker that is gone', async () => {
  const { producer, broker } = await setUp(1, { 'request.timeout.ms': '100', 'delivery.timeout.ms': '150' })
  await producer.prepare('orders')
  const { address } = broker
  await broker.close()
  appendNumbers(producer, 0, 10)
  await producer.flush()
  expect(producer.counts).toMatchObject({ failed: 10, firstError: { code: 'REQUEST_TIMED_OUT' } })
  expect(producer.counts.firstError!.message).toBe(
    `Expiring 10 record(s) for orders-0:150 ms has passed since batch creation: ${address}: connection refused`,
  )
  expect(producer.counts.firstError!.cause).toMatchObject({ name: 'ConnectionError' })
})

test('records written while the broker restarts arrive, once and in order', async () => {
  const { twin, producer, broker } = await setUp(1, { 'batch.size': '200' })
  await producer.prepare('orders')
  appendNumbers(producer, 0, 100)
  await producer.flush()
  const { port } = broker
  await broker.close()
  appendNumbers(producer, 100, 300)
  const again = await ScriptedBroker.start(twin.scripts(), port)
  again.script(metadataScript([again], { orders: [1] }))
  await producer.flush()
  expect(valuesOf(twin)).toEqual(numbers(0, 300))
})

test('records follow a leader that moves to another broker', async () => {
  const leaders = { orders: [1] }
  const twin = new PartitionTwin(1)
  const [one, two] = [await ScriptedBroker.start([]), await ScriptedBroker.start(twin.scripts())]
  for (const broker of [one, two]) broker.script(metadataScript([one, two], leaders))
  for (const script of twin.scripts()) one.script(script)
  const cluster = connectCluster([one, two])
  const producer = await Producer.create(cluster, producerSettings(new Map(Object.entries(FAST))))
  await producer.prepare('orders')
  appendNumbers(producer, 0, 10)
  await producer.flush()
  leaders.orders = [2]
  one.script(
    on(Produce, ({ topicData }) => ({
      responses: topicData.map(({ name, topicId, partitionData }) => ({
        name,
        topicId,
        partitionResponses: partitionData.map(({ index }) => ({
          index,
          errorCode: errorCode('NOT_LEADER_OR_FOLLOWER'),
          baseOffset: -1,
          recordErrors: [],
          currentLeader: undefined,
        })),
      })),
    })),
  )
  appendNumbers(producer, 10, 20)
  await producer.flush()
  expect(valuesOf(twin)).toEqual(numbers(0, 20))
  expect(two.requestsFor(Produce)).toBe(1)
})

test('with acks 0 nothing is answered and all that the socket took counts as sent', async () => {
  const { producer, broker, twin } = await setUp(1, { acks: '0' })
  const produce = twin.scripts()[1]!
  broker.script({
    ...produce,
    react: (request, call) => {
      produce.react(request, call)
      return STAY_SILENT
    },
  })
  await producer.prepare('orders')
  appendNumbers(producer, 0, 100)
  await producer.flush()
  expect(producer.counts).toMatchObject({ acknowledged: 100, failed: 0 })
  await expect.poll(() => valuesOf(twin)).toEqual(numbers(0, 100))
  expect(batch.producerId(twin.batches[0]![0]!, 0)).toBe(-1)
})

test('a full buffer tells the caller to wait, and empties', async () => {
  const { producer, twin } = await setUp(1, { 'buffer.memory': '20000' })
  await producer.prepare('orders')
  let waits = 0
  for (let i = 0; i < 1000; i++) {
    if (!producer.append('orders', null, Buffer.alloc(100), undefined, i)) {
      waits++
      await producer.room()
    }
  }
  await producer.flush()
  expect(waits).toBeGreaterThan(3)
  expect(twin.records(0).length).toBe(1000)
})

test('a buffer that does not empty within max.block.ms is an error', async () => {
  const { producer, twin } = await setUp(1, { 'buffer.memory': '1000', 'max.block.ms': '30' })
  twin.trouble = () => 'NOT_ENOUGH_REPLICAS'
  await producer.prepare('orders')
  while (producer.append('orders', null, Buffer.alloc(100))) {
    // Fill it.
  }
  await expect(producer.room()).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
})

test('records too large for the settings and partitions that do not exist are refused and counted', async () => {
  const { producer } = await setUp(2, { 'max.request.size': '1000' })
  await producer.prepare('orders')
  expect(() => producer.append('orders', null, Buffer.alloc(2000))).toThrow(
    'The message is 2082 bytes when serialized which is larger than 1000, which is the value of the max.request.size configuration.',
  )
  expect(() => producer.append('orders', null, null, undefined, 1, 2)).toThrow(
    'Topic orders has no partition 2, only 2',
  )
  expect(producer.counts).toMatchObject({ acknowledged: 0, failed: 2 })
})

test('a topic that does not come into being within max.block.ms is named', async () => {
  const { producer, broker } = await setUp(1, { 'max.block.ms': '40' })
  await expect(producer.prepare('nope')).rejects.toThrow('Topic nope not present in metadata after 40 ms.')
  const asked = broker.requests.find(({ name }) => name === 'Metadata')!
  expect(asked.body).toMatchObject({ allowAutoTopicCreation: true })
})

test('a topic that is being created is waited for', async () => {
  const { producer, broker } = await setUp(1)
  const created = metadataScript([broker], { late: [1] })
  const missing = metadataScript([broker], {})
  broker.script({
    ...on(Metadata, () => HANG_UP),
    react: (request, call) => (call.count < 3 ? missing : created).react(request, call),
  })
  await expect(producer.prepare('late')).resolves.toEqual({ partitionCount: 1 })
})

test('closing with a limit gives up the rest and counts it', async () => {
  const { producer, broker } = await setUp(1)
  broker.script(on(Produce, () => STAY_SILENT))
  await producer.prepare('orders')
  appendNumbers(producer, 0, 10)
  await expect(producer.close(20)).resolves.toMatchObject({ acknowledged: 0, failed: 10 })
})

test('a client that is closed under the producer fails what is left, at once', async () => {
  const { producer, cluster, broker } = await setUp(1)
  broker.script(on(Produce, () => STAY_SILENT))
  await producer.prepare('orders')
  appendNumbers(producer, 0, 10)
  await expect.poll(() => broker.requestsFor(Produce)).toBe(1)
  appendNumbers(producer, 10, 20)
  cluster.close()
  await producer.flush()
  expect(producer.counts).toMatchObject({ failed: 20, firstError: { failure: 'shut-down' } })
})

test('tags come back with their batch, and with the parts of one that was too large', async () => {
  const { twin, producer, reports } = await setUp(1)
  twin.trouble = ({ count }) => (count === 0 ? 'MESSAGE_TOO_LARGE' : undefined)
  await producer.prepare('orders')
  const letters = Buffer.from('abcdefgh')
  for (const [from, to, tag] of [
    [0, 2, 7],
    [2, 4, 7],
    [4, 6, 7],
    [6, 8, -8],
  ] as const) {
    producer.appendRange('orders', letters, -1, -1, from, to, 1000, tag)
  }
  await producer.flush()
  expect(reports.map(({ recordCount, runs }) => [recordCount, runs])).toEqual([
    [2, [{ tag: 7, count: 2, valueBytes: 4 }]],
    [
      2,
      [
        { tag: 7, count: 1, valueBytes: 2 },
        { tag: -8, count: 1, valueBytes: 2 },
      ],
    ],
  ])
  producer.append('orders', null, letters)
  await producer.flush()
  expect(reports.at(-1)?.runs).toBe(null)
})

test('after an interrupt a producer has the time for closing, and counts what was not acknowledged', async () => {
  const lifetime = new Lifetime(systemClock, { closeMs: 200 })
  const { broker, producer } = await setUp(1, {}, { lifetime })
  broker.script(on(Produce, () => STAY_SILENT))
  await producer.prepare('orders')
  appendNumbers(producer, 0, 10)
  lifetime.interrupt()
  const startMs = performance.now()
  const counts = await producer.close()
  expect(performance.now() - startMs).toBeLessThan(2000)
  expect(counts).toMatchObject({
    acknowledged: 0,
    failed: 10,
    firstError: { message: 'Producer is closed forcefully.' },
  })
})

test('an interrupt ends the wait for memory and for a topic', async () => {
  const lifetime = new Lifetime(systemClock)
  const { broker, producer } = await setUp(1, { 'buffer.memory': '100', 'batch.size': '50' }, { lifetime })
  broker.script(on(Produce, () => STAY_SILENT))
  await producer.prepare('orders')
  appendNumbers(producer, 0, 20)
  const waits = [producer.room(), producer.prepare('nope')]
  lifetime.interrupt()
  for (const wait of waits) await expect(wait).rejects.toBeInstanceOf(Interrupted)
})
