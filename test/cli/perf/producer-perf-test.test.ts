import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Io, OutputClosed } from '../../../src/cli/io.ts'
import { main } from '../../../src/cli/main.ts'
import { Latencies } from '../../../src/cli/perf/latencies.ts'
import { RandomPayloads, splitAsScanner } from '../../../src/cli/perf/payloads.ts'
import { SendFigures } from '../../../src/cli/perf/send-figures.ts'
import { Throttle } from '../../../src/cli/perf/throttle.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { perfPlace } from '../../support/perf-place.ts'
import { runTool } from '../../support/run-tool.ts'
import { testIo } from '../../support/test-io.ts'

const { take, address } = perfPlace(10)
const folder = mkdtempSync(join(tmpdir(), 'ktool-perf-'))
afterAll(() => rmSync(folder, { recursive: true }))

function setUp() {
  const { topic, run } = take()
  return {
    topic,
    send: (...args: string[]) => run('producer-perf-test', ...args),
    values: async () => {
      const { stdout } = await run('console-consumer', '--from', 'earliest', '--until', 'end')
      return stdout.split('\n').slice(0, -1)
    },
  }
}

const SUMMARY =
  /^(\d+)( steady state)? records sent, \d+\.\d{6} records\/sec \(\d+\.\d\d MB\/sec\), \d+\.\d\d ms avg latency, \d+\.\d\d ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.$/

test('random letters of one size, and a summary', async () => {
  const { send, values } = setUp()
  const { exit, stdout, stderr } = await send(
    '--num-records',
    '500',
    '--record-size',
    '20',
    '--throughput',
    '-1',
  )
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  expect(SUMMARY.exec(stdout.trimEnd())?.[1]).toBe('500')
  const found = await values()
  expect(new Set(found).size).toBe(500)
  expect(found.every((value) => /^[A-Z]{20}$/.test(value))).toBe(true)
})

test('numbers that go up', async () => {
  const { send, values } = setUp()
  await send('--num-records', '12', '--payload-monotonic', '--throughput', '-1')
  expect((await values()).sort()).toEqual(Array.from({ length: 12 }, (_, i) => String(i)).sort())
})

test('values of a file, and what is said of it', async () => {
  const { send, values } = setUp()
  const path = join(folder, 'values.txt')
  writeFileSync(path, 'één\n\nzwei\n')
  const { stdout } = await send('--num-records', '100', '--payload-file', path, '--throughput', '-1')
  const [first, second, third, ...rest] = stdout.split('\n')
  expect([first, second]).toEqual([`Reading payloads from: ${path}`, 'Number of records read: 3'])
  expect(third).toMatch(SUMMARY)
  expect(rest).toEqual([''])
  expect(new Set(await values())).toEqual(new Set(['één', '', 'zwei']))
})

test('warm-up records have no part in the second summary', async () => {
  const { send } = setUp()
  const args = [
    '--num-records',
    '300',
    '--record-size',
    '10',
    '--throughput',
    '-1',
    '--warmup-records',
    '100',
  ]
  const [said, total, steady] = (await send(...args)).stdout.split('\n')
  expect(said).toBe(
    'Warmup first 100 records. Steady state results will print after the complete test summary.',
  )
  expect(SUMMARY.exec(total!)?.slice(1)).toEqual(['300', undefined])
  expect(SUMMARY.exec(steady!)?.slice(1)).toEqual(['200', ' steady state'])
})

test('figures for programs', async () => {
  const { send } = setUp()
  const args = ['--num-records', '20', '--record-size', '10', '--throughput', '-1', '--warmup-records', '5']
  const { stdout, stderr } = await send(...args, '-o', 'json')
  expect(JSON.parse(stdout)).toMatchObject([
    { kind: 'total', recordsSent: 20 },
    { kind: 'steadyState', recordsSent: 15 },
  ])
  expect(stderr).toContain('Warmup first 5 records.')
  const lines = await send(...args, '-o', 'jsonl')
  expect(
    lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).kind),
  ).toEqual(['total', 'steadyState'])
})

