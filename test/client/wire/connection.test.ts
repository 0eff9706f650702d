import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/client/clock.ts'
import { Connection, type ConnectionOptions } from '../../../src/client/wire/connection.ts'
import { DescribeLogDirs } from '../../../src/protocol/messages/cluster.ts'
import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import { ApiVersions, DescribeCluster, Metadata } from '../../../src/protocol/messages/metadata.ts'
import { HANG_UP, on, ScriptedBroker, STAY_SILENT } from '../../support/scripted-broker.ts'

const OPTIONS: ConnectionOptions = {
  clientId: 'tester',
  clientVersion: '1.2.3',
  connectTimeoutMs: 2000,
  requestTimeoutMs: 2000,
  clock: systemClock,
}

async function connect(port: number, options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const connection = await Connection.open({ host: '127.0.0.1', port }, { ...OPTIONS, ...options })
  onTestFinished(() => connection.close())
  return connection
}

/** A server that is no Kafka broker. */
async function listen(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const cluster = on(DescribeCluster, () => ({ errorCode: 0, clusterId: 'abc', brokers: [] }))

test('a request is answered in the highest version both sides know', async () => {
  const broker = await ScriptedBroker.start([
    on(DescribeCluster, () => ({ errorCode: 0, clusterId: 'abc', brokers: [] }), { max: 1 }),
  ])
  const connection = await connect(broker.port)
  const answer = await connection.request(DescribeCluster, { includeClusterAuthorizedOperations: false })
  expect(answer.clusterId).toBe('abc')
  expect(broker.requests.map(({ name, version }) => [name, version])).toEqual([
    ['ApiVersions', 4],
    ['DescribeCluster', 1],
  ])
  expect(broker.requests[0]!.body).toEqual({ clientSoftwareName: 'ktool', clientSoftwareVersion: '1.2.3' })
})

test.each([0, 2, 3])(
  'a broker that knows ApiVersions up to %i is asked again in that version',
  async (max) => {
    const broker = await ScriptedBroker.start([
      on(ApiVersions, () => ({ errorCode: 0, apiKeys: [{ apiKey: 60, minVersion: 0, maxVersion: 0 }] }), {
        max,
      }),
      cluster,
    ])
    const connection = await connect(broker.port)
    expect(connection.version(DescribeCluster)).toBe(0)
    expect(broker.requests.map(({ version }) => version)).toEqual([4, max])
  },
)

test('an API the broker lacks is refused by name without being sent', async () => {
  const broker = await ScriptedBroker.start([cluster])
  const connection = await connect(broker.port)
  await expect(connection.request(Metadata, { topics: null })).rejects.toMatchObject({
    code: 'UNSUPPORTED_VERSION',
    message: `The broker at ${broker.address} does not support Metadata`,
  })
  expect(broker.requestsFor(Metadata)).toBe(0)
})

test('no version in common is refused with both ranges', async () => {
  const broker = await ScriptedBroker.start([
    on(ApiVersions, () => ({ errorCode: 0, apiKeys: [{ apiKey: 1, minVersion: 0, maxVersion: 3 }] })),
  ])
  const connection = await connect(broker.port)
  expect(() => connection.version(Fetch)).toThrow(/supports Fetch 0-3, this client 4-18/)
})

test('many requests under way at once get their own answers', async () => {
  const broker = await ScriptedBroker.start([
    on(DescribeCluster, (_, { count }) => ({ errorCode: 0, clusterId: `c${count}`, brokers: [] })),
  ])
  const connection = await connect(broker.port)
  const asked = Array.from({ length: 50 }, () =>
    connection.request(DescribeCluster, { includeClusterAuthorizedOperations: false }),
  )
  expect((await Promise.all(asked)).map(({ clusterId }) => clusterId)).toEqual(
    Array.from({ length: 50 }, (_, i) => `c${i}`),
  )
})

test('answers larger than the read buffer arrive whole, small ones between them too', async () => {
  const dirs = (count: number) => (count % 2 === 0 ? `/${'x'.repeat(30_000)}` : '/small')
  const broker = await ScriptedBroker.start([
    on(DescribeLogDirs, (_, { count }) => ({
      errorCode: 0,
      results: Array.from({ length: count % 2 === 0 ? 100 : 1 }, () => ({
        errorCode: 0,
        logDir: dirs(count),
        topics: [],
      })),
    })),
  ])
  const connection = await connect(broker.port)
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => connection.request(DescribeLogDirs, { topics: null })),
  )
  answers.forEach(({ results }, i) => {
    expect(results.length).toBe(i % 2 === 0 ? 100 : 1)
    expect(new Set(results.map(({ logDir }) => logDir))).toEqual(new Set([dirs(i)]))
  })
})

