import { expect, onTestFinished, test } from 'vitest'
import { type Int64, MAX_INT64 } from '../../../src/bytes/int64.ts'
import { fetchSettings } from '../../../src/client/fetch/fetch-config.ts'
import type { FetchTarget } from '../../../src/client/fetch/fetch-partition.ts'
import { Fetcher } from '../../../src/client/fetch/fetcher.ts'
import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import * as batch from '../../../src/records/batch.ts'
import { codecByName, isCodecName, loadCodecs } from '../../../src/records/compression.ts'
import { buildEndTxnMarker } from '../../../src/records/control.ts'
import { BatchBuilder } from '../../../src/records/record.ts'
import { connectCluster, metadataScript } from '../../support/cluster-scripts.ts'
import { PartitionTwin } from '../../support/partition-twin.ts'
import { HANG_UP, on, ScriptedBroker } from '../../support/scripted-broker.ts'

const FAST = { 'retry.backoff.ms': '2', 'fetch.max.wait.ms': '5', 'request.timeout.ms': '500' }

interface Reading {
  readonly targets?: FetchTarget[]
  readonly properties?: Record<string, string>
  readonly metadataVersions?: { min?: number; max?: number }
}

async function setUp(twin: PartitionTwin, { targets, properties = {}, metadataVersions }: Reading = {}) {
  const broker = await ScriptedBroker.start(twin.scripts())
  const leaders = { orders: twin.batches.map(() => 1) }
  broker.script(metadataScript([broker], leaders, metadataVersions))
  const cluster = connectCluster([broker])
  const settings = fetchSettings(new Map(Object.entries({ ...FAST, ...properties })))
  const all = twin.endOffsets.map((until, partition) => ({ topic: 'orders', partition, from: 0, until }))
  const fetcher = new Fetcher(cluster, settings, targets ?? all)
  onTestFinished(() => fetcher.close())
  return { broker, cluster, fetcher, leaders }
}

/** The values of one partition's records in the order read, as `offset:value`. */
async function readAll(fetcher: Fetcher): Promise<string[][]> {
  const read: string[][] = []
  for (;;) {
    const records = await fetcher.next(2000)
    if (records === null) break
    while (records.next()) {
      read[records.partition] ??= []
      read[records.partition]!.push(`${records.offset}:${records.record().value}`)
    }
  }
  expect(fetcher.isDone).toBe(true)
  return read
}

function batchOf(values: readonly string[], options: Parameters<BatchBuilder['build']>[0] = {}): Buffer {
  const builder = new BatchBuilder()
  for (const value of values) builder.append(1000, null, Buffer.from(value))
  return builder.build(options)
}

/** A topic with numbered records in batches of three. */
function numbered(partitionCount: number, batches: number): PartitionTwin {
  const twin = new PartitionTwin(partitionCount)
  for (let i = 0; i < batches; i++) {
    for (let partition = 0; partition < partitionCount; partition++) {
      twin.add(partition, batchOf([`${i}a`, `${i}b`, `${i}c`]))
    }
  }
  return twin
}

const expected = (batches: number): string[] =>
  Array.from({ length: batches * 3 }, (_, i) => `${i}:${Math.floor(i / 3)}${'abc'[i % 3]}`)

test('every record of every partition is read once and in order, then reading ends', async () => {
  const { fetcher } = await setUp(numbered(3, 20))
  expect(await readAll(fetcher)).toEqual([expected(20), expected(20), expected(20)])
})

test('answers cut short by fetch.max.bytes starve no partition', async () => {
  const { fetcher } = await setUp(numbered(3, 20), { properties: { 'fetch.max.bytes': '150' } })
  expect(await readAll(fetcher)).toEqual([expected(20), expected(20), expected(20)])
})

test('brokers without topic ids are asked by name', async () => {
  const { fetcher, broker } = await setUp(numbered(1, 2), { metadataVersions: { max: 9 } })
  expect(await readAll(fetcher)).toEqual([expected(2)])
  expect(broker.requests.find(({ name }) => name === 'Fetch')!.version).toBe(12)
})

