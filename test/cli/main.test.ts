import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'

import { expect, test } from 'vitest'
import type { Io } from '../../src/cli/io.ts'
import { OutputClosed } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'
import { TOOLS } from '../../src/cli/registry.ts'
import { VERSION } from '../../src/cli/version.ts'
import { ConnectionError } from '../../src/client/wire/connection-error.ts'
import { KafkaError } from '../../src/protocol/errors.ts'
import type { FakeCluster } from '../support/fake-cluster.ts'
import { fakeCluster, topic } from '../support/fake-cluster.ts'
import type { TestIoOptions } from '../support/test-io.ts'
import { testIo } from '../support/test-io.ts'

async function ktool(
  args: string,
  { io: options = {}, cluster = fakeCluster(), program = 'ktool' }: Setup = {},
) {
  const io = testIo(options)
  const exit = await main(program, args.split(' ').filter(Boolean), io, cluster.connect)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}

interface Setup {
  readonly io?: TestIoOptions
  readonly cluster?: Pick<FakeCluster, 'connect'>
  readonly program?: string
}

const failing = (error: Error): Pick<FakeCluster, 'connect'> => {
  const { connect } = fakeCluster()
  const fail = () => Promise.reject(error)
  return { connect: () => Object.assign(connect(), { allTopics: fail, brokers: fail }) }
}
const refused = failing(new ConnectionError('unreachable', 'localhost:9092', 'connection refused'))

test('the version is that of the package', async () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8'))).toMatchObject({ version: VERSION })
  expect(await ktool('--version')).toEqual({ exit: 0, stdout: `ktool ${VERSION}\n`, stderr: '' })
  expect(await ktool('topics --version')).toEqual({ exit: 0, stdout: `ktool ${VERSION}\n`, stderr: '' })
})

test('help goes to standard output and names every tool', async () => {
  const { exit, stdout, stderr } = await ktool('--help')
  expect([exit, stderr]).toEqual([0, ''])
  for (const { name } of TOOLS) expect(stdout).toContain(`  ${name}`)
})

test.each(['topics --help', 'topics -help', 'topics -h', 'help topics', '--debug topics --help'])(
  '%s prints the help of the tool',
  async (args) => {
    const { exit, stdout } = await ktool(args)
    expect(exit).toBe(0)
    expect(stdout).toContain('--replica-assignment')
  },
)

test('a group of commands has a help of its own, and one for each command', async () => {
  expect((await ktool('features --help')).stdout).toContain('version-mapping')
  expect((await ktool('features describe --help')).stdout).toContain('--node-id <id>')
})

test.each([
  ['', 'no tool was named\nhint: ktool --help lists them\n'],
  ['topcs', "there is no tool 'topcs'\nhint: did you mean topics?\n"],
  ['kafka-topics.sh', "there is no tool 'kafka-topics.sh'\nhint: did you mean topics?\n"],
  [
    'topics lst',
    'Command must include exactly one action: --list, --describe, --create, --alter or --delete\nhint: did you mean list?\n',
  ],
  ['topics crate orders', "unexpected argument 'orders'\nhint: did you mean create?\n"],
  [
    'topics list -o jsn',
    "Error while executing topic command : --output: 'jsn' is not one of text, table, json, jsonl, csv, name\nhint: did you mean json?\n",
  ],
  [
    'lag --by Group',
    "--by: 'Group' is not one of topic, group, member, partition\nhint: did you mean group?\n",
  ],
  ['xyz', "there is no tool 'xyz'\nhint: ktool --help lists the tools\n"],
  [
    'features descrbe',
    "Command line error: invalid choice: 'descrbe' (choose from 'describe', 'upgrade', 'downgrade', 'disable', 'version-mapping', 'feature-dependencies'). Type --help for help.\nhint: did you mean describe?\n",
  ],
  ['cluster', 'error: too few arguments\nhint: ktool cluster --help lists the commands\n'],
  ['topics --list --topi a', 'topi is not a recognized option\nhint: did you mean --topic?\n'],
  ['topics create', 'Missing required argument "[topic]"\nhint: ktool topics --help lists the options\n'],
])('"%s" is a usage error', async (args, stderr) => {
  expect(await ktool(args)).toEqual({ exit: 2, stdout: '', stderr })
})

