import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { errorCode } from '../../../src/protocol/errors.ts'
import { type Answers, type FakeCluster, fakeCluster, topic } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktool-reassign-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Partitions 0 and 1 of a, on brokers 1 and 2. */
const a = topic('a', 2)
const topics = [
  { ...a, partitions: a.partitions.map((partition) => ({ ...partition, replicas: [1, 2], isr: [1, 2] })) },
]

const ok = { errorCode: 0, errorMessage: null }

function answersWith(more: Answers = {}, underWay: object[] = []): Answers {
  return {
    ListPartitionReassignments: () => ({
      ...ok,
      topics: underWay.length > 0 ? [{ name: 'a', partitions: underWay }] : [],
    }),
    AlterPartitionReassignments: () => ({ ...ok, responses: [] }),
    IncrementalAlterConfigs: () => ({ responses: [] }),
    DescribeLogDirs: (_: never, node: unknown) => ({
      errorCode: 0,
      results: [
        { errorCode: 0, logDir: `/d${node}`, topics: [{ name: 'a', partitions: [0, 1].map(partitionDir) }] },
      ],
    }),
    ...more,
  }
}

const partitionDir = (partitionIndex: number) => ({
  partitionIndex,
  partitionSize: 1,
  offsetLag: 0,
  isFutureKey: false,
})

const clusterWith = (more?: Answers, underWay?: object[]) =>
  fakeCluster({ topics, brokers: [1, 2, 3], answers: answersWith(more, underWay) })

const moving = { partitionIndex: 0, replicas: [3, 1, 2], addingReplicas: [3], removingReplicas: [1] }

function run(action: string, plan: unknown, cluster: FakeCluster = clusterWith()) {
  const path = join(folder, 'plan.json')
  writeFileSync(path, typeof plan === 'string' ? plan : JSON.stringify(plan))
  const [name, ...more] = action.split(' ')
  return runTool(['reassign-partitions', name!, path, ...more], cluster)
}

const planOf = (...partitions: object[]) => ({
  partitions: partitions.map((each) => ({ topic: 'a', ...each })),
})
const TO_3 = planOf({ partition: 0, replicas: [3, 2] }, { partition: 1, replicas: [1, 2] })

const configsIn = (cluster: FakeCluster) =>
  cluster.asked
    .filter(({ api }) => api === 'IncrementalAlterConfigs')
    .flatMap(
      ({ body }) =>
        body.resources as { resourceName: string; configs: { name: string; value: string | null }[] }[],
    )
    .flatMap(({ resourceName, configs }) =>
      configs.map(({ name, value }) => `${resourceName} ${name}=${value}`),
    )

test('execute says where everything was, and starts the moves', async () => {
  const cluster = clusterWith()
  expect(await run('execute', TO_3, cluster)).toEqual({
    exit: 0,
    stdout:
      'Current partition replica assignment\n\n' +
      '{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[1,2],"log_dirs":["/d1","/d2"]},' +
      '{"topic":"a","partition":1,"replicas":[1,2],"log_dirs":["/d1","/d2"]}]}\n\n' +
      'Save this to use as the --reassignment-json-file option during rollback\n' +
      'Successfully started partition reassignments for a-0,a-1\n',
    stderr: '',
  })
  expect(cluster.asked.find(({ api }) => api === 'AlterPartitionReassignments')).toMatchObject({
    node: 'controller',
    body: {
      allowReplicationFactorChange: true,
      topics: [
        {
          name: 'a',
          partitions: [
            { partitionIndex: 0, replicas: [3, 2] },
            { partitionIndex: 1, replicas: [1, 2] },
          ],
        },
      ],
    },
  })
  expect(configsIn(cluster)).toEqual([])
})

test('a throttle names the replicas that are copied, and goes to the brokers that take part', async () => {
  const cluster = clusterWith()
  const { stdout } = await run('execute --throttle 500 --replica-alter-log-dirs-throttle 7', TO_3, cluster)
  expect(stdout).toContain(
    'Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.\n' +
      'The inter-broker throttle limit was set to 500 B/s\n' +
      'The replica-alter-dir throttle limit was set to 7 B/s\n',
  )
  expect(configsIn(cluster)).toEqual([
    'a leader.replication.throttled.replicas=0:1,0:2,1:1,1:2',
    'a follower.replication.throttled.replicas=0:3',
    ...['1', '2', '3'].flatMap((broker) => [
      `${broker} leader.replication.throttled.rate=500`,
      `${broker} follower.replication.throttled.rate=500`,
    ]),
  ])
})

test('with others under way only --additional starts more, and their sources count', async () => {
  expect(await run('execute', TO_3, clusterWith({}, [moving]))).toMatchObject({
    exit: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^Cannot execute because there is an existing partition assignment\. {2}Use --additional/,
    ),
  })
  const cluster = clusterWith({}, [moving])
  await run('execute --additional --throttle 9', planOf({ partition: 0, replicas: [3, 2] }), cluster)
  expect(configsIn(cluster).slice(0, 2)).toEqual([
    'a leader.replication.throttled.replicas=0:1,0:2',
    'a follower.replication.throttled.replicas=0:3',
  ])
})

