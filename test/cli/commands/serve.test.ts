import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { CONFIG_SOURCES } from '../../../src/broker/config/config-source.ts'
import { RESOURCE_TYPES } from '../../../src/broker/metadata/image.ts'
import { main } from '../../../src/cli/main.ts'
import { Cluster } from '../../../src/client/cluster.ts'
import { DescribeConfigs } from '../../../src/protocol/messages/configs.ts'
import { DescribeCluster } from '../../../src/protocol/messages/metadata.ts'
import { testIo } from '../../support/test-io.ts'

interface Ready {
  readonly event: string
  readonly bootstrapServers: string
  readonly dataDir: string
  readonly pid: number
}

/** Runs `ktool serve` on a free port in this process until the test ends or `stop` is called. */
const serve = (...args: string[]) => serveAt('--port', '0', ...args)

async function serveAt(...args: string[]) {
  const io = testIo()
  let code: number | undefined
  const ended = main('ktool', ['serve', ...args], io).then((exit) => {
    code = exit
    return exit
  })
  const stop = () => {
    io.interrupt()
    return ended
  }
  onTestFinished(async () => {
    if (code === undefined) await stop()
  })
  await vi.waitFor(() => expect(io.stdout.endsWith('\n') || code !== undefined).toBe(true), 9000)
  return { io, stop, ready: JSON.parse(io.stdout || '{}') as Ready, code }
}

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-serve-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function topicsAt(bootstrapServers: string): Promise<Record<string, number>> {
  const topics = await ask(bootstrapServers, (cluster) => cluster.allTopics())
  return Object.fromEntries([...topics.values()].map(({ name, partitions }) => [name, partitions.length]))
}

/** Id and address of each broker, as its clients are given them. */
async function brokersAt(bootstrapServers: string): Promise<[number, string][]> {
  const { brokers } = await ask(bootstrapServers, (cluster) =>
    cluster.request(DescribeCluster, { includeClusterAuthorizedOperations: false }),
  )
  return brokers.map(({ brokerId, host, port }) => [brokerId, `${host}:${port}`])
}

/** Value and source of a setting of broker 1. */
async function brokerSetting(bootstrapServers: string, name: string) {
  const { results } = await ask(bootstrapServers, (cluster) =>
    cluster.request(DescribeConfigs, {
      resources: [{ resourceType: RESOURCE_TYPES.BROKER, resourceName: '1', configurationKeys: [name] }],
    }),
  )
  const [config] = results[0]!.configs
  const source = Object.entries(CONFIG_SOURCES).find(([, number]) => number === config?.configSource)
  return [config?.value, source?.[0]]
}

async function ask<Result>(bootstrapServers: string, question: (cluster: Cluster) => Promise<Result>) {
  const cluster = Cluster.connect({ bootstrapServers })
  try {
    return await question(cluster)
  } finally {
    await cluster.close()
  }
}

test('serve says on one line of JSON when it is ready, and ends with 0 when it is told to stop', async () => {
  const dataDir = freshFolder()
  const { io, ready, stop } = await serve('--data-dir', dataDir, '--topic', 'orders:3', '--topic', 'users')
  expect(ready).toMatchObject({ event: 'ready', dataDir, pid: 1 })
  expect(ready.bootstrapServers).toMatch(/^127\.0\.0\.1:\d+$/)
  expect(await topicsAt(ready.bootstrapServers)).toEqual({ orders: 3, users: 1 })
  expect(await stop()).toBe(0)
  expect(io.stdout.split('\n')).toHaveLength(2)
  expect(existsSync(join(dataDir, '.kafka_cleanshutdown'))).toBe(true)
})

test('topics that are there already are left as they are', async () => {
  const dataDir = freshFolder()
  const first = await serve('--data-dir', dataDir, '--topic', 'orders:3')
  await first.stop()
  const second = await serve('--data-dir', dataDir, '--topic', 'orders:5')
  expect(await topicsAt(second.ready.bootstrapServers)).toEqual({ orders: 3 })
})

test('an ephemeral broker leaves nothing behind', async () => {
  const { ready, stop } = await serve('--ephemeral')
  expect(existsSync(ready.dataDir)).toBe(true)
  await stop()
  expect(existsSync(ready.dataDir)).toBe(false)
})

