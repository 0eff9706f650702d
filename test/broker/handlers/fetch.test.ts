import { expect, test } from 'vitest'
import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { atOnce } from '../../../src/log/slices.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'
import { append, batch, recordsIn } from '../../support/logs.ts'
import { type FetchFrom, type FetchOptions, fetchFrom, produceTo } from '../../support/partition-requests.ts'

const VERSIONS = Array.from(
  { length: Fetch.maxVersion - Fetch.minVersion + 1 },
  (_, index) => Fetch.minVersion + index,
)

const valuesOf = (records: Buffer | null): string[] =>
  recordsIn(records ?? Buffer.alloc(0)).map(({ value }) => String(value))

async function fetch(
  broker: TestBroker,
  from: FetchFrom,
  options: FetchOptions = {},
  version = 12,
  node = 1,
) {
  const { responses } = await broker.ask(Fetch, version, fetchFrom([{ topic: 'orders', ...from }], options), {
    node,
  })
  return responses[0]!.partitions[0]!
}

test.each(VERSIONS)('version %i gives the records from an offset on', async (version) => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  for (const value of ['a', 'b', 'c']) append(broker.log('orders'), value)
  const topicId = broker.topicId('orders')
  const answer = await broker.ask(Fetch, version, fetchFrom([{ topic: 'orders', topicId, from: 1 }]))
  expect(answer).toMatchObject({ errorCode: 0, sessionId: 0, nodeEndpoints: [] })
  expect(answer.responses).toMatchObject([version >= 13 ? { topicId } : { topic: 'orders' }])
  const [partition] = answer.responses[0]!.partitions
  expect(partition).toMatchObject({
    partitionIndex: 0,
    errorCode: 0,
    highWatermark: 3,
    lastStableOffset: 3,
    logStartOffset: version >= 5 ? 0 : -1,
    abortedTransactions: null,
    preferredReadReplica: -1,
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
    divergingEpoch: { epoch: -1, endOffset: -1 },
  })
  expect(valuesOf(partition!.records)).toEqual(['b', 'c'])
})

test('the batch that holds the offset is given whole', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  append(broker.log('orders'), 'a', 'b', 'c')
  expect(valuesOf((await fetch(broker, { from: 2 })).records)).toEqual(['a', 'b', 'c'])
})

test('a reader of committed records gets nothing of an open transaction, and nothing after its start', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const log = broker.log('orders')
  const open = batch({
    values: ['open'],
    producerId: 7,
    producerEpoch: 0,
    baseSequence: 0,
    isTransactional: true,
  })
  append(log, 'before')
  log.append(open, { leaderEpoch: 0, origin: 'client' })
  append(log, 'after')
  for (const restart of [() => {}, () => broker.restart(), () => broker.crash()]) {
    await restart()
    const committed = await fetch(broker, { from: 0 }, { isolationLevel: 1 })
    expect(valuesOf(committed.records)).toEqual(['before'])
    expect(committed).toMatchObject({ lastStableOffset: 1, highWatermark: 3 })
    const all = await fetch(broker, { from: 0 }, { isolationLevel: 0 })
    expect(valuesOf(all.records)).toEqual(['before', 'open', 'after'])
  }
})

test('a reader of committed records gets a list of aborted transactions, which may be empty', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  append(broker.log('orders'), 'a')
  const answer = await fetch(broker, {}, { isolationLevel: 1 })
  expect(answer.abortedTransactions).toEqual([])
  expect(valuesOf(answer.records)).toEqual(['a'])
})

test('offsets outside the log are out of range', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  for (const value of ['a', 'b', 'c']) append(broker.log('orders'), value)
  atOnce(broker.broker.logs.deleteRecordsBefore([{ log: broker.log('orders'), offset: 1 }]))
  for (const from of [-1, 0, 4, 1e12]) {
    const answer = await fetch(broker, { from })
    expect(answer.errorCode).toBe(errorCode('OFFSET_OUT_OF_RANGE'))
    expect(answer).toMatchObject({ highWatermark: -1, lastStableOffset: -1, logStartOffset: -1 })
  }
  for (const from of [1, 3]) expect((await fetch(broker, { from })).errorCode).toBe(0)
})

