import { expect, test } from 'vitest'

import { parseAddConfig } from '../../../src/cli/configs/changes.ts'
import { readCredential } from '../../../src/cli/configs/scram.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import type { Answers } from '../../support/fake-cluster.ts'
import { fakeCluster, topic } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const entry = (name: string, value: string, configSource: number) => ({
  name,
  value,
  configSource,
  readOnly: false,
  isSensitive: false,
  synonyms: [{ name: `log.${name}`, value, source: configSource }],
})
const describing = (resourceName: string): Answers => ({
  DescribeConfigs: () => ({
    results: [
      {
        resourceName,
        errorCode: 0,
        errorMessage: null,
        configs: [entry('z', '1', 1), entry('b', '2', 5), entry('a', '3', 1)],
      },
    ],
  }),
})
const altered: Answers = {
  IncrementalAlterConfigs: () => ({ responses: [{ errorCode: 0, errorMessage: null }] }),
}

test("a topic's own settings are printed by name, the others on demand", async () => {
  const cluster = fakeCluster({ topics: [topic('t')], answers: describing('t') })
  expect((await runTool('configs --describe --topic t', cluster)).stdout).toBe(
    'Dynamic configs for topic t are:\n' +
      '  a=3 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:log.a=3}\n' +
      '  z=1 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:log.z=1}\n',
  )
  const all = await runTool('configs describe topics t --all -o csv', cluster)
  expect(all.stdout.split('\n').slice(0, 3)).toEqual([
    'entity,name,value,source,isSensitive,isReadOnly',
    'topic=t,a,3,DYNAMIC_TOPIC_CONFIG,false,false',
    'topic=t,b,2,DEFAULT_CONFIG,false,false',
  ])
})

test('what is not there is a failure', async () => {
  expect(await runTool('configs --describe --topic t')).toEqual({
    exit: 1,
    stdout: '',
    stderr: "The topic 't' doesn't exist and doesn't have dynamic config.\n",
  })
})

test('settings are set and removed in one request, which only a named broker answers for itself', async () => {
  const cluster = fakeCluster({ answers: altered })
  const ran = await runTool('configs --alter --topic t --add-config a=1,b=[2,3] --delete-config c,d', cluster)
  expect(ran).toEqual({ exit: 0, stdout: 'Completed updating config for topic t.\n', stderr: '' })
  const resource = {
    resourceType: 2,
    resourceName: 't',
    configs: [
      { name: 'c', configOperation: 1, value: '' },
      { name: 'd', configOperation: 1, value: '' },
      { name: 'a', configOperation: 0, value: '1' },
      { name: 'b', configOperation: 0, value: '2,3' },
    ],
  }
  expect(cluster.asked).toEqual([
    {
      api: 'IncrementalAlterConfigs',
      node: 'controller',
      body: { resources: [resource], validateOnly: false },
    },
  ])
  await runTool('configs --alter --broker 1 --add-config a=1', cluster)
  expect(cluster.asked[1]!.node).toBe(1)
  const defaults = await runTool('configs --alter --broker-defaults --add-config a=1 --dry-run', cluster)
  expect(defaults.stderr).toBe('dry run: would update default config for brokers in the cluster\n')
  expect(cluster.asked[2]).toMatchObject({ node: 'controller', body: { validateOnly: true } })
})

test("a refusal is told in Kafka's sentence, and the reason below", async () => {
  const refused: Answers = {
    IncrementalAlterConfigs: () => ({
      responses: [{ errorCode: errorCode('INVALID_CONFIG'), errorMessage: 'Unknown a' }],
    }),
  }
  expect(
    await runTool('configs --alter --topic t --add-config a=1', fakeCluster({ answers: refused })),
  ).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      "Error while executing config command with args '--alter --topic t --add-config a=1'\nUnknown a\n",
  })
})

const quotas: Answers = {
  DescribeClientQuotas: () => ({
    entries: [
      {
        entity: [
          { entityType: 'client-id', entityName: null },
          { entityType: 'user', entityName: 'u' },
        ],
        values: [{ key: 'producer_byte_rate', value: 1024 }],
      },
    ],
  }),
  AlterClientQuotas: () => ({ entries: [{ errorCode: 0, errorMessage: null, entity: [] }] }),
}

