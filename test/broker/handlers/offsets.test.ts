import { expect, test } from 'vitest'
import { atOnce } from '../../../src/log/slices.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import { DeleteRecords, ListOffsets, OffsetForLeaderEpoch } from '../../../src/protocol/messages/offsets.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'
import { append, batch, client, START_MS } from '../../support/logs.ts'

const versionsOf = ({ minVersion, maxVersion }: { minVersion: number; maxVersion: number }): number[] =>
  Array.from({ length: maxVersion - minVersion + 1 }, (_, index) => minVersion + index)

async function listOffsets(
  broker: TestBroker,
  timestamp: number,
  {
    version = 11,
    topic = 'orders',
    partitionIndex = 0,
    currentLeaderEpoch = -1,
    isolationLevel = 0,
    node = 1,
  } = {},
) {
  const partitions = [{ partitionIndex, currentLeaderEpoch, timestamp }]
  const body = { replicaId: -1, isolationLevel, topics: [{ name: topic, partitions }] }
  const { topics } = await broker.ask(ListOffsets, version, body, { node })
  return topics[0]!.partitions[0]!
}

/** A log with offsets 2 to 6, a second between records; the largest timestamp is that of offset 4. */
async function startWithRecords(): Promise<TestBroker> {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const log = broker.log('orders')
  for (const second of [0, 1, 2, 3, 6, 5, 4])
    log.append(batch({ timestamp: START_MS + second * 1000 }), client)
  atOnce(broker.broker.logs.deleteRecordsBefore([{ log: log, offset: 2 }]))
  return broker
}

const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3
const EARLIEST_LOCAL = -4
const LATEST_TIERED = -5
const EARLIEST_PENDING_UPLOAD = -6

test.each(versionsOf(ListOffsets))('version %i finds the ends of the log', async (version) => {
  const broker = await startWithRecords()
  const leaderEpoch = version >= 4 ? 0 : -1
  const common = { partitionIndex: 0, errorCode: 0, timestamp: -1, leaderEpoch }
  expect(await listOffsets(broker, LATEST, { version })).toEqual({ ...common, offset: 7 })
  expect(await listOffsets(broker, EARLIEST, { version })).toEqual({ ...common, offset: 2 })
  expect(await listOffsets(broker, LATEST, { version, isolationLevel: version >= 2 ? 1 : 0 })).toEqual({
    ...common,
    offset: 7,
  })
})

test.each(versionsOf(ListOffsets))(
  'version %i finds the first record at or after a time',
  async (version) => {
    const broker = await startWithRecords()
    const at = async (ms: number) => {
      const { offset, timestamp, errorCode: code } = await listOffsets(broker, START_MS + ms, { version })
      expect(code).toBe(0)
      return [offset, timestamp < 0 ? timestamp : Number(timestamp) - START_MS]
    }
    expect(await at(-5000)).toEqual([2, 2000])
    expect(await at(2001)).toEqual([3, 3000])
    expect(await at(4000)).toEqual([4, 6000])
    expect(await at(6000)).toEqual([4, 6000])
    // Nothing that late: no offset, but no error either.
    expect(await at(6001)).toEqual([-1, -1])
  },
)

test.each([
  [MAX_TIMESTAMP, 7, 4, START_MS + 6000, 0],
  [EARLIEST_LOCAL, 8, 2, -1, 0],
  [LATEST_TIERED, 9, -1, -1, -1],
  [EARLIEST_PENDING_UPLOAD, 11, -1, -1, -1],
])('time %i is known from version %i on', async (time, since, offset, timestamp, leaderEpoch) => {
  const broker = await startWithRecords()
  for (const version of versionsOf(ListOffsets)) {
    const answer = await listOffsets(broker, time, { version })
    if (version < since) expect(answer.errorCode).toBe(errorCode('UNSUPPORTED_VERSION'))
    else expect(answer).toMatchObject({ errorCode: 0, offset, timestamp, leaderEpoch })
  }
})

test('times below the special ones are not supported', async () => {
  const broker = await startWithRecords()
  for (const time of [-7, -100]) {
    expect((await listOffsets(broker, time)).errorCode).toBe(errorCode('UNSUPPORTED_VERSION'))
  }
})

test('an empty log has ends but no largest timestamp', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  expect(await listOffsets(broker, LATEST)).toMatchObject({ offset: 0, leaderEpoch: 0 })
  expect(await listOffsets(broker, EARLIEST)).toMatchObject({ offset: 0 })
  expect(await listOffsets(broker, MAX_TIMESTAMP)).toMatchObject({ errorCode: 0, offset: -1, timestamp: -1 })
  expect(await listOffsets(broker, 0)).toMatchObject({ errorCode: 0, offset: -1, timestamp: -1 })
})

test('a partition asked for twice is refused, once', async () => {
  const broker = await startWithRecords()
  const partition = { partitionIndex: 0, timestamp: LATEST }
  const { topics } = await broker.ask(ListOffsets, 7, {
    replicaId: -1,
    topics: [{ name: 'orders', partitions: [partition, partition] }],
  })
  const codes = topics.flatMap(({ partitions }) => partitions.map(({ errorCode: code }) => code))
  expect(codes).toEqual([errorCode('INVALID_REQUEST')])
})

