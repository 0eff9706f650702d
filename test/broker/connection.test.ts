import { expect, test } from 'vitest'
import { Reader } from '../../src/bytes/reader.ts'
import { codec } from '../../src/protocol/compile.ts'
import { Fetch } from '../../src/protocol/messages/fetch.ts'
import { ApiVersions, Metadata } from '../../src/protocol/messages/metadata.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { batch } from '../support/logs.ts'
import { fetchFrom, produceTo } from '../support/partition-requests.ts'
import { requestFrame, settled, type WireClient } from '../support/wire-client.ts'

/** A request frame made of a header and any bytes. */
function rawRequest(apiKey: number, version: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(14)
  header.writeInt32BE(10 + rest.length, 0)
  header.writeInt16BE(apiKey, 4)
  header.writeInt16BE(version, 6)
  header.writeInt32BE(77, 8)
  header.writeInt16BE(-1, 12)
  return Buffer.concat([header, rest])
}

async function expectHungUp(broker: TestBroker, client: WireClient): Promise<void> {
  expect(await client.nextFrame()).toBeNull()
  // Nobody else is affected.
  expect((await broker.ask(ApiVersions, 0, {})).errorCode).toBe(0)
}

test('answers come in the order of the requests, also behind one that has to wait', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const client = broker.connect()
  const ids = [
    client.send(Metadata, 9, { topics: null }),
    client.send(Fetch, 12, fetchFrom([{ topic: 'orders' }], { maxWaitMs: 500 })),
    client.send(ApiVersions, 0, {}),
    client.send(Metadata, 1, { topics: [] }),
  ]
  expect((await client.receive(Metadata, 9)).correlationId).toBe(ids[0])
  await settled()
  expect(client.pendingBytes).toBe(0)
  broker.clock.pass(500)
  expect((await client.receive(Fetch, 12)).correlationId).toBe(ids[1])
  expect((await client.receive(ApiVersions, 0)).correlationId).toBe(ids[2])
  expect((await client.receive(Metadata, 1)).correlationId).toBe(ids[3])
})

test('a request that comes byte by byte is answered', async () => {
  const broker = await startTestBroker()
  const client = broker.connect()
  const frame = requestFrame(ApiVersions, 3, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
  for (const byte of frame) {
    client.write(Buffer.from([byte]))
    await settled()
  }
  expect((await client.receive(ApiVersions, 3)).body.errorCode).toBe(0)
})

test('a request with 3 MB of records is answered, whatever chunks it comes in', async () => {
  const broker = await startTestBroker({
    topics: { orders: { configs: { 'max.message.bytes': '4000000' } } },
  })
  const records = batch({ values: ['x'.repeat(3_000_000)] })
  const client = broker.connect()
  const answer = await client.ask(Produce, 9, produceTo({ topic: 'orders' }, records))
  expect(answer.responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
  const read = await client.ask(Fetch, 12, fetchFrom([{ topic: 'orders' }]))
  const back = read.responses[0]!.partitions[0]!.records!
  // Base offset and leader epoch are the broker's.
  expect(back.subarray(16).equals(records.subarray(16))).toBe(true)
})

test('an API that nobody knows closes the connection', async () => {
  const broker = await startTestBroker()
  const client = broker.connect()
  client.write(rawRequest(999, 0))
  await expectHungUp(broker, client)
  expect(broker.complaints.join()).toContain('no API has key 999')
})

test.each([
  ['above', Metadata.key, Metadata.maxVersion + 1],
  ['below', Fetch.key, Fetch.minVersion - 1],
  ['negative', Metadata.key, -1],
  ['below what is served but told', Produce.key, 0],
])('a version %s the range closes the connection', async (_name, key, version) => {
  const broker = await startTestBroker()
  const client = broker.connect()
  client.write(rawRequest(key, version))
  await expectHungUp(broker, client)
})

test.each([5, 32767, -1])(
  'ApiVersions %i is answered in version 0 with the range that is served',
  async (version) => {
    const broker = await startTestBroker()
    const client = broker.connect()
    client.write(rawRequest(ApiVersions.key, version, Buffer.from('what a later version may look like')))
    const reader = new Reader((await client.nextFrame())!)
    expect(reader.int32()).toBe(77)
    expect(codec(ApiVersions.response, 0).decode(reader)).toMatchObject({
      errorCode: 35,
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
    })
    expect(reader.remaining).toBe(0)
    // The connection goes on.
    expect((await client.ask(ApiVersions, 4, software)).errorCode).toBe(0)
  },
)

const software = { clientSoftwareName: 'ktool-test', clientSoftwareVersion: '1.0' }

test('every strict prefix of a request closes the connection', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const whole = requestFrame(Fetch, 12, fetchFrom([{ topic: 'orders' }]))
  for (let length = 0; length < whole.length - 4; length++) {
    const frame = Buffer.from(whole.subarray(0, 4 + length))
    frame.writeInt32BE(length, 0)
    const client = broker.connect()
    client.write(frame)
    expect(await client.nextFrame()).toBeNull()
  }
})

test.each([-1, 104_857_601])('a frame of %i bytes closes the connection', async (length) => {
  const broker = await startTestBroker()
  const client = broker.connect()
  const bytes = Buffer.alloc(8)
  bytes.writeInt32BE(length)
  client.write(bytes)
  await expectHungUp(broker, client)
})

test('requests before a bad frame in the same chunk are answered', async () => {
  const broker = await startTestBroker()
  const client = broker.connect()
  client.write(Buffer.concat([requestFrame(ApiVersions, 0, {}), Buffer.from([0xff, 0xff, 0xff, 0xff])]))
  expect((await client.receive(ApiVersions, 0)).body.errorCode).toBe(0)
  expect(await client.nextFrame()).toBeNull()
})

test('socket.request.max.bytes limits frames', async () => {
  const broker = await startTestBroker({
    topics: { orders: 1 },
    config: { 'socket.request.max.bytes': '1000' },
  })
  const small = await broker.ask(Produce, 9, produceTo({ topic: 'orders' }, batch({ values: ['a'] })))
  expect(small.responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
  const client = broker.connect()
  client.send(Produce, 9, produceTo({ topic: 'orders' }, batch({ values: ['x'.repeat(1000)] })))
  await expectHungUp(broker, client)
})

test('a client that sends half a request and goes leaves nothing behind', async () => {
  const broker = await startTestBroker()
  const client = broker.connect()
  client.write(requestFrame(ApiVersions, 0, {}).subarray(0, 7))
  client.stream.end()
  await client.closed()
  expect(client.isClosed).toBe(true)
})

test('a client that ends its side gets the answer to what it asked', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const client = broker.connect()
  client.send(Fetch, 12, fetchFrom([{ topic: 'orders' }], { maxWaitMs: 100 }))
  client.stream.end()
  await settled()
  broker.clock.pass(100)
  expect((await client.receive(Fetch, 12)).body.errorCode).toBe(0)
  expect(await client.nextFrame()).toBeNull()
})
