// `ktool serve --exec -- CMD`: a broker for as long as a command runs.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runProgram } from '../support/run-program.ts'
import { KTOOL, runKtool } from '../support/start-ktool.ts'

const NODE = process.execPath

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-exec-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs a script of Node's under `serve --exec`. */
const execute = (script: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  runKtool(['serve', ...args, '--exec', '--', NODE, '-e', script], { env })

test('the command finds the broker in its environment, and its output is all there is on stdout', async () => {
  const script = `
    const { execFileSync } = require('node:child_process')
    console.log(process.env.KAFKA_BOOTSTRAP_SERVERS === process.env.KTOOL_BOOTSTRAP_SERVERS)
    console.log(execFileSync(process.execPath, [${JSON.stringify(KTOOL)}, 'topics', '--list'], { encoding: 'utf8' }))`
  const { code, stdout, stderr } = await execute(script, ['--topic', 'orders:3'])
  expect([code, stdout.toString()]).toEqual([0, 'true\norders\n\n'])
  const [, folder] = /data in (\S+)/.exec(stderr)!
  expect(existsSync(folder!)).toBe(false)
})

test.each([
  ['its own exit code', 'process.exit(7)', 7],
  ['128 and the signal that ended it', 'process.kill(process.pid, "SIGKILL")', 137],
])('the command gives back %s', async (_, script, expected) => {
  expect((await execute(script)).code).toBe(expected)
})

test('options of the command are not read as options of serve', async () => {
  const { code, stdout } = await runKtool(['serve', '--exec', '--', NODE, '--version', '--help'])
  expect([code, stdout.toString()]).toEqual([0, `${process.version}\n`])
})

test('a command that cannot be started is told as shells tell it', async () => {
  const { code, stderr } = await runKtool(['serve', '--exec', '--', '/no/such/program'])
  expect(code).toBe(127)
  expect(stderr).toContain("ktool serve: '/no/such/program' is no program that can be found\n")
})

test('when the command fails, the topics and their last records are told', async () => {
  const seed = join(freshFolder(), 'seed.jsonl')
  const values = Array.from({ length: 7 }, (_, i) =>
    JSON.stringify({ topic: 'orders', key: 'k', value: `v${i}` }),
  )
  writeFileSync(
    seed,
    `${values.join('\n')}\n${JSON.stringify({ topic: 'users', value: { base64: '/w==' } })}\n`,
  )
  const { code, stderr } = await execute('process.exit(3)', ['--seed', seed, '--topic', 'empty:2'])
  expect(code).toBe(3)
  expect(stderr).toContain(`8 records written from ${seed}\n`)
  const told = stderr.slice(stderr.indexOf('the broker holds:\n') + 'the broker holds:\n'.length)
  expect(told.split('\n').map((line) => line.replace(/"timestamp":\d+/, '"timestamp":0'))).toEqual([
    'empty: 2 partitions, 0 records written',
    'orders: 1 partition, 7 records written',
    ...[2, 3, 4, 5, 6].map(
      (n) =>
        `  {"topic":"orders","partition":0,"offset":${n},"timestamp":0,"timestampType":"CreateTime","headers":[],"key":"k","value":"v${n}"}`,
    ),
    'users: 1 partition, 1 record written',
    '  {"topic":"users","partition":0,"offset":0,"timestamp":0,"timestampType":"CreateTime","headers":[],"key":null,"value":{"base64":"/w=="}}',
    '',
  ])
})

test('a folder that is given is kept, and seeded once', async () => {
  const folder = freshFolder()
  const seed = join(folder, 'seed.jsonl')
  writeFileSync(seed, '{"topic":"orders","value":"1"}\n{"topic":"orders","value":"2"}\n')
  const args = ['--data-dir', join(folder, 'data'), '--seed', seed]
  expect((await execute('', args)).stderr).toContain('2 records written')
  const { stderr } = await execute('process.exit(1)', args)
  expect(stderr).toContain('0 records written')
  expect(stderr).toContain('left as they are, not empty: orders\n')
  expect(stderr).toContain('orders: 1 partition, 2 records written\n')
})

test('a seed that cannot be read leaves nothing behind, and the command is not run', async () => {
  const folder = freshFolder()
  const seed = join(folder, 'seed.jsonl')
  const data = join(folder, 'data')
  writeFileSync(seed, '{"topic":"orders","value":"1"}\n{"topic":"orders","value":7}\n')
  const refused = await execute('console.log("run")', ['--data-dir', data, '--seed', seed])
  expect([refused.code, refused.stdout.toString()]).toEqual([1, ''])
  expect(refused.stderr).toContain(`--seed ${seed}: line 2 is not a record: value is no text`)
  const { stderr } = await execute('process.exit(1)', ['--data-dir', data])
  expect(stderr).toContain('there are no topics\n')
})

test('a pipe is refused as a seed: it cannot be read twice', async () => {
  const pipe = join(freshFolder(), 'pipe')
  await runProgram('mkfifo', [pipe])
  const { code, stdout, stderr } = await execute('console.log("run")', ['--seed', pipe])
  expect([code, stdout.toString()]).toEqual([1, ''])
  expect(stderr).toContain(`--seed ${pipe}: it is no regular file, and is read twice\n`)
})

/** Waits until the process has printed this. */
function printed(child: ChildProcess, text: string): Promise<void> {
  let out = ''
  return new Promise((resolve) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes(text)) resolve()
    })
  })
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s is passed on, and the command decides', async (signal) => {
  const script = `process.on('${signal}', () => process.exit(9)); console.log('up'); setInterval(() => {}, 1000)`
  const child = spawn(NODE, [KTOOL, 'serve', '--exec', '--', NODE, '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit')
  await printed(child, 'up')
  child.kill(signal)
  expect(await ended).toEqual([9, null])
})

test('whoever interrupts twice does not wait for a command that will not stop', async () => {
  const script = `process.on('SIGTERM', () => console.log('not yet')); console.log('up'); setInterval(() => {}, 1000)`
  const child = spawn(NODE, [KTOOL, 'serve', '--exec', '--', NODE, '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(child, 'exit')
  await printed(child, 'up')
  const heard = printed(child, 'not yet')
  child.kill('SIGTERM')
  await heard
  child.kill('SIGTERM')
  expect(await ended).toEqual([143, null])
})

test('the ready file is there while the broker is, and says what the ready line says', async () => {
  const file = join(freshFolder(), 'ready.json')
  const script = `console.log(require('node:fs').readFileSync(${JSON.stringify(file)}, 'utf8'))`
  const { code, stdout } = await execute(script, ['--ready-file', file])
  expect(code).toBe(0)
  expect(JSON.parse(stdout.toString())).toMatchObject({
    event: 'ready',
    bootstrapServers: expect.any(String),
  })
  expect(existsSync(file)).toBe(false)
  expect(() => readFileSync(`${file}.tmp`)).toThrow('ENOENT')
})
