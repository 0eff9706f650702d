// A broker that loses its data folder, or its lock on it, stops at once: what it would acknowledge could be lost. Apache
// Kafka needs six seconds to see that its folder is gone.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { batch } from '../support/logs.ts'
import { produceTo } from '../support/partition-requests.ts'
import { KTOOL, type KtoolProcess, runKtool, startKtool } from '../support/start-ktool.ts'
import { WireClient } from '../support/wire-client.ts'

const KAFKA_NEEDS_MS = 6000

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-loss-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function start(dataDir: string): Promise<KtoolProcess> {
  const broker = await startKtool({ dataDir, args: ['--topic', 'orders:1'] })
  onTestFinished(() => broker.kill())
  return broker
}

/** Writes records, and remembers those that were acknowledged. */
class Writer {
  readonly acknowledged: string[] = []
  readonly #client: WireClient

  constructor(port: number) {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', () => {})
    onTestFinished(() => {
      socket.destroy()
    })
    this.#client = new WireClient(socket)
  }

  /** Whether the record was acknowledged. */
  async write(value: string): Promise<boolean> {
    const request = produceTo({ topic: 'orders' }, batch({ values: [value] }))
    const answer = await this.#client.ask(Produce, 9, request).catch(() => null)
    const isAcknowledged = answer?.responses[0]?.partitionResponses[0]?.errorCode === 0
    if (isAcknowledged) this.acknowledged.push(value)
    return isAcknowledged
  }
}

/** All values of the topic, read by a broker that starts on the folder. */
async function valuesIn(dataDir: string): Promise<string[]> {
  const broker = await startKtool({ dataDir })
  onTestFinished(() => broker.kill())
  const args = ['console-consumer', '-b', broker.bootstrapServers, '--topic', 'orders']
  const { stdout } = await runKtool([...args, '--from-beginning', '--timeout-ms', '2000'])
  await broker.stop()
  return stdout.toString().trim().split('\n')
}

/** Checks that the broker ends soon, by itself, with the reason. */
async function expectToEnd(broker: Pick<KtoolProcess, 'ended' | 'log'>, reason: RegExp): Promise<void> {
  const since = performance.now()
  expect(await broker.ended).toBe(1)
  expect(performance.now() - since).toBeLessThan(KAFKA_NEEDS_MS)
  expect(broker.log()).toMatch(reason)
}

test('when the lock is removed and a second broker starts, no acknowledged record is lost', async () => {
  const dataDir = freshFolder()
  const first = await start(dataDir)
  const writer = new Writer(first.port)
  expect(await writer.write('before')).toBe(true)
  rmSync(join(dataDir, '.lock'))
  const starting = start(dataDir)
  for (let count = 0; await writer.write(`first ${count}`); count++);
  await expectToEnd(first, /'.*\.lock' was (removed|taken over by process \d+)/)
  const second = await starting
  const late = new Writer(second.port)
  for (const value of ['second 1', 'second 2']) expect(await late.write(value)).toBe(true)
  await second.stop()
  const values = await valuesIn(dataDir)
  expect(values.filter((value) => writer.acknowledged.includes(value))).toEqual(writer.acknowledged)
  expect(values.slice(-2)).toEqual(late.acknowledged)
})

test.each<[what: string, lose: (dataDir: string) => void]>([
  ['removed', (dataDir) => rmSync(dataDir, { recursive: true })],
  ['renamed', (dataDir) => renameSync(dataDir, `${dataDir}-renamed`)],
])('a broker whose folder is %s ends, and leaves nothing behind', async (what, lose) => {
  const dataDir = join(freshFolder(), 'data')
  const broker = await start(dataDir)
  const writer = new Writer(broker.port)
  expect(await writer.write('before')).toBe(true)
  lose(dataDir)
  while (await writer.write('after'));
  await expectToEnd(broker, /'.*data' is no longer the folder of this broker: it was removed or renamed/)
  expect(existsSync(dataDir)).toBe(false)
  if (what === 'removed') return
  expect(await valuesIn(`${dataDir}-renamed`)).toEqual(writer.acknowledged)
})

