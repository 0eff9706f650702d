import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { KafkaError } from '../../../src/protocol/errors.ts'
import { fakeCluster } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const DIRECTORY = '11oWnyF8RqGgogf6LzECfg'
const replica = (replicaId: number, logEndOffset: number, more: object = {}) => ({
  replicaId,
  replicaDirectoryId: DIRECTORY,
  logEndOffset,
  lastFetchTimestamp: 90,
  lastCaughtUpTimestamp: 80,
  ...more,
})

const quorum = (partition: object = {}) =>
  fakeCluster({
    answers: {
      DescribeQuorum: () => ({
        errorCode: 0,
        errorMessage: null,
        topics: [
          {
            topicName: '__cluster_metadata',
            partitions: [
              {
                partitionIndex: 0,
                errorCode: 0,
                errorMessage: null,
                leaderId: 2,
                leaderEpoch: 7,
                highWatermark: 99,
                currentVoters: [replica(1, 95, { lastCaughtUpTimestamp: 50 }), replica(2, 100)],
                observers: [replica(3, 98, { replicaDirectoryId: ZERO_UUID, lastFetchTimestamp: -1 })],
                ...partition,
              },
            ],
          },
        ],
        nodes: [
          { nodeId: 1, listeners: [{ name: 'CONTROLLER', host: '10.0.0.1', port: 9093 }] },
          {
            nodeId: 2,
            listeners: [
              { name: 'CONTROLLER', host: '::1', port: 9093 },
              { name: 'INSIDE', host: 'b', port: 9094 },
            ],
          },
        ],
      }),
    },
  })

test('--status tells the leader, the voter furthest behind and where the voters listen', async () => {
  expect((await runTool('metadata-quorum describe --status', quorum())).stdout).toBe(
    [
      'ClusterId:              cluster-of-a-test-abcd',
      'LeaderId:               2',
      'LeaderEpoch:            7',
      'HighWatermark:          99',
      'MaxFollowerLag:         5',
      'MaxFollowerLagTimeMs:   30',
      `CurrentVoters:          [{"id": 1, "directoryId": "${DIRECTORY}", "endpoints": ["CONTROLLER://10.0.0.1:9093"]}, ` +
        `{"id": 2, "directoryId": "${DIRECTORY}", "endpoints": ["CONTROLLER://[::1]:9093", "INSIDE://b:9094"]}]`,
      'CurrentObservers:       [{"id": 3, "directoryId": null}]',
      '',
    ].join('\n'),
  )
})

test('--replication has the leader first in text, and rows by node otherwise', async () => {
  const { stdout } = await runTool('metadata-quorum describe --replication', quorum())
  expect(stdout.split('\n')).toEqual([
    'NodeId\tDirectoryId           \tLogEndOffset\tLag\tLastFetchTimestamp\tLastCaughtUpTimestamp\tStatus  \t',
    `2     \t${DIRECTORY}\t100         \t0  \t90                \t80                   \tLeader  \t`,
    `1     \t${DIRECTORY}\t95          \t5  \t90                \t50                   \tFollower\t`,
    '3     \tAAAAAAAAAAAAAAAAAAAAAA\t98          \t2  \t-1                \t80                   \tObserver\t',
    '',
  ])
  const json = await runTool('metadata-quorum describe --replication -o json', quorum())
  expect(JSON.parse(json.stdout).map(({ nodeId }: { nodeId: number }) => nodeId)).toEqual([1, 2, 3])
  expect(JSON.parse(json.stdout)[2]).toMatchObject({ directoryId: null, lastFetchTimestamp: null })
})

test('--human-readable tells how long ago, unless the clocks disagree', async () => {
  const args = 'metadata-quorum describe --replication --human-readable'
  expect((await runTool(args, quorum(), { now: 100 })).stdout).toContain('\t10 ms ago         \t20 ms ago')
  expect(await runTool(args, quorum(), { now: 85 })).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'Error while computing relative time, possible drift in system clock.\n' +
      'Current timestamp is 85, last fetch timestamp is 90\n',
  })
})

test('a quorum without a leader is told as that', async () => {
  const { exit, stderr } = await runTool('metadata-quorum describe --status', quorum({ leaderId: -1 }))
  expect([exit, stderr]).toEqual([1, 'the metadata quorum has no leader at the moment\n'])
})

test('a broker without a quorum is told as that', async () => {
  const message = 'The broker at 127.0.0.1:9092 does not support DescribeQuorum'
  const cluster = fakeCluster({
    answers: {
      DescribeQuorum: () => {
        throw new KafkaError('UNSUPPORTED_VERSION', message)
      },
    },
  })
  expect(await runTool('metadata-quorum describe --replication', cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr: `${message}\n`,
  })
})

