import { expect, test } from 'vitest'
import { errorCode } from '../../../src/protocol/errors.ts'
import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import { ApiVersions } from '../../../src/protocol/messages/metadata.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { setBaseOffset, updateCrc } from '../../../src/records/batch.ts'
import { BatchBuilder } from '../../../src/records/record.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'
import { batch, recordsIn, START_MS, valuesIn } from '../../support/logs.ts'
import type { MemoryFiles } from '../../support/memory-files.ts'
import { fetchFrom, produceTo } from '../../support/partition-requests.ts'

const VERSIONS = Array.from(
  { length: Produce.maxVersion - Produce.minVersion + 1 },
  (_, index) => Produce.minVersion + index,
)

/** What one partition is answered. */
async function produce(
  broker: TestBroker,
  records: Buffer | null,
  { topic = 'orders', partition = 0, acks = -1, version = 12, node = 1, clientId = 'test' } = {},
) {
  const body = produceTo({ topic, partition }, records, { acks })
  const { responses } = await broker.ask(Produce, version, body, { node, clientId })
  return responses[0]!.partitionResponses[0]!
}

test.each(VERSIONS)('version %i appends what it is given', async (version) => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const topicId = broker.topicId('orders')
  for (const acks of [-1, 1]) {
    const body = produceTo({ topic: 'orders', topicId }, batch({ values: ['a', 'b'] }), { acks })
    const { responses } = await broker.ask(Produce, version, body)
    const baseOffset = acks === -1 ? 0 : 2
    expect(responses).toMatchObject([version >= 13 ? { topicId } : { name: 'orders' }])
    expect(responses[0]!.partitionResponses).toMatchObject([
      {
        index: 0,
        errorCode: 0,
        baseOffset,
        logAppendTimeMs: -1,
        logStartOffset: version >= 5 ? 0 : -1,
        recordErrors: [],
        errorMessage: null,
      },
    ])
  }
  expect(valuesIn(broker.log('orders'))).toEqual(['a', 'b', 'a', 'b'])
})

test('the leader epoch in a batch of a client does not matter', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const records = batch()
  records.writeInt32BE(99, 12)
  expect(await produce(broker, records)).toMatchObject({ errorCode: 0, baseOffset: 0 })
  expect(broker.log('orders').leaderEpochs.epochAt(0)).toBe(0)
})

test('a batch that does not begin with offset 0 is refused', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const records = batch()
  setBaseOffset(records, 0, 4711)
  expect((await produce(broker, records)).errorCode).toBe(errorCode('INVALID_RECORD'))
})

test('without acknowledgement there is no answer', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const client = broker.connect()
  client.send(Produce, 9, produceTo({ topic: 'orders' }, batch(), { acks: 0 }))
  // What comes next is the answer to the next question.
  expect((await client.ask(ApiVersions, 0, {})).errorCode).toBe(0)
  expect(valuesIn(broker.log('orders'))).toEqual(['a'])
})

test('without acknowledgement a failure closes the connection', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const client = broker.connect()
  client.send(Produce, 9, produceTo({ topic: 'unknown' }, batch(), { acks: 0 }))
  expect(await client.nextFrame()).toBeNull()
})

test.each([2, -2, 32767])('acks=%i is refused for every partition', async (acks) => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  expect(await produce(broker, batch(), { acks })).toMatchObject({
    errorCode: errorCode('INVALID_REQUIRED_ACKS'),
    baseOffset: -1,
  })
})

test('a topic or partition that is not there is unknown', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const unknown = errorCode('UNKNOWN_TOPIC_OR_PARTITION')
  expect((await produce(broker, batch(), { topic: 'nothing' })).errorCode).toBe(unknown)
  expect((await produce(broker, batch(), { partition: 1 })).errorCode).toBe(unknown)
  expect((await produce(broker, batch(), { partition: -1 })).errorCode).toBe(unknown)
  // Only Metadata creates topics.
  expect(broker.broker.image.topics.has('nothing')).toBe(false)
})