test('partitions that the controller refuses are told, each with its reason', async () => {
  const AlterPartitionReassignments: Answers[string] = () => ({
    ...ok,
    responses: [
      {
        name: 'a',
        partitions: [
          { partitionIndex: 1, errorCode: errorCode('INVALID_REPLICA_ASSIGNMENT'), errorMessage: 'no' },
          { partitionIndex: 0, errorCode: 0, errorMessage: null },
        ],
      },
    ],
  })
  const { exit, stderr } = await run('execute', TO_3, clusterWith({ AlterPartitionReassignments }))
  expect([exit, stderr]).toEqual([1, 'Error reassigning partition(s):\na-1: no\n'])
})

test('a replica that is only coming to its broker is moved into its folder once it is there', async () => {
  let asked = 0
  const AlterReplicaLogDirs: Answers[string] = () => ({
    results: [
      {
        topicName: 'a',
        partitions: [
          { partitionIndex: 0, errorCode: asked++ === 0 ? errorCode('REPLICA_NOT_AVAILABLE') : 0 },
        ],
      },
    ],
  })
  const plan = planOf({ partition: 0, replicas: [3, 2], log_dirs: ['/fast', 'any'] })
  const cluster = clusterWith({ AlterReplicaLogDirs })
  const { stdout } = await run('execute', plan, cluster)
  expect(stdout).toMatch(
    /Successfully started moving log directory to \/fast for replica a-0 with broker 3 \n$/,
  )
  expect(cluster.asked.filter(({ api }) => api === 'AlterReplicaLogDirs')).toMatchObject([
    { node: 3, body: { dirs: [{ path: '/fast', topics: [{ name: 'a', partitions: [0] }] }] } },
    { node: 3 },
  ])
  asked = 0
  const late = await run('execute --timeout 0', plan, clusterWith({ AlterReplicaLogDirs }))
  expect([late.exit, late.stderr]).toEqual([
    1,
    'Timed out before log directory move could be started for: a-0-3\n',
  ])
})

test('a dry run of execute sends no change', async () => {
  const cluster = clusterWith()
  const { stdout, stderr } = await run('execute --throttle 5 --dry-run', TO_3, cluster)
  expect([stdout, stderr]).toEqual([
    '',
    'dry run: a-0 would be moved from brokers 1,2 to 3,2\n' +
      'dry run: a-1 would stay on 1,2\n' +
      'dry run: brokers would copy 5 B/s at most\n',
  ])
  expect(cluster.asked.filter(({ api }) => api.includes('Alter'))).toEqual([])
})

test('verify tells each partition apart, and clears throttles only when nothing moves', async () => {
  const plan = planOf(
    { partition: 0, replicas: [3, 2] },
    { partition: 1, replicas: [1, 2] },
    { partition: 9, replicas: [1] },
  )
  const busy = clusterWith({}, [moving])
  expect((await run('verify', plan, busy)).stdout).toBe(
    'Status of partition reassignment:\n' +
      'Reassignment of partition a-0 is still in progress.\n' +
      'Reassignment of partition a-1 is completed.\n' +
      'There is no active reassignment of partition a-9, but replica set is  rather than 1.\n\n',
  )
  expect(configsIn(busy)).toEqual([])
  const done = clusterWith()
  expect((await run('verify', plan, done)).stdout).toContain(
    'There is no active reassignment of partition a-0, but replica set is 1,2 rather than 3,2.\n',
  )
  expect(configsIn(done)).toContain('3 replica.alter.log.dirs.io.max.bytes.per.second=null')
  expect(configsIn(done)).toContain('a follower.replication.throttled.replicas=null')
  const kept = clusterWith()
  await run('verify --preserve-throttles', plan, kept)
  expect(configsIn(kept)).toEqual([])
})

test.each([
  [{}, '/d1', 'Reassignment of replica a-0-1 completed successfully.'],
  [{}, '/x', 'Partition a-0 on broker 1 is not being moved from log dir /d1 to /x.'],
  [{ future: '/x' }, '/x', 'Reassignment of replica a-0-1 is still in progress.'],
  [{ future: '/y' }, '/x', 'Partition a-0 on broker 1 is being moved to log dir /y instead of /x.'],
  [
    { gone: true },
    '/x',
    'Partition a-0 is not found in any live log dir on broker 1. There is likely an offline log directory on the broker.',
  ],
])(
  'a replica in a folder, %j, that should be in %s',
  async (where: { future?: string; gone?: boolean }, wanted, text) => {
    const dir = (logDir: string, isFutureKey: boolean) => ({
      errorCode: 0,
      logDir,
      topics: [{ name: 'a', partitions: [{ ...partitionDir(0), isFutureKey }] }],
    })
    const DescribeLogDirs: Answers[string] = () => ({
      errorCode: 0,
      results: [
        ...(where.gone ? [] : [dir('/d1', false)]),
        ...(where.future ? [dir(where.future, true)] : []),
      ],
    })
    const plan = planOf({ partition: 0, replicas: [1], log_dirs: [wanted] })
    const { stdout } = await run('verify', plan, clusterWith({ DescribeLogDirs }))
    expect(stdout.split('\n')[2]).toBe(text)
  },
)

