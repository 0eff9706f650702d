// Values that JavaScript's numbers do not hold, in every place of a request that takes 64 bits.
import { expect, test } from 'vitest'
import { HANDLERS } from '../../src/broker/handlers.ts'
import { addInt64, type Int64, MAX_INT64, MIN_INT64, subtractInt64 } from '../../src/bytes/int64.ts'
import { errorCode } from '../../src/protocol/errors.ts'
import { Fetch } from '../../src/protocol/messages/fetch.ts'
import { FindCoordinator } from '../../src/protocol/messages/metadata.ts'
import { DeleteRecords, ListOffsets } from '../../src/protocol/messages/offsets.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import type { Fields } from '../../src/protocol/schema.ts'
import { updateCrc } from '../../src/records/batch.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { INT64_ENDS } from '../support/int64-ends.ts'
import { batch, readAll, START_MS } from '../support/logs.ts'
import { fetchFrom, produceTo } from '../support/partition-requests.ts'
import { int64Paths, lastName, plainMessage } from '../support/plain-message.ts'
import { commit, committed, startCoordinator } from './groups/wire-member.ts'

const TEXTS: Readonly<Record<string, string>> = {
  groupId: 'g',
  name: 'orders',
  topic: 'orders',
  topicName: 'orders',
}

/** A request about partition 0 of orders, with `value` at `path`. */
function requestWith(broker: TestBroker, fields: Fields, version: number, path: string, value: Int64) {
  return plainMessage(fields, version, (at, { kind }) => {
    const name = lastName(at)
    if (kind === 'int64' && at === path) return value
    if (kind === 'string') return TEXTS[name]
    if (kind === 'uuid' && name === 'topicId') return broker.topicId('orders')
    if (kind === 'int32' && /epoch|generation/i.test(name)) return -1
    return undefined
  })
}

/** Every error code of an answer. */
function errorsIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return []
  return Object.entries(value).flatMap(([name, field]) =>
    name === 'errorCode' ? [field as number] : errorsIn(field),
  )
}

const FIELDS = [...HANDLERS.values()].flatMap(({ api }) =>
  Array.from({ length: api.maxVersion - api.minVersion + 1 }, (_, at) => api.minVersion + at).flatMap(
    (version) =>
      [...int64Paths(api.request.fields, version)].map((path) => [api.name, version, path, api] as const),
  ),
)

test('there are fields of 64 bits to try', () => {
  const names = new Set(FIELDS.map(([name]) => name))
  for (const name of ['Fetch', 'ListOffsets', 'OffsetCommit', 'DeleteRecords', 'InitProducerId']) {
    expect(names).toContain(name)
  }
})

test.each(FIELDS)('%s %i answers whatever is at %s', async (_name, version, path, api) => {
  const broker = await startCoordinator({ topics: { orders: 1 } })
  await broker.ask(Produce, 12, produceTo({ topic: 'orders' }, batch({ values: ['a', 'b'] })))
  const client = broker.connect()
  for (const value of INT64_ENDS) {
    const body = requestWith(broker, api.request.fields, version, path, value)
    const answer = await client.ask(api, version, body as never)
    expect(errorsIn(answer), String(value)).not.toContain(errorCode('UNKNOWN_SERVER_ERROR'))
  }
  expect([client.isClosed, broker.complaints]).toEqual([false, []])
})

const OUTSIDE = INT64_ENDS.filter((value) => value !== -1)

test('a fetch or a deletion past 2^53 is out of range', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  await broker.ask(Produce, 12, produceTo({ topic: 'orders' }, batch()))
  for (const offset of OUTSIDE) {
    const { responses } = await broker.ask(Fetch, 12, fetchFrom([{ topic: 'orders', from: offset }]))
    expect(responses[0]!.partitions[0]!.errorCode).toBe(errorCode('OFFSET_OUT_OF_RANGE'))
    const partitions = [{ partitionIndex: 0, offset }]
    const deletion = { timeoutMs: 1000, topics: [{ name: 'orders', partitions }] }
    const { topics } = await broker.ask(DeleteRecords, 2, deletion)
    expect(topics[0]!.partitions).toEqual([
      { partitionIndex: 0, errorCode: errorCode('OFFSET_OUT_OF_RANGE'), lowWatermark: -1 },
    ])
  }
})

test.each(['restart', 'crash'] as const)('committed offsets are exact, also after a %s', async (way) => {
  const broker = await startCoordinator()
  for (const [at, offset] of INT64_ENDS.entries())
    expect(await commit(broker, offset, { group: `g${at}` })).toBe('NONE')
  const check = async (): Promise<void> => {
    for (const [at, offset] of INT64_ENDS.entries()) {
      expect(await committed(broker, `g${at}`)).toEqual({ 'orders-0': offset })
    }
  }
  await check()
  await broker[way]()
  await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })
  await check()
})

