// ktool and an Apache Kafka whose listeners want TLS and logins.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Cluster } from '../../src/client/cluster.ts'
import { clusterOptions, commonSettings } from '../../src/client/config/common-config.ts'
import { DescribeCluster } from '../../src/protocol/messages/metadata.ts'
import { type ApacheKafkaProcess, freePort, startApacheKafka } from '../support/apache-kafka.ts'
import { certificateFile, certificateText } from '../support/certificates.ts'
import { describeWith } from '../support/describe-with.ts'
import type { ProgramOptions } from '../support/run-program.ts'
import { runKtool as runProgram } from '../support/start-ktool.ts'

const PACKAGE = 'org.apache.kafka.common.security'
const PASSWORD = 'alice-secret'
const SESSION_MS = 1500

const jaas = (module: string, options: string) => `${PACKAGE}.${module} required ${options};`
const alice = (module: string, password = PASSWORD) => jaas(module, `username="alice" password="${password}"`)
const SCRAM_MODULE = 'scram.ScramLoginModule'

const TRUST = {
  'ssl.truststore.location': certificateFile('trust.p12'),
  'ssl.truststore.password': 'store-password',
}
const SASL_SSL = { ...TRUST, 'security.protocol': 'SASL_SSL' }

type Properties = Record<string, string>

const runKtool = async (args: readonly string[], options: ProgramOptions = {}) => {
  const { code, stdout, stderr } = await runProgram(args, options)
  return { code, stdout: stdout.toString(), stderr }
}

