import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImportFormat } from '../../../src/cli/contexts/import/formats.ts'
import { readForeignFile } from '../../../src/cli/contexts/import/read-file.ts'
import { parseJaas } from '../../../src/client/security/jaas.ts'

const root = mkdtempSync(join(tmpdir(), 'ktool-import-'))
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'
const KEY = '-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----'

beforeAll(() => {
  for (const [name, text] of Object.entries({
    'ca.pem': CERTIFICATE,
    'me.pem': CERTIFICATE,
    'me.key': KEY,
  })) {
    writeFileSync(join(root, name), `${text}\n`)
  }
  writeFileSync(join(root, 'both.pem'), `${KEY}\n${CERTIFICATE}\n`)
  mkdirSync(join(root, 'cas'))
})

afterAll(() => rmSync(root, { recursive: true }))

async function read(name: string, text: string, options: { format?: ImportFormat; name?: string } = {}) {
  writeFileSync(join(root, name), text)
  return await readForeignFile(name, { ...options, cwd: root })
}

const CA = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': join(root, 'ca.pem') }
const IDENTITY = {
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.key': KEY,
  'ssl.keystore.certificate.chain': CERTIFICATE,
}
const plain = (username: string, password: string): string =>
  `org.apache.kafka.common.security.plain.PlainLoginModule required username="${username}" password="${password}";`
const scram = (username: string, password: string, more = ''): string =>
  `org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}"${more};`

describe('kcat', () => {
  test('its names become those of Java', async () => {
    const found = await read(
      'kcat.conf',
      `# a comment
      metadata.broker.list = a:9093,b:9093
      security.protocol=sasl_ssl
      sasl.mechanisms=SCRAM-SHA-256
      sasl.username=me
      sasl.password=p=a"ss\\word
      ssl.ca.location=ca.pem
      ssl.certificate.location=me.pem
      ssl.key.location=me.key
      ssl.key.password=geheim
      ssl.endpoint.identification.algorithm=none
      enable.ssl.certificate.verification=false
      request.required.acks=1
      auto.offset.reset=smallest
      client.id=mine
      statistics.interval.ms=5000
      `,
      { name: 'mine' },
    )
    expect(found).toEqual({
      format: 'kcat',
      contexts: [
        {
          name: 'mine',
          bootstrapServers: 'a:9093,b:9093',
          description: undefined,
          properties: {
            'security.protocol': 'SASL_SSL',
            'sasl.mechanism': 'SCRAM-SHA-256',
            'sasl.jaas.config': scram('me', 'p=a\\"ss\\\\word'),
            ...CA,
            ...IDENTITY,
            'ssl.key.password': 'geheim',
            'ssl.endpoint.identification.algorithm': '',
            acks: '1',
            'auto.offset.reset': 'earliest',
            'client.id': 'mine',
          },
          leftOut: ['enable.ssl.certificate.verification', 'statistics.interval.ms'],
        },
      ],
    })
  })

  test('a key in one file with its certificate, stores, folders of authorities, and text', async () => {
    const properties = async (text: string) => {
      const { contexts } = await read(
        'kafkacat.conf',
        `bootstrap.servers=a:1\nsecurity.protocol=SSL\n${text}`,
      )
      return { ...contexts[0]!.properties, leftOut: contexts[0]!.leftOut }
    }
    expect(await properties('ssl.certificate.location=both.pem\nssl.key.location=both.pem')).toEqual({
      'security.protocol': 'SSL',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': join(root, 'both.pem'),
      leftOut: [],
    })
    expect(await properties('ssl.keystore.location=me.p12\nssl.keystore.password=x')).toMatchObject({
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.location': join(root, 'me.p12'),
      'ssl.keystore.password': 'x',
    })
    expect(await properties('ssl.ca.location=cas')).toMatchObject({ leftOut: ['ssl.ca.location (a folder)'] })
    expect(await properties('ssl.ca.location=probe')).toEqual({ 'security.protocol': 'SSL', leftOut: [] })
    expect(await properties('ssl.ca.pem=X\\nY')).toMatchObject({ 'ssl.truststore.certificates': 'X\nY' })
    expect(await properties('ssl.key.location=missing.key\nssl.certificate.location=me.pem')).toMatchObject({
      leftOut: ["ssl.key.location ('missing.key' cannot be read)"],
    })
    expect(await properties('ssl.key.location=me.key')).toMatchObject({
      leftOut: ['ssl.key.location (key and certificate go together)'],
    })
  })

  test('tokens from an endpoint, and mechanisms that ktool lacks', async () => {
    const oidc = await read(
      'kcat.conf',
      `bootstrap.servers=a:1
security.protocol=SASL_SSL
sasl.mechanisms=OAUTHBEARER
sasl.oauthbearer.method=oidc
sasl.oauthbearer.client.id=me
sasl.oauthbearer.client.secret=s
sasl.oauthbearer.scope=kafka
sasl.oauthbearer.token.endpoint.url=https://login.example.com/token`,
    )
    expect(oidc.contexts[0]!.properties).toEqual({
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': 'OAUTHBEARER',
      'sasl.jaas.config': 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;',
      'sasl.login.callback.handler.class':
        'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler',
      'sasl.oauthbearer.client.credentials.client.id': 'me',
      'sasl.oauthbearer.client.credentials.client.secret': 's',
      'sasl.oauthbearer.scope': 'kafka',
      'sasl.oauthbearer.token.endpoint.url': 'https://login.example.com/token',
    })
    const kerberos = await read('kcat.conf', 'bootstrap.servers=a:1\nsecurity.protocol=SASL_PLAINTEXT')
    expect(kerberos.contexts[0]!.leftOut).toEqual([
      'sasl.mechanisms GSSAPI (ktool knows PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER)',
    ])
  })

  test('a line that is none is told by its number, and nothing of it', async () => {
    await expect(read('kcat.conf', 'bootstrap.servers=a:1\nsecret')).rejects.toThrow(
      "'kcat.conf' is not a list of property=value at line 2",
    )
  })
})