test('an offset that is to be kept for Long.MAX milliseconds does not expire', async () => {
  const MINUTE_MS = 60_000
  const config = {
    'offsets.retention.minutes': '10',
    'offsets.retention.check.interval.ms': String(MINUTE_MS),
    'connections.max.idle.ms': '-1',
  }
  const broker = await startCoordinator({ config })
  for (const [at, retentionTimeMs] of [MAX_INT64, 2n ** 53n, 30 * MINUTE_MS, MIN_INT64].entries()) {
    expect(await commit(broker, 5, { partition: 0, group: `g${at}`, version: 2, retentionTimeMs })).toBe(
      'NONE',
    )
  }
  for (let minute = 0; minute < 40; minute++) broker.clock.pass(MINUTE_MS)
  const left = await Promise.all([0, 1, 2, 3].map((at) => committed(broker, `g${at}`)))
  expect(left).toEqual([{ 'orders-0': 5 }, { 'orders-0': 5 }, {}, {}])
})

const NANOSECONDS = 1_700_000_000_000_000_000n

async function produced(broker: TestBroker, records: Buffer) {
  const { responses } = await broker.ask(Produce, 12, produceTo({ topic: 'orders' }, records))
  return responses[0]!.partitionResponses[0]!
}

test('nanoseconds are accepted where the topic allows them, kept to the digit, and found', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  broker.configureTopic('orders', 'message.timestamp.after.max.ms', String(MAX_INT64))
  const times = [NANOSECONDS, NANOSECONDS + 1n, 2n ** 53n + 1n, MAX_INT64]
  for (const timestamp of times) {
    expect(await produced(broker, batch({ timestamp }))).toMatchObject({ errorCode: 0 })
  }
  // Each is so much later than the one before it that a segment is rolled.
  expect(readAll(broker.log('orders')).map(({ timestamp }) => timestamp)).toEqual(times)
  const at = async (timestamp: Int64) => {
    const partitions = [{ partitionIndex: 0, timestamp }]
    const { topics } = await broker.ask(ListOffsets, 7, {
      replicaId: -1,
      topics: [{ name: 'orders', partitions }],
    })
    const { offset, timestamp: found } = topics[0]!.partitions[0]!
    return [offset, found]
  }
  expect(await at(NANOSECONDS + 1n)).toEqual([1, NANOSECONDS + 1n])
  expect(await at(NANOSECONDS + 2n)).toEqual([3, MAX_INT64])
  expect(await at(-3)).toEqual([3, MAX_INT64])
})

test('a timestamp out of range is refused with the exact limits', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const now = broker.clock.now()
  const earliest = subtractInt64(now, MAX_INT64)
  const said = async (timestamp: Int64) => {
    const { errorCode: code, recordErrors } = await produced(broker, batch({ timestamp }))
    expect(code).toBe(errorCode('INVALID_TIMESTAMP'))
    return recordErrors[0]!.batchIndexErrorMessage
  }
  const limits = (latest: Int64) => `The timestamp should be within [${earliest}, ${latest}]`
  expect(await said(NANOSECONDS)).toBe(
    `Timestamp ${NANOSECONDS} of message with offset 0 is out of range. ${limits(now + 3_600_000)}`,
  )
  broker.configureTopic('orders', 'message.timestamp.after.max.ms', String(2n ** 53n + 1n))
  expect(await said(MAX_INT64)).toContain(limits(addInt64(now, 2n ** 53n + 1n)))
  expect(earliest).toBe(-9_223_372_036_854_775_807n + BigInt(START_MS))
})

test('sequences of producers past 2^53 are told apart, also after a restart', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const ids = [2n ** 53n, 2n ** 53n + 1n, MAX_INT64]
  const send = async (producerIds: readonly Int64[], baseSequence: number) => {
    const found: Int64[] = []
    for (const producerId of producerIds) {
      const records = batch({ producerId, producerEpoch: 0, baseSequence })
      const { errorCode: code, baseOffset } = await produced(broker, records)
      found.push(code === 0 ? baseOffset : code)
    }
    return found
  }
  expect(await send(ids, 0)).toEqual([0, 1, 2])
  await broker.restart()
  expect(await send(ids, 0)).toEqual([0, 1, 2])
  expect(await send(ids, 1)).toEqual([3, 4, 5])
  expect(await send([MAX_INT64], 9)).toEqual([errorCode('OUT_OF_ORDER_SEQUENCE_NUMBER')])
})

test('a negative producer id is none, whatever it is', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  for (const producerId of [-2, -(2n ** 53n) - 1n, MIN_INT64]) {
    const records = batch({ producerId, producerEpoch: 0, baseSequence: 7 })
    for (let time = 0; time < 2; time++)
      expect(await produced(broker, Buffer.from(records))).toMatchObject({ errorCode: 0 })
  }
  expect(broker.log('orders').producers.size).toBe(0)
  expect(broker.log('orders').endOffset).toBe(6)
})

test('a header with values past 2^53 everywhere is answered', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  for (const at of [0, 27, 35, 43]) {
    for (const value of INT64_ENDS) {
      const records = batch({ values: ['a', 'b'], step: 1 })
      records.writeBigInt64BE(BigInt(value), at)
      updateCrc(records, 0)
      const { errorCode: code } = await produced(broker, records)
      expect(code, `${value} at ${at}`).not.toBe(errorCode('UNKNOWN_SERVER_ERROR'))
    }
  }
  expect(broker.complaints).toEqual([])
})