const PLAIN = { ...SASL_SSL, 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': alice('plain.PlainLoginModule') }
const scram = (size: string): Properties => ({
  ...SASL_SSL,
  'sasl.mechanism': `SCRAM-SHA-${size}`,
  'sasl.jaas.config': alice(SCRAM_MODULE),
})
const OAUTH = {
  ...SASL_SSL,
  'sasl.mechanism': 'OAUTHBEARER',
  'sasl.jaas.config': jaas('oauthbearer.OAuthBearerLoginModule', 'unsecuredLoginStringClaim_sub="alice"'),
}
const MUTUAL = {
  'security.protocol': 'SSL',
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': certificateFile('ca.pem'),
  'ssl.keystore.location': certificateFile('keytool.p12'),
  'ssl.keystore.password': 'store-password',
}

describeWith(['apacheKafka'], 'an Apache Kafka with TLS and logins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-security-'))
  let kafka: ApacheKafkaProcess
  let ports: { login: number; mutual: number; misnamed: number; plain: number }

  function listeners(port: number): string[] {
    const places = {
      PLAINTEXT: `127.0.0.1:${port}`,
      LOGIN: `localhost:${ports.login}`,
      MUTUAL: `localhost:${ports.mutual}`,
      LOGINPLAIN: `localhost:${ports.plain}`,
      MISNAMED: `localhost:${ports.misnamed}`,
    }
    const list = Object.entries(places)
      .map(([name, place]) => `${name}://${place}`)
      .join(',')
    const store = (name: string) => {
      const path = join(folder, `${name}-store.pem`)
      writeFileSync(path, certificateText(`${name}.key`) + certificateText(`${name}.pem`))
      return path
    }
    const protocols =
      'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_SSL,MUTUAL:SSL,LOGINPLAIN:SASL_PLAINTEXT,MISNAMED:SSL'
    const users = jaas('plain.PlainLoginModule', `username="broker" password="b" user_alice="${PASSWORD}"`)
    return [
      `listeners=${list},CONTROLLER://127.0.0.1:${port + 1}`,
      `advertised.listeners=${list}`,
      `listener.security.protocol.map=${protocols}`,
      'ssl.keystore.type=PEM',
      `ssl.keystore.location=${store('localhost')}`,
      `listener.name.misnamed.ssl.keystore.location=${store('elsewhere')}`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${certificateFile('ca.pem')}`,
      'listener.name.mutual.ssl.client.auth=required',
      'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      'listener.name.loginplain.sasl.enabled.mechanisms=PLAIN',
      `listener.name.loginplain.plain.connections.max.reauth.ms=${SESSION_MS}`,
      `listener.name.login.plain.sasl.jaas.config=${users}`,
      `listener.name.loginplain.plain.sasl.jaas.config=${users}`,
      `listener.name.login.scram-sha-256.sasl.jaas.config=${jaas(SCRAM_MODULE, '')}`,
      `listener.name.login.scram-sha-512.sasl.jaas.config=${jaas(SCRAM_MODULE, '')}`,
      `listener.name.login.oauthbearer.sasl.jaas.config=${jaas('oauthbearer.OAuthBearerLoginModule', 'unsecuredLoginStringClaim_sub="b"')}`,
    ]
  }

  let files = 0
  function configFile(properties: Properties): string {
    const path = join(folder, `client-${files++}.properties`)
    const lines = Object.entries(properties).map(
      ([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}`,
    )
    writeFileSync(path, lines.join('\n'))
    return path
  }

  const ktool = (
    args: readonly string[],
    port: number,
    properties: Properties,
    options: ProgramOptions = {},
  ) =>
    runKtool(
      [...args, '--bootstrap-server', `localhost:${port}`, '--command-config', configFile(properties)],
      options,
    )

  const portOf = (properties: Properties) =>
    properties['security.protocol'] === 'SSL' ? ports.mutual : ports.login

  beforeAll(async () => {
    const free = await Promise.all([freePort(0), freePort(0), freePort(0), freePort(0)])
    const [login, mutual, misnamed, plain] = free.map(Number) as [number, number, number, number]
    ports = { login, mutual, misnamed, plain }
    kafka = await startApacheKafka(listeners)
    const server = ['--bootstrap-server', kafka.bootstrapServers]
    const created = await runKtool(['topics', '--create', '--topic', 'orders', ...server])
    expect(created).toMatchObject({ code: 0 })
    for (const size of ['256', '512']) {
      const credential = `SCRAM-SHA-${size}=[password=${PASSWORD}]`
      const user = ['--entity-type', 'users', '--entity-name', 'alice']
      await runKtool(['configs', '--alter', '--add-config', credential, ...user, ...server])
      // The broker learns of the user a little after the controller has answered.
      const login = async () => (await ktool(['topics', '--list'], ports.login, scram(size))).code
      await vi.waitFor(async () => expect(await login()).toBe(0), { timeout: 10_000 })
    }
  })

  afterAll(async () => {
    await kafka?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each<[name: string, properties: Properties]>([
    ['PLAIN', PLAIN],
    ['SCRAM-SHA-256', scram('256')],
    ['SCRAM-SHA-512', scram('512')],
    ['OAUTHBEARER', OAUTH],
    ['a certificate of the client', MUTUAL],
  ])('by %s topics are listed, records written and read', async (name, properties) => {
    const port = portOf(properties)
    expect(await ktool(['topics', '--list'], port, properties)).toMatchObject({ code: 0, stdout: 'orders\n' })
    const input = { input: `written with ${name}\n` }
    const produced = await ktool(['console-producer', '--topic', 'orders'], port, properties, input)
    expect(produced).toMatchObject({ code: 0, stderr: '' })
    const reading = ['console-consumer', '--topic', 'orders', '--from', 'earliest', '--until', 'end']
    const read = await ktool(reading, port, properties)
    expect(read).toMatchObject({ code: 0 })
    expect(read.stdout).toContain(`written with ${name}\n`)
  })

  test('a member of a group logs in on every connection', async () => {
    const args = [
      'console-consumer',
      '--topic',
      'orders',
      '--group',
      'readers',
      '--from-beginning',
      '--max-messages',
      '1',
    ]
    expect(await ktool(args, ports.login, PLAIN)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^written with /),
    })
  })

  test('settings may be given one by one', async () => {
    const typed = Object.entries(scram('512')).flatMap(([name, value]) => [
      '--command-property',
      `${name}=${value}`,
    ])
    const args = [
      'console-consumer',
      '--topic',
      'orders',
      '--from-beginning',
      '--max-messages',
      '1',
      ...typed,
    ]
    const read = await runKtool([...args, '--bootstrap-server', `localhost:${ports.login}`])
    expect(read).toMatchObject({ code: 0, stdout: expect.stringMatching(/^written with /) })
  })

  test('a token comes from where the settings say, for a client id and secret', async () => {
    const claims = { sub: 'alice', iat: Date.now() / 1000, exp: Date.now() / 1000 + 600 }
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const asked: string[] = []
    const endpoint = createServer((request, answer) => {
      asked.push(request.headers.authorization ?? '')
      answer.end(JSON.stringify({ access_token: `${part({ alg: 'none' })}.${part(claims)}.` }))
    })
    const port = await listen(endpoint)
    const options = 'clientId="me" clientSecret="client-secret"'
    const listed = await ktool(['topics', '--list'], ports.login, {
      ...OAUTH,
      'sasl.login.callback.handler.class': `${PACKAGE}.oauthbearer.OAuthBearerLoginCallbackHandler`,
      'sasl.oauthbearer.token.endpoint.url': `http://127.0.0.1:${port}/token`,
      'sasl.jaas.config': jaas('oauthbearer.OAuthBearerLoginModule', options),
    })
    endpoint.close()
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('orders\n') })
    expect(asked[0]).toBe(`Basic ${Buffer.from('me:client-secret').toString('base64')}`)
  })

  /** What is wrong, what Kafka's tool says of it, and what ktool adds. */
  test.each<
    [what: string, port: keyof typeof ports, properties: () => Properties, sentence: string, hint: RegExp]
  >([
    [
      'the password for PLAIN',
      'login',
      () => ({ ...PLAIN, 'sasl.jaas.config': alice('plain.PlainLoginModule', 'hunter2') }),
      'Authentication failed: Invalid username or password',
      /check username and password/,
    ],
    [
      'the password for SCRAM',
      'login',
      () => ({ ...scram('256'), 'sasl.jaas.config': alice(SCRAM_MODULE, 'hunter2') }),
      'Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-256',
      /check username and password/,
    ],
    [
      'the mechanism',
      'plain',
      () => ({ ...scram('512'), 'security.protocol': 'SASL_PLAINTEXT' }),
      "Client SASL mechanism 'SCRAM-SHA-512' not enabled in the server, enabled mechanisms are [PLAIN]",
      /set sasl.mechanism to PLAIN/,
    ],
    [
      'no trust store',
      'mutual',
      () => ({ 'security.protocol': 'SSL' }),
      'SSL handshake failed',
      /ssl.truststore.location/,
    ],
    [
      'no certificate of its own',
      'mutual',
      () => ({ ...TRUST, 'security.protocol': 'SSL' }),
      'SSL handshake failed',
      /set ssl.keystore.location/,
    ],
    [
      'a login where none is wanted',
      'mutual',
      () => ({ ...MUTUAL, ...PLAIN, 'ssl.truststore.type': 'PKCS12' }),
      'Unexpected handshake request with client mechanism PLAIN, enabled mechanisms are []',
      /has no logins/,
    ],
    [
      'TLS where none is spoken',
      'plain',
      () => PLAIN,
      '',
      /set security.protocol to PLAINTEXT or SASL_PLAINTEXT/,
    ],
    ['no TLS where it is spoken', 'login', () => ({}), '', /set security.protocol=SSL or SASL_SSL/],
    [
      'no login where one is wanted',
      'plain',
      () => ({}),
      '',
      /a listener with TLS or SASL needs security.protocol/,
    ],
  ])('%s: the error is told with a remedy, and no password', async (_, port, properties, sentence, hint) => {
    for (const more of [['--debug'], ['-o', 'json', '--debug']]) {
      const { code, stdout, stderr } = await ktool(['topics', '--list', ...more], ports[port], properties())
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      const told = more.includes('json')
        ? JSON.parse(stderr).error
        : { message: stderr.split('\n')[0], hint: stderr.split('\n')[1] }
      expect(told.message).toContain(sentence)
      expect(told.hint).toMatch(hint)
      for (const secret of ['hunter2', PASSWORD, 'store-password']) expect(stderr).not.toContain(secret)
    }
  })

  test('a name that the certificate has not is refused, unless names are not checked', async () => {
    const run = (more: Properties) =>
      ktool(['topics', '--list'], ports.misnamed, { ...TRUST, 'security.protocol': 'SSL', ...more })
    const refused = await run({})
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toMatch(/SSL handshake failed\nhint: .*other names \(DNS:broker\.example\.com\)/)
    expect(await run({ 'ssl.endpoint.identification.algorithm': '' })).toMatchObject({ code: 0 })
  })

  test('a session that the broker ends is renewed on the same connection', async () => {
    const given = { ...PLAIN, 'security.protocol': 'SASL_PLAINTEXT' }
    const options = clusterOptions(commonSettings(new Map(Object.entries(given))))
    const cluster = Cluster.connect({ ...options, bootstrapServers: `localhost:${ports.plain}` })
    try {
      const connection = await cluster.connections.any()
      // A broker hangs up on whoever goes on after the end of a session.
      for (const end = Date.now() + 2.5 * SESSION_MS; Date.now() < end; ) {
        const answer = await connection.request(DescribeCluster, {
          includeClusterAuthorizedOperations: false,
        })
        expect(answer.errorCode).toBe(0)
      }
      expect(connection.isOpen).toBe(true)
    } finally {
      cluster.close()
    }
  })
})

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