test.each(['plain', 'a"b', 'a\\\\b', "it's; required", 'a\\nb', '$x #y //z', 'ä€😀'])(
  'the password %j is what the login module reads',
  async (password) => {
    const { contexts } = await read(
      'secrets.yaml',
      JSON.stringify({ clusters: [{ name: 'a', brokers: ['b:1'], SASL: { username: 'u', password } }] }),
    )
    const { options } = parseJaas(contexts[0]!.properties['sasl.jaas.config']!)
    expect(options.get('username')?.reveal()).toBe('u')
    expect(options.get('password')?.reveal()).toBe(password)
  },
)

test('kafkactl: all contexts of a config.yml, whatever the case of its names', async () => {
  writeFileSync(join(root, 'current-context.yml'), 'current-context: remote\n')
  const found = await read(
    'config.yml',
    `contexts:
  default:
    brokers: [localhost:9092]
    kafkaVersion: 2.8.0
    tls: { enabled: false, ca: ca.pem }
  remote:
    brokers:
      - a:9092
      - b:9092
    clientID: mine
    requestTimeout: 10s
    tls:
      enabled: true
      ca: ca.pem
      cert: me.pem
      certkey: me.key
      certKeyPassphrase: geheim
      insecure: true
    sasl:
      enabled: true
      username: admin
      mechanism: scram-sha512
    schemaRegistry:
      url: localhost:8081
    kubernetes:
      enabled: false
`,
  )
  rmSync(join(root, 'current-context.yml'))
  expect(found).toEqual({
    format: 'kafkactl',
    current: 'remote',
    contexts: [
      {
        name: 'default',
        bootstrapServers: 'localhost:9092',
        description: undefined,
        properties: {},
        leftOut: [],
      },
      {
        name: 'remote',
        bootstrapServers: 'a:9092,b:9092',
        description: undefined,
        properties: {
          'security.protocol': 'SASL_SSL',
          'client.id': 'mine',
          ...CA,
          ...IDENTITY,
          'ssl.key.password': 'geheim',
          'sasl.mechanism': 'SCRAM-SHA-512',
          'sasl.jaas.config':
            'org.apache.kafka.common.security.scram.ScramLoginModule required username="admin";',
        },
        leftOut: [
          'sasl.password (kafkactl has it in a keyring)',
          'requestTimeout',
          'schemaRegistry',
          'tls.insecure',
        ],
      },
    ],
  })
})