test('a leader epoch that is not the current one is fenced or unknown', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  await broker.crash()
  const { leaderEpoch } = broker.broker.image.partition('orders', 0)!
  expect(leaderEpoch).toBe(1)
  expect((await fetch(broker, { currentLeaderEpoch: leaderEpoch })).errorCode).toBe(0)
  const fenced = await fetch(broker, { currentLeaderEpoch: leaderEpoch - 1 })
  expect(fenced.errorCode).toBe(errorCode('FENCED_LEADER_EPOCH'))
  expect(fenced.currentLeader).toEqual({ leaderId: 1, leaderEpoch })
  const unknown = await fetch(broker, { currentLeaderEpoch: leaderEpoch + 1 })
  expect(unknown.errorCode).toBe(errorCode('UNKNOWN_LEADER_EPOCH'))
  expect(unknown.currentLeader).toEqual({ leaderId: -1, leaderEpoch: -1 })
})

test('a reader whose last epoch ended earlier is told where', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  append(broker.log('orders'), 'a')
  await broker.crash()
  broker.log('orders').append(batch({ values: ['b', 'c'] }), { leaderEpoch: 1, origin: 'client' })
  const diverged = await fetch(broker, { from: 2, lastFetchedEpoch: 0 })
  expect(diverged).toMatchObject({ errorCode: 0, divergingEpoch: { epoch: 0, endOffset: 1 } })
  expect(diverged.records).toHaveLength(0)
  expect((await fetch(broker, { from: 1, lastFetchedEpoch: 0 })).divergingEpoch.epoch).toBe(-1)
})

test('a broker that does not lead the partition says who does, and where from version 16 on', async () => {
  const broker = await startTestBroker({ brokers: 2, topics: { orders: 1 } })
  const { leader, leaderEpoch } = broker.broker.image.partition('orders', 0)!
  const node = 3 - leader
  const topicId = broker.topicId('orders')
  for (const version of VERSIONS) {
    const answer = await broker.ask(Fetch, version, fetchFrom([{ topic: 'orders', topicId }]), { node })
    expect(answer.responses[0]!.partitions[0]).toMatchObject({
      errorCode: errorCode('NOT_LEADER_OR_FOLLOWER'),
      currentLeader: version >= 12 ? { leaderId: leader, leaderEpoch } : { leaderId: -1, leaderEpoch: -1 },
    })
    expect(answer.nodeEndpoints.map(({ nodeId }) => nodeId)).toEqual(version >= 16 ? [leader] : [])
  }
})

test('topics that are not there are unknown, by name or by id', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  expect((await fetch(broker, { topic: 'nothing' })).errorCode).toBe(3)
  expect((await fetch(broker, { partition: 9 })).errorCode).toBe(3)
  const byId = await fetch(broker, { topicId: 'Mjx1Y1kVQ0q4YJcG0nC5dQ' }, {}, 13)
  expect(byId.errorCode).toBe(errorCode('UNKNOWN_TOPIC_ID'))
})

test('a topic made anew has another id, and the old one is unknown', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const oldId = broker.topicId('orders')
  broker.deleteTopic('orders')
  broker.createTopic('orders')
  expect(broker.topicId('orders')).not.toBe(oldId)
  expect((await fetch(broker, { topicId: oldId }, {}, 13)).errorCode).toBe(errorCode('UNKNOWN_TOPIC_ID'))
})

test('KAFKA_STORAGE_ERROR is told as NOT_LEADER_OR_FOLLOWER up to version 5', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  append(broker.log('orders'), 'a')
  broker.log('orders').close()
  expect((await fetch(broker, {}, {}, 5)).errorCode).toBe(errorCode('NOT_LEADER_OR_FOLLOWER'))
  expect((await fetch(broker, {}, {}, 6)).errorCode).toBe(errorCode('KAFKA_STORAGE_ERROR'))
})

test('the first batch is given although it is over the limit, later ones are not', async () => {
  const broker = await startTestBroker({ topics: { orders: 2 } })
  for (const partition of [0, 1]) {
    for (const value of ['a', 'b']) append(broker.log('orders', partition), value.repeat(1000))
  }
  const answer = await broker.ask(
    Fetch,
    12,
    fetchFrom(
      [
        { topic: 'orders', partition: 0, maxBytes: 10 },
        { topic: 'orders', partition: 1 },
      ],
      { maxBytes: 1 },
    ),
  )
  const counts = answer.responses.flatMap(({ partitions }) =>
    partitions.map(({ records }) => valuesOf(records).length),
  )
  expect(counts).toEqual([1, 0])
})

