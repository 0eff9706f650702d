import { expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { latencyListing } from '../../../src/cli/perf/latency-listing.ts'
import { perfPlace } from '../../support/perf-place.ts'
import { runTool } from '../../support/run-tool.ts'
import { testIo } from '../../support/test-io.ts'

const { take, address } = perfPlace(4)
const FEW = ['--num-records', '5', '--producer-acks', '1', '--record-size', '10']

test('the first record, the average and percentiles', async () => {
  const { run } = take()
  const { exit, stdout, stderr } = await run('e2e-latency', ...FEW)
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  expect(stdout).toMatch(
    /^0\t\d+\.\d+\nAvg latency: \d+\.\d{4} ms\nPercentiles: 50th = \d+, 99th = \d+, 99\.9th = \d+\n$/,
  )
})

test('keys and headers go along', async () => {
  const { run } = take()
  const shape = [
    '--record-key-size',
    '4',
    '--num-headers',
    '2',
    '--record-header-key-size',
    '3',
    '--record-header-size',
    '5',
  ]
  const { stdout } = await run('e2e-latency', ...FEW, ...shape, '-o', 'json')
  expect(JSON.parse(stdout)).toMatchObject([{ records: 5 }])
  const records = await run('console-consumer', '--from', 'earliest', '--until', 'end', '-o', 'jsonl')
  for (const line of records.stdout.trimEnd().split('\n')) {
    const { key, value, headers } = JSON.parse(line)
    expect(key).toMatch(/^([A-Z])\1{3}$/)
    expect(value).toMatch(/^([A-Z])\1{9}$/)
    expect(headers.length).toBe(2)
  }
})

test('a topic that is missing is made, in Kafka’s words, and positional arguments are taken with a warning', async () => {
  const io = testIo()
  expect(await main('ktool', ['e2e-latency', address(), 'fresh', '2', 'all', '10'], io)).toBe(0)
  const [warning, created] = io.stdout.split('\n')
  expect(warning).toMatch(
    /^WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5\.0\. /,
  )
  expect(created).toBe(
    'Topic "fresh" does not exist. Will create topic with 1 partition(s) and replication factor = 1',
  )
})

test('text has whole milliseconds, other formats all that was measured', () => {
  const listing = latencyListing([2.75, 1.25, 99.5])
  expect(listing.text()).toBe('Avg latency: 34.5000 ms\nPercentiles: 50th = 2, 99th = 99, 99.9th = 99\n')
  expect(listing.items).toEqual([
    {
      records: 3,
      avgLatencyMs: 34.5,
      minLatencyMs: 1.25,
      maxLatencyMs: 99.5,
      p50Ms: 2.75,
      p99Ms: 99.5,
      p999Ms: 99.5,
    },
  ])
})

const ALL = '--topic t --num-records 3 --producer-acks 1 --record-size 10'

test.each([
  ['--topic t', 'Missing required argument "[num-records]"'],
  ['--topic t --num-records 3 --producer-acks 1', 'Missing required argument "[record-size]"'],
  [`${ALL} --bogus`, 'bogus is not a recognized option'],
  [
    '--topic t --num-records 0 --producer-acks 1 --record-size 1',
    'Value for --num-records must be a positive integer.',
  ],
  [
    '--topic t --num-records 1 --producer-acks 1 --record-size -1',
    'Value for --record-size must be a non-negative integer.',
  ],
  [`${ALL} --record-key-size -5`, 'Value for --record-key-size must be a non-negative integer.'],
  [`${ALL} --num-headers -2`, 'Value for --num-headers must be a non-negative integer.'],
  [
    '--topic t --num-records 1 --producer-acks 0 --record-size 1',
    "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use '1' or 'all'.",
  ],
])('%s is refused', async (args, message) => {
  const { exit, stderr } = await runTool(`e2e-latency ${args}`)
  expect({ exit, first: stderr.split('\n')[0] }).toEqual({ exit: 2, first: message })
})