test('several brokers are several addresses', async () => {
  const { ready } = await serve('--ephemeral', '--brokers', '3', '--config', 'default.replication.factor=3')
  expect(ready.bootstrapServers.split(',')).toHaveLength(3)
})

test('a server.properties file is an argument; unknown settings are named', async () => {
  const folder = freshFolder()
  const file = join(folder, 'server.properties')
  writeFileSync(file, `log.dirs=${folder}/data\nnum.partitions=4\nsome.plugin.setting=1\n`)
  const { io, ready } = await serve(file, '--topic', 'orders')
  expect(ready.dataDir).toBe(`${folder}/data`)
  expect(await topicsAt(ready.bootstrapServers)).toEqual({ orders: 4 })
  expect(io.stderr).toContain("warning: 'some.plugin.setting' is not a setting that this broker knows\n")
})

test.each([
  [['--port', '70000'], 2, "--port: '70000' is not between 0 and 65535"],
  [['--brokers', '0'], 2, "--brokers: '0' is not a positive integer"],
  [['--exec'], 2, '--exec: no command is given'],
  [['--exec', '--'], 2, '--exec: no command is given'],
  [['--', 'npm', 'test'], 2, 'a command behind -- needs --exec'],
  [['--advertise', 'a:b'], 2, "--advertise: 'a:b' is not HOST or HOST:PORT"],
  [['--ephemeral', '--data-dir', '/x'], 2, '--ephemeral and --data-dir exclude each other'],
  [
    ['--ephemeral', '--config', 'num.partitions=many'],
    1,
    'Invalid value many for configuration num.partitions',
  ],
  [['--ephemeral', '--topic', 'a/b'], 1, "Topic name is invalid: 'a/b' contains"],
])('serve %j is refused', async (args, exit, message) => {
  const io = testIo()
  expect(await main('ktool', ['serve', ...args], io)).toBe(exit)
  expect(io.stderr).toContain(message)
  expect(io.stdout).toBe('')
})

test('a data folder is for one broker at a time', async () => {
  const dataDir = freshFolder()
  await serve('--data-dir', dataDir)
  const second = await serve('--data-dir', dataDir)
  expect(second.code).toBe(1)
  expect(second.io.stderr).toContain('.lock')
})

test('a port that is taken is said', async () => {
  const { ready } = await serve('--ephemeral')
  const port = ready.bootstrapServers.split(':').at(-1)!
  const io = testIo()
  expect(await main('ktool', ['serve', '--ephemeral', '--port', port], io)).toBe(1)
  expect(io.stderr).toContain(port)
})

test.each(['--host', '--data-dir'])('%s without a value is refused', async (option) => {
  const io = testIo()
  expect(await main('ktool', ['serve', '--port', '0', option, ''], io)).toBe(2)
  expect(io.stderr).toContain(`${option}: the value is empty`)
})

test('a port or a folder that another broker has is told with a way out', async () => {
  const dataDir = freshFolder()
  const { ready } = await serve('--data-dir', dataDir)
  const port = ready.bootstrapServers.split(':')[1]!
  const second = testIo()
  expect(await main('ktool', ['serve', '--ephemeral', '--port', port], second)).toBe(1)
  expect(second.stderr).toContain('hint: --port 0 takes a port that is free\n')
  const third = testIo()
  expect(await main('ktool', ['serve', '--port', '0', '--data-dir', dataDir], third)).toBe(1)
  expect(third.stderr).toContain(
    'hint: one broker keeps its data there already; --data-dir names another folder\n',
  )
})

const PORTS = 'PLAINTEXT://127.0.0.1:0'

test('--override and --config go before the file, also for listeners, data folder and id', async () => {
  const folder = freshFolder()
  const file = join(folder, 'server.properties')
  writeFileSync(file, `log.dir=${folder}/file\nbroker.id=7\nlisteners=PLAINTEXT://127.0.0.1:1\n`)
  const { io, ready } = await serveAt(
    file,
    '--config',
    `log.dirs=${folder}/data`,
    '--override',
    `listeners=${PORTS}`,
    '--override',
    'node.id=9',
  )
  expect(ready.dataDir).toBe(`${folder}/data`)
  expect(existsSync(`${folder}/file`)).toBe(false)
  expect(await brokersAt(ready.bootstrapServers)).toEqual([[9, ready.bootstrapServers]])
  expect(io.stderr).toContain(`serving at ${ready.bootstrapServers}, data in ${folder}/data\n`)
})

