import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import type { TopicMetadata } from '../../../src/client/metadata.ts'
import { errorCode, KafkaError } from '../../../src/protocol/errors.ts'
import { fakeCluster, topic } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktool-election-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const results = (name: string, codes: Record<number, Parameters<typeof errorCode>[0]>) => ({
  topic: name,
  partitionResult: Object.entries(codes).map(([partition, code]) => ({
    partitionId: Number(partition),
    errorCode: errorCode(code),
    errorMessage: code === 'UNKNOWN_TOPIC_OR_PARTITION' ? `No such partition as ${name}-${partition}` : null,
  })),
})

const cluster = (...replicaElectionResults: ReturnType<typeof results>[]) =>
  fakeCluster({ answers: { ElectLeaders: () => ({ errorCode: 0, replicaElectionResults }) } })

test('partitions are told by what became of them; one that failed makes the tool fail', async () => {
  const elected = cluster(
    results('a', { 0: 'NONE', 1: 'ELECTION_NOT_NEEDED', 2: 'NONE', 9: 'UNKNOWN_TOPIC_OR_PARTITION' }),
  )
  expect(await runTool('leader-election --election-type preferred --all-topic-partitions', elected)).toEqual({
    exit: 1,
    stdout:
      'Successfully completed leader election (PREFERRED) for partitions a-2, a-0\n' +
      'Valid replica already elected for partitions a-1\n',
    stderr:
      'Error completing leader election (PREFERRED) for partition: a-9: No such partition as a-9\n' +
      '1 replica(s) could not be elected\n',
  })
  expect(elected.asked).toMatchObject([
    { api: 'ElectLeaders', body: { electionType: 0, topicPartitions: null }, node: 'controller' },
  ])
})

test('as JSON there is one object for each partition', async () => {
  const { stdout } = await runTool(
    'leader-election orders 1 --election-type UNCLEAN -o jsonl',
    cluster(results('orders', { 1: 'NONE' })),
  )
  expect(JSON.parse(stdout)).toEqual({
    topic: 'orders',
    partition: 1,
    electionType: 'UNCLEAN',
    result: 'elected',
    error: null,
  })
})

test('the partitions of a file are asked for, topic by topic', async () => {
  const file = join(folder, 'partitions.json')
  const partitions = [
    { topic: 'a', partition: 1 },
    { topic: 'b', partition: 0 },
    { topic: 'a', partition: 0 },
  ]
  writeFileSync(file, JSON.stringify({ partitions }))
  const asked = cluster()
  await runTool(['leader-election', '--election-type', 'unclean', '--path-to-json-file', file], asked)
  expect(asked.asked[0]!.body).toMatchObject({
    electionType: 1,
    topicPartitions: [
      { topic: 'a', partitions: [1, 0] },
      { topic: 'b', partitions: [0] },
    ],
  })
})

test.each([
  ['{', 'Replica election data is empty'],
  ['[1]', 'Expected JSON object, received [1]'],
  ['{}', 'Replica election data is missing "partitions" field'],
  ['{"partitions": [{"topic": "a"}]}', 'No such field exists: `partition`'],
  [
    '{"partitions": [{"topic": "a", "partition": 0}, {"topic": "a", "partition": 0}]}',
    'Replica election data contains duplicate partitions: [a-0]',
  ],
])('the file %s is refused', async (text, message) => {
  const file = join(folder, 'bad.json')
  writeFileSync(file, text)
  const { exit, stderr } = await runTool([
    'leader-election',
    '--election-type',
    'preferred',
    '--path-to-json-file',
    file,
  ])
  expect([exit, stderr]).toEqual([1, `${message}\n`])
})

const ONE =
  'One and only one of the following options is required: topic, all-topic-partitions, path-to-json-file'
test.each([
  ['--topic a --partition 0', 'Missing required option(s): election-type'],
  ['--election-type preferred', ONE],
  ['--election-type preferred --all-topic-partitions --topic a --partition 0', ONE],
  ['--election-type preferred --topic a', 'Missing required option(s): partition'],
  [
    '--election-type preferred --all-topic-partitions --partition 0',
    'Option partition is only allowed if topic is used',
  ],
  ['--election-type best --topic a --partition 0', "Cannot parse argument 'best' of option election-type"],
  [
    '--election-type preferred --all-topic-partitions --admin.config a --command-config b',
    'Option "[admin.config]" can\'t be used with option "[command-config]"',
  ],
])('leader-election %s is a usage error', async (args, message) => {
  const { exit, stderr } = await runTool(`leader-election ${args}`)
  expect([exit, stderr.split('\n')[0]]).toEqual([2, message])
})

test.each([
  ['REQUEST_TIMED_OUT', 'Timeout waiting for election results'],
  ['CLUSTER_AUTHORIZATION_FAILED', 'Not authorized to perform leader election'],
] as const)('%s is told in the words of the tool', async (code, message) => {
  const refusing = fakeCluster({
    answers: {
      ElectLeaders: () => {
        throw new KafkaError(code)
      },
    },
  })
  expect(await runTool('leader-election --election-type preferred --all-topic-partitions', refusing)).toEqual(
    { exit: 1, stdout: '', stderr: `${message}\n` },
  )
})

const state = (partition: number, leader: number, isr: number[]) => ({
  ...topic('a').partitions[0]!,
  partition,
  leader,
  replicas: [1, 2],
  isr,
})

test('a dry run tells which leaders would change, and asks for nothing', async () => {
  const topics: TopicMetadata[] = [
    topic('a', 4, {
      partitions: [state(0, 1, [1, 2]), state(1, 2, [2, 1]), state(2, 2, [2]), state(3, -1, [])],
    }),
  ]
  const run = (args: string) => runTool(`leader-election --dry-run ${args}`, fakeCluster({ topics }))
  expect((await run('--election-type preferred --all-topic-partitions')).stderr).toBe(
    'dry run: broker 1 would be elected in place of broker 2 for a-1\n',
  )
  expect((await run('--election-type unclean --all-topic-partitions')).stderr).toBe(
    'dry run: any replica that is alive would be elected, even if records are lost, for a-3\n',
  )
  expect(await run('a 2 --election-type preferred')).toEqual({
    exit: 0,
    stdout: '',
    stderr: 'dry run: no leader would change\n',
  })
})