test('metrics under Kafka’s names, those that are counted', async () => {
  const { send, topic } = setUp()
  const args = ['--num-records', '20', '--record-size', '10', '--throughput', '-1', '--print-metrics']
  const lines = (await send(...args, '--command-property', 'client.id=me', 'linger.ms=1')).stdout.split('\n')
  expect(lines[1]).toBe('')
  expect(lines[2]).toMatch(/^Metric Name {3,}Value$/)
  expect(lines).toContainEqual(
    expect.stringMatching(/^producer-metrics:record-send-total:\{client-id=me\} +: 20\.000$/),
  )
  expect(lines).toContainEqual(
    expect.stringMatching(
      new RegExp(`^producer-topic-metrics:record-send-total:\\{client-id=me, topic=${topic}\\} +: 20\\.000$`),
    ),
  )
})

test('records that were not acknowledged are a failure, behind the summary', async () => {
  const { send } = setUp()
  const args = ['--num-records', '3', '--record-size', '200', '--throughput', '-1']
  const { exit, stdout, stderr } = await send(...args, '--command-property', 'max.request.size=100')
  expect(exit).toBe(1)
  // Nothing over no time at all is NaN, in Java as well.
  expect(stdout.replaceAll('0.000000', 'NaN').replace('0.00 MB', 'NaN MB')).toBe(
    '0 records sent, NaN records/sec (NaN MB/sec), NaN ms avg latency, 0.00 ms max latency, 0 ms 50th, 0 ms 95th, 0 ms 99th, 0 ms 99.9th.\n',
  )
  expect(stderr).toContain('3 of 3 records were not acknowledged: The message is ')
})

test('a broker without transactions is told by name', async () => {
  const { send } = setUp()
  const args = ['--num-records', '3', '--record-size', '10', '--throughput', '-1', '--transactional-id', 'x']
  expect(await send(...args)).toEqual({
    exit: 1,
    stdout: '',
    stderr: `The broker at ${address()} does not support EndTxn\n`,
  })
})

const OK = '--topic t --num-records 10 --record-size 10 --throughput -1'

test.each([
  ['--num-records 1 --record-size 1 --throughput -1', 'error: argument --topic is required'],
  ['--topic t --record-size 1 --throughput -1', 'error: argument --num-records is required'],
  ['--topic t --num-records 1 --record-size 1', 'error: argument --throughput is required'],
  [
    '--topic t --num-records 1 --throughput -1',
    'error: one of the arguments --record-size --payload-file --payload-monotonic is required',
  ],
  [
    `${OK} --payload-monotonic`,
    'error: argument --payload-monotonic: not allowed with argument --record-size',
  ],
  [
    '--topic t --num-records x --record-size 1 --throughput -1',
    `error: argument --num-records: could not convert 'x' to Long (For input string: "x")`,
  ],
  [
    '--topic t --num-records 1 --record-size 1 --throughput abc',
    `error: argument --throughput: could not convert 'abc' to Double (For input string: "abc")`,
  ],
  [
    '--topic t --num-records 0 --record-size 1 --throughput -1',
    'error: --num-records should be greater than zero.',
  ],
  [
    '--topic t --num-records 1 --record-size 0 --throughput -1',
    'error: --record-size should be greater than zero.',
  ],
  [
    `${OK} --warmup-records 10`,
    'error: The value for --warmup-records must be strictly fewer than the number of records in the test, --num-records.',
  ],
  [`${OK} --transaction-duration-ms 0`, 'error: --transaction-duration-ms should be greater than zero.'],
  [`${OK} --reporting-interval 0`, 'error: --reporting-interval should be greater than zero.'],
  [
    `${OK} --producer-props acks=1 --command-property acks=1`,
    'error: --command-property and --producer-props cannot be specified together.',
  ],
  [
    `${OK} --producer.config f --command-config f`,
    'error: --command-config and --producer.config cannot be specified together.',
  ],
  [
    `${OK} --transactional-id x --command-property acks=1`,
    'Cannot set a transactional.id without also enabling idempotence.',
  ],
  [`${OK} --command-property acks`, 'Invalid property: acks'],
])('%s is refused', async (args, message) => {
  const { exit, stderr } = await runTool(`producer-perf-test ${args}`)
  expect({ exit, first: stderr.split('\n')[0] }).toEqual({ exit: 2, first: message })
})

test.each(['empty', 'missing'])('a file that is %s has no values', async (kind) => {
  const path = join(folder, kind)
  if (kind === 'empty') writeFileSync(path, '')
  const { exit, stderr } = await runTool(
    `producer-perf-test --topic t --num-records 1 --throughput -1 --payload-file ${path}`,
  )
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: 'File does not exist or empty file provided.\n' })
})