test.each([
  ['describe', 'One of --status or --replication must be specified with describe sub-command'],
  [
    'describe --status --replication',
    'Only one of --status or --replication should be specified with describe sub-command',
  ],
  [
    'describe --status --human-readable',
    'The option --human-readable is only supported along with --replication',
  ],
  [
    'describe --status -b x:1 --bootstrap-controller x:1',
    'error: argument --bootstrap-controller: not allowed with argument --bootstrap-server',
  ],
  [
    'add-controller',
    'You must supply the configuration file of the controller you are adding when using add-controller.',
  ],
  [
    'remove-controller --controller-id -5 --controller-directory-id AAAAAAAAAAAAAAAAAAAAAA',
    'Invalid negative --controller-id: -5',
  ],
  [
    'remove-controller --controller-id 5 --controller-directory-id xyz',
    'Failed to parse --controller-directory-id: Input string `xyz` decoded as 2 bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID',
  ],
  ['remove-controller --controller-id 5', 'error: argument --controller-directory-id/-d is required'],
  ['frob', "error: invalid choice: 'frob' (choose from 'describe', 'add-controller', 'remove-controller')"],
])('metadata-quorum %s is a usage error', async (args, message) => {
  const cluster = fakeCluster()
  const { exit, stderr } = await runTool(`metadata-quorum ${args}`, cluster)
  expect([exit, stderr.split('\n')[0], cluster.asked]).toEqual([2, message, []])
})

test('a controller is removed, or only said to be', async () => {
  const args = `metadata-quorum remove-controller -i 5 -d ${DIRECTORY}`
  const dry = fakeCluster()
  expect((await runTool(`${args} --dry-run`, dry)).stdout).toBe(
    `DRY RUN of removing  KRaft controller 5 with directory id ${DIRECTORY}\n`,
  )
  expect(dry.asked).toEqual([])
  const cluster = fakeCluster({ answers: { RemoveRaftVoter: () => ({ errorCode: 0 }) } })
  expect((await runTool(args, cluster)).stdout).toBe(
    `Removed  KRaft controller 5 with directory id ${DIRECTORY}\n`,
  )
  expect(cluster.asked).toEqual([
    {
      api: 'RemoveRaftVoter',
      body: { clusterId: null, voterId: 5, voterDirectoryId: DIRECTORY },
      node: 'any',
    },
  ])
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktool-quorum-'))
  writeFileSync(
    join(folder, 'meta.properties'),
    `version=1\ncluster.id=x\nnode.id=4\ndirectory.id=${DIRECTORY}\n`,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

const CONTROLLER = () => ({
  'node.id': '4',
  'process.roles': 'controller',
  'log.dirs': `${folder},/elsewhere`,
  'controller.listener.names': 'controller,inside',
  listeners: 'CONTROLLER://:9093,INSIDE://[::1]:9094',
  'advertised.listeners': 'CONTROLLER://c.example:9093',
})

function addController(properties: Record<string, string>, more: string[] = [], cluster = fakeCluster()) {
  const file = join(folder, 'server.properties')
  const text = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(file, text.join(''))
  return runTool(['metadata-quorum', 'add-controller', '--command-config', file, ...more], cluster)
}

test('a controller is added as its files describe it', async () => {
  const described = `controller 4 with directory id ${DIRECTORY} and endpoints: CONTROLLER://c.example:9093, INSIDE://[::1]:9094\n`
  expect(await addController(CONTROLLER(), ['--dry-run'])).toEqual({
    exit: 0,
    stdout: `DRY RUN of adding ${described}`,
    stderr: '',
  })
  const cluster = fakeCluster({ answers: { AddRaftVoter: () => ({ errorCode: 0 }) } })
  expect((await addController(CONTROLLER(), [], cluster)).stdout).toBe(`Added ${described}`)
  expect(cluster.asked[0]!.body).toMatchObject({
    voterId: 4,
    voterDirectoryId: DIRECTORY,
    listeners: [
      { name: 'CONTROLLER', host: 'c.example', port: 9093 },
      { name: 'INSIDE', host: '::1', port: 9094 },
    ],
  })
})

const WRONG = 'Is this a valid controller configuration file?'
test.each<[string, Record<string, string | undefined>]>([
  [`node.id not found in configuration file. ${WRONG}`, { 'node.id': undefined }],
  [`node.id was negative in configuration file. ${WRONG}`, { 'node.id': '-1' }],
  [
    `process.roles did not contain 'controller' in configuration file. ${WRONG}`,
    { 'process.roles': 'broker' },
  ],
  [`Neither metadata.log.dir nor log.dirs were found. ${WRONG}`, { 'log.dirs': undefined }],
  ['Unable to read meta.properties from /nowhere', { 'metadata.log.dir': '/nowhere' }],
  [`controller.listener.names was not found. ${WRONG}`, { 'controller.listener.names': undefined }],
  ['Cannot find information about controller listener name: OTHER', { 'controller.listener.names': 'other' }],
  ['Unable to parse bad to a broker endpoint', { listeners: 'bad' }],
])('add-controller: %s', async (message, changes) => {
  const properties = Object.entries({ ...CONTROLLER(), ...changes }).filter(
    ([, value]) => value !== undefined,
  )
  const { exit, stderr } = await addController(Object.fromEntries(properties) as Record<string, string>)
  expect([exit, stderr]).toEqual([1, `${message}\n`])
})

test('a configuration file that is not there is named', async () => {
  const args = ['metadata-quorum', 'add-controller', '--command-config', join(folder, 'none')]
  expect((await runTool(args)).stderr).toBe(`Properties file ${join(folder, 'none')} does not exists!\n`)
})
