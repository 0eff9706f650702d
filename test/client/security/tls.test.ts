import { createServer } from 'node:http'
import { createServer as createTcpServer, type Server } from 'node:net'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/client/clock.ts'
import { Cluster } from '../../../src/client/cluster.ts'
import { clusterOptions, commonSettings } from '../../../src/client/config/common-config.ts'
import { openSecurity } from '../../../src/client/security/security.ts'
import { Connection, type ConnectionStep } from '../../../src/client/wire/connection.ts'
import { DescribeCluster } from '../../../src/protocol/messages/metadata.ts'
import { certificateFile, certificateText } from '../../support/certificates.ts'
import { HANG_UP, on, ScriptedBroker } from '../../support/scripted-broker.ts'
import { tlsFront } from '../../support/tls-front.ts'

const TRUSTED = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': certificateFile('ca.pem') }
const SELF = {
  'ssl.keystore.location': certificateFile('keytool.p12'),
  'ssl.keystore.password': 'store-password',
}

function clusterAt(port: number, properties: Record<string, string> = TRUSTED, host = 'localhost'): Cluster {
  const given = new Map(Object.entries({ 'security.protocol': 'SSL', ...properties }))
  const options = clusterOptions(commonSettings(given))
  const cluster = Cluster.connect({ ...options, bootstrapServers: `${host}:${port}`, bootstrapTimeoutMs: 0 })
  onTestFinished(() => cluster.close())
  return cluster
}

const ask = (cluster: Cluster) =>
  cluster.request(DescribeCluster, { includeClusterAuthorizedOperations: false })

/** Far more than one record of TLS and one read of the socket take. */
const LONG_ID = 'x'.repeat(300_000)

const broker = () =>
  ScriptedBroker.start([
    on(DescribeCluster, () => ({ errorCode: 0, clusterId: LONG_ID.slice(0, 30_000), brokers: brokers() })),
  ])

const brokers = () =>
  Array.from({ length: 20 }, (_, brokerId) => ({
    brokerId,
    host: LONG_ID.slice(0, 20_000),
    port: 1,
    rack: null,
  }))

test.each(['localhost', '127.0.0.1'])('%s is asked over TLS, and long answers arrive whole', async (host) => {
  const port = await tlsFront((await broker()).port)
  const cluster = clusterAt(port, TRUSTED, host)
  const answers = await Promise.all([ask(cluster), ask(cluster), ask(cluster)])
  for (const { clusterId, brokers: found } of answers) {
    expect(clusterId).toHaveLength(30_000)
    expect(found.map(({ host }) => host.length)).toEqual(Array(20).fill(20_000))
  }
})