test('kaf: all clusters of its config', async () => {
  const found = await read(
    'config',
    `current-cluster: sasl
clusters:
- name: local
  version: ""
  brokers: [localhost:9092]
  SASL: null
  TLS: null
  security-protocol: ""
  schema-registry-url: ""
- name: sasl
  brokers: [a:9092, b:9092]
  SASL: { mechanism: PLAIN, username: admin, password: geheim }
  TLS: { insecure: true }
  security-protocol: SASL_SSL
- name: keys
  brokers: [c:9092]
  TLS: { cafile: ca.pem, clientfile: me.pem, clientkeyfile: me.key, insecure: false }
- name: oauth
  brokers: [d:9092]
  SASL:
    mechanism: OAUTHBEARER
    clientID: me
    clientSecret: geheim
    tokenURL: https://login.example.com/token
    scopes: [one, two]
  security-protocol: SASL_SSL
- name: msk
  brokers: [e:9092]
  SASL: { mechanism: AWS_MSK_IAM }
  security-protocol: SASL_SSL
`,
  )
  expect(found).toMatchObject({ format: 'kaf', current: 'sasl' })
  expect(Object.fromEntries(found.contexts.map((context) => [context.name, context]))).toMatchObject({
    local: { bootstrapServers: 'localhost:9092', properties: {}, leftOut: [] },
    sasl: {
      bootstrapServers: 'a:9092,b:9092',
      properties: {
        'security.protocol': 'SASL_SSL',
        'sasl.mechanism': 'PLAIN',
        'sasl.jaas.config': plain('admin', 'geheim'),
      },
      leftOut: ['TLS.insecure'],
    },
    keys: { properties: { 'security.protocol': 'SSL', ...CA, ...IDENTITY }, leftOut: [] },
    oauth: {
      properties: {
        'sasl.oauthbearer.token.endpoint.url': 'https://login.example.com/token',
        'sasl.jaas.config':
          'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="me" clientSecret="geheim" scope="one two";',
      },
    },
    msk: {
      properties: { 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'AWS_MSK_IAM' },
      leftOut: ['SASL.mechanism AWS_MSK_IAM (ktool knows PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER)'],
    },
  })
})

test('kcl: profiles, or a file without any', async () => {
  const profiles = await read(
    'config.toml',
    `current_profile = "prod"

[profiles.dev]
seed_brokers = ["localhost:9092"]

[profiles.prod]
seed_brokers = ["a:9093", "b:9093"]
broker_timeout = "5s"

[profiles.prod.tls]
ca_cert_path = "ca.pem"
client_cert_path = "me.pem"
client_key_path = "me.key"
server_name = "kafka.example.com"

[profiles.prod.sasl]
method = "scram_sha_256"
user = "me"
pass = "geheim"
is_token = true
`,
  )
  expect(profiles).toEqual({
    format: 'kcl',
    current: 'prod',
    contexts: [
      {
        name: 'dev',
        bootstrapServers: 'localhost:9092',
        description: undefined,
        properties: {},
        leftOut: [],
      },
      {
        name: 'prod',
        bootstrapServers: 'a:9093,b:9093',
        description: undefined,
        properties: {
          'security.protocol': 'SASL_SSL',
          ...CA,
          ...IDENTITY,
          'sasl.mechanism': 'SCRAM-SHA-256',
          'sasl.jaas.config': scram('me', 'geheim', ' tokenauth="true"'),
        },
        leftOut: ['broker_timeout', 'tls.server_name'],
      },
    ],
  })
  const flat = await read('flat.toml', 'seed_brokers = ["a:9092"]\n[tls]\n')
  expect(flat.contexts).toMatchObject([
    { name: 'kcl', bootstrapServers: 'a:9092', properties: { 'security.protocol': 'SSL' } },
  ])
})

