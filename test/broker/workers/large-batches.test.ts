import { beforeAll, expect, test } from 'vitest'
import { errorCode } from '../../../src/protocol/errors.ts'
import { ApiVersions } from '../../../src/protocol/messages/metadata.ts'
import { ListOffsets } from '../../../src/protocol/messages/offsets.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { compressionId, maxTimestamp, timestampType } from '../../../src/records/batch.ts'
import { CODECS, codecById, codecByName, loadCodecs } from '../../../src/records/compression.ts'
import { BatchBuilder } from '../../../src/records/record.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'
import { batch, readAll, START_MS, valuesIn } from '../../support/logs.ts'
import { produceTo } from '../../support/partition-requests.ts'
import type { WireClient } from '../../support/wire-client.ts'

beforeAll(loadCodecs)

const NAMES = ['gzip', 'snappy', 'lz4', 'zstd'] as const
/** About 500 KB. */
const LARGE = { values: Array.from({ length: 500 }, (_, index) => `${index} `.padEnd(1000, `${index}`)) }

/** Values of about 1 KB that do not compress well. */
function scattered(count: number): string[] {
  let random = 1
  const digits = () => {
    random = (random * 48_271) % 2_147_483_647
    return String(random)
  }
  return Array.from({ length: count }, () => Array.from({ length: 100 }, digits).join(''))
}

const startWith = (configs: Record<string, string> = {}) =>
  startTestBroker({ topics: { orders: { partitions: 1, configs } } })

const send = (client: WireClient, records: Buffer, acks = -1) =>
  client.send(Produce, 9, produceTo({ topic: 'orders' }, records, { acks }))

const answer = async (client: WireClient) =>
  (await client.receive(Produce, 9)).body.responses[0]!.partitionResponses[0]!

async function produce(broker: TestBroker, records: Buffer) {
  const client = broker.connect()
  send(client, records)
  return await answer(client)
}

/** Sends to the topic, then asks something on another connection; gives who is answered first. */
async function firstServed(broker: TestBroker, records: Buffer): Promise<string> {
  const [writer, other] = [broker.connect(), broker.connect()]
  await other.ask(ApiVersions, 0, {})
  send(writer, records)
  const written = answer(writer).then(() => 'the large batch')
  const asked = other.ask(ApiVersions, 0, {}).then(() => 'the other client')
  const first = await Promise.race([written, asked])
  await Promise.all([written, asked])
  return first
}

test.each(NAMES)('other clients are served while a large batch is compressed by %s', async (name) => {
  const broker = await startWith({ 'compression.type': name })
  expect(await firstServed(broker, batch(LARGE))).toBe('the other client')
  const [stored] = [broker.log('orders').read(0, 1_000_000)]
  expect(compressionId(stored.records, 0)).toBe(CODECS[name].id)
  stored.release()
  expect(valuesIn(broker.log('orders'))).toEqual(LARGE.values)
})

test.each(NAMES)('other clients are served while a large batch of %s is checked', async (name) => {
  const broker = await startWith()
  const values = scattered(500)
  const records = batch({ values, codec: codecByName(name) })
  expect(records.length).toBeGreaterThan(100_000)
  expect(await firstServed(broker, records)).toBe('the other client')
  expect(valuesIn(broker.log('orders'))).toEqual(values)
})

test.each(['gzip', 'lz4', 'zstd'] as const)(
  'other clients are served while a small batch of %s unfolds to a large one',
  async (name) => {
    const broker = await startWith()
    const records = batch({ values: ['x'.repeat(4_000_000)], codec: codecByName(name) })
    expect(records.length).toBeLessThan(32 * 1024)
    expect(await firstServed(broker, records)).toBe('the other client')
    expect(broker.log('orders').endOffset).toBe(1)
  },
)

test.each(['a batch of 500 KB', 'a batch of 4 KB that decompresses to 4 MB'])(
  'other clients are served while %s is searched by timestamp',
  async (what) => {
    const broker = await startWith()
    const values = what.includes('500') ? scattered(500) : ['x'.repeat(4_000_000), 'last']
    const records = batch({ values, step: 10, codec: codecByName('zstd') })
    expect((await produce(broker, records)).errorCode).toBe(0)
    const [seeker, other] = [broker.connect(), broker.connect()]
    await Promise.all([seeker.ask(ApiVersions, 0, {}), other.ask(ApiVersions, 0, {})])
    const last = values.length - 1
    const order: string[] = []
    const partitions = [{ partitionIndex: 0, timestamp: START_MS + 10 * last }]
    seeker.send(ListOffsets, 5, { replicaId: -1, topics: [{ name: 'orders', partitions }] })
    const found = seeker.receive(ListOffsets, 5).then(({ body }) => {
      order.push('found')
      return body.topics[0]!.partitions[0]!
    })
    await other.ask(ApiVersions, 0, {}).then(() => order.push('other'))
    expect(await found).toMatchObject({ errorCode: 0, offset: last, timestamp: START_MS + 10 * last })
    expect(order).toEqual(['other', 'found'])
  },
)

test('a small batch is appended at once', async () => {
  const broker = await startWith({ 'compression.type': 'gzip' })
  const [writer, other] = [broker.connect(), broker.connect()]
  await Promise.all([writer.ask(ApiVersions, 0, {}), other.ask(ApiVersions, 0, {})])
  const order: string[] = []
  send(writer, batch())
  const written = answer(writer).then(() => order.push('written'))
  const asked = other.ask(ApiVersions, 0, {}).then(() => order.push('asked'))
  await Promise.all([written, asked])
  expect(order).toEqual(['written', 'asked'])
})

