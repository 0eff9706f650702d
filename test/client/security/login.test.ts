import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { type Clock, systemClock } from '../../../src/client/clock.ts'
import { Cluster } from '../../../src/client/cluster.ts'
import { clusterOptions, commonSettings } from '../../../src/client/config/common-config.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import { SaslAuthenticate, SaslHandshake } from '../../../src/protocol/messages/auth.ts'
import { DescribeCluster } from '../../../src/protocol/messages/metadata.ts'
import { HANG_UP, on, type Script, ScriptedBroker } from '../../support/scripted-broker.ts'

const PACKAGE = 'org.apache.kafka.common.security'

const plain = (password = 'alice-secret') => ({
  'sasl.mechanism': 'PLAIN',
  'sasl.jaas.config': `${PACKAGE}.plain.PlainLoginModule required username="alice" password="${password}";`,
})

const scram = (hash: string) => ({
  'sasl.mechanism': `SCRAM-${hash}`,
  'sasl.jaas.config': `${PACKAGE}.scram.ScramLoginModule required username="alice" password="alice-secret";`,
})

const oauth = (options: string) => ({
  'sasl.mechanism': 'OAUTHBEARER',
  'sasl.jaas.config': `${PACKAGE}.oauthbearer.OAuthBearerLoginModule required ${options};`,
})

function clusterAt(port: number, properties: Record<string, string>, clock: Clock = systemClock): Cluster {
  const given = new Map(Object.entries({ 'security.protocol': 'SASL_PLAINTEXT', ...properties }))
  const options = clusterOptions(commonSettings(given))
  const cluster = Cluster.connect({
    ...options,
    clock,
    random: () => 0.5,
    bootstrapServers: `127.0.0.1:${port}`,
    bootstrapTimeoutMs: 0,
  })
  onTestFinished(() => cluster.close())
  return cluster
}

const ask = (cluster: Cluster) =>
  cluster.request(DescribeCluster, { includeClusterAuthorizedOperations: false })

const described = on(DescribeCluster, () => ({ errorCode: 0, clusterId: 'abc', brokers: [] }))
const willing = on(SaslHandshake, () => ({ errorCode: 0, mechanisms: [] }))

/** What a broker answers to the tokens of one login, in order. */
const tokens = (answer: (token: Buffer, count: number) => Buffer | string, sessionLifetimeMs = 0): Script =>
  on(SaslAuthenticate, ({ authBytes }, { count }) => ({
    errorCode: 0,
    errorMessage: null,
    authBytes: Buffer.from(answer(authBytes, count)),
    sessionLifetimeMs,
  }))

const refusing = (errorMessage: string | null): Script =>
  on(SaslAuthenticate, () => ({
    errorCode: errorCode('SASL_AUTHENTICATION_FAILED'),
    errorMessage,
    authBytes: Buffer.alloc(0),
  }))

const names = (broker: ScriptedBroker) => broker.requests.map(({ name }) => name)

test('PLAIN sends user and password after the versions are known, and nothing before', async () => {
  const seen: string[] = []
  const broker = await ScriptedBroker.start([
    willing,
    described,
    tokens((token) => {
      seen.push(token.toString())
      return ''
    }),
  ])
  await ask(clusterAt(broker.port, plain()))
  expect(seen).toEqual(['\0alice\0alice-secret'])
  expect(names(broker)).toEqual(['ApiVersions', 'SaslHandshake', 'SaslAuthenticate', 'DescribeCluster'])
  expect(broker.requests[1]).toMatchObject({ version: 1, body: { mechanism: 'PLAIN' } })
})

