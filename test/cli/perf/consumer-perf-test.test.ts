import { expect, test } from 'vitest'
import { javaDateFormat } from '../../../src/cli/java/date-format.ts'
import { ReadFigures, readHeader } from '../../../src/cli/perf/read-figures.ts'
import { perfPlace } from '../../support/perf-place.ts'
import { runTool } from '../../support/run-tool.ts'

const { take } = perfPlace(8)

async function filled(count: number) {
  const place = take()
  const args = ['--num-records', String(count), '--record-size', '100', '--throughput', '-1']
  await place.run('producer-perf-test', ...args)
  return place
}

const TIME = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d:\\d{3}'
const NUMBER = '\\d+\\.\\d{4}'

test('a header and one line of figures', async () => {
  const { run } = await filled(700)
  const { exit, stdout, stderr } = await run('consumer-perf-test', '--num-records', '700')
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  const [header, line, rest] = stdout.split('\n')
  expect(header).toBe(
    'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec',
  )
  expect(line).toMatch(
    new RegExp(`^${TIME}, ${TIME}, 0\\.0668, ${NUMBER}, 700, ${NUMBER}, \\d+, \\d+, ${NUMBER}, ${NUMBER}$`),
  )
  expect(rest).toBe('')
})

test('fewer records than wanted are told after the time is over', async () => {
  const { run } = await filled(20)
  const args = ['--messages', '50', '--hide-header', '--timeout', '300', '--group', 'readers']
  const { exit, stdout, stderr } = await run('consumer-perf-test', ...args)
  expect(exit).toBe(0)
  expect(stderr).toBe('Warning: --messages is deprecated. Use --num-records instead.\n')
  const [warning, line] = stdout.split('\n')
  expect(warning).toBe(
    'WARNING: Exiting before consuming the expected number of records: timeout (300 ms) exceeded. You can use the --timeout option to increase the timeout.',
  )
  expect(line).toMatch(/, 20, /)
  // What was read was committed on the way out, and newer records alone are read then.
  const again = await run('consumer-perf-test', ...args)
  expect(again.stdout.split('\n')[1]).toMatch(/, 0, /)
})

test('as many as a poll brings, as in Kafka', async () => {
  const { run } = await filled(100)
  const args = ['--num-records', '5', '-o', 'json', '--command-property', 'max.poll.records=7']
  const [total] = JSON.parse((await run('consumer-perf-test', ...args)).stdout)
  expect(total).toMatchObject({ kind: 'total', recordsConsumed: 7 })
})

test('--from-latest passes over what there is', async () => {
  const { run } = await filled(10)
  const args = ['--num-records', '5', '-o', 'jsonl', '--from-latest', '--timeout', '300']
  const { stdout, stderr } = await run('consumer-perf-test', ...args)
  expect(JSON.parse(stdout)).toMatchObject({ recordsConsumed: 0 })
  expect(stderr).toContain('timeout (300 ms) exceeded')
})

test('metrics under Kafka’s names, those that are counted', async () => {
  const { topic, run } = await filled(10)
  const printed = await run('consumer-perf-test', '--num-records', '10', '--print-metrics', '--hide-header')
  expect(printed.stdout).toMatch(
    /\nconsumer-coordinator-metrics:assigned-partitions:\{client-id=perf-consumer-client\} +: 2\.000\n/,
  )
  expect(printed.stdout).toMatch(
    new RegExp(
      `consumer-fetch-manager-metrics:records-consumed-total:\\{client-id=perf-consumer-client, topic=${topic}\\} +: 10\\.000\n`,
    ),
  )
})

test('figures of an interval and of the whole, the wait for partitions told apart', () => {
  const figures = new ReadFigures(0, String)
  figures.assigned(2, 100)
  figures.records = 1000
  figures.bytes = 2 * 1_048_576
  expect(figures.interval(600).text).toBe(
    '600, 0, 2.0000, 3.3333, 1000, 1666.6667, 100, 500, 4.0000, 2000.0000\n',
  )
  figures.revoked(2, 700)
  figures.assigned(1, 750)
  figures.records = 1500
  figures.bytes = 3 * 1_048_576
  expect(figures.interval(1100).text).toBe(
    '1100, 0, 3.0000, 2.0000, 1500, 1000.0000, 50, 450, 2.2222, 1111.1111\n',
  )
  expect(figures.total(1150).text).toBe(
    '0, 1150, 3.0000, 2.6087, 1500, 1304.3478, 150, 1000, 3.0000, 1500.0000\n',
  )
  expect(readHeader(true)).toMatch(/^time, threadId, data\.consumed\.in\.MB/)
})

test.each([
  ['--topic t', 'Exactly one of the following arguments is required: [messages], [num-records]'],
  [
    '--topic t --num-records 1 --messages 1',
    'Exactly one of the following arguments is required: [messages], [num-records]',
  ],
  ['--num-records 1', 'Exactly one of the following arguments is required: [topic], [include]'],
  [
    '--num-records 1 --topic t --include t',
    'Exactly one of the following arguments is required: [topic], [include]',
  ],
  [
    '--num-records 1 --topic t --consumer.config f --command-config f',
    `Option "[consumer.config]" can't be used with option "[command-config]"`,
  ],
  ['--topic t --num-records x', `Cannot parse argument 'x' of option num-records`],
  ['--topic t --num-records 1 --reporting-interval 0', 'Reporting interval must be greater than 0.'],
])('%s is refused', async (args, message) => {
  const { exit, stderr } = await runTool(`consumer-perf-test ${args}`)
  expect({ exit, first: stderr.split('\n')[0] }).toEqual({ exit: 2, first: message })
})

test.each([
  ['yyyy-MM-dd HH:mm:ss:SSS', '2026-03-04 15:06:07:008'],
  ["dd.MM.yy 'at' h 'o''clock' a", "04.03.26 at 3 o'clock PM"],
  ['EEE, d MMM; EEEE MMMM, K k', 'Wed, 4 Mar; Wednesday March, 3 15'],
])('%s is written as SimpleDateFormat writes it', (pattern, text) => {
  expect(javaDateFormat(pattern)(new Date(2026, 2, 4, 15, 6, 7, 8).getTime())).toBe(text)
})

test('letters that mean nothing in a pattern are refused in Java’s words', () => {
  expect(() => javaDateFormat('yyyy b')).toThrow("Illegal pattern character 'b'")
  expect(() => javaDateFormat("yyyy 'x")).toThrow('Unterminated quote')
})