test('a broker that nobody writes to ends as well', async () => {
  const dataDir = freshFolder()
  const broker = await start(dataDir)
  rmSync(join(dataDir, '.lock'))
  await expectToEnd(broker, /'.*\.lock' was removed/)
})

test('the command of serve --exec ends with the broker', async () => {
  const dataDir = join(freshFolder(), 'data')
  const args = ['serve', '--data-dir', dataDir, '--exec', '--', process.execPath, '-e']
  const script = `console.log(process.pid); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, [KTOOL, ...args, script], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = await once(child.stdout, 'data')
  rmSync(dataDir, { recursive: true })
  expect((await once(child, 'exit'))[0]).toBe(1)
  // A zombie has ended as well.
  const state = () => /\) (\S)/.exec(stat(Number(String(line))))?.[1] ?? 'Z'
  await expect.poll(state).toBe('Z')
})

/** What the system knows of a process; empty when it knows none. */
function stat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}

const NAMESPACES = ['--user', '--map-root-user', '--mount', '--fork']
const mayUnshare = spawnSync('unshare', [...NAMESPACES, '--pid', 'true']).status === 0

// What containers are made of; not every machine lets its users have them.
describe.runIf(mayUnshare)('in namespaces as those of containers', () => {
  /** Runs a command that ends in `ktool serve`, and waits until that is ready. */
  async function serveIn(namespaces: readonly string[], command: readonly string[], dataDir: string) {
    const args = [KTOOL, 'serve', '--port', '0', '--data-dir', dataDir, '--topic', 'orders:1']
    const child = spawn('unshare', [...NAMESPACES, ...namespaces, ...command, process.execPath, ...args])
    onTestFinished(() => {
      for (const pid of childrenOf(child)) process.kill(pid, 'SIGKILL')
      child.kill('SIGKILL')
    })
    let [said, printed] = ['', '']
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    child.stdout.on('data', (chunk) => {
      printed += chunk
    })
    const ended = once(child, 'exit').then(([code]) => code as number | null)
    const port = () => Number(/"bootstrapServers":"127\.0\.0\.1:(\d+)"/.exec(printed)?.[1])
    await expect.poll(port, { timeout: 20_000 }).toBeGreaterThan(0)
    return { child, ended, port: port(), log: () => said }
  }

  const childrenOf = ({ pid }: ChildProcess): number[] =>
    existsSync(`/proc/${pid}`)
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
      : []

  test('a broker that was stopped until another one took over acknowledges nothing when it goes on', async () => {
    const dataDir = freshFolder()
    const first = await serveIn(['--pid', '--mount-proc'], [], dataDir)
    const writer = new Writer(first.port)
    expect(await writer.write('before')).toBe(true)
    const [pid] = childrenOf(first.child)
    process.kill(pid!, 'SIGSTOP')
    // Half a minute passes.
    const past = Date.now() / 1000 - 33
    utimesSync(join(dataDir, '.lock'), past, past)
    const second = await start(dataDir)
    const late = new Writer(second.port)
    for (const value of ['second 1', 'second 2']) expect(await late.write(value)).toBe(true)
    const answered = writer.write('after')
    process.kill(pid!, 'SIGCONT')
    expect(await answered).toBe(false)
    await expectToEnd(first, new RegExp(`taken over by process ${second.pid}`))
    expect(await late.write('second 3')).toBe(true)
    await second.stop()
    expect(await valuesIn(dataDir)).toEqual(['before', ...late.acknowledged])
  })

  test('a broker whose disk is unmounted ends, and writes nothing to the disk below', async () => {
    const mountPoint = freshFolder()
    const script = `
      mount -t tmpfs none "$0"
      "$@" &
      read -r
      umount --lazy "$0"
      wait $!`
    const dataDir = join(mountPoint, 'data')
    const broker = await serveIn([], ['bash', '-c', script, mountPoint], dataDir)
    const writer = new Writer(broker.port)
    expect(await writer.write('before')).toBe(true)
    broker.child.stdin.end('unmount\n')
    while (await writer.write('after'));
    await expectToEnd(broker, /it was removed or renamed, or its disk was unmounted/)
    expect(readdirSync(mountPoint)).toEqual([])
  })
})
