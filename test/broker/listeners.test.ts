import { expect, test } from 'vitest'
import { Endpoints } from '../../src/broker/endpoints.ts'
import { DescribeCluster, FindCoordinator, Metadata } from '../../src/protocol/messages/metadata.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }

/** What a client that came in by a listener is told, by each of the APIs that name brokers. */
async function told(broker: TestBroker, listener?: string): Promise<string[][]> {
  const peer = listener === undefined ? {} : { listener }
  const metadata = await broker.ask(Metadata, 12, { topics: [] }, peer)
  const cluster = await broker.ask(DescribeCluster, 1, { includeClusterAuthorizedOperations: false }, peer)
  const { coordinators } = await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] }, peer)
  return [metadata.brokers, cluster.brokers, coordinators].map((brokers) =>
    brokers.map(({ host, port }) => `${host}:${port}`),
  )
}

test('a client is told the address it came to, and the port that is listened on', async () => {
  const broker = await startTestBroker()
  const [address] = broker.broker.addresses
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/)
  expect(await told(broker)).toEqual([[address], [address], [address]])
})

test.each([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
  ['192.0.2.1', '192.0.2.1'],
])('a broker that listens on %s is reached from its own machine at %s', (host, local) => {
  const endpoints = new Endpoints([{ name: 'PLAINTEXT', host, port: 9092 }])
  endpoints.add('PLAINTEXT', { nodeId: 1, host, port: 9092, rack: null })
  expect(endpoints.local()).toEqual([{ nodeId: 1, host: local, port: 9092, rack: null }])
  const inContainer = endpoints.seenFrom({ listener: 'PLAINTEXT', localAddress: '192.0.2.7' })
  expect(inContainer).toEqual([{ nodeId: 1, host: '192.0.2.7', port: 9092, rack: null }])
})

test('an advertised host and port go first, and the brokers have ports one after the other', async () => {
  const broker = await startTestBroker({
    brokers: 3,
    listeners: [{ name: 'PLAINTEXT', ...LOOPBACK, advertisedHost: 'kafka.example', advertisedPort: 19092 }],
  })
  const [metadata, cluster] = await told(broker)
  const expected = ['kafka.example:19092', 'kafka.example:19093', 'kafka.example:19094']
  expect([metadata, cluster]).toEqual([expected, expected])
})

test('clients of each listener are told the addresses of that listener', async () => {
  const broker = await startTestBroker({
    listeners: [
      { name: 'INSIDE', ...LOOPBACK, advertisedHost: 'kafka', advertisedPort: 29092 },
      { name: 'OUTSIDE', ...LOOPBACK, advertisedHost: 'localhost', advertisedPort: 9092 },
    ],
  })
  expect(await told(broker, 'INSIDE')).toEqual([['kafka:29092'], ['kafka:29092'], ['kafka:29092']])
  expect(await told(broker, 'OUTSIDE')).toEqual([['localhost:9092'], ['localhost:9092'], ['localhost:9092']])
  const [node] = [...broker.broker.image.brokers.values()]
  expect(node!.endPoints.map(({ name, host, port }) => `${name}://${host}:${port}`)).toEqual([
    'INSIDE://kafka:29092',
    'OUTSIDE://localhost:9092',
  ])
})
