import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import type { Connect } from '../../src/cli/context.ts'
import { main } from '../../src/cli/main.ts'
import { propertyWarnings } from '../../src/cli/properties/property-warnings.ts'
import { SaslAuthenticate, SaslHandshake } from '../../src/protocol/messages/auth.ts'
import { Metadata } from '../../src/protocol/messages/metadata.ts'
import { certificateFile } from '../support/certificates.ts'
import { fakeCluster } from '../support/fake-cluster.ts'
import { runTool } from '../support/run-tool.ts'
import { on, ScriptedBroker } from '../support/scripted-broker.ts'
import { testIo } from '../support/test-io.ts'

const folder = mkdtempSync(join(tmpdir(), 'ktool-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function file(text: string): string {
  const path = join(folder, `${files++}.properties`)
  writeFileSync(path, text)
  return path
}

const MODULE = 'org.apache.kafka.common.security.plain.PlainLoginModule'

async function run(args: string, port: number) {
  const io = testIo()
  const exit = await main('ktool', [...args.split(' '), '--bootstrap-server', `127.0.0.1:${port}`], io)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}

test('every tool takes the settings of its file', async () => {
  const seen: unknown[] = []
  const cluster = fakeCluster()
  const connect: Connect = (options) => {
    seen.push(options.security?.['security.protocol'])
    // The settings have been seen by then.
    return Object.assign(cluster.connect(), { reach: () => Promise.reject(new Error('nobody is there')) })
  }
  const config = file('security.protocol=sasl_ssl\nsasl.mechanism=PLAIN\n')
  const lines = [
    `topics --list --command-config ${config}`,
    `console-consumer --topic t --timeout-ms 1 --consumer.config ${config}`,
    `console-consumer --topic t --timeout-ms 1 --command-property security.protocol=SASL_SSL`,
    `console-producer --topic t --producer.config ${config}`,
    `console-producer --topic t --producer-property security.protocol=SASL_SSL`,
    `consumer-groups --list --command-config ${config}`,
    `broker-api-versions --command-config ${config}`,
    `cluster cluster-id --config ${config}`,
  ]
  for (const line of lines) await main('ktool', line.split(' '), testIo(), connect)
  expect(seen).toEqual(lines.map(() => 'SASL_SSL'))
})

const refusing = (errorMessage: string) => [
  on(Metadata, () => ({ brokers: [], topics: [] })),
  on(SaslHandshake, () => ({ errorCode: 0, mechanisms: [] })),
  on(SaslAuthenticate, () => ({ errorCode: 58, errorMessage, authBytes: Buffer.alloc(0) })),
]

const SASL = 'security.protocol=SASL_PLAINTEXT\n'

test.each<[what: string, settings: () => string | Promise<string>, told: RegExp]>([
  [
    'a wrong password',
    () => `${SASL}sasl.mechanism=PLAIN\nsasl.jaas.config=${MODULE} required username="a" password="hunter2";`,
    /Authentication failed: the password \[hidden\] is wrong/,
  ],
  [
    'a broken JAAS text',
    () =>
      `${SASL}sasl.mechanism=PLAIN\nsasl.jaas.config=${MODULE} required username="a" password="x"hunter2";`,
    /Value not specified for key '\[hidden\]' in JAAS config/,
  ],
  [
    'a wrong password of a store',
    () =>
      `security.protocol=SSL\nssl.truststore.location=${certificateFile('trust.p12')}\nssl.truststore.password=hunter2`,
    /Failed to load SSL keystore .*trust\.p12 of type JKS/,
  ],
  [
    'a key that is none',
    () =>
      'security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.key=hunter2\nssl.keystore.certificate.chain=x',
    /ssl\.keystore\.key holds no private key in PEM format/,
  ],
  [
    'an endpoint that repeats what it was sent',
    endpointSettings,
    /status 400 \(invalid_client - \[hidden\]\)/,
  ],
])('%s is not shown by any kind of output', async (_, settings, told) => {
  const config = file(await settings())
  for (const more of ['', ' --debug', ' -o json', ' -o json --debug']) {
    const broker = await ScriptedBroker.start(
      refusing('Authentication failed: the password hunter2 is wrong'),
    )
    const { exit, stdout, stderr } = await run(`topics --list --command-config ${config}${more}`, broker.port)
    expect(exit).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toMatch(told)
    expect(stderr).toContain('hint')
    expect(stderr).not.toContain('hunter2')
  }
})

async function endpointSettings(): Promise<string> {
  const endpoint = createServer((request, answer) => {
    const sent = Buffer.from(request.headers.authorization!.split(' ')[1]!, 'base64').toString().split(':')[1]
    answer.writeHead(400).end(JSON.stringify({ error: 'invalid_client', error_description: sent }))
  })
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    endpoint.close()
  })
  const { port } = endpoint.address() as { port: number }
  return [
    `${SASL}sasl.mechanism=OAUTHBEARER`,
    `sasl.oauthbearer.token.endpoint.url=http://127.0.0.1:${port}/`,
    'sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="a" clientSecret="hunter2";',
  ].join('\n')
}

test('a password may stand in a variable', async () => {
  const sent: string[] = []
  const broker = await ScriptedBroker.start([
    ...refusing(''),
    on(SaslAuthenticate, ({ authBytes }) => {
      sent.push(authBytes.toString())
      return { errorCode: 0, errorMessage: null, authBytes: Buffer.alloc(0) }
    }),
  ])
  const config = file(
    [
      `${SASL}sasl.mechanism=PLAIN`,
      'config.providers=env',
      'config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider',
      `sasl.jaas.config=${MODULE} required username="a" password="\${env:SECRET}";`,
    ].join('\n'),
  )
  const io = testIo({ env: { SECRET: 'hunter2' } })
  const args = ['topics', '--list', '--bootstrap-server', broker.address, '--command-config', config]
  expect(await main('ktool', args, io)).toBe(0)
  expect(sent).toEqual(['\0a\0hunter2'])
})

test('a slip in a file is told and the rest done', async () => {
  const config = file('lingers.ms=5\nschema.registry.url=http://x\nacks=all\ngroup.id=g\n')
  const { exit, stderr } = await runTool(`topics --list --command-config ${config}`)
  expect(exit).toBe(0)
  expect(stderr).toBe("WARN: no client of Kafka has a property 'lingers.ms'; did you mean linger.ms?\n")
})

test('names on the command line are told whatever they look like', () => {
  expect(
    propertyWarnings(
      ['a.b.c.d.e.f', 'acks'],
      ['acks=all', 'nothing.like.it=1', 'config.providers.x.class=y'],
    ),
  ).toEqual(["WARN: no client of Kafka has a property 'nothing.like.it'"])
})