test('rpk: profiles of newer and older versions', async () => {
  const found = await read(
    'rpk.yaml',
    `version: 6
globals: { prompt: "" }
current_profile: prod
profiles:
  - name: prod
    description: the real one
    prompt: hi-red
    from_cloud: false
    kafka_api:
      brokers: [a:9092, b:9092]
      tls: { ca_file: ca.pem, cert_file: me.pem, key_file: me.key, insecure_skip_verify: true }
      sasl: { user: me, password: geheim, mechanism: scram-sha-256 }
    admin_api: { addresses: [a:9644] }
    schema_registry: {}
  - name: old
    kafka_api:
      brokers: [c:9092]
      tls: { truststore_file: ca.pem }
      sasl: { user: me, password: geheim, type: SCRAM-SHA-512 }
  - name: public
    kafka_api: { brokers: [d:9092], tls: {} }
  - name: empty
    kafka_api: {}
`,
  )
  expect(found).toMatchObject({ format: 'rpk', current: 'prod' })
  expect(found.contexts).toMatchObject([
    {
      name: 'prod',
      description: 'the real one',
      bootstrapServers: 'a:9092,b:9092',
      properties: {
        'security.protocol': 'SASL_SSL',
        ...CA,
        ...IDENTITY,
        'sasl.mechanism': 'SCRAM-SHA-256',
        'sasl.jaas.config': scram('me', 'geheim'),
      },
      leftOut: ['admin_api', 'kafka_api.tls.insecure_skip_verify'],
    },
    {
      name: 'old',
      properties: { ...CA, 'sasl.mechanism': 'SCRAM-SHA-512', 'security.protocol': 'SASL_SSL' },
      leftOut: [],
    },
    { name: 'public', properties: { 'security.protocol': 'SSL' } },
    { name: 'empty', bootstrapServers: null },
  ])
})

test('properties of a Java client are taken as they are', async () => {
  const found = await read(
    'team client.properties',
    'bootstrap.servers=a\\:9092\nsecurity.protocol=SSL\nssl.truststore.location=ca.pem\nsasl.jaas.config=x y="1";\n',
  )
  expect(found).toMatchObject({
    format: 'properties',
    contexts: [
      {
        name: 'team-client',
        bootstrapServers: 'a:9092',
        properties: {
          'security.protocol': 'SSL',
          'ssl.truststore.location': join(root, 'ca.pem'),
          'sasl.jaas.config': 'x y="1";',
        },
      },
    ],
  })
})

describe('whose file it is', () => {
  test.each<[string, string, ImportFormat]>([
    ['a', 'contexts: { a: { brokers: [b:1] } }', 'kafkactl'],
    ['kafkactl.yml', 'contexts: {}', 'kafkactl'],
    ['b', 'clusters: [{ name: a, brokers: [b:1] }]', 'kaf'],
    ['c', 'profiles: [{ name: a }]', 'rpk'],
    ['d', '[profiles.a]\nseed_brokers = ["b:1"]', 'kcl'],
    ['e', 'seed_brokers = ["b:1"]', 'kcl'],
    ['f', 'metadata.broker.list=b:1', 'kcat'],
    ['g', 'bootstrap.servers=b:1\nsasl.username=x', 'kcat'],
    ['h', 'bootstrap.servers=b:1', 'properties'],
  ])('%s with %j', async (name, text, format) => {
    expect((await read(name, text)).format).toBe(format)
  })

  test('is asked for when it is not plain', async () => {
    await expect(read('i', 'hello')).rejects.toThrow("it is not plain whose file 'i' is")
  })
})

test('a file that is broken, or missing, is told without what is in it', async () => {
  await expect(read('rpk.yaml', 'profiles: [\n  geheim: "x')).rejects.toThrow(
    /^'rpk\.yaml' is not YAML at line \d+, column \d+$/,
  )
  await expect(read('x.toml', 'a = "geheim')).rejects.toThrow(
    /^'x\.toml' is not TOML at line \d+, column \d+$/,
  )
  await expect(readForeignFile('nothing', { cwd: root })).rejects.toThrow("there is no file 'nothing'")
})

test('a file that nests too deeply is refused with that reason', async () => {
  const message = 'has too many levels of lists and maps within one another'
  await expect(read('rpk.yaml', `a: ${'['.repeat(20_000)}`)).rejects.toThrow(`'rpk.yaml' ${message}`)
})