test.each([
  ['--ephemeral', '--port', '0', '--config'],
  ['--ephemeral', '--config', `listeners=${PORTS}`, '--config'],
])('%s %s %s: clients are given what advertised.listeners says', async (...args) => {
  const { io, ready } = await serveAt(...args, 'advertised.listeners=PLAINTEXT://kafka.example:1234')
  expect(await brokersAt(ready.bootstrapServers)).toEqual([[1, 'kafka.example:1234']])
  expect(await brokerSetting(ready.bootstrapServers, 'advertised.listeners')).toEqual([
    'PLAINTEXT://kafka.example:1234',
    'STATIC_BROKER_CONFIG',
  ])
  expect(io.stderr).toContain(
    `serving at ${ready.bootstrapServers} (advertised as kafka.example:1234), data in`,
  )
})

test('each listener is named, with the address that is really listened on', async () => {
  const { io } = await serveAt(
    '--ephemeral',
    '--config',
    'listeners=INSIDE://:0,OUTSIDE://127.0.0.1:0',
    '--config',
    'listener.security.protocol.map=INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT',
    '--config',
    'advertised.listeners=INSIDE://kafka:9092',
  )
  expect(io.stderr).toMatch(
    /serving at INSIDE:\/\/0\.0\.0\.0:\d+ \(advertised as kafka:9092\), OUTSIDE:\/\/127\.0\.0\.1:\d+, data in/,
  )
})

test('--data-dir goes before the data folder of the file', async () => {
  const folder = freshFolder()
  const file = join(folder, 'server.properties')
  writeFileSync(file, `log.dirs=${folder}/file\nlisteners=${PORTS}\n`)
  const { ready } = await serveAt(file, '--data-dir', `${folder}/option`)
  expect(ready.dataDir).toBe(`${folder}/option`)
  expect(await brokerSetting(ready.bootstrapServers, 'log.dirs')).toEqual([
    `${folder}/option`,
    'STATIC_BROKER_CONFIG',
  ])
})

test('a topic that is created with a setting without effect is warned about', async () => {
  const { io } = await serveAt('--ephemeral', '--port', '0', '--topic', 'users:1:cleanup.policy=compact')
  expect(io.stderr).toContain(
    "warning: topic 'users': 'cleanup.policy=compact' has no effect: logs are not compacted in this broker yet\n",
  )
  expect(io.stderr).not.toContain('__consumer_offsets')
})

test.each([
  [
    ['--port', '21003', '--config', `listeners=${PORTS}`],
    `listeners=${PORTS}: the port '21003' contradicts it`,
  ],
  [
    ['--host', '::1', '--override', `listeners=${PORTS}`],
    `listeners=${PORTS}: the host '::1' contradicts it`,
  ],
  [
    ['--advertise', 'a', '--config', 'advertised.listeners=PLAINTEXT://b:1'],
    "the advertised address 'a' contradicts it",
  ],
  [['--data-dir', '/a', '--config', 'log.dirs=/b'], "log.dirs=/b: the data folder '/a' contradicts it"],
  [['--ephemeral', '--config', 'log.dirs=/b'], '--ephemeral and log.dirs=/b exclude each other'],
  [['--config', 'node.id=1', '--config', 'broker.id=2'], 'broker.id=2: it contradicts node.id=1'],
  [['--config', 'listeners=SASL_PLAINTEXT://:9092'], 'only PLAINTEXT is supported, not SASL_PLAINTEXT'],
])('contradictions are errors: serve %j', async (args, message) => {
  const io = testIo()
  expect(await main('ktool', ['serve', ...args], io)).toBe(2)
  expect(io.stderr).toContain(message)
})

test('a port that contradicts the listeners of a file is an error that says what to do', async () => {
  const file = join(freshFolder(), 'server.properties')
  writeFileSync(file, 'listeners=PLAINTEXT://:9092\n')
  const io = testIo()
  expect(await main('ktool', ['serve', file, '--port', '9093'], io)).toBe(2)
  expect(io.stderr).toContain(
    "listeners=PLAINTEXT://:9092: the port '9093' contradicts it; give one of them\n",
  )
  expect(io.stderr).toContain('hint: --override NAME=VALUE replaces a setting of the file\n')
})
