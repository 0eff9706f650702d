// Signals as processes get them: what is cleaned up, what is passed on, and how long it takes.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { KTOOL, type KtoolProcess, runKtool, startKtool } from '../support/start-ktool.ts'

const NODE = process.execPath
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const EXITS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

interface Started {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<number | null>
}

/** Starts a program, which is killed if the test leaves it running. */
function start(program: string, args: readonly string[], env: Record<string, string> = {}): Started {
  // Whoever runs the tests may do so under nohup.
  const child = spawn(program, args, { env: { ...process.env, _: '', ...env } })
  const out = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      out[name] += chunk.toString()
    })
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, stdout: () => out.stdout, stderr: () => out.stderr, ended }
}

const ktool = (...args: string[]): Started => start(NODE, [KTOOL, ...args])

/** Waits until the program has printed this. */
const shown = (read: () => string, text: string | RegExp): Promise<unknown> =>
  vi.waitFor(() => expect(read()).toMatch(text), { timeout: 20_000, interval: 20 })

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-signals-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe.concurrent('serve', () => {
  test.each(SIGNALS)(
    '%s stops the broker cleanly: its folder and its ready file are gone',
    async (signal) => {
      const readyFile = join(freshFolder(), 'ready.json')
      const { child, stdout, ended } = ktool('serve', '--ephemeral', '--port', '0', '--ready-file', readyFile)
      await shown(stdout, '"event":"ready"')
      const { dataDir } = JSON.parse(stdout())
      expect([existsSync(dataDir), existsSync(readyFile)]).toEqual([true, true])
      child.kill(signal)
      expect(await ended).toBe(0)
      expect([existsSync(dataDir), existsSync(readyFile)]).toEqual([false, false])
    },
  )

  test.each(SIGNALS)('%s is passed on to the command, which ends with the broker', async (signal) => {
    const script = 'console.log(process.pid); setInterval(() => {}, 1000)'
    const { child, stdout, ended } = ktool('serve', '--exec', '--', NODE, '-e', script)
    await shown(stdout, /\d+\n/)
    child.kill(signal)
    expect(await ended).toBe(EXITS[signal])
    expect(isRunning(Number(stdout()))).toBe(false)
  })

  test('a command that goes on is ended with the time for closing', async () => {
    const script = `process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000)`
    const { child, stdout, stderr, ended } = ktool('serve', '--exec', '--', NODE, '-e', script)
    await shown(stdout, /\d+\n/)
    const startMs = performance.now()
    child.kill('SIGTERM')
    expect(await ended).toBe(143)
    expect(performance.now() - startMs).toBeLessThan(6500)
    expect(stderr()).toContain(
      `closing: waiting up to 5 s for '${NODE}' to end; interrupt again to end at once\n`,
    )
  })

  test('a second signal leaves neither the folder nor the ready file', async () => {
    const readyFile = join(freshFolder(), 'ready.json')
    const script = `process.on('SIGTERM', () => console.log('not yet')); console.log('up'); setInterval(() => {}, 1000)`
    const command = ['--exec', '--', NODE, '-e', script]
    const { child, stdout, stderr, ended } = ktool('serve', '--ready-file', readyFile, ...command)
    await shown(stdout, 'up')
    const [, dataDir] = /data in (\S+)/.exec(stderr())!
    child.kill('SIGTERM')
    await shown(stdout, 'not yet')
    child.kill('SIGINT')
    expect(await ended).toBe(143)
    expect([existsSync(dataDir!), existsSync(readyFile)]).toEqual([false, false])
  })

  test.each([
    ['nohup', `exec nohup "$0" "$1" serve --ephemeral --port 0`],
    ['a script under nohup', `trap '' HUP; "$0" "$1" serve --ephemeral --port 0 & echo $! >&2; wait`],
  ])('SIGHUP does not end it under %s', async (name, script) => {
    const env: Record<string, string> = name === 'nohup' ? { _: '/usr/bin/nohup' } : {}
    const { child, stdout, stderr, ended } = start('sh', ['-c', script, NODE, KTOOL], env)
    await shown(stdout, '"event":"ready"')
    const { bootstrapServers, pid } = JSON.parse(stdout())
    process.kill(pid, 'SIGHUP')
    expect((await runKtool(['topics', '-b', bootstrapServers, '--list'])).code).toBe(0)
    process.kill(pid, 'SIGTERM')
    expect([await ended, stderr()]).toEqual([0, expect.stringContaining('stopping')])
    expect(child.exitCode).toBe(0)
  })
})

describe.concurrent('tools', () => {
  let broker: KtoolProcess
  let dead: KtoolProcess
  beforeAll(async () => {
    const quick = [
      '--config',
      'group.initial.rebalance.delay.ms=0',
      '--config',
      'offsets.topic.num.partitions=1',
    ]
    broker = await startKtool({ args: ['--topic', 'orders', ...quick] })
    dead = await startKtool({ args: ['--topic', 'orders', '--advertise', `127.0.0.1:${await freePort()}`] })
  })
  afterAll(async () => {
    await Promise.all([broker.stop(), dead.stop()])
  })

  const stateOf = async (group: string): Promise<string> => {
    const args = ['consumer-groups', '-b', broker.bootstrapServers, '--describe', '--state', '--group', group]
    return (await runKtool([...args, '-o', 'jsonl'])).stdout.toString()
  }

  test.each(
    SIGNALS.flatMap((signal) =>
      (['classic', 'consumer'] as const).map((protocol) => [signal, protocol] as const),
    ),
  )('%s has a member of the %s protocol leave its group', async (signal, protocol) => {
    const group = `${signal}-${protocol}`
    const at = ['-b', broker.bootstrapServers, '--topic', 'orders']
    const property = `group.protocol=${protocol}`
    const member = ktool('console-consumer', ...at, '--group', group, '--command-property', property)
    await vi.waitFor(async () => expect(await stateOf(group)).toContain('"Stable"'), { timeout: 20_000 })
    member.child.kill(signal)
    expect(await member.ended).toBe(EXITS[signal])
    expect(await stateOf(group)).toContain('"Empty"')
  })

  test('a second signal ends the wait for acknowledgements at once', async () => {
    const producer = ktool('console-producer', '-b', dead.bootstrapServers, '--topic', 'orders')
    producer.child.stdin?.write('one\n')
    await shown(producer.stderr, 'refused, retrying')
    producer.child.kill('SIGINT')
    await shown(producer.stderr, 'closing: waiting up to 5 s for 1 unacknowledged record; interrupt again')
    const startMs = performance.now()
    producer.child.kill('SIGINT')
    expect(await producer.ended).toBe(130)
    expect(performance.now() - startMs).toBeLessThan(1000)
  })

  test('records that are not acknowledged at the end are counted, with the cause', async () => {
    const producer = ktool('console-producer', '-b', dead.bootstrapServers, '--topic', 'orders')
    producer.child.stdin?.write('one\ntwo\n')
    await shown(producer.stderr, 'refused, retrying')
    producer.child.kill('SIGTERM')
    expect(await producer.ended).toBe(143)
    expect(producer.stderr()).toMatch(
      /\n2 of 2 records were not acknowledged: Producer is closed forcefully: 127\.0\.0\.1:\d+: connection refused\n$/,
    )
  })
})
