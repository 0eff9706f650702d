import { expect, test } from 'vitest'
import { ApiVersions } from '../../src/protocol/messages/metadata.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { startTestBroker } from '../support/broker.ts'
import { batch } from '../support/logs.ts'
import { produceTo } from '../support/partition-requests.ts'
import { requestFrame, settled, type WireClient } from '../support/wire-client.ts'

const MEGABYTE = 1_000_000
const LIMIT = 20 * MEGABYTE
const CHUNK_BYTES = 64 * 1024

const large = () =>
  requestFrame(Produce, 9, produceTo({ topic: 'orders' }, batch({ values: ['x'.repeat(900_000)] })))

async function startWithHalfRequests(clients: number) {
  const broker = await startTestBroker({
    topics: { orders: 1 },
    config: { 'queued.max.request.bytes': String(LIMIT) },
  })
  const frame = large()
  const before = process.memoryUsage().arrayBuffers
  const stalled: WireClient[] = []
  for (let client = 0; client < clients; client++) {
    stalled.push(broker.connect())
    // In chunks, as a kernel hands them over: what the broker does not read stays with the client.
    for (let at = 0; at < frame.length - 100; at += CHUNK_BYTES) {
      stalled[client]!.write(frame.subarray(at, Math.min(at + CHUNK_BYTES, frame.length - 100)))
    }
    await settled()
  }
  return { broker, frame, before, stalled }
}

test('clients that send a part of a request each hold no more together than they may', async () => {
  const { broker, frame, before } = await startWithHalfRequests(100)
  // Some of it in buffers of two megabytes, and a chunk for each of those that wait.
  expect((process.memoryUsage().arrayBuffers - before) / MEGABYTE).toBeLessThan(80)
  // Small requests need nothing of it.
  expect((await broker.ask(ApiVersions, 0, {})).errorCode).toBe(0)
  const client = broker.connect()
  client.write(frame)
  for (let second = 0; second < 20; second++) {
    broker.clock.pass(1000)
    await settled()
  }
  const { body } = await client.receive(Produce, 9)
  expect(body.responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
  expect(broker.complaints[0]).toMatch(
    /closing the connection from .*: its client has sent nothing of a request of \d+ bytes for 3000 ms, and others wait/,
  )
})

test('a client that is slow, but goes on, keeps its request while others wait', async () => {
  const { broker, frame } = await startWithHalfRequests(0)
  const slow = broker.connect()
  const half = frame.length >> 1
  slow.write(frame.subarray(0, half))
  await settled()
  const others = Array.from({ length: 40 }, () => broker.connect())
  for (const other of others) other.write(frame.subarray(0, half))
  for (let second = 0; second < 20; second++) {
    slow.write(frame.subarray(half + second, half + second + 1))
    broker.clock.pass(1000)
    await settled()
  }
  slow.write(frame.subarray(half + 20))
  const { body } = await slow.receive(Produce, 9)
  expect(body.responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
  expect(others.filter(({ isClosed }) => isClosed).length).toBeGreaterThan(0)
})

test('half requests are left alone while there is memory', async () => {
  const { broker, frame, stalled } = await startWithHalfRequests(5)
  broker.clock.pass(60_000)
  for (const client of stalled) {
    client.write(frame.subarray(frame.length - 100))
    expect((await client.receive(Produce, 9)).body.responses).toHaveLength(1)
  }
  expect(broker.complaints).toEqual([])
})
