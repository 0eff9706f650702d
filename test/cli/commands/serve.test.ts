import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { Cluster } from '../../../src/client/cluster.ts'
import { testIo } from '../../support/test-io.ts'

interface Ready {
  readonly event: string
  readonly bootstrapServers: string
  readonly dataDir: string
  readonly pid: number
}

/** Runs `ktool serve` in this process until the test ends or `stop` is called. */
async function serve(...args: string[]) {
  const io = testIo()
  let code: number | undefined
  const ended = main('ktool', ['serve', '--port', '0', ...args], io).then((exit) => {
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
  const cluster = Cluster.connect({ bootstrapServers })
  try {
    const topics = await cluster.allTopics()
    return Object.fromEntries([...topics.values()].map(({ name, partitions }) => [name, partitions.length]))
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

test('a server.properties file is an argument; options win, and unknown settings are named', async () => {
  const folder = freshFolder()
  const file = join(folder, 'server.properties')
  writeFileSync(
    file,
    `log.dirs=${folder}/data\nnum.partitions=4\nsome.plugin.setting=1\nlisteners=PLAINTEXT://:9092\n`,
  )
  const { io, ready } = await serve(file, '--topic', 'orders', '--host', '127.0.0.1')
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
