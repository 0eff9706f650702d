import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { parseOffsetFile } from '../../../src/cli/offsets/offset-file.ts'
import { ruleFilter, topicFilter } from '../../../src/cli/offsets/partition-filter.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import type { Answers } from '../../support/fake-cluster.ts'
import { fakeCluster, topic } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const folder = mkdtempSync(join(tmpdir(), 'ktool-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Request {
  readonly topics: {
    name: string
    partitions: { partitionIndex: number; timestamp: number; offset: number }[]
  }[]
}

/** Answers with 100 + the partition's number, or what `special` gives. */
const offsets = (special: (partition: number) => object = () => ({})): Answers => ({
  ListOffsets: ({ topics }: Request) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: 0,
        timestamp: -1,
        offset: 100 + partitionIndex,
        leaderEpoch: 0,
        ...special(partitionIndex),
      })),
    })),
  }),
})

test('text is in the order of names, other formats in the order of numbers', async () => {
  const cluster = fakeCluster({ topics: [topic('a', 11)], answers: offsets() })
  const text = await runTool('get-offsets a', cluster)
  expect(text.stdout.split('\n').slice(0, 3)).toEqual(['a:0:100', 'a:1:101', 'a:10:110'])
  const csv = await runTool('get-offsets a -o csv', cluster)
  expect(csv.stdout.split('\n').slice(0, 4)).toEqual([
    'topic,partition,offset',
    'a,0,100',
    'a,1,101',
    'a,2,102',
  ])
})

test.each([
  ['', -1],
  ['--time earliest', -2],
  ['--time=-2', -2],
  ['--time -3', -3],
  ['--time latest-tiered', -5],
  ['--time 1700000000000', 1700000000000],
  ['--time 9007199254740993', 9007199254740993n],
  ['--time 9223372036854775807', 9223372036854775807n],
  ['--time -9223372036854775808', -9223372036854775808n],
])('get-offsets %s asks for timestamp %d', async (args, timestamp) => {
  const cluster = fakeCluster({ topics: [topic('a')], answers: offsets() })
  await runTool(['get-offsets', ...args.split(' ').filter(Boolean)], cluster)
  expect(cluster.asked[0]).toMatchObject({ node: 1, body: { topics: [{ partitions: [{ timestamp }] }] } })
})

test.each([
  ['latest', 'kafka_topic_partition_current_offset'],
  ['earliest', 'kafka_topic_partition_oldest_offset'],
  ['max-timestamp', 'kafka_topic_partition_offset_at_time'],
])('offsets at %s are the metric %s', async (time, name) => {
  const cluster = fakeCluster({ topics: [topic('a')], answers: offsets() })
  const { exit, stdout } = await runTool(['get-offsets', '--time', time, '-o', 'prometheus'], cluster)
  expect(exit).toBe(0)
  expect(stdout).toContain(`# TYPE ${name} gauge\n${name}{partition="0",topic="a"} 100`)
})

test('a partition without an offset at that time is left out', async () => {
  const cluster = fakeCluster({
    topics: [topic('a', 2)],
    answers: offsets((partition) => (partition === 1 ? { offset: -1 } : {})),
  })
  expect(await runTool('get-offsets a', cluster)).toEqual({ exit: 0, stdout: 'a:0:100\n', stderr: '' })
})

test('a partition that cannot be read is told, and the others are printed', async () => {
  const failing = offsets((partition) =>
    partition === 1 ? { errorCode: errorCode('TOPIC_AUTHORIZATION_FAILED') } : {},
  )
  const cluster = fakeCluster({ topics: [topic('a', 2)], answers: failing })
  const { exit, stdout, stderr } = await runTool('get-offsets a', cluster)
  expect([exit, stdout]).toEqual([1, 'a:0:100\n'])
  expect(stderr).toMatch(/^Skip getting offsets for topic-partition a-1 due to error: /)
})

test('each leader is asked for the partitions it leads', async () => {
  const led = topic('a', 2)
  const partitions = led.partitions.map((partition) => ({ ...partition, leader: partition.partition + 1 }))
  const cluster = fakeCluster({ topics: [{ ...led, partitions }], brokers: [1, 2], answers: offsets() })
  expect((await runTool('get-offsets a', cluster)).stdout).toBe('a:0:100\na:1:101\n')
  expect(cluster.asked.map(({ node }) => node).sort()).toEqual([1, 2])
})

test.each([
  ['--topic a --topic-partitions b', '--topic-partitions cannot be used with --topic or --partitions'],
  [
    '--partitions 1,x',
    '--partitions expects a comma separated list of numeric partition ids, but received: 1,x',
  ],
  ['--topic-partitions a:x', 'Invalid rule specification: a:x'],
  ['--nope', 'nope is not a recognized option'],
])('get-offsets %s is a usage error', async (args, reason) => {
  const { exit, stderr } = await runTool(`get-offsets ${args}`)
  expect([exit, stderr.split('\n')[0]]).toEqual([2, `Error occurred: ${reason}`])
})

test('nothing that matches is a failure', async () => {
  const { exit, stderr } = await runTool('get-offsets b', fakeCluster({ topics: [topic('a')] }))
  expect([exit, stderr]).toEqual([
    1,
    'Error occurred: Could not match any topic-partitions with the specified filters\n',
  ])
})

test.each([
  ['a:0-2', ['a0', 'a1']],
  ['a:2-', ['a2', 'a3']],
  ['a:-1', ['a0']],
  ['a:3', ['a3']],
  [':0', ['a0', 'b0']],
  ['b,a:1', ['a1', 'b0', 'b1', 'b2', 'b3']],
  ['[ab]:3', ['a3', 'b3']],
])('the rules %s choose %j', async (rules, chosen) => {
  const all = ['a', 'b'].flatMap((name) => [0, 1, 2, 3].map((partition) => [name, partition] as const))
  const filter = await ruleFilter(rules)
  expect(all.filter(([name, partition]) => filter(name, partition)).map((pair) => pair.join(''))).toEqual(
    chosen,
  )
})