test('cancel calls off what is under way, and lets the throttles go', async () => {
  const cluster = clusterWith({}, [moving])
  expect((await run('cancel', TO_3, cluster)).stdout).toBe(
    'Successfully cancelled partition reassignment for: a-0\n' +
      'None of the specified partition moves are active.Clearing broker-level throttles on brokers 1,2,3\n' +
      'Clearing topic-level throttles on topic a\n',
  )
  expect(cluster.asked.find(({ api }) => api === 'AlterPartitionReassignments')!.body).toMatchObject({
    topics: [{ name: 'a', partitions: [{ partitionIndex: 0, replicas: null }] }],
  })
  const dry = clusterWith({}, [moving])
  expect((await run('cancel --preserve-throttles --dry-run', TO_3, dry)).stderr).toBe(
    'dry run: would cancel the reassignment of a-0\n',
  )
  expect(dry.asked.filter(({ api }) => api.includes('Alter'))).toEqual([])
})

test('list tells which replicas come and go', async () => {
  expect((await runTool('reassign-partitions list', clusterWith({}, [moving]))).stdout).toBe(
    'Current partition reassignments:\na-0: replicas: 3,1,2. adding: 3. removing: 1.\n',
  )
  expect((await runTool('reassign-partitions --list', clusterWith())).stdout).toBe(
    'No partition reassignments found.\n',
  )
})

test('generate proposes a plan, from where chance begins', async () => {
  const path = join(folder, 'topics.json')
  writeFileSync(path, JSON.stringify({ topics: [{ topic: 'a' }] }))
  const { stdout } = await runTool(
    `reassign-partitions --generate --broker-list 2,3 --topics-to-move-json-file ${path}`,
    clusterWith(),
  )
  // Bytes of a test are all 7: the odd number picks the second broker.
  expect(stdout.split('\n').slice(3)).toEqual([
    'Proposed partition reassignment configuration',
    '{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[3,2],"log_dirs":["any","any"]},' +
      '{"topic":"a","partition":1,"replicas":[2,3],"log_dirs":["any","any"]}]}',
    '',
  ])
})

test.each([
  ['{', 'The input string is not a valid JSON'],
  ['{"version": 2}', 'Not supported version field value 2'],
  [{ partitions: [] }, 'Partition reassignment list cannot be empty'],
  [planOf({ partition: 0, replicas: [] }), 'Partition replica list cannot be empty'],
  [planOf({ partition: 0, replicas: ['1'] }), 'Expected `Integer` value, received "1"'],
  [
    planOf({ partition: 0, replicas: [1] }, { partition: 0, replicas: [1] }),
    'Partition reassignment contains duplicate topic partitions: a-0',
  ],
  [
    planOf({ partition: 0, replicas: [1, 1] }),
    'Partition replica lists may not contain duplicate entries: a-0 contains multiple entries for 1',
  ],
  [
    planOf({ partition: 0, replicas: [1], log_dirs: ['any', 'any'] }),
    'Size of replicas list [1] is different from size of log dirs list [any, any] for partition a-0',
  ],
  [planOf({ partition: 0, replicas: [9] }), 'Unknown broker id 9'],
  [planOf({ partition: 9, replicas: [1] }), 'Unable to find partition: a-9'],
  [{ partitions: [{ topic: 'b', partition: 0, replicas: [1] }] }, 'Topic b not found.'],
])('the plan %j is refused', async (plan, message) => {
  const { exit, stderr } = await run('execute', plan)
  expect([exit, stderr]).toEqual([1, `Error: ${message}\n`])
})

test.each([
  ['', 'Command must include exactly one action: --generate, --execute, --verify, --cancel, --list'],
  [
    '--list -b x:1 --bootstrap-controller x:1',
    "Please don't specify both --bootstrap-server and --bootstrap-controller",
  ],
  ['--execute', 'Missing required argument "[reassignment-json-file]"'],
  ['--generate --broker-list 1', 'Missing required argument "[topics-to-move-json-file]"'],
  ['--list --timeout 5', 'Option "[timeout]" can\'t be used with action "[list]"'],
  [
    '--execute --reassignment-json-file x --bootstrap-controller x:1',
    'Option "[bootstrap-controller]" can\'t be used with action "[execute]"',
  ],
  ['--list --bootstrap-server', 'Option bootstrap-server requires an argument'],
  [
    '--execute --reassignment-json-file x --throttle 5x',
    "Error: Cannot parse argument '5x' of option throttle",
  ],
])('reassign-partitions %s is a usage error', async (args, message) => {
  const { exit, stderr } = await runTool(['reassign-partitions', ...args.split(' ').filter(Boolean)])
  expect([exit, stderr.split('\n')[0]]).toEqual([2, message])
})