test('offsets are told by the leader only, and for what is there', async () => {
  const broker = await startTestBroker({ brokers: 2, topics: { orders: 1 } })
  const { leader } = broker.broker.image.partition('orders', 0)!
  const other = await listOffsets(broker, LATEST, { node: 3 - leader })
  expect(other).toMatchObject({ errorCode: errorCode('NOT_LEADER_OR_FOLLOWER'), offset: -1, leaderEpoch: -1 })
  const unknown = errorCode('UNKNOWN_TOPIC_OR_PARTITION')
  expect((await listOffsets(broker, LATEST, { topic: 'nothing' })).errorCode).toBe(unknown)
  expect((await listOffsets(broker, LATEST, { partitionIndex: 1 })).errorCode).toBe(unknown)
})

test('a leader epoch that is not the current one is fenced or unknown', async () => {
  const broker = await startWithRecords()
  await broker.crash()
  const ask = async (currentLeaderEpoch: number) =>
    (await listOffsets(broker, LATEST, { currentLeaderEpoch })).errorCode
  expect(await ask(0)).toBe(errorCode('FENCED_LEADER_EPOCH'))
  expect(await ask(1)).toBe(0)
  expect(await ask(2)).toBe(errorCode('UNKNOWN_LEADER_EPOCH'))
})

test.each(versionsOf(OffsetForLeaderEpoch))(
  'version %i tells where the records of a leader epoch end',
  async (version) => {
    const broker = await startTestBroker({ topics: { orders: 1 } })
    append(broker.log('orders'), 'a', 'b')
    await broker.crash()
    await broker.crash()
    broker.log('orders').append(batch({ values: ['c'] }), { leaderEpoch: 2, origin: 'client' })
    const ask = async (leaderEpoch: number, currentLeaderEpoch = -1) => {
      const partitions = [{ partition: 0, leaderEpoch, currentLeaderEpoch }]
      const body = { topics: [{ topic: 'orders', partitions }] }
      return (await broker.ask(OffsetForLeaderEpoch, version, body)).topics[0]!.partitions[0]!
    }
    const common = { partition: 0, errorCode: 0 }
    expect(await ask(0)).toEqual({ ...common, leaderEpoch: 0, endOffset: 2 })
    expect(await ask(2)).toEqual({ ...common, leaderEpoch: 2, endOffset: 3 })
    expect(await ask(5)).toEqual({ ...common, leaderEpoch: -1, endOffset: -1 })
    expect((await ask(0, 1)).errorCode).toBe(errorCode('FENCED_LEADER_EPOCH'))
    expect((await ask(0, 3)).errorCode).toBe(errorCode('UNKNOWN_LEADER_EPOCH'))
  },
)

test.each(versionsOf(DeleteRecords))('version %i deletes the records before an offset', async (version) => {
  const broker = await startTestBroker({
    topics: { orders: 1, kept: { configs: { 'cleanup.policy': 'compact' } } },
  })
  for (const value of ['a', 'b', 'c']) append(broker.log('orders'), value)
  const ask = async (offset: number, name = 'orders', partitionIndex = 0) => {
    const body = { timeoutMs: 1000, topics: [{ name, partitions: [{ partitionIndex, offset }] }] }
    return (await broker.ask(DeleteRecords, version, body)).topics[0]!.partitions[0]!
  }
  const refused = (name: Parameters<typeof errorCode>[0]) => ({
    lowWatermark: -1,
    errorCode: errorCode(name),
  })
  expect(await ask(1)).toMatchObject({ errorCode: 0, lowWatermark: 1 })
  expect(await ask(0)).toMatchObject({ errorCode: 0, lowWatermark: 1 })
  expect(await ask(4)).toMatchObject(refused('OFFSET_OUT_OF_RANGE'))
  expect(await ask(-2)).toMatchObject(refused('OFFSET_OUT_OF_RANGE'))
  expect(await ask(0, 'nothing')).toMatchObject(refused('UNKNOWN_TOPIC_OR_PARTITION'))
  expect(await ask(0, 'orders', 4)).toMatchObject(refused('UNKNOWN_TOPIC_OR_PARTITION'))
  expect(await ask(0, 'kept')).toMatchObject(refused('POLICY_VIOLATION'))
  expect(await ask(-1)).toMatchObject({ errorCode: 0, lowWatermark: 3 })
  await broker.restart()
  expect(broker.log('orders').startOffset).toBe(3)
})

test('deleted records stay deleted after a crash', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  for (const value of ['a', 'b', 'c']) append(broker.log('orders'), value)
  await broker.ask(DeleteRecords, 2, {
    timeoutMs: 1000,
    topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, offset: 2 }] }],
  })
  await broker.crash()
  expect(broker.log('orders').startOffset).toBe(2)
  expect(broker.log('orders').endOffset).toBe(3)
})