/** The broker's side of SCRAM, for the password that alice has. */
function scramBroker(hash: 'sha256' | 'sha512', proofs: boolean[]): Script {
  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest()
  const salt = Buffer.from('salt')
  const salted = pbkdf2Sync('alice-secret', salt, 4096, hash === 'sha256' ? 32 : 64, hash)
  const stored = createHash(hash).update(hmac(salted, 'Client Key')).digest()
  let clientFirst = ''
  let serverFirst = ''
  return tokens((token, count) => {
    const message = token.toString()
    if (count === 0) {
      clientFirst = message.slice('n,,'.length)
      serverFirst = `r=${/r=(.*)$/.exec(message)![1]}more,s=${salt.toString('base64')},i=4096`
      return serverFirst
    }
    const [, withoutProof, proof] = /^(.*),p=(.*)$/.exec(message)!
    const signed = `${clientFirst},${serverFirst},${withoutProof}`
    const signature = hmac(stored, signed)
    const key = Buffer.from(Buffer.from(proof!, 'base64').map((byte, at) => byte ^ signature[at]!))
    proofs.push(createHash(hash).update(key).digest().equals(stored))
    return `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`
  })
}

test.each(['SHA-256', 'SHA-512'])('SCRAM-%s proves the password without sending it', async (name) => {
  const proofs: boolean[] = []
  const hash = name === 'SHA-256' ? 'sha256' : 'sha512'
  const broker = await ScriptedBroker.start([willing, described, scramBroker(hash, proofs)])
  await ask(clusterAt(broker.port, scram(name)))
  expect(proofs).toEqual([true])
  expect(inspect(broker.requests, { depth: 9 })).not.toContain('alice-secret')
})

test('a broker that only pretends to know the password is left', async () => {
  const broker = await ScriptedBroker.start([
    willing,
    described,
    tokens((token, count) =>
      count === 0 ? `r=${/r=(.*)$/.exec(`${token}`)![1]}x,s=c2FsdA==,i=4096` : 'v=AAAA',
    ),
  ])
  await expect(ask(clusterAt(broker.port, scram('SHA-256')))).rejects.toMatchObject({
    failure: 'authentication',
    message: 'Invalid server signature in server final message',
  })
  expect(names(broker)).not.toContain('DescribeCluster')
})

test('OAUTHBEARER sends a token of the claims, and extensions', async () => {
  const seen: string[] = []
  const broker = await ScriptedBroker.start([
    willing,
    described,
    tokens((token) => {
      seen.push(token.toString())
      return ''
    }),
  ])
  const options =
    'unsecuredLoginStringClaim_sub="alice" unsecuredLoginNumberClaim_level="3" unsecuredLoginListClaim_scope="|a|b" ' +
    'unsecuredLoginLifetimeSeconds="60" unsecuredLoginExtension_traceId="123"'
  await ask(clusterAt(broker.port, oauth(options)))
  const [, token, extension] = /^n,,\x01auth=Bearer (\S+)\x01(\S+)\x01\x01$/.exec(seen[0]!)!
  expect(extension).toBe('traceId=123')
  const [header, claims, signature] = token!
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString())
  expect(JSON.parse(header!)).toEqual({ alg: 'none' })
  expect(signature).toBe('')
  const { iat, exp, ...others } = JSON.parse(claims!)
  expect(others).toEqual({ sub: 'alice', level: 3, scope: ['a', 'b'] })
  expect(exp - iat).toBeCloseTo(60)
})

test('a token that is refused is acknowledged, and the error that follows is told', async () => {
  const seen: Buffer[] = []
  const broker = await ScriptedBroker.start([
    willing,
    described,
    on(SaslAuthenticate, ({ authBytes }, { count }) => {
      seen.push(authBytes)
      return count === 0
        ? { errorCode: 0, errorMessage: null, authBytes: Buffer.from('{"status":"invalid_token"}') }
        : { errorCode: 58, errorMessage: '{"status":"invalid_token"}', authBytes: Buffer.alloc(0) }
    }),
  ])
  await expect(ask(clusterAt(broker.port, oauth('unsecuredLoginStringClaim_sub="a"')))).rejects.toMatchObject(
    {
      failure: 'authentication',
      message: '{"status":"invalid_token"}',
    },
  )
  expect(seen[1]).toEqual(Buffer.from([1]))
})