test('reading begins and ends in the middle of batches', async () => {
  const { fetcher } = await setUp(numbered(1, 20), {
    targets: [{ topic: 'orders', partition: 0, from: 4, until: 50 }],
  })
  expect(await readAll(fetcher)).toEqual([expected(20).slice(4, 50)])
})

test('an empty range is done at once without a request', async () => {
  const { fetcher, broker } = await setUp(numbered(1, 2), {
    targets: [{ topic: 'orders', partition: 0, from: 6, until: 6 }],
  })
  expect(await fetcher.next()).toBeNull()
  expect(fetcher.isDone).toBe(true)
  expect(broker.requestsFor(Fetch)).toBe(0)
})

test('the next answer is asked for while one is read, and no more than that', async () => {
  const { fetcher, broker } = await setUp(numbered(1, 20), {
    properties: { 'max.partition.fetch.bytes': '150' },
  })
  const first = (await fetcher.next())!
  await expect.poll(() => broker.requestsFor(Fetch)).toBe(2)
  while (first.next());
  expect(await fetcher.next()).not.toBe(first)
  await expect.poll(() => broker.requestsFor(Fetch)).toBe(3)
})

test('records that were not all stepped through are returned again', async () => {
  const { fetcher } = await setUp(numbered(1, 1))
  const records = (await fetcher.next())!
  expect([records.next(), records.offset, records.nextOffset]).toEqual([true, 0, 1])
  expect(await fetcher.next()).toBe(records)
  expect(fetcher.isDone).toBe(false)
  expect([records.next(), records.next(), records.next()]).toEqual([true, true, false])
  expect(records.nextOffset).toBe(3)
})

test.each(['gzip', 'snappy', 'lz4', 'zstd'])('batches packed with %s are expanded', async (name) => {
  await loadCodecs()
  const twin = new PartitionTwin(1)
  if (!isCodecName(name)) throw new Error(name)
  twin.add(0, batchOf(['a', 'b'], { codec: codecByName(name) }))
  twin.add(0, batchOf(['c']))
  const { fetcher } = await setUp(twin)
  expect(await readAll(fetcher)).toEqual([['0:a', '1:b', '2:c']])
})

test('offsets and timestamps past 2^53 are exact, and reading goes on after them', async () => {
  const twin = new PartitionTwin(1)
  const start = 2n ** 53n - 2n
  twin.startOffsets[0] = Number(start)
  twin.endOffsets[0] = Number(start)
  for (let i = 0; i < 4; i++) twin.add(0, batchOf([`a${i}`, `b${i}`]))
  const targets = [{ topic: 'orders', partition: 0, from: Number(start), until: start + 8n }]
  const { fetcher } = await setUp(twin, { targets, properties: { 'max.partition.fetch.bytes': '100' } })
  const expected = Array.from({ length: 8 }, (_, i) => `${start + BigInt(i)}:${'ab'[i % 2]}${i >> 1}`)
  expect(await readAll(fetcher)).toEqual([expected])
  expect(fetcher.positions()[0]).toMatchObject({ position: start + 8n, highWatermark: start + 8n })
})

test('a position past 2^53 is out of range, and the reset policy decides', async () => {
  for (const [policy, first] of [
    ['earliest', '0:'],
    ['latest', null],
  ] as const) {
    const twin = numbered(1, 2)
    const targets = [{ topic: 'orders', partition: 0, from: MAX_INT64 }]
    const { fetcher } = await setUp(twin, { targets, properties: { 'auto.offset.reset': policy } })
    const records = await fetcher.next(first === null ? 100 : 2000)
    if (first === null) expect(records).toBeNull()
    else expect([records?.next(), `${records?.offset}:`]).toEqual([true, first])
    expect(fetcher.positions()[0]!.position).toBe(6)
  }
})

test('timestamps are those of the records, or of the append where the topic says so', async () => {
  const twin = new PartitionTwin(1)
  twin.add(0, batchOf(['a']))
  const appended = batchOf(['b'])
  batch.setMaxTimestamp(appended, 0, 'LogAppendTime', 7777)
  twin.add(0, appended)
  const { fetcher } = await setUp(twin)
  const timestamps: Int64[] = []
  for (let records = await fetcher.next(); records !== null; records = await fetcher.next()) {
    while (records.next()) timestamps.push(records.timestampMs)
  }
  expect(timestamps).toEqual([1000, 7777])
})

