// Whatever a tool waits for, a signal ends it within a second, and closing with a line that says so within five: when the
// brokers never answer, when the leaders cannot be reached, and when the broker stops or dies while the tool works. Before
// that, a second of silence has ended with a line that says what is waited for. Tools run in this process, brokers in theirs.
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EndingSignal, Io } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'
import { workingFolder } from '../support/example-place.ts'
import { freePort } from '../support/free-port.ts'
import { type KtoolProcess, startKtool } from '../support/start-ktool.ts'
import { type TestIo, testIo } from '../support/test-io.ts'
import { type CommandLine, commandLines } from '../support/tool-lines.ts'

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
/** A second, or five for a close that is announced; and something for a machine that is busy. */
const AT_ONCE_MS = 1000 + 1500
const CLOSED_MS = 5000 + 1500

const here = process.cwd()
const folder = workingFolder()
const home = mkdtempSync(join(tmpdir(), 'ktool-endings-'))
process.chdir(folder)
afterAll(() => {
  process.chdir(here)
  for (const path of [folder, home]) rmSync(path, { recursive: true, force: true })
})

interface Run {
  readonly io: TestIo
  readonly ended: Promise<number>
  isEnded: boolean
  /** Goes on with its input. */
  readonly type: (text: string) => void
}

/** Runs a tool whose input stays open after `input`. */
function start(args: readonly string[], address: string, input = ''): Run {
  const env = { KTOOL_BOOTSTRAP_SERVERS: address, HOME: home, XDG_STATE_HOME: home }
  const io = testIo({ env })
  const open = new Readable({ read() {} })
  open.push(input)
  const withInput: Io = Object.create(io, { in: { value: open } })
  const run: Run = {
    io,
    ended: main('ktool', args, withInput),
    isEnded: false,
    type: (text) => open.push(text),
  }
  void run.ended.then(() => {
    run.isEnded = true
  })
  return run
}

const until = (condition: () => boolean, timeout = 20_000): Promise<void> =>
  expect.poll(condition, { timeout, interval: 20 }).toBe(true)

/** Interrupts what goes on, and fails if it goes on for too long. */
async function interrupt({ io, ended }: Run, signal: EndingSignal): Promise<number> {
  const startMs = performance.now()
  io.interrupt(signal)
  const code = await ended
  const isAnnounced = io.stderr.includes('closing: waiting up to 5 s')
  expect([performance.now() - startMs, io.stderr]).toEqual([
    expect.toSatisfy((ms: number) => ms < (isAnnounced ? CLOSED_MS : AT_ONCE_MS)),
    expect.anything(),
  ])
  return code
}

const signalOf = (index: number): EndingSignal => (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)[index % 3]!

const LINES = (await commandLines()).map((line, at) => ({ ...line, signal: signalOf(at) }))

/** Lets the tool run until it has ended or reported what it waits for, and interrupts it then. */
async function endsOn(signal: EndingSignal, line: CommandLine, address: string, notice: RegExp) {
  const run = start(line.args, address, 'x\n')
  await until(() => run.isEnded || notice.test(run.io.stderr))
  if (run.isEnded) return false
  expect(await interrupt(run, signal)).toBe(SIGNALS[signal])
  return true
}

describe.concurrent('brokers that never answer', () => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  let address: string
  let interrupted = 0
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
    // All but those that have a shorter limit or a prompt of their own.
    expect(interrupted).toBeGreaterThan(LINES.length - 5)
  })

  test.each(LINES)('are reported by $name, and $signal ends it', async ({ signal, ...line }) => {
    const notice = new RegExp(`connected to ${address}, waiting for an answer`)
    if (await endsOn(signal, line, address, notice)) interrupted++
  })
})

describe.concurrent('leaders that cannot be reached', () => {
  let broker: KtoolProcess
  let dead: string
  let interrupted = 0
  beforeAll(async () => {
    dead = `127.0.0.1:${await freePort()}`
    const topics = ['--topic', 'orders:3', '--topic', 'payments:3']
    broker = await startKtool({ args: ['--advertise', dead, ...topics] })
  })
  afterAll(async () => {
    await broker.stop()
    expect(interrupted).toBeGreaterThan(10)
  })

  test.each(LINES)('are reported by $name, and $signal ends it', async ({ signal, ...line }) => {
    const notice = new RegExp(`connection to ${dead}( \\(broker 1\\))? refused, retrying`)
    if (await endsOn(signal, line, broker.bootstrapServers, notice)) interrupted++
  })
})

/** Tools that go on, and what shows that they have begun. */
const WORK: readonly { readonly name: string; readonly begun: RegExp; readonly input?: string }[] = [
  { name: 'console-consumer --topic in --from-beginning', begun: /one/ },
  { name: 'console-consumer --topic in --from-beginning --group classic', begun: /one/ },
  {
    name: 'console-consumer --topic in --from-beginning --group new --command-property group.protocol=consumer',
    begun: /one/,
  },
  { name: 'verifiable-consumer --topic in --group-id verified', begun: /"records_consumed"/ },
  { name: 'console-producer --topic out --report', begun: /Partition/, input: 'one\n' },
  { name: 'verifiable-producer --topic out --throughput 20', begun: /"producer_send_success"/ },
  {
    name: 'producer-perf-test --topic out --num-records 100000 --throughput 20 --record-size 10 --reporting-interval 100',
    begun: /records sent/,
  },
  {
    name: 'e2e-latency --topic latency --num-records 1000000 --producer-acks all --record-size 10',
    begun: /^0\t/m,
  },
  { name: 'lag --watch 0.1', begun: /classic/ },
  { name: 'replica-verification orders --report-interval-ms 10', begun: /max lag/ },
]

interface Work extends Run {
  readonly name: string
  readonly signal: EndingSignal
}

async function work(broker: KtoolProcess): Promise<Work[]> {
  const address = broker.bootstrapServers
  const seed = start(['console-producer', '--topic', 'in', '--max-block-ms', '5000'], address, 'one\n')
  await until(() => seed.io.listeners > 0)
  const runs = WORK.map(({ name, input }, at) => ({
    name,
    signal: signalOf(at),
    ...start(name.split(' '), address, input),
  }))
  for (const [index, { begun, name }] of WORK.entries()) {
    const { io } = runs[index]!
    await expect.poll(() => io.stdout + io.stderr, { timeout: 30_000, message: name }).toMatch(begun)
  }
  seed.io.interrupt()
  await seed.ended
  return runs
}

test.each([
  ['is stopped', 'SIGSTOP', /no answer from 127\.0\.0\.1:\d+ \(broker 1\) yet, waiting/],
  ['dies', 'SIGKILL', /connection to 127\.0\.0\.1:\d+ \(broker 1\) refused, retrying/],
] as const)(
  'a broker that %s is reported by tools at work, and signals end them',
  async (_, fault, notice) => {
    const broker = await startKtool({ args: ['--topic', 'orders:3', '--topic', 'in', '--topic', 'out'] })
    try {
      const runs = await work(broker)
      process.kill(broker.pid, fault)
      for (const run of runs) run.type('two\n')
      for (const { io, name } of runs) {
        await expect.poll(() => io.stderr, { timeout: 10_000, message: name }).toMatch(notice)
      }
      const ends = runs.map(async (run) => [run.name, await interrupt(run, run.signal)])
      expect(await Promise.all(ends)).toEqual(runs.map(({ name, signal }) => [name, SIGNALS[signal]]))
    } finally {
      if (fault === 'SIGSTOP') process.kill(broker.pid, 'SIGKILL')
      await broker.ended
    }
  },
)
