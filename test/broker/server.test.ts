import { connect } from 'node:net'
import { expect, test } from 'vitest'
import type { FileSlice } from '../../src/log/file-slice.ts'
import { Fetch } from '../../src/protocol/messages/fetch.ts'
import { ApiVersions } from '../../src/protocol/messages/metadata.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { duplexPair } from '../support/duplex-pair.ts'
import { append } from '../support/logs.ts'
import { fetchFrom } from '../support/partition-requests.ts'
import { requestFrame, settled, WireClient } from '../support/wire-client.ts'

const isServed = async (client: WireClient): Promise<boolean> => {
  client.send(ApiVersions, 0, {})
  return (await client.nextFrame()) !== null
}

test('max.connections.per.ip refuses further connections from an address', async () => {
  const broker = await startTestBroker({ config: { 'max.connections.per.ip': '2' } })
  const first = broker.connectSocket()
  expect(await isServed(first)).toBe(true)
  expect(await isServed(broker.connectSocket())).toBe(true)
  expect(await isServed(broker.connectSocket())).toBe(false)
  expect(await isServed(broker.connectSocket({ localAddress: '127.0.0.2' }))).toBe(true)
  // A place that is given up is free again.
  first.close()
  await first.closed()
  await untilServed(broker)
})

/** The broker hears of a connection's end a moment after the client: asks until it has. */
async function untilServed(broker: TestBroker): Promise<void> {
  while (!(await isServed(broker.connectSocket())));
}

test('max.connections.per.ip.overrides names addresses with limits of their own', async () => {
  const broker = await startTestBroker({
    config: { 'max.connections.per.ip': '5', 'max.connections.per.ip.overrides': '127.0.0.2:0,127.0.0.3:1' },
  })
  const from = (localAddress: string) => isServed(broker.connectSocket({ localAddress }))
  expect(await from('127.0.0.1')).toBe(true)
  expect(await from('127.0.0.2')).toBe(false)
  expect(await from('127.0.0.3')).toBe(true)
  expect(await from('127.0.0.3')).toBe(false)
})

test('with max.connections open, a further client waits until one of them goes', async () => {
  const broker = await startTestBroker({ config: { 'max.connections': '2' } })
  const first = broker.connectSocket()
  expect(await isServed(first)).toBe(true)
  expect(await isServed(broker.connectSocket())).toBe(true)
  const third = broker.connectSocket()
  const served = isServed(third)
  await isServed(first)
  await settled()
  expect(third.pendingBytes).toBe(0)
  expect(third.isClosed).toBe(false)
  first.close()
  expect(await served).toBe(true)
})

test('a connection idle for connections.max.idle.ms is closed', async () => {
  const broker = await startTestBroker({ config: { 'connections.max.idle.ms': '60000' } })
  const [idle, active] = [broker.connect(), broker.connect()]
  expect(await isServed(idle)).toBe(true)
  broker.clock.pass(40_000)
  expect(await isServed(active)).toBe(true)
  broker.clock.pass(30_000)
  await idle.closed()
  expect(await isServed(active)).toBe(true)
})

test('a connection whose request waits is not idle', async () => {
  const broker = await startTestBroker({
    topics: { orders: 1 },
    config: { 'connections.max.idle.ms': '10000' },
  })
  const client = broker.connect()
  client.send(Fetch, 12, fetchFrom([{ topic: 'orders' }], { maxWaitMs: 100_000 }))
  await settled()
  broker.clock.pass(50_000)
  await settled()
  expect(client.isClosed).toBe(false)
  append(broker.log('orders'), 'a')
  expect((await client.receive(Fetch, 12)).body.errorCode).toBe(0)
})

/** Counts the slices of a log that were handed out and not released. */
function countLent(broker: TestBroker): () => number {
  const log = broker.log('orders')
  const slice = log.slice.bind(log)
  const lent = new Set<FileSlice>()
  log.slice = (...args) => {
    const given = slice(...args)
    if (given.length === 0) return given
    lent.add(given)
    const release = given.release.bind(given)
    given.release = () => {
      lent.delete(given)
      release()
    }
    return given
  }
  return () => lent.size
}

/** A broker with 1 MB to fetch, and a client that has asked for it many times and reads nothing. */
async function startWithSlowReader() {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  for (let count = 0; count < 10; count++) append(broker.log('orders'), 'x'.repeat(100_000))
  const lent = countLent(broker)
  const [here, there] = duplexPair()
  broker.broker.handle(there, 1)
  const frame = requestFrame(Fetch, 12, fetchFrom([{ topic: 'orders' }]))
  const asked = 60
  for (let count = 0; count < asked; count++) here.write(frame)
  await settled()
  return { broker, lent, here, there, asked }
}

test('a client that takes no answers is not read from, and its answers do not pile up', async () => {
  const { broker, lent, here, there, asked } = await startWithSlowReader()
  expect(there.isPaused()).toBe(true)
  expect(there.writableLength).toBeLessThan(3_000_000)
  expect(lent()).toBeLessThan(4)
  // Others are served meanwhile.
  expect((await broker.ask(Fetch, 12, fetchFrom([{ topic: 'orders' }]))).errorCode).toBe(0)
  const client = new WireClient(here)
  for (let count = 0; count < asked; count++) {
    const { body } = await client.receive(Fetch, 12)
    expect(body.responses[0]!.partitions[0]!.records!.length).toBeGreaterThan(900_000)
  }
  await settled()
  expect(lent()).toBe(0)
})

test('what a client had to get comes back when it goes without reading', async () => {
  const { lent, here } = await startWithSlowReader()
  expect(lent()).toBeGreaterThan(0)
  here.destroy()
  await settled()
  expect(lent()).toBe(0)
})

test('over sockets, too, a slow reader holds but a few answers', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  for (let count = 0; count < 10; count++) append(broker.log('orders'), 'x'.repeat(100_000))
  const lent = countLent(broker)
  const [host, port] = broker.broker.addresses[0]!.split(':')
  const socket = connect({ host: host!, port: Number(port) })
  socket.pause()
  const frame = requestFrame(Fetch, 12, fetchFrom([{ topic: 'orders' }]))
  for (let count = 0; count < 50; count++) socket.write(frame)
  // Whoever asks later over another connection is answered, so the broker has seen what the first one sent.
  for (let count = 0; count < 20; count++) await isServed(broker.connectSocket())
  expect(lent()).toBeLessThan(4)
  const client = new WireClient(socket)
  socket.resume()
  for (let count = 0; count < 50; count++) expect((await client.receive(Fetch, 12)).body.errorCode).toBe(0)
  socket.destroy()
  await isServed(broker.connectSocket())
  expect(lent()).toBe(0)
})

test('closing the broker hangs up on everyone and frees the port', async () => {
  const broker = await startTestBroker({ brokers: 2 })
  const clients = [broker.connectSocket(), broker.connectSocket({ node: 2 })]
  for (const client of clients) expect(await isServed(client)).toBe(true)
  await broker.restart()
  for (const client of clients) expect(await client.nextFrame()).toBeNull()
  expect(await isServed(broker.connectSocket())).toBe(true)
})