/** Committed, aborted and plain records of two producers, with the markers between them. */
function transactions(): PartitionTwin {
  const twin = new PartitionTwin(1)
  const write = (value: string, producerId: number) =>
    twin.add(0, batchOf([value], { producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true }))
  const end = (type: 'COMMIT' | 'ABORT', producerId: number) =>
    twin.add(
      0,
      buildEndTxnMarker({ type, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestampMs: 1000 }),
    )
  write('aborted', 1) // 0
  write('committed', 2) // 1
  twin.add(0, batchOf(['plain'])) // 2
  end('ABORT', 1) // 3
  write('later', 1) // 4
  end('COMMIT', 2) // 5
  end('COMMIT', 1) // 6
  twin.abortedTransactions = [{ producerId: 1, firstOffset: 0 }]
  return twin
}

test('a reader of committed records gets no aborted ones, and no markers', async () => {
  const { fetcher } = await setUp(transactions(), { properties: { 'isolation.level': 'read_committed' } })
  expect(await readAll(fetcher)).toEqual([['1:committed', '2:plain', '4:later']])
})

test('any other reader gets all records, and no markers; a marker at the end does not hold it', async () => {
  const { fetcher } = await setUp(transactions())
  expect(await readAll(fetcher)).toEqual([['0:aborted', '1:committed', '2:plain', '4:later']])
})

test('holes that compaction left are passed over', async () => {
  const twin = new PartitionTwin(1)
  twin.add(0, batchOf(['a']), 5)
  twin.add(0, batchOf(['b']), 100)
  twin.endOffsets[0] = 101
  const { fetcher } = await setUp(twin)
  expect(await readAll(fetcher)).toEqual([['5:a', '100:b']])
})

test('reading ends when compaction took the last records before the end', async () => {
  const twin = new PartitionTwin(2)
  twin.add(0, batchOf(['a']))
  twin.endOffsets[0] = 50
  twin.add(1, batchOf(['b']))
  const { fetcher } = await setUp(twin)
  expect(await readAll(fetcher)).toEqual([['0:a'], ['0:b']])
})

test('a bounded reader goes on behind deleted records', async () => {
  const twin = numbered(1, 20)
  twin.batches[0]!.splice(0, 2)
  twin.startOffsets[0] = 6
  const { fetcher } = await setUp(twin)
  expect(await readAll(fetcher)).toEqual([expected(20).slice(6)])
})

test('a bounded reader ends when the log does, however far it was to go', async () => {
  const { fetcher } = await setUp(numbered(1, 2), {
    targets: [{ topic: 'orders', partition: 0, from: 100, until: 200 }],
  })
  expect(await readAll(fetcher)).toEqual([])
})

test.each([
  ['earliest', '0:0a'],
  ['latest', '6:new'],
])('an offset out of range goes to the %s one when auto.offset.reset says so', async (policy, first) => {
  const twin = numbered(1, 2)
  const { fetcher } = await setUp(twin, {
    targets: [{ topic: 'orders', partition: 0, from: 100 }],
    properties: { 'auto.offset.reset': policy },
  })
  const reading = fetcher.next()
  await expect.poll(() => fetcher.positions()[0]!.position).toBeLessThan(100)
  twin.add(0, batchOf(['new']))
  const records = await reading
  expect(records!.next()).toBe(true)
  expect(`${records!.offset}:${records!.record().value}`).toBe(first)
})

test('an offset out of range is an error when auto.offset.reset is none', async () => {
  const { fetcher } = await setUp(numbered(1, 2), {
    targets: [{ topic: 'orders', partition: 0, from: 100 }],
    properties: { 'auto.offset.reset': 'none' },
  })
  await expect(fetcher.next()).rejects.toMatchObject({
    code: 'OFFSET_OUT_OF_RANGE',
    message: 'Fetch position 100 is out of range for partition orders-0',
  })
})