test('a topic id that nobody has is unknown', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const body = produceTo({ topicId: 'Mjx1Y1kVQ0q4YJcG0nC5dQ' }, batch())
  const { responses } = await broker.ask(Produce, 13, body)
  expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(errorCode('UNKNOWN_TOPIC_ID'))
})

test('a broker that does not lead the partition says who does, and where', async () => {
  const broker = await startTestBroker({ brokers: 3, topics: { orders: 3 } })
  const { leader, leaderEpoch } = broker.broker.image.partition('orders', 0)!
  const other = (leader % 3) + 1
  const answer = await broker.ask(Produce, 10, produceTo({ topic: 'orders' }, batch()), { node: other })
  expect(answer.responses[0]!.partitionResponses[0]).toMatchObject({
    errorCode: errorCode('NOT_LEADER_OR_FOLLOWER'),
    currentLeader: { leaderId: leader, leaderEpoch },
  })
  const [host, port] = broker.broker.addresses[leader - 1]!.split(':')
  expect(answer.nodeEndpoints).toEqual([{ nodeId: leader, host, port: Number(port), rack: null }])
  expect((await produce(broker, batch(), { node: leader })).errorCode).toBe(0)
})

test('a batch larger than max.message.bytes is refused', async () => {
  const broker = await startTestBroker({ topics: { orders: { configs: { 'max.message.bytes': '200' } } } })
  const error = errorCode('MESSAGE_TOO_LARGE')
  expect((await produce(broker, batch({ values: ['x'.repeat(200)] }))).errorCode).toBe(error)
  expect((await produce(broker, batch({ values: ['x'.repeat(20)] }))).errorCode).toBe(0)
})

test('a batch whose bytes were altered is refused and not appended', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const records = batch({ values: ['abc'] })
  records[records.length - 2]! ^= 1
  expect((await produce(broker, records)).errorCode).toBe(errorCode('CORRUPT_MESSAGE'))
  expect(broker.log('orders').endOffset).toBe(0)
})

test('a batch cut short is refused', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const records = batch({ values: ['abc'] })
  const answer = await produce(broker, records.subarray(0, records.length - 1))
  expect(answer.errorCode).not.toBe(0)
  expect(broker.log('orders').endOffset).toBe(0)
})

test('no records at all are refused', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  for (const nothing of [null, Buffer.alloc(0)]) {
    expect((await produce(broker, nothing)).errorCode).toBe(errorCode('INVALID_RECORD'))
  }
})

test('two batches for one partition are refused', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const answer = await produce(broker, Buffer.concat([batch(), batch()]))
  expect(answer.errorCode).toBe(errorCode('INVALID_RECORD'))
})

test('control batches of clients are refused', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const control = batch()
  control.writeInt16BE(0x20, 21)
  updateCrc(control, 0)
  expect((await produce(broker, control)).errorCode).toBe(errorCode('INVALID_RECORD'))
})

test.each([
  ['without a transactional id', null, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
  ['with one', 'payments', 'INVALID_TXN_STATE'],
] as const)('transactional batches %s are refused', async (_, transactionalId, error) => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const records = batch({ producerId: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true })
  const body = { ...produceTo({ topic: 'orders' }, records), transactionalId }
  const { responses } = await broker.ask(Produce, 9, body)
  expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(errorCode(error))
  expect(broker.log('orders').endOffset).toBe(0)
})

test('internal topics are for the admin client alone', async () => {
  const broker = await startTestBroker({ topics: { __consumer_offsets: 1 } })
  const topic = '__consumer_offsets'
  expect((await produce(broker, batch(), { topic })).errorCode).toBe(errorCode('INVALID_TOPIC_EXCEPTION'))
  const keyed = new BatchBuilder()
  keyed.append(START_MS, Buffer.from('key'), Buffer.from('value'))
  const answer = await produce(broker, keyed.build(), { topic, clientId: '__admin_client' })
  expect(answer.errorCode).toBe(0)
})