test.each(['kafka-topics', '/opt/kafka/bin/kafka-topics.sh'])(
  'a link named %s is the tool',
  async (program) => {
    const cluster = fakeCluster({ topics: [topic('a')] })
    expect(await ktool('--list', { program, cluster })).toEqual({ exit: 0, stdout: 'a\n', stderr: '' })
  },
)

test('options may stand before the command of a group', async () => {
  const { exit, stdout } = await ktool(
    'features --bootstrap-server x:1 version-mapping --release-version 3.9',
  )
  expect([exit, stdout.split('\n')[0]]).toEqual([0, 'metadata.version=21 (3.9)'])
})

test('without a server named, a default that does not answer is told in the words for a missing option', async () => {
  expect(await ktool('topics --list', { cluster: refused })).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      '--bootstrap-server must be specified\n' +
      'hint: no broker at localhost:9092: connection refused; it is asked when --bootstrap-server is left out; `ktool serve` starts one\n',
  })
})

test("without a server named, a tool of ktool's own says where it looked and what starts a broker", async () => {
  expect(await ktool('lag', { cluster: refused })).toEqual({
    exit: 1,
    stdout: '',
    stderr: 'ktool lag: no broker at localhost:9092: connection refused\nhint: `ktool serve` starts one\n',
  })
})

test('a server that does not answer is told with the variable it came from', async () => {
  const io = { env: { KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092' } }
  expect((await ktool('topics --list', { cluster: refused, io })).stderr).toBe(
    'Error while executing topic command : localhost:9092: connection refused\n' +
      'hint: the address localhost:9092 is from KAFKA_BOOTSTRAP_SERVERS\n',
  )
})

test('in JSON modes an error is one JSON object', async () => {
  const cluster = failing(new KafkaError('TOPIC_AUTHORIZATION_FAILED', 'no'))
  const { exit, stderr } = await ktool('topics --list -o json', { cluster })
  expect(exit).toBe(1)
  expect(JSON.parse(stderr)).toEqual({
    error: {
      message: 'Error while executing topic command : no',
      code: 'TOPIC_AUTHORIZATION_FAILED',
      hint: null,
      exitCode: 1,
    },
  })
  expect(JSON.parse((await ktool('topics -o jsonl')).stderr)).toMatchObject({ error: { exitCode: 2 } })
})

test("Kafka's exit codes come back on demand", async () => {
  expect((await ktool('topics --compat-exit-codes')).exit).toBe(1)
  expect((await ktool('topics', { io: { env: { KTOOL_COMPAT_EXIT: '1' } } })).exit).toBe(1)
  expect((await ktool('topics', { io: { env: { KTOOL_COMPAT_EXIT: '0' } } })).exit).toBe(2)
})

test('a bug is told in one line, with its stack on demand', async () => {
  const cluster = failing(new TypeError('x is not a function'))
  expect((await ktool('topics --list', { cluster })).stderr).toBe(
    'Error while executing topic command : x is not a function\n',
  )
  expect((await ktool('topics --list --debug', { cluster })).stderr).toContain('at ')
})

test('a reader that went away ends the tool quietly', async () => {
  const io: Io = {
    ...testIo(),
    out() {
      throw new OutputClosed('closed')
    },
  }
  const cluster = fakeCluster({ topics: [topic('a')] })
  expect(await main('ktool', ['topics', '--list'], io, cluster.connect)).toBe(0)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends an interrupted tool with %i, and its connections are closed', async (signal, code) => {
  const cluster = fakeCluster()
  const connect = () => Object.assign(cluster.connect(), { allTopics: () => new Promise(() => {}) })
  const io = testIo()
  const running = main('ktool', ['topics', '--list'], io, connect)
  await expect.poll(() => io.listeners).toBe(1)
  io.interrupt(signal)
  expect(await running).toBe(code)
  expect([cluster.isClosed, io.listeners]).toEqual([true, 0])
})

test('a question that waits for its answer is ended by a signal', async () => {
  const io = testIo({ isTerminal: true })
  const open: Io = Object.create(io, { in: { value: new Readable({ read() {} }) } })
  const line = 'acls --remove --allow-principal User:a --operation Read --topic x --bootstrap-server x:1'
  const running = main('ktool', line.split(' '), open, fakeCluster().connect)
  await expect.poll(() => io.stderr).toContain('(y/N)')
  io.interrupt('SIGHUP')
  expect(await running).toBe(129)
})