test('a refused login is told in the words of the broker, at once and without the password', async () => {
  const broker = await ScriptedBroker.start([
    willing,
    described,
    refusing('Authentication failed: alice-secret is not the password'),
  ])
  const error = await ask(clusterAt(broker.port, plain())).catch((reason) => reason)
  expect(error).toMatchObject({
    name: 'ConnectionError',
    failure: 'authentication',
    message: 'Authentication failed: [hidden] is not the password',
    hint: expect.stringContaining('check username and password'),
  })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('alice-secret')
  expect(broker.requestsFor(SaslAuthenticate)).toBe(1)
})

test.each<
  [
    code: 'UNSUPPORTED_SASL_MECHANISM' | 'ILLEGAL_SASL_STATE',
    enabled: string[],
    message: string,
    hint: RegExp,
  ]
>([
  [
    'UNSUPPORTED_SASL_MECHANISM',
    ['GSSAPI', 'SCRAM-SHA-512'],
    "Client SASL mechanism 'PLAIN' not enabled in the server, enabled mechanisms are [GSSAPI, SCRAM-SHA-512]",
    /set sasl.mechanism to SCRAM-SHA-512,/,
  ],
  [
    'ILLEGAL_SASL_STATE',
    [],
    'Unexpected handshake request with client mechanism PLAIN, enabled mechanisms are []',
    /has no logins: set security.protocol to PLAINTEXT or SSL/,
  ],
])('%s is told with what would do', async (code, mechanisms, message, hint) => {
  const broker = await ScriptedBroker.start([
    described,
    tokens(() => ''),
    on(SaslHandshake, () => ({ errorCode: errorCode(code), mechanisms })),
  ])
  const asked = ask(clusterAt(broker.port, plain()))
  await expect(asked).rejects.toMatchObject({
    failure: 'authentication',
    message,
    hint: expect.stringMatching(hint),
  })
  expect(broker.requestsFor(SaslAuthenticate)).toBe(0)
})

test('a password that one broker refuses is not tried on the next', async () => {
  const brokers = [
    await ScriptedBroker.start([willing, described, refusing(null)]),
    await ScriptedBroker.start([willing, described, refusing(null)]),
  ]
  const options = clusterOptions(
    commonSettings(new Map(Object.entries({ 'security.protocol': 'SASL_PLAINTEXT', ...plain() }))),
  )
  const bootstrapServers = brokers.map(({ address }) => address).join(',')
  const cluster = Cluster.connect({ ...options, bootstrapServers, bootstrapTimeoutMs: 0 })
  onTestFinished(() => cluster.close())
  await expect(ask(cluster)).rejects.toMatchObject({
    failure: 'authentication',
    message: 'the broker refused the login with SASL_AUTHENTICATION_FAILED',
  })
  expect(brokers.map((broker) => broker.requestsFor(SaslAuthenticate))).toEqual([1, 0])
})

test('a broker without logins says which request it lacks', async () => {
  const broker = await ScriptedBroker.start([described])
  await expect(ask(clusterAt(broker.port, plain()))).rejects.toMatchObject({
    failure: 'authentication',
    message: `The broker at ${broker.address} does not support SaslHandshake`,
    hint: `the listener ${broker.address} has no logins: set security.protocol to PLAINTEXT or SSL`,
  })
})

/** Time that a test moves; what is to happen later happens in real time. */
class MovedClock implements Clock {
  moved = 0
  now = () => Date.now() + this.moved
  monotonicMs = () => systemClock.monotonicMs() + this.moved
  after = systemClock.after
}

test('a session is renewed before it ends, while requests wait for their turn', async () => {
  const broker = await ScriptedBroker.start([willing, described, tokens(() => '', 60_000)])
  const clock = new MovedClock()
  const cluster = clusterAt(broker.port, plain(), clock)
  await ask(cluster)
  clock.moved += 50_000
  await ask(cluster)
  expect(broker.requestsFor(SaslHandshake)).toBe(1)
  clock.moved += 5000
  await Promise.all([ask(cluster), ask(cluster), ask(cluster)])
  expect(names(broker)).toEqual([
    'ApiVersions',
    'SaslHandshake',
    'SaslAuthenticate',
    'DescribeCluster',
    'DescribeCluster',
    'SaslHandshake',
    'SaslAuthenticate',
    'DescribeCluster',
    'DescribeCluster',
    'DescribeCluster',
  ])
  expect(new Set(broker.requests.map(({ connection }) => connection)).size).toBe(1)
})