test('quotas are asked for by name, default or type, in the order of the command line', async () => {
  const cluster = fakeCluster({ answers: quotas })
  const ran = await runTool(
    'configs --describe --entity-type users --entity-name u --entity-type clients --entity-default',
    cluster,
  )
  expect(ran.stdout).toBe(
    "Quota configs for user-principal 'u', the default client-id are producer_byte_rate=1024.0\n",
  )
  await runTool(
    'configs --describe --entity-type users --entity-type clients --entity-default --entity-name c',
    cluster,
  )
  expect(cluster.asked.map(({ body }) => body.components)).toEqual([
    [
      { entityType: 'user', matchType: 0, match: 'u' },
      { entityType: 'client-id', matchType: 1, match: null },
    ],
    [
      { entityType: 'user', matchType: 1, match: null },
      { entityType: 'client-id', matchType: 0, match: 'c' },
    ],
  ])
  await runTool('configs --describe --entity-type ips', cluster)
  expect(cluster.asked[2]!.body).toEqual({
    components: [{ entityType: 'ip', matchType: 2, match: null }],
    strict: true,
  })
})

test('a quota is set as a number, and removed only where it is', async () => {
  const cluster = fakeCluster({ answers: quotas })
  await runTool('configs --alter --user u --add-config request_percentage=50', cluster)
  expect(cluster.asked[0]!.body.entries).toEqual([
    {
      entity: [{ entityType: 'user', entityName: 'u' }],
      ops: [{ key: 'request_percentage', value: 50, remove: false }],
    },
  ])
  const missing = await runTool('configs --alter --user u --delete-config consumer_byte_rate', cluster)
  expect(missing).toEqual({ exit: 1, stdout: '', stderr: 'Invalid config(s): consumer_byte_rate\n' })
})

test('a password is salted and hashed before it is sent', async () => {
  const cluster = fakeCluster({
    answers: { AlterUserScramCredentials: () => ({ results: [{ errorCode: 0, errorMessage: null }] }) },
  })
  await runTool(
    'configs --alter --user u --add-config SCRAM-SHA-256=[iterations=4096,password=pencil]',
    cluster,
  )
  const [credential] = cluster.asked[0]!.body.upsertions as Record<string, unknown>[]
  expect(credential).toMatchObject({ name: 'u', mechanism: 1, iterations: 4096, salt: Buffer.alloc(20, 7) })
  // python3 -c 'import hashlib; print(hashlib.pbkdf2_hmac("sha256", b"pencil", b"\7"*20, 4096).hex())'
  expect(credential!.saltedPassword).toEqual(
    Buffer.from('e7cb0c02f93140f7b3d622b66bccc211a825ed86c72a87b0a6b70ea48e90cf3a', 'hex'),
  )
})

test.each([
  ['--describe --alter --topic a', 'Command must include exactly one action: --describe, --alter'],
  ['--describe', 'At least one entity type must be specified'],
  ['--describe --topic a --add-config x=1', 'Option "[describe]" can\'t be used with option "[add-config]"'],
  [
    '--describe --entity-type users --entity-type topics',
    "Only 'users' and 'clients' entity types may be specified together",
  ],
  ['--describe --topic a --entity-type topics', 'Duplicate entity type(s) specified: topics'],
  [
    '--describe --topic a --entity-name b',
    '--entity-{type,name,default} should not be used in conjunction with specific entity flags',
  ],
  [
    '--alter --broker x --add-config a=b',
    'The entity name for brokers must be a valid integer broker id, but it is: x',
  ],
  [
    '--describe --entity-type broker-loggers',
    'An entity name must be specified with --describe of broker-loggers',
  ],
  [
    '--describe --entity-type topics --entity-default',
    '--entity-default must not be specified with --describe of topics',
  ],
  [
    '--alter --entity-type topics --add-config a=b',
    'An entity name must be specified with --alter of topics',
  ],
  [
    '--alter --entity-type users --add-config a=b',
    'An entity-name or default entity must be specified with --alter of users, clients, brokers or ips',
  ],
  [
    '--alter --entity-type users --entity-type clients --entity-name a --add-config a=b',
    'An entity name must be specified for every entity type',
  ],
  [
    '--alter --topic a',
    'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter',
  ],
  [
    '--alter --topic a --add-config x',
    'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.',
  ],
  [
    '--describe --topic a --bootstrap-server x:1 --bootstrap-controller x:1',
    'Only one of --bootstrap-server or --bootstrap-controller can be specified',
  ],
])('configs %s is a usage error', async (args, message) => {
  const { exit, stderr } = await runTool(`configs ${args}`)
  expect([exit, stderr.split('\n')[0]]).toEqual([2, message])
})