test('older spellings are taken, with a notice', async () => {
  const { send } = setUp()
  const args = ['--num-records', '3', '--record-size', '10', '--throughput', '-1']
  expect((await send(...args, '--producer-props', 'acks=1', 'linger.ms=0')).stderr).toBe(
    'Option --producer-props has been deprecated and will be removed in a future version. Use --command-property instead.\n',
  )
})

test.each([
  ['aa\nbb\n\ncc\n', '\\n', ['aa', 'bb', '', 'cc']],
  ['\nabc', '\\n', ['abc']],
  ['\n\nabc', '\\n', ['', 'abc']],
  ['a1b22c', '\\d+', ['a', 'b', 'c']],
  ['abc', '', ['a', 'b', 'c']],
])('%j is split at %j as by java.util.Scanner', async (text, delimiter, values) => {
  expect(await splitAsScanner(text, delimiter)).toEqual(values)
})

test('payloads are the same in each run, and never longer than the text they are cut from', () => {
  const [a, b] = [new RandomPayloads(100, 1000), new RandomPayloads(100, 1000)]
  expect(a.buffer.equals(b.buffer)).toBe(true)
  for (let i = 0; i < 2500; i++) {
    a.next()
    expect(a.to - a.from).toBe(100)
    expect(a.to).toBeLessThanOrEqual(a.buffer.length)
  }
})

test('percentiles are those of the sorted latencies', () => {
  const latencies = new Latencies()
  for (let ms = 100; ms > 0; ms--) latencies.add(ms, 10)
  expect([0.5, 0.95, 0.99, 0.999].map((share) => latencies.percentile(share))).toEqual([51, 96, 100, 100])
  expect([latencies.average, latencies.max, latencies.count]).toEqual([50.5, 100, 1000])
  expect(new Latencies().percentile(0.5)).toBe(0)
})

test('an interval is told when its time is over, in Kafka’s words', () => {
  const told: string[] = []
  const figures = new SendFigures({
    isSteady: true,
    startMs: 0,
    intervalMs: 1000,
    onInterval: (text) => told.push(text),
    onSteady: () => told.push('steady'),
  })
  figures.acknowledged(3, 100, 1_048_576, 500)
  figures.acknowledged(6, 100, 1_048_576, 1000)
  figures.acknowledged(8, 100, 1_048_576, 2000)
  expect(told).toEqual([
    'steady',
    '200 records sent, 200.0 records/sec (2.00 MB/sec), 4.5 ms avg latency, 6.0 ms max latency.\n',
    '100 records sent, 100.0 records/sec (1.00 MB/sec), 8.0 ms avg latency, 8.0 ms max latency.\n',
  ])
  expect(figures.totalText(3000)).toBe(
    '300 steady state records sent, 100.000000 records/sec (1.00 MB/sec), 5.67 ms avg latency, 8.00 ms max latency, 6 ms 50th, 8 ms 95th, 8 ms 99th, 8 ms 99.9th.\n',
  )
})

test('a throttle sleeps when enough short waits have come together', async () => {
  const clock = new ManualClock()
  const throttle = new Throttle(clock, 1000, clock.now())
  expect(throttle.isAhead(100, clock.now())).toBe(false)
  clock.pass(50)
  expect(throttle.isAhead(50, clock.now())).toBe(false)
  expect(throttle.isAhead(51, clock.now())).toBe(true)
  expect(new Throttle(clock, -1, 0).isAhead(1e9, clock.now())).toBe(false)
  await throttle.wait()
  const waiting = throttle.wait()
  expect(clock.pendingTasks).toBe(1)
  clock.pass(1)
  expect(clock.pendingTasks).toBe(1)
  clock.pass(1)
  await waiting
})

test('whoever reads no more figures ends the run', async () => {
  const { topic } = setUp()
  const io = testIo()
  const closed: Io = {
    ...io,
    out() {
      throw new OutputClosed('closed')
    },
  }
  const figures = ['--num-records', '1000000', '--record-size', '10', '--reporting-interval', '1']
  const args = ['producer-perf-test', '-b', address(), '--topic', topic, '--throughput', '10000', ...figures]
  expect(await main('ktool', args, closed)).toBe(0)
})