test('records that are not there yet are waited for, no longer than asked', async () => {
  const twin = numbered(1, 1)
  const { fetcher } = await setUp(twin, { targets: [{ topic: 'orders', partition: 0, from: 3 }] })
  expect(await fetcher.next(20)).toBeNull()
  expect(fetcher.isDone).toBe(false)
  const reading = fetcher.next()
  twin.add(0, batchOf(['late']))
  const records = await reading
  expect(records!.next()).toBe(true)
  expect(records!.offset).toBe(3)
})

test('reading follows a leader that moves', async () => {
  const twin = numbered(1, 10)
  const two = await ScriptedBroker.start(twin.scripts())
  const { fetcher, broker, leaders } = await setUp(twin, {
    properties: { 'max.partition.fetch.bytes': '150' },
  })
  for (const each of [broker, two]) each.script(metadataScript([broker, two], leaders))
  const first = await fetcher.next()
  expect(first!.next()).toBe(true)
  leaders.orders = [2]
  const fetch = twin.scripts()[2]!
  broker.script({
    ...fetch,
    react: (request, call) => {
      twin.fetchTrouble = () => 'NOT_LEADER_OR_FOLLOWER'
      const answer = fetch.react(request, call)
      twin.fetchTrouble = () => undefined
      return answer
    },
  })
  const read = [`${first!.offset}:${first!.record().value}`]
  while (first!.next()) read.push(`${first!.offset}:${first!.record().value}`)
  expect([...read, ...(await readAll(fetcher))[0]!]).toEqual(expected(10))
  expect(two.requestsFor(Fetch)).toBeGreaterThan(0)
})

test('reading goes on after the broker hung up and came back', async () => {
  const twin = numbered(1, 10)
  const { fetcher, broker } = await setUp(twin, { properties: { 'max.partition.fetch.bytes': '150' } })
  const fetch = twin.scripts()[2]!
  broker.script({
    ...fetch,
    react: (request, call) => (call.count % 3 === 1 ? HANG_UP : fetch.react(request, call)),
  })
  expect(await readAll(fetcher)).toEqual([expected(10)])
})

test('a topic that does not exist any more is an error after a while', async () => {
  const { fetcher } = await setUp(numbered(1, 2), {
    targets: [{ topic: 'gone', partition: 0, from: 0, until: 5 }],
    properties: { 'request.timeout.ms': '30' },
  })
  await expect(fetcher.next()).rejects.toMatchObject({
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
    message: 'gone-0 does not exist any more',
  })
})

test('a partition that may not be read is an error', async () => {
  const twin = numbered(1, 2)
  twin.fetchTrouble = () => 'TOPIC_AUTHORIZATION_FAILED'
  const { fetcher } = await setUp(twin)
  await expect(fetcher.next()).rejects.toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED' })
})

test('altered bytes are noticed when they are reached', async () => {
  const twin = numbered(1, 2)
  const second = twin.batches[0]![1]!
  second[second.length - 2]! ^= 1
  const { fetcher } = await setUp(twin)
  const records = (await fetcher.next())!
  for (let i = 0; i < 3; i++) expect(records.next()).toBe(true)
  expect(() => records.next()).toThrow(/CRC/)
})

test('closing ends a wait', async () => {
  const { fetcher } = await setUp(numbered(1, 1), { targets: [{ topic: 'orders', partition: 0, from: 3 }] })
  const waiting = fetcher.next()
  fetcher.close()
  expect(await waiting).toBeNull()
})

test('an error of the whole answer that will not pass is thrown', async () => {
  const { fetcher, broker } = await setUp(numbered(1, 1))
  broker.script(on(Fetch, () => ({ errorCode: -1, responses: [], nodeEndpoints: [] })))
  await expect(fetcher.next()).rejects.toMatchObject({ code: 'UNKNOWN_SERVER_ERROR' })
})

test('a client that is closed under the reader ends it with an error', async () => {
  const { fetcher, cluster, broker } = await setUp(numbered(1, 1), {
    targets: [{ topic: 'orders', partition: 0, from: 3 }],
  })
  const waiting = fetcher.next()
  await expect.poll(() => broker.requestsFor(Fetch)).toBeGreaterThan(0)
  cluster.close()
  await expect(waiting).rejects.toMatchObject({ failure: 'shut-down' })
})