test.each([
  [
    '--user u --add-config x=1',
    "Only quota and SCRAM credential configs can be added for 'users' using --bootstrap-server. Unexpected config names: Set(x)",
  ],
  [
    '--client c --delete-config x',
    "Only quota configs can be deleted for 'clients' using --bootstrap-server. Unexpected config names: ArrayBuffer(x)",
  ],
  [
    '--ip 127.0.0.1 --add-config x=1',
    "Only connection quota configs can be added for 'ips' using --bootstrap-server. Unexpected config names: x",
  ],
  [
    '--user u --add-config producer_byte_rate=abc',
    'Cannot parse quota configuration value for producer_byte_rate: abc',
  ],
  ['--user u --add-config SCRAM-SHA-256=foo', 'Invalid credential property SCRAM_SHA_256=[hidden]'],
  [
    '--user-defaults --add-config SCRAM-SHA-256=[password=x]',
    'The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using --bootstrap-server.',
  ],
  ['--topic t --add-config a*=1', 'Invalid character found for config key: a*'],
])('configs --alter %s sends nothing', async (args, message) => {
  const cluster = fakeCluster()
  expect(await runTool(`configs --alter ${args}`, cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr: `${message}\n`,
  })
  expect(cluster.asked).toEqual([])
})

test.each([
  [['--entity-type', 'brokers', '--entity-name', '', '--add-config', 'a=1'], '--entity-name'],
  [['--broker', '', '--delete-config', 'a'], '--broker'],
  [['--user', '', '--add-config', 'producer_byte_rate=1'], '--user'],
  [['--client', '', '--delete-config', 'producer_byte_rate'], '--client'],
  [['--ip', '', '--delete-config', 'connection_creation_rate'], '--ip'],
  [
    [
      '--entity-type',
      'users',
      '--entity-name',
      'u',
      '--entity-type',
      'clients',
      '--entity-name',
      '',
      '--add-config',
      'producer_byte_rate=1',
    ],
    '--entity-name',
  ],
])('configs --alter %j does not take an empty name for the default entity', async (args, option) => {
  const cluster = fakeCluster()
  expect(await runTool(['configs', '--alter', ...args], cluster)).toEqual({
    exit: 2,
    stdout: '',
    stderr: `${option} has an empty value\nhint: --entity-default stands for the default of all entities of a type\n`,
  })
  expect(cluster.asked).toEqual([])
})

test.each([
  ['a=1', { a: '1' }],
  ['a=', { a: '' }],
  ['a = 1 , b = 2', { a: '1', b: '2' }],
  ['a=[1,2],b=[x=y]', { a: '1,2', b: 'x=y' }],
  ['a=1,', { a: '1' }],
])('%s is read as settings', (text, settings) => {
  expect(Object.fromEntries(parseAddConfig(text))).toEqual(settings)
})

test.each(['', ',', 'a', 'a=1,b'])("'%s' is not a list of settings", (text) => {
  expect(() => parseAddConfig(text)).toThrow('all configs to be added must be in the format "key=val"')
})

test.each([
  ['password=a,b', { iterations: 4096, password: 'a,b' }],
  ['iterations=8192,password=x', { iterations: 8192, password: 'x' }],
  ['iterations=-1,password=x', { iterations: 4096, password: 'x' }],
])('%s is read as a credential', (text, credential) => {
  expect(readCredential('SCRAM-SHA-256', text)).toEqual(credential)
})

test('too few iterations are refused', () => {
  expect(() => readCredential('SCRAM-SHA-512', 'iterations=1,password=x')).toThrow(
    'Iterations 1 is less than the minimum 4096 required for SCRAM-SHA-512',
  )
})