test('a topic filter takes the topics and the partitions that it names', async () => {
  const filter = await topicFilter('a,b', '0,2')
  expect([filter('a', 0), filter('b', 2), filter('a', 1), filter('c', 0)]).toEqual([true, true, false, false])
})

test.each([
  ['{', 'The input string is not a valid JSON'],
  ['{}', 'Missing partitions field'],
  ['{"version": 2, "partitions": []}', 'Not supported version field value 2'],
  ['{"partitions": [{"topic": "a", "offset": 0}]}', 'No such field exists: `partition`'],
  [
    '{"partitions": [{"topic": "a", "partition": 0, "offset": 9223372036854775808}]}',
    'Expected `Long` value, received 9223372036854775808',
  ],
  [
    '{"partitions": [{"topic": "a", "partition": 9007199254740993, "offset": 0}]}',
    'Expected `Integer` value, received 9007199254740993',
  ],
  [
    '{"partitions": [{"topic": "a", "partition": "x", "offset": 0}]}',
    'Expected `Integer` value, received "x"',
  ],
  [
    '{"partitions": [{"topic": "a", "partition": 0, "offset": 0}, {"topic": "a", "partition": 0, "offset": 1}]}',
    'Offset json file contains duplicate topic partitions: a-0',
  ],
])('the offset file %s is refused', (text, message) => {
  expect(() => parseOffsetFile(text)).toThrow(message)
})

test('the offsets of a file are exact', () => {
  const offsets = ['9223372036854775807', '9007199254740993', '-1', '-9223372036854775808']
  const partitions = offsets.map((offset, at) => `{"topic": "a", "partition": ${at}, "offset": ${offset}}`)
  expect(parseOffsetFile(`{"partitions": [${partitions}]}`).map(({ offset }) => String(offset))).toEqual(
    offsets,
  )
})

test.each(['9223372036854775808', '1.5', 'x'])('get-offsets --time %s is refused', async (time) => {
  const { exit, stderr } = await runTool(['get-offsets', 'a', '--time', time])
  expect([exit, stderr]).toEqual([2, expect.stringContaining(`Malformed time argument ${time}.`)])
})

interface ListRequest {
  readonly topics: {
    readonly name: string
    readonly partitions: { readonly partitionIndex: number; readonly timestamp: number }[]
  }[]
}

const file = (partitions: readonly object[]): string => {
  const path = join(folder, 'offsets.json')
  writeFileSync(path, JSON.stringify({ version: 1, partitions }))
  return path
}
const deleting: Answers = {
  DeleteRecords: ({ topics }: Request) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, offset }) => ({
        partitionIndex,
        lowWatermark: offset,
        errorCode: offset > 50 ? errorCode('OFFSET_OUT_OF_RANGE') : 0,
      })),
    })),
  }),
}

test('records are deleted, and what failed is told on standard error', async () => {
  const path = file([
    { topic: 'a', partition: 0, offset: 5 },
    { topic: 'a', partition: 1, offset: 99 },
  ])
  const cluster = fakeCluster({ topics: [topic('a', 2)], answers: deleting })
  expect(await runTool(['delete-records', path], cluster)).toEqual({
    exit: 1,
    stdout:
      'Executing records delete operation\nRecords delete operation completed:\npartition: a-0\tlow_watermark: 5\n',
    stderr:
      'partition: a-1\terror: The requested offset is not within the range of offsets maintained by the server.\n',
  })
  expect((await runTool(['delete-records', path, '--compat-exit-codes'], cluster)).exit).toBe(0)
})

test('a topic that is not there fails for itself', async () => {
  const path = file([{ topic: 'none', partition: 0, offset: 5 }])
  const { exit, stdout } = await runTool(['delete-records', path, '-o', 'jsonl'])
  expect(exit).toBe(1)
  expect(JSON.parse(stdout)).toEqual({
    topic: 'none',
    partition: 0,
    lowWatermark: null,
    error: "topic 'none' does not exist",
  })
})

test('--dry-run asks how far each partition goes, tells what would go and deletes nothing', async () => {
  const path = file([
    { topic: 'a', partition: 0, offset: 5 },
    { topic: 'a', partition: 1, offset: -1 },
  ])
  // Offsets 2 to 8 are there.
  const ListOffsets: Answers[string] = ({ topics }: ListRequest) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, timestamp }) => ({
        partitionIndex,
        errorCode: 0,
        offset: timestamp === -1 ? 9 : 2,
      })),
    })),
  })
  const cluster = fakeCluster({ topics: [topic('a', 2)], answers: { ListOffsets } })
  const { exit, stderr } = await runTool(['delete-records', path, '--dry-run'], cluster)
  expect([exit, stderr]).toEqual([
    0,
    'dry run: records of a-0 before offset 5 would be deleted: 3 offsets\n' +
      'dry run: records of a-1 up to the end would be deleted: 7 offsets\n',
  ])
  expect(new Set(cluster.asked.map(({ api }) => api))).toEqual(new Set(['ListOffsets']))

  const beyond = file([
    { topic: 'a', partition: 0, offset: 10 },
    { topic: 'none', partition: 0, offset: 0 },
  ])
  expect(await runTool(['delete-records', beyond, '--dry-run'], cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'partition: a-0\terror: The requested offset is not within the range of offsets maintained by the server.\n' +
      "partition: none-0\terror: topic 'none' does not exist\n",
  })
})
