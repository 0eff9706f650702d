// A million lines of real text through the console tools, and the broker killed while it takes them. What was
// acknowledged is there afterwards, once and in order.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeRealText } from '../support/real-text.ts'
import { runProgram } from '../support/run-program.ts'
import { KTOOL, type KtoolProcess, runKtool, startKtool } from '../support/start-ktool.ts'

const LINES = 1_000_000

let folder: string
let text: string
let lines: number
let broker: KtoolProcess

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ktool-kill-'))
  text = join(folder, 'text')
  lines = writeRealText(text, LINES)
  broker = await startKtool({ dataDir: join(folder, 'data') })
})

afterAll(async () => {
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
})

const createTopic = (topic: string) =>
  runKtool(['topics', '-b', broker.bootstrapServers, '--create', '--topic', topic, '--partitions', '1'])

/** Runs a tool with files as its input and output. */
function startTool(args: readonly string[], input: string, output: string): ChildProcess {
  const files = [openSync(input, 'r'), openSync(output, 'w')] as const
  const child = spawn(process.execPath, [KTOOL, ...args], { stdio: [...files, 'inherit'] })
  for (const file of files) closeSync(file)
  return child
}

const exitCode = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on('exit', (code) => resolve(code)))

const produce = (topic: string, output: string, ...more: string[]): ChildProcess =>
  startTool(['console-producer', '-b', broker.bootstrapServers, '--topic', topic, ...more], text, output)

/** Reads everything that a topic holds into a file. */
async function consume(topic: string, output: string): Promise<void> {
  const { stdout } = await runKtool(['get-offsets', '-b', broker.bootstrapServers, '--topic', topic])
  const count = stdout.toString().trim().split(':').at(-1)!
  const args = ['console-consumer', '-b', broker.bootstrapServers, '--topic', topic, '--from-beginning']
  const child = startTool([...args, '--max-messages', count, '--timeout-ms', '30000'], '/dev/null', output)
  expect(await exitCode(child)).toBe(0)
}

async function expectSame(one: string, other: string): Promise<void> {
  const { code, stdout } = await runProgram('cmp', [one, other])
  expect(`${code} ${stdout}`).toBe('0 ')
}

/** Waits until the log of a topic has grown by a third of the text, then kills the broker. */
async function killInTheMiddle(topic: string): Promise<void> {
  const log = join(broker.dataDir, `${topic}-0`)
  const logBytes = () =>
    readdirSync(log)
      .filter((name) => name.endsWith('.log'))
      .reduce((bytes, name) => bytes + statSync(join(log, name)).size, 0)
  await expect.poll(logBytes, { timeout: 60_000, interval: 5 }).toBeGreaterThan(statSync(text).size / 3)
  await broker.kill()
}

async function restart(): Promise<void> {
  broker = await startKtool({ dataDir: broker.dataDir, port: broker.port })
}

test('a text of a million lines comes back as it was', async () => {
  await createTopic('copy')
  expect(await exitCode(produce('copy', '/dev/null'))).toBe(0)
  const copy = join(folder, 'copy')
  await consume('copy', copy)
  await expectSame(text, copy)
}, 120_000)

test('a producer that outlives a killed broker writes every line once, in order', async () => {
  await createTopic('outlived')
  const producer = produce('outlived', '/dev/null', '--message-send-max-retries', '1000')
  const ended = exitCode(producer)
  await killInTheMiddle('outlived')
  expect(producer.exitCode).toBeNull()
  await restart()
  expect(await ended).toBe(0)
  const copy = join(folder, 'outlived')
  await consume('outlived', copy)
  await expectSame(text, copy)
}, 120_000)

test('what was acknowledged before the broker was killed is there, once and in order', async () => {
  await createTopic('killed')
  const report = join(folder, 'report')
  const limits = ['--command-property', 'delivery.timeout.ms=3000', '--max-block-ms', '3000']
  const ended = exitCode(produce('killed', report, '--report', ...limits))
  await killInTheMiddle('killed')
  expect(await ended).toBe(1)
  const acknowledged = readFileSync(report, 'utf8').trimEnd().split('\n')
  expect(acknowledged.length).toBeGreaterThan(1000)
  expect(acknowledged.length).toBeLessThan(lines)
  expect(acknowledged).toEqual(acknowledged.map((_, offset) => `Partition:0\tOffset:${offset}`))

  await restart()
  const copy = join(folder, 'killed')
  await consume('killed', copy)
  // A batch may have been written whose acknowledgement was lost; nothing else may follow.
  const kept = readFileSync(copy)
  expect(kept.equals(readFileSync(text).subarray(0, kept.length))).toBe(true)
  const keptLines = kept.reduce((count, byte) => count + Number(byte === 10), 0)
  expect(keptLines).toBeGreaterThanOrEqual(acknowledged.length)
}, 120_000)