test('each version of TLS that both sides allow is spoken', async () => {
  const port = await tlsFront((await broker()).port, { maxVersion: 'TLSv1.2' })
  await ask(clusterAt(port))
  await ask(clusterAt(port, { ...TRUSTED, 'ssl.protocol': 'TLSv1.2' }))
  await ask(clusterAt(port, { ...TRUSTED, 'ssl.cipher.suites': 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' }))
})

test('a certificate that itself stands in the trust store is trusted', async () => {
  const leaf = {
    'ssl.truststore.location': certificateFile('leaf.p12'),
    'ssl.truststore.password': 'store-password',
  }
  await ask(clusterAt(await tlsFront((await broker()).port), leaf))
})

test('a broker that wants to know its client gets key and chain', async () => {
  const wanting = { requestCert: true, rejectUnauthorized: true, ca: certificateText('ca.pem') }
  const port = await tlsFront((await broker()).port, wanting)
  await ask(clusterAt(port, { ...TRUSTED, ...SELF }))
})

const failed = 'SSL handshake failed'

test.each<[what: string, front: object, properties: Record<string, string>, hint: RegExp]>([
  [
    'an authority that nobody knows',
    {},
    {},
    /not signed by a trusted authority; set ssl.truststore.location/,
  ],
  [
    'a certificate for another name',
    { key: certificateText('elsewhere.key'), cert: certificateText('elsewhere.pem') },
    TRUSTED,
    /is for other names \(DNS:broker.example.com\); .*ssl.endpoint.identification.algorithm/,
  ],
  [
    'a certificate that has expired',
    { cert: certificateText('expired.pem') },
    TRUSTED,
    /has expired; the broker needs a new one/,
  ],
  [
    'a broker that wants a certificate, by TLS 1.3',
    { requestCert: true, rejectUnauthorized: true, ca: certificateText('ca.pem') },
    TRUSTED,
    /refuses this client's certificate, or wants one .*; set ssl.keystore.location/,
  ],
  [
    'a broker that wants a certificate, by TLS 1.2',
    { requestCert: true, rejectUnauthorized: true, ca: certificateText('ca.pem'), maxVersion: 'TLSv1.2' },
    TRUSTED,
    /ssl.keystore.location/,
  ],
  [
    'no version in common',
    { minVersion: 'TLSv1.3' },
    { ...TRUSTED, 'ssl.protocol': 'TLSv1.2' },
    /check ssl.enabled.protocols/,
  ],
  [
    'no cipher in common',
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    { ...TRUSTED, 'ssl.cipher.suites': 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' },
    /check ssl.cipher.suites/,
  ],
])('%s ends the handshake, and the hint says what to do', async (_, front, properties, hint) => {
  const port = await tlsFront((await broker()).port, front)
  const asked = ask(clusterAt(port, properties))
  await expect(asked).rejects.toMatchObject({ name: 'ConnectionError', failure: 'tls', message: failed })
  expect((await asked.catch((error) => error)).hint).toMatch(hint)
})

test('any name will do when it is not checked', async () => {
  const elsewhere = { key: certificateText('elsewhere.key'), cert: certificateText('elsewhere.pem') }
  const port = await tlsFront((await broker()).port, elsewhere)
  await ask(clusterAt(port, { ...TRUSTED, 'ssl.endpoint.identification.algorithm': '' }))
})

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('a web server in place of a broker is told from one', async () => {
  const port = await portOf(createServer((_, answer) => answer.end('hello')))
  await expect(ask(clusterAt(port))).rejects.toMatchObject({
    failure: 'tls',
    message: failed,
    hint: `localhost:${port} does not speak TLS; set security.protocol to PLAINTEXT or SASL_PLAINTEXT`,
  })
})

test('a broker without TLS hangs up, and that is said', async () => {
  const port = await portOf(createTcpServer((socket) => socket.once('data', () => socket.destroy())))
  await expect(ask(clusterAt(port))).rejects.toMatchObject({
    failure: 'closed',
    message: `localhost:${port}: the connection was closed during the TLS handshake`,
    hint: expect.stringContaining('set security.protocol to PLAINTEXT'),
  })
})

test('a broker that keeps silent is not waited for longer than the time to connect', async () => {
  const port = await portOf(createTcpServer(() => {}))
  const cluster = clusterAt(port, { ...TRUSTED, 'socket.connection.setup.timeout.ms': '100' })
  await expect(ask(cluster)).rejects.toMatchObject({
    failure: 'timed-out',
    message: `localhost:${port}: no end of the TLS handshake within 100 ms`,
  })
})

test('whoever hangs up on plain requests may want TLS', async () => {
  const port = await tlsFront((await broker()).port)
  await expect(ask(clusterAt(port, { 'security.protocol': 'PLAINTEXT' }))).rejects.toMatchObject({
    failure: 'closed',
    hint: 'a listener with TLS or SASL needs security.protocol and its settings, in a file for --command-config',
  })
})

test('nobody listens: that is no matter of TLS', async () => {
  const server = createTcpServer()
  const port = await portOf(server)
  await new Promise((resolve) => server.close(resolve))
  await expect(ask(clusterAt(port))).rejects.toMatchObject({ failure: 'unreachable' })
})

test('a connection that breaks later is opened again', async () => {
  const scripted = await ScriptedBroker.start([
    on(DescribeCluster, (_, { count }) =>
      count === 0 ? HANG_UP : { errorCode: 0, clusterId: 'abc', brokers: [] },
    ),
  ])
  expect((await ask(clusterAt(await tlsFront(scripted.port)))).clusterId).toBe('abc')
  expect(new Set(scripted.requests.map(({ connection }) => connection)).size).toBe(2)
})

test.each<[properties: Record<string, string>, message: string]>([
  [
    { 'ssl.protocol': 'SSLv3' },
    'ssl.protocol=SSLv3 is not supported, only TLSv1, TLSv1.1, TLSv1.2, TLSv1.3 are',
  ],
  [
    { 'ssl.enabled.protocols': 'TLSv1.3', 'ssl.protocol': 'TLSv1.2' },
    'none of ssl.enabled.protocols is allowed',
  ],
  [{ 'ssl.cipher.suites': 'NONE_SUCH' }, 'Unsupported CipherSuite: NONE_SUCH'],
  [{ 'ssl.endpoint.identification.algorithm': 'LDAPS' }, 'algorithm=LDAPS is not supported'],
  [
    { 'ssl.engine.factory.class': 'org.example.Mine' },
    'ssl.engine.factory.class=org.example.Mine is not supported',
  ],
])('%j is refused before anything is sent', async (properties, message) => {
  const scripted = await broker()
  const asked = ask(clusterAt(scripted.port, properties))
  await expect(asked).rejects.toThrow(message)
  await expect(asked).rejects.toMatchObject({ name: 'SettingError' })
  expect(scripted.sockets.size).toBe(0)
})

test('whoever opens a connection learns how far it has come', async () => {
  const steps: ConnectionStep[] = []
  const settings = commonSettings(new Map(Object.entries({ 'security.protocol': 'SSL', ...TRUSTED })))
  const connection = await Connection.open(
    { host: 'localhost', port: await tlsFront((await broker()).port) },
    {
      clientId: 'tester',
      clientVersion: '1',
      connectTimeoutMs: 2000,
      requestTimeoutMs: 2000,
      clock: systemClock,
      onStep: (step) => steps.push(step),
      ...(await openSecurity(settings, systemClock)),
    },
  )
  connection.close()
  expect(steps).toEqual(['tcp', 'tls', 'versions'])
})

test('no error shows the password of a store', async () => {
  const cluster = clusterAt(1, {
    'ssl.truststore.location': certificateFile('trust.p12'),
    'ssl.truststore.password': 'hunter2',
  })
  const error = await ask(cluster).catch((reason) => reason)
  expect(error.message).toContain('Failed to load SSL keystore')
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2')
})
