import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { type Clock, systemClock } from '../../../src/client/clock.ts'
import { pickSettings } from '../../../src/client/config/properties.ts'
import { parseJaas } from '../../../src/client/security/jaas.ts'
import { retrievedTokens } from '../../../src/client/security/retrieved-token.ts'
import { SECURITY_PROPERTIES } from '../../../src/client/security/security-properties.ts'
import { certificateFile, certificateText } from '../../support/certificates.ts'

const SECRET = 'hunter2'
const ENDPOINT = 'sasl.oauthbearer.token.endpoint.url'

interface Given {
  readonly url?: string
  readonly options?: string
  readonly properties?: Record<string, string>
  readonly clock?: Clock
}

function tokens({
  url,
  options = `clientId="me" clientSecret="${SECRET}"`,
  properties,
  clock = systemClock,
}: Given) {
  const given = {
    'sasl.login.retry.backoff.ms': '1',
    'sasl.login.retry.backoff.max.ms': '20',
    ...(url === undefined ? {} : { [ENDPOINT]: url }),
    ...properties,
  }
  const settings = pickSettings(SECURITY_PROPERTIES, new Map(Object.entries(given)))
  return retrievedTokens(settings, parseJaas(`m required ${options};`).options, clock)
}

interface Asked {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** An endpoint that answers as told, and what it was asked. */
async function endpoint(
  answer: (count: number) => { status?: number; body: unknown },
  serve: (listener: RequestListener) => Server = createServer,
): Promise<{ port: number; asked: Asked[] }> {
  const asked: Asked[] = []
  const server = serve((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { status = 200, body: told } = answer(asked.length)
      asked.push({ headers: request.headers, body })
      response.writeHead(status).end(typeof told === 'string' ? told : JSON.stringify(told))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  const address = server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : 0, asked }
}

const jwt = (claims: object): string =>
  ['{"alg":"none"}', JSON.stringify(claims), '']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

test('a token is given for id and secret, with the scope that is set', async () => {
  const { port, asked } = await endpoint(() => ({ body: { access_token: ' abc ', token_type: 'bearer' } }))
  const token = tokens({
    url: `http://127.0.0.1:${port}/token`,
    options: `clientId="me" clientSecret="${SECRET}" scope="read write"`,
  })
  expect((await token()).reveal()).toBe('abc')
  expect(asked[0]!.body).toBe('grant_type=client_credentials&scope=read+write')
  expect(asked[0]!.headers).toMatchObject({
    authorization: `Basic ${Buffer.from(`me:${SECRET}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  })
})

test('the properties of Kafka 4.1 win over the options, and may be encoded', async () => {
  const { port, asked } = await endpoint(() => ({ body: { access_token: 'abc' } }))
  await tokens({
    url: `http://127.0.0.1:${port}/`,
    properties: {
      'sasl.oauthbearer.client.credentials.client.id': 'a b',
      'sasl.oauthbearer.client.credentials.client.secret': 'c&d',
      'sasl.oauthbearer.scope': 's',
      'sasl.oauthbearer.header.urlencode': 'true',
    },
  })()
  expect(asked[0]!.headers.authorization).toBe(`Basic ${Buffer.from('a+b:c%26d').toString('base64')}`)
  expect(asked[0]!.body).toContain('&scope=s')
})

test('a token serves for most of its life, and logins at one time share it', async () => {
  let nowMs = 1_700_000_000_000
  const clock = { now: () => nowMs, monotonicMs: () => nowMs - 1_600_000_000_000, after: systemClock.after }
  const { port, asked } = await endpoint(() => ({ body: { access_token: jwt({ exp: nowMs / 1000 + 100 }) } }))
  const token = tokens({ url: `http://127.0.0.1:${port}/`, clock })
  await Promise.all([token(), token(), token()])
  nowMs += 79_000
  await token()
  expect(asked).toHaveLength(1)
  nowMs += 2000
  await token()
  expect(asked).toHaveLength(2)
})

test('https is spoken with the stores that the JAAS entry names', async () => {
  const identity = { key: certificateText('localhost.key'), cert: certificateText('localhost.pem') }
  const { port } = await endpoint(
    () => ({ body: { access_token: 'abc' } }),
    (listener) => createTlsServer(identity, listener),
  )
  const url = `https://localhost:${port}/token`
  const ssl = `ssl.truststore.type=PEM ssl.truststore.location="${certificateFile('ca.pem')}"`
  const options = `clientId="me" clientSecret="${SECRET}" ${ssl}`
  expect((await tokens({ url, options })()).reveal()).toBe('abc')
  await expect(tokens({ url })()).rejects.toMatchObject({
    failure: 'authentication',
    hint: expect.stringContaining('ssl.truststore.* are options within sasl.jaas.config'),
  })
})

test('an endpoint that is busy is asked again', async () => {
  const { port, asked } = await endpoint((count) =>
    count === 0 ? { status: 503, body: '' } : { body: { access_token: 'abc' } },
  )
  expect((await tokens({ url: `http://127.0.0.1:${port}/` })()).reveal()).toBe('abc')
  expect(asked).toHaveLength(2)
})

test('one that refuses is not, and what it says is told without the secret', async () => {
  const { port, asked } = await endpoint(() => ({
    status: 401,
    body: { error: 'invalid_client', error_description: `me:${SECRET} is unknown` },
  }))
  const error = await tokens({ url: `http://user:${SECRET}@127.0.0.1:${port}/token?key=${SECRET}` })().catch(
    (reason) => reason,
  )
  expect(error).toMatchObject({
    name: 'ConnectionError',
    failure: 'authentication',
    message: `the token endpoint http://127.0.0.1:${port}/token: status 401 (invalid_client - me:[hidden] is unknown)`,
    hint: expect.stringContaining('secret and scope'),
  })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET)
  expect(asked).toHaveLength(1)
})

test.each([
  ['no token', { token: 'abc' }],
  ['no JSON', 'abc'],
  ['no object', '"abc"'],
])('an answer with %s is not shown', async (_, body) => {
  const { port } = await endpoint(() => ({ body }))
  await expect(tokens({ url: `http://127.0.0.1:${port}/` })()).rejects.toThrow(
    `the token endpoint http://127.0.0.1:${port}/: the answer has no access_token`,
  )
})

test('an endpoint that is not there is told with what to check', async () => {
  const error = await tokens({ url: 'http://127.0.0.1:1/' })().catch((reason) => reason)
  expect(error).toMatchObject({
    message: 'the token endpoint http://127.0.0.1:1/: connection refused',
    hint: expect.stringContaining(ENDPOINT),
  })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET)
})

test('a token may stand in a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-token-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'my token.jwt')
  writeFileSync(path, 'abc\n')
  expect((await tokens({ url: `file://${path}`, options: '' })()).reveal()).toBe('abc')
  await expect(tokens({ url: `file://${path}x`, options: '' })()).rejects.toThrow('cannot be read')
})

test.each<[given: Given, message: string]>([
  [{}, `The OAuth configuration option ${ENDPOINT} must be non-null`],
  [{ url: 'hunter2' }, `${ENDPOINT} is not a URL that begins with https, http or file`],
  [{ url: 'ftp://x/hunter2' }, `${ENDPOINT} is not a URL that begins with https, http or file`],
  [{ url: 'http://x/', options: 'clientSecret="hunter2"' }, 'the OAuth client has no id'],
  [{ url: 'http://x/', options: 'clientId="me"' }, 'the OAuth client has no secret'],
  [
    { url: 'http://x/', properties: { 'sasl.oauthbearer.jwt.retriever.class': 'org.example.Mine' } },
    'sasl.oauthbearer.jwt.retriever.class=org.example.Mine is not supported',
  ],
])('%j is refused', (given, message) => {
  expect(() => tokens(given)).toThrow(expect.objectContaining({ name: 'SettingError', message }))
})