test('the batches of one connection stay in order, however large', async () => {
  const broker = await startWith({ 'compression.type': 'gzip' })
  const client = broker.connect()
  const sent = [LARGE.values, ['a'], LARGE.values, ['b'], ['c']]
  for (const values of sent) send(client, batch({ values }))
  const offsets: number[] = []
  for (const _ of sent) offsets.push(Number((await answer(client)).baseOffset))
  expect(offsets).toEqual([0, 500, 501, 1001, 1002])
  expect(valuesIn(broker.log('orders'))).toEqual(sent.flat())
})

test('large and small batches of several producers are all there, each with its own offsets', async () => {
  const broker = await startWith({ 'compression.type': 'lz4' })
  const written = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const values = index % 2 === 0 ? LARGE.values : [`small-${index}`]
      const { baseOffset, errorCode: code } = await produce(
        broker,
        batch({ values, producerId: index, producerEpoch: 0, baseSequence: 0 }),
      )
      expect(code).toBe(0)
      return { values, baseOffset: Number(baseOffset) }
    }),
  )
  const stored = valuesIn(broker.log('orders'))
  expect(stored).toHaveLength(6 * 500 + 6)
  for (const { values, baseOffset } of written) {
    expect(stored.slice(baseOffset, baseOffset + values.length)).toEqual(values)
  }
})

test('a batch sent again while the first is still checked is stored once', async () => {
  const broker = await startWith({ 'compression.type': 'gzip' })
  const sequenced = () => batch({ ...LARGE, producerId: 7, producerEpoch: 0, baseSequence: 0 })
  const answers = await Promise.all([produce(broker, sequenced()), produce(broker, sequenced())])
  expect(answers.map(({ errorCode: code, baseOffset }) => [code, Number(baseOffset)])).toEqual([
    [0, 0],
    [0, 0],
  ])
  expect(broker.log('orders').endOffset).toBe(500)
})

test('records get the time of their append, not that of their check', async () => {
  const broker = await startWith({ 'compression.type': 'gzip', 'message.timestamp.type': 'LogAppendTime' })
  const writer = broker.connect()
  await writer.ask(ApiVersions, 0, {})
  send(writer, batch(LARGE))
  broker.clock.pass(1000)
  // A small batch overtakes it.
  expect(await produce(broker, batch())).toMatchObject({ baseOffset: 0, logAppendTimeMs: START_MS + 1000 })
  broker.clock.pass(500)
  expect(await answer(writer)).toMatchObject({ baseOffset: 1, logAppendTimeMs: START_MS + 1500 })
  const { records, release } = broker.log('orders').read(1, 1_000_000)
  expect([timestampType(records, 0), maxTimestamp(records, 0)]).toEqual(['LogAppendTime', START_MS + 1500])
  release()
  expect(readAll(broker.log('orders'), 1)[0]!.timestamp).toBe(START_MS + 1500)
})

test('a topic that is deleted while its records are checked is unknown', async () => {
  const broker = await startWith({ 'compression.type': 'gzip' })
  const writer = broker.connect()
  await writer.ask(ApiVersions, 0, {})
  send(writer, batch(LARGE))
  await broker.connect().ask(ApiVersions, 0, {})
  broker.deleteTopic('orders')
  expect((await answer(writer)).errorCode).toBe(errorCode('UNKNOWN_TOPIC_OR_PARTITION'))
})

test('refusals of large batches say what those of small ones do', async () => {
  const broker = await startWith({ 'compression.type': 'gzip', 'message.timestamp.before.max.ms': '1000' })
  const late = (values: readonly string[]) => batch({ values, timestamp: START_MS - 5000 })
  const [small, large] = [await produce(broker, late(['a'])), await produce(broker, late(LARGE.values))]
  expect(large.errorCode).toBe(errorCode('INVALID_TIMESTAMP'))
  expect(large.errorMessage).toBe(small.errorMessage)
  expect(large.recordErrors).toHaveLength(500)
  expect(large.recordErrors[0]).toEqual(small.recordErrors[0])

  const damaged = batch(LARGE)
  damaged[100]! ^= 1
  expect((await produce(broker, damaged)).errorCode).toBe(errorCode('CORRUPT_MESSAGE'))
  expect(broker.log('orders').endOffset).toBe(0)
})

test('a batch that would fill the memory is refused, and the broker goes on', async () => {
  const broker = await startWith()
  const bomb = codecById(4).compress(Buffer.alloc(64 * 1024 * 1024))
  const builder = new BatchBuilder()
  builder.append(START_MS, null, Buffer.from('a'))
  const codec = { ...codecById(4), compress: () => Buffer.concat([bomb, bomb, bomb]) }
  expect((await produce(broker, builder.build({ codec }))).errorCode).toBe(errorCode('MESSAGE_TOO_LARGE'))
  expect((await produce(broker, batch())).errorCode).toBe(0)
})

test('without acknowledgement a large batch is appended, too, before the next request is answered', async () => {
  const broker = await startWith({ 'compression.type': 'gzip' })
  const client = broker.connect()
  send(client, batch(LARGE), 0)
  await client.ask(ApiVersions, 0, {})
  expect(broker.log('orders').endOffset).toBe(500)
})

test('the broker closes while records are checked', async () => {
  const broker = await startWith({ 'compression.type': 'gzip' })
  const writer = broker.connect()
  await writer.ask(ApiVersions, 0, {})
  send(writer, batch(LARGE))
  await broker.connect().ask(ApiVersions, 0, {})
  await broker.broker.close()
  await writer.closed()
})