test('a body that cannot be encoded fails alone', async () => {
  const broker = await ScriptedBroker.start([on(Metadata, () => ({ brokers: [], topics: [] }), { max: 3 })])
  const connection = await connect(broker.port)
  await expect(connection.request(Metadata, { topics: [], allowAutoTopicCreation: false })).rejects.toThrow(
    /allowAutoTopicCreation/,
  )
  await expect(connection.request(Metadata, { topics: [] })).resolves.toMatchObject({ brokers: [] })
})

test('a refused connection names the address and the cause', async () => {
  const port = await listen(() => {})
  const broker = await ScriptedBroker.start([])
  const free = broker.port
  await broker.close()
  await expect(connect(free)).rejects.toMatchObject({
    name: 'ConnectionError',
    failure: 'unreachable',
    address: `127.0.0.1:${free}`,
    message: `127.0.0.1:${free}: connection refused`,
  })
  expect(port).toBeGreaterThan(0)
})

test('an unknown host is named', async () => {
  const opening = Connection.open({ host: 'no-such-host.invalid', port: 9092 }, OPTIONS)
  await expect(opening).rejects.toMatchObject({
    failure: 'unreachable',
    address: 'no-such-host.invalid:9092',
  })
})

test('a broker that does not answer in time fails all requests under way', async () => {
  const broker = await ScriptedBroker.start([on(DescribeCluster, () => STAY_SILENT)])
  const connection = await connect(broker.port)
  const body = { includeClusterAuthorizedOperations: false }
  const slow = connection.request(DescribeCluster, body, { timeoutMs: 1500 })
  const fast = connection.request(DescribeCluster, body, { timeoutMs: 30 })
  await expect(fast).rejects.toMatchObject({ failure: 'timed-out', message: /no answer within 30 ms/ })
  await expect(slow).rejects.toMatchObject({ failure: 'timed-out' })
  expect(connection.isOpen).toBe(false)
})

test('a broker that hangs up fails the requests under way and later ones', async () => {
  const broker = await ScriptedBroker.start([on(DescribeCluster, () => HANG_UP)])
  const connection = await connect(broker.port)
  const closed = new Promise<void>((resolve) => connection.onClose(() => resolve()))
  const body = { includeClusterAuthorizedOperations: false }
  await expect(connection.request(DescribeCluster, body)).rejects.toMatchObject({ failure: 'rejected' })
  await closed
  await expect(connection.request(DescribeCluster, body)).rejects.toMatchObject({ failure: 'rejected' })
})

test('closing fails the requests under way', async () => {
  const broker = await ScriptedBroker.start([on(DescribeCluster, () => STAY_SILENT)])
  const connection = await connect(broker.port)
  const asked = connection.request(DescribeCluster, { includeClusterAuthorizedOperations: false })
  connection.close()
  await expect(asked).rejects.toMatchObject({ failure: 'shut-down', message: /closed by this client/ })
})

test.each([
  ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\n\r\n', /begins with 'HTTP\/1.1 400 Bad Request'/],
  ['a TLS server', Buffer.from('15030300020246', 'hex'), /expects TLS/],
  ['binary noise', Buffer.from('ffffffff0102', 'hex'), /begins with bytes ffffffff0102/],
  ['an answer to another request', Buffer.from('000000080000002a00000000', 'hex'), /got answer 42/],
])('%s is recognised as not being a broker', async (_, answer, message) => {
  const port = await listen((socket) => socket.once('data', () => socket.write(answer)))
  await expect(connect(port)).rejects.toMatchObject({
    failure: 'not-kafka',
    message: expect.stringMatching(message) as string,
  })
})

test('a server that hangs up on the first request is said to be no plain Kafka listener', async () => {
  const port = await listen((socket) => socket.once('data', () => socket.end()))
  await expect(connect(port)).rejects.toMatchObject({
    failure: 'closed',
    message: expect.stringMatching(/before the first answer/) as string,
  })
})