test('requests sent before the renewal are still answered, and those after a failed one are not sent', async () => {
  let release = (): void => {}
  const slow = new Promise<void>((resolve) => {
    release = resolve
  })
  const broker = await ScriptedBroker.start([
    on(SaslHandshake, (_, { count }) => ({ errorCode: count === 0 ? 0 : 33, mechanisms: ['OTHER'] })),
    tokens(() => '', 60_000),
    on(DescribeCluster, async () => {
      await slow
      return { errorCode: 0, clusterId: 'abc', brokers: [] }
    }),
  ])
  const clock = new MovedClock()
  const cluster = clusterAt(broker.port, plain(), clock)
  const connection = await cluster.connections.any()
  const request = () => connection.request(DescribeCluster, { includeClusterAuthorizedOperations: false })
  const before = request()
  clock.moved += 60_000
  const after = request()
  release()
  expect((await before).clusterId).toBe('abc')
  await expect(after).rejects.toMatchObject({ failure: 'authentication' })
  expect(broker.requestsFor(DescribeCluster)).toBe(1)
  expect(connection.isOpen).toBe(false)
})

test('a connection that breaks during the login is told as such', async () => {
  const broker = await ScriptedBroker.start([willing, described, on(SaslAuthenticate, () => HANG_UP)])
  await expect(ask(clusterAt(broker.port, plain()))).rejects.toMatchObject({ failure: 'closed' })
})

const LOGIN_MODULES = "Could not find a 'KafkaClient' entry in the JAAS configuration"

test.each<[properties: Record<string, string>, message: string]>([
  [{ 'sasl.mechanism': 'PLAIN' }, LOGIN_MODULES],
  [{}, 'sasl.mechanism=GSSAPI is not supported'],
  [
    { ...plain(), 'sasl.mechanism': 'SCRAM-SHA-256' },
    'Failed to create SaslClient with mechanism SCRAM-SHA-256',
  ],
  [{ 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': 'hunter2 required;' }, 'No LoginModule found'],
  [
    {
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': `${PACKAGE}.plain.PlainLoginModule required username="a";`,
    },
    'sasl.jaas.config has no password',
  ],
  [
    { ...plain(), 'sasl.login.class': 'org.example.Mine' },
    'sasl.login.class=org.example.Mine is not supported',
  ],
  [
    { ...plain(), 'sasl.client.callback.handler.class': 'org.example.Mine' },
    'sasl.client.callback.handler.class=org.example.Mine is not supported',
  ],
  [
    { ...plain(), 'sasl.login.callback.handler.class': 'org.example.Mine' },
    'sasl.login.callback.handler.class=org.example.Mine is not supported',
  ],
  [oauth(''), "No OAuth Bearer tokens in Subject's private credentials"],
  [oauth('unsecuredLoginStringClaim_x="y"'), 'No principal name in JWT claim: sub'],
  [oauth('unsecuredLoginStringClaim_exp="y"'), "Cannot explicitly set the 'exp' claim"],
  [oauth('unsecuredLoginExtension_a="y"'), 'Extensions provided in login context without a token'],
  [
    oauth('unsecuredLoginStringClaim_sub="y" unsecuredLoginExtension_auth="y"'),
    'Extension name auth is invalid',
  ],
  [
    oauth('unsecuredLoginNumberClaim_a="hunter2" unsecuredLoginStringClaim_sub="y"'),
    "the claim 'a' is not a number",
  ],
])('%j is refused before a login', async (properties, message) => {
  const broker = await ScriptedBroker.start([willing, described, tokens(() => '')])
  const error = await ask(clusterAt(broker.port, properties)).catch((reason) => reason)
  expect(error).toMatchObject({ name: 'SettingError', message: expect.stringContaining(message) })
  expect(broker.requestsFor(SaslAuthenticate)).toBe(0)
  expect(inspect(error, { depth: 9 })).not.toMatch(/hunter2|alice-secret/)
})