test('a record without key is refused by a compacted topic, which says which one it was', async () => {
  const broker = await startTestBroker({ topics: { orders: { configs: { 'cleanup.policy': 'compact' } } } })
  const records = new BatchBuilder()
  records.append(START_MS, Buffer.from('key'), Buffer.from('value'))
  records.append(START_MS, null, Buffer.from('value'))
  expect(await produce(broker, Buffer.from(records.build()), { version: 8 })).toMatchObject({
    errorCode: errorCode('INVALID_RECORD'),
    recordErrors: [{ batchIndex: 1 }],
  })
})

test('one partition that fails does not keep the others', async () => {
  const broker = await startTestBroker({ topics: { orders: 2 } })
  const answer = await broker.ask(Produce, 9, {
    acks: -1,
    timeoutMs: 1000,
    topicData: [
      { name: 'nothing', partitionData: [{ index: 0, records: batch() }] },
      {
        name: 'orders',
        partitionData: [
          { index: 1, records: batch() },
          { index: 7, records: batch() },
        ],
      },
    ],
  })
  const codes = answer.responses.flatMap(({ partitionResponses }) =>
    partitionResponses.map(({ errorCode: code }) => code),
  )
  expect(codes).toEqual([3, 0, 3])
})

test('a full disk fails one partition, until there is space again', async () => {
  const broker = await startTestBroker({ topics: { orders: 2 } })
  const files = broker.files as MemoryFiles
  files.onWrite = (path) => (path.includes('orders-0') ? 0 : null)
  for (let attempt = 0; attempt < 2; attempt++) {
    expect((await produce(broker, batch())).errorCode).toBe(errorCode('KAFKA_STORAGE_ERROR'))
  }
  expect((await produce(broker, batch(), { partition: 1 })).errorCode).toBe(0)
  files.onWrite = () => null
  expect(await produce(broker, batch())).toMatchObject({ errorCode: 0, baseOffset: 0 })
  expect(broker.complaints).toEqual([
    expect.stringMatching(/^writing orders-0 failed.*no space left/),
    'writing orders-0 succeeds again',
  ])
  await broker.restart()
  expect(await produce(broker, batch())).toMatchObject({ errorCode: 0, baseOffset: 1 })
})

const producer = { producerId: 7, producerEpoch: 0 }

test('a batch sent again gets the offset it has, also after a restart', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const send = (baseSequence: number) =>
    produce(broker, batch({ values: ['a', 'b'], baseSequence, ...producer }))
  expect(await send(0)).toMatchObject({ errorCode: 0, baseOffset: 0 })
  expect(await send(2)).toMatchObject({ errorCode: 0, baseOffset: 2 })
  expect(await send(0)).toMatchObject({ errorCode: 0, baseOffset: 0 })
  expect(await send(6)).toMatchObject({
    errorCode: errorCode('OUT_OF_ORDER_SEQUENCE_NUMBER'),
    baseOffset: -1,
  })
  await broker.restart()
  expect(await send(2)).toMatchObject({ errorCode: 0, baseOffset: 2 })
  expect((await send(6)).errorCode).toBe(errorCode('OUT_OF_ORDER_SEQUENCE_NUMBER'))
  await broker.crash()
  expect(await send(2)).toMatchObject({ errorCode: 0, baseOffset: 2 })
  expect(await send(4)).toMatchObject({ errorCode: 0, baseOffset: 4 })
  expect(broker.log('orders').endOffset).toBe(6)
})

test('an older epoch of a producer is refused', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const send = (producerEpoch: number) =>
    produce(broker, batch({ producerId: 7, producerEpoch, baseSequence: 0 }))
  expect((await send(3)).errorCode).toBe(0)
  expect((await send(2)).errorCode).toBe(errorCode('INVALID_PRODUCER_EPOCH'))
  expect((await send(4)).errorCode).toBe(0)
})

test('what was acknowledged is there after a crash', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  for (const value of ['a', 'b', 'c']) await produce(broker, batch({ values: [value] }))
  await broker.crash()
  const { responses } = await broker.ask(Fetch, 12, fetchFrom([{ topic: 'orders' }]))
  const records = recordsIn(responses[0]!.partitions[0]!.records!)
  expect(records.map(({ value }) => String(value))).toEqual(['a', 'b', 'c'])
})