test('the limit of a request is shared by its partitions, that of a partition holds for itself', async () => {
  const broker = await startTestBroker({ topics: { orders: 3 } })
  const size = batch({ values: ['a'.repeat(1000)] }).length
  for (const partition of [0, 1, 2]) {
    for (let count = 0; count < 3; count++) append(broker.log('orders', partition), 'a'.repeat(1000))
  }
  const read = async (maxBytes: number, partitionMaxBytes: number) => {
    const wanted = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, maxBytes: partitionMaxBytes }))
    const { responses } = await broker.ask(Fetch, 12, fetchFrom(wanted, { maxBytes }))
    return responses.flatMap(({ partitions }) => partitions.map(({ records }) => valuesOf(records).length))
  }
  expect(await read(100 * size, 2 * size)).toEqual([2, 2, 2])
  expect(await read(4 * size, 100 * size)).toEqual([3, 1, 0])
  expect(await read(3 * size, 2 * size)).toEqual([2, 1, 0])
  expect(await read(100 * size, 0)).toEqual([1, 0, 0])
})

test('fetch.max.bytes bounds what a client may ask for', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 }, config: { 'fetch.max.bytes': '1024' } })
  for (let count = 0; count < 4; count++) append(broker.log('orders'), 'a'.repeat(400))
  expect(valuesOf((await fetch(broker, {})).records)).toHaveLength(2)
})

test('a fetch of what an earlier process wrote ends where many bytes were checked, and does not wait', async () => {
  const broker = await startTestBroker({ topics: { orders: 20 } })
  const value = 'x'.repeat(900_000)
  for (let partition = 0; partition < 20; partition++) append(broker.log('orders', partition), value)
  await broker.restart()
  const partitions = Array.from({ length: 20 }, (_, partition) => ({ topic: 'orders', partition }))
  const request = fetchFrom(partitions, { maxBytes: 50_000_000, minBytes: 50_000_000, maxWaitMs: 60_000 })
  const ask = async (waits: boolean) => {
    const { responses } = await broker.ask(Fetch, 12, waits ? request : { ...request, maxWaitMs: 0 })
    return responses[0]!.partitions.map(({ records }) => valuesOf(records).length)
  }
  expect(await ask(true)).toEqual(partitions.map(({ partition }) => (partition < 10 ? 1 : 0)))
  // The first ten need no second check.
  expect(await ask(false)).toEqual(partitions.map(() => 1))
})

test('many partitions are answered at once', async () => {
  const broker = await startTestBroker({ topics: { orders: 500 } })
  for (let partition = 0; partition < 500; partition++)
    append(broker.log('orders', partition), `${partition}`)
  const wanted = Array.from({ length: 500 }, (_, partition) => ({ partition }))
  const { responses } = await broker.ask(Fetch, 13, {
    ...fetchFrom([]),
    topics: [
      {
        topicId: broker.topicId('orders'),
        partitions: wanted.map(({ partition }) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 })),
      },
    ],
  })
  expect(responses).toHaveLength(1)
  expect(responses[0]!.partitions.map(({ records }) => valuesOf(records))).toEqual(
    wanted.map(({ partition }) => [`${partition}`]),
  )
})

test('what is fetched stays as it was while others produce and fetch', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const value = (index: number) => String(index).padStart(5000, '.')
  const clients = Array.from({ length: 20 }, () => broker.connect())
  for (let index = 0; index < 100; index++) {
    await broker.ask(Produce, 9, produceTo({ topic: 'orders' }, batch({ values: [value(index)] })))
    for (const client of clients) client.send(Fetch, 12, fetchFrom([{ topic: 'orders', from: index }]))
  }
  for (const client of clients) {
    for (let index = 0; index < 100; index++) {
      const { body } = await client.receive(Fetch, 12)
      expect(valuesOf(body.responses[0]!.partitions[0]!.records)[0]).toBe(value(index))
    }
  }
})

test('a topic may be asked for by no name at all', async () => {
  const broker = await startTestBroker()
  const { responses } = await broker.ask(Fetch, 13, fetchFrom([{ topicId: ZERO_UUID }]))
  expect(responses[0]!.partitions[0]!.errorCode).toBe(errorCode('UNKNOWN_TOPIC_ID'))
})
