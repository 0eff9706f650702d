import { expect, test } from 'vitest'

import { apiVersionListing } from '../../../src/cli/api-versions/listing.ts'
import { endpointListing } from '../../../src/cli/cluster/endpoints.ts'
import { featureListing } from '../../../src/cli/features/describe.ts'
import { parseFeatureLevel } from '../../../src/cli/features/mapping.ts'
import { releaseLevel } from '../../../src/cli/features/releases.ts'
import { wantedLevels } from '../../../src/cli/features/update.ts'
import { APIS } from '../../../src/protocol/apis.ts'
import { errorCode, KafkaError } from '../../../src/protocol/errors.ts'
import type { Answers } from '../../support/fake-cluster.ts'
import { fakeCluster } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const refusing =
  (code: 'BROKER_ID_NOT_REGISTERED' | 'INVALID_UPDATE_VERSION' | 'UNSUPPORTED_VERSION', message: string) =>
  () => {
    throw new KafkaError(code, message)
  }

test('log-dirs prints one line of JSON below its prose, with the topics that were asked for', async () => {
  const partitions = [0, 1].map((partitionIndex) => ({
    partitionIndex,
    partitionSize: 7,
    offsetLag: 0,
    isFutureKey: false,
  }))
  const DescribeLogDirs: Answers[string] = () => ({
    errorCode: 0,
    results: [
      {
        errorCode: 0,
        logDir: '/data',
        topics: [
          { name: 'b', partitions },
          { name: 'a', partitions },
        ],
      },
    ],
  })
  const cluster = fakeCluster({ brokers: [1, 2], answers: { DescribeLogDirs } })
  const { exit, stdout } = await runTool('log-dirs --describe --topic-list a --broker-list 2', cluster)
  const [querying, received, json] = stdout.split('\n')
  expect([exit, querying, received]).toEqual([
    0,
    'Querying brokers for log directories information',
    'Received log directory information from brokers 2',
  ])
  expect(json).toBe(
    '{"brokers":[{"broker":2,"logDirs":[{"partitions":[' +
      '{"partition":"a-0","size":7,"offsetLag":0,"isFuture":false},{"partition":"a-1","size":7,"offsetLag":0,"isFuture":false}' +
      '],"error":null,"logDir":"/data"}]}],"version":1}',
  )
  expect((await runTool('log-dirs describe -o csv', cluster)).stdout.split('\n').slice(0, 2)).toEqual([
    'broker,logDir,error,topic,partition,size,offsetLag,isFuture',
    '1,/data,,a,0,7,0,false',
  ])
})

test('a log directory that cannot be read is a failure, and shown', async () => {
  const DescribeLogDirs: Answers[string] = () => ({
    errorCode: 0,
    results: [{ errorCode: errorCode('KAFKA_STORAGE_ERROR'), logDir: '/data', topics: [] }],
  })
  const { exit, stdout } = await runTool('log-dirs --describe', fakeCluster({ answers: { DescribeLogDirs } }))
  expect(exit).toBe(1)
  expect(stdout).toContain('"error":"org.apache.kafka.common.errors.KafkaStorageException"')
})

test('brokers that do not exist are refused by name', async () => {
  const { exit, stderr } = await runTool(
    'log-dirs --describe --broker-list 1,8,9',
    fakeCluster({ brokers: [1, 2] }),
  )
  expect([exit, stderr.split('\n')[0]]).toEqual([
    2,
    'ERROR: The given brokers do not exist from --broker-list: 8,9. Current existent brokers: 1,2',
  ])
})

test('cluster tells the id', async () => {
  expect((await runTool('cluster cluster-id')).stdout).toBe('Cluster ID: cluster-of-a-test-abcd\n')
  expect((await runTool('cluster cluster-id -o name')).stdout).toBe('cluster-of-a-test-abcd\n')
})

test('a broker is unregistered, or the refusal told', async () => {
  const done = fakeCluster({ answers: { UnregisterBroker: () => ({}) } })
  expect((await runTool('cluster unregister --id 3', done)).stdout).toBe(
    'Broker 3 is no longer registered.\n',
  )
  const refused = fakeCluster({
    answers: {
      UnregisterBroker: refusing('BROKER_ID_NOT_REGISTERED', 'Broker ID 3 is not currently registered'),
    },
  })
  expect(await runTool('cluster unregister -i 3', refused)).toEqual({
    exit: 1,
    stdout: '',
    stderr: 'Broker ID 3 is not currently registered\n',
  })
  const dry = fakeCluster()
  expect((await runTool('cluster unregister --id 3 --dry-run', dry)).stderr).toBe(
    'dry run: broker 3 would be unregistered\n',
  )
  expect(dry.asked).toEqual([])
})

test.each([
  ['cluster unregister', 'error: argument --id/-i is required'],
  [
    'cluster unregister --id x',
    'error: argument --id/-i: could not convert \'x\' to Integer (For input string: "x")',
  ],
  ['cluster cluster-id --nope', "error: unrecognized arguments: '--nope'"],
  ['cluster cluster-id -b', 'error: argument --bootstrap-server/-b: expected one argument'],
  ['features describe --nope', "Command line error: unrecognized arguments: '--nope'. Type --help for help."],
])('%s is a usage error in the words of argparse4j', async (args, message) => {
  const { exit, stderr } = await runTool(args)
  expect([exit, stderr.split('\n')[0]]).toEqual([2, message])
})

test('endpoints stand in columns as wide as their widest value', () => {
  const row = { port: 9092, rack: null, state: 'unfenced', endpointType: 'broker' } as const
  expect(
    endpointListing([
      { id: 1, host: 'a.example', ...row },
      { id: 2, host: 'b', ...row },
    ]).text(),
  ).toBe(
    'ID         HOST      PORT       RACK       STATE      ENDPOINT_TYPE  \n' +
      '1          a.example 9092       null       unfenced   broker         \n' +
      '2          b         9092       null       unfenced   broker         \n',
  )
})

test('controllers have no state, since nobody fences them', () => {
  const row = { id: 1, host: 'a.example', port: 9093, rack: null, state: null } as const
  expect(endpointListing([{ ...row, endpointType: 'controller' }]).text()).toBe(
    'ID         HOST      PORT       RACK       ENDPOINT_TYPE  \n' +
      '1          a.example 9093       null       controller     \n',
  )
})

test.each([
  [
    'cluster list-endpoints -b x:1 -C y:1',
    'error: argument --bootstrap-controller/-C: not allowed with argument --bootstrap-server/-b',
  ],
  [
    'cluster list-endpoints -C y:1 --include-fenced-brokers',
    'The option --include-fenced-brokers is only supported with --bootstrap-server option',
  ],
  [
    'features describe -b x:1 --bootstrap-controller y:1',
    'Command line error: argument --bootstrap-controller: not allowed with argument --bootstrap-server. Type --help for help.',
  ],
])('%s does not go together', async (args, message) => {
  const { exit, stderr } = await runTool(args)
  expect([exit, stderr.split('\n')[0]]).toEqual([2, message])
})

test('an API is usable in the highest version that both sides know', () => {
  const broker = { nodeId: 1, host: 'h', port: 1, rack: null, isFenced: false, error: null }
  const apis = [
    { apiKey: 0, minVersion: 0, maxVersion: 5 },
    { apiKey: 1, minVersion: 0, maxVersion: 3 },
    { apiKey: 46, minVersion: 0, maxVersion: 0 },
    { apiKey: 999, minVersion: 2, maxVersion: 3 },
  ]
  const lines = apiVersionListing([{ ...broker, apis }])
    .text()
    .split('\n')
  expect(lines[0]).toBe('h:1 (id: 1 rack: null isFenced: false) -> (')
  expect(lines).toContain('\tProduce(0): 0 to 5 [usable: 5],')
  expect(lines).toContain('\tFetch(1): 0 to 3 [unusable: node too old],')
  expect(lines).toContain('\tMetadata(3): UNSUPPORTED,')
  expect(lines).toContain('\tListPartitionReassignments(46): 0 [usable: 0],')
  expect(lines.slice(-3)).toEqual(['\tUNKNOWN(999): 2 to 3', ')', ''])
  expect(lines).toHaveLength(APIS.length + 4)
})

test('features are printed in columns, metadata.version by its release', () => {
  const row = { minVersion: 7, maxVersion: 30, finalizedLevel: 99, epoch: null }
  expect(featureListing([{ feature: 'metadata.version', ...row }]).text()).toBe(
    'Feature: metadata.version                          SupportedMinVersion: 3.3-IV3          SupportedMaxVersion: 4.3-IV0' +
      '          FinalizedVersionLevel: UNKNOWN [99]     Epoch: -\n',
  )
})

test.each([
  ['3.9-IV0', 21],
  ['3.9', 21],
  ['3.9.2', 21],
  ['4.0', 25],
  ['4.3.1', 30],
  ['4.4-IV0', 31],
  ['4.4', undefined],
  ['1.0', undefined],
  ['x', undefined],
])('release %s has metadata.version %s', (release, level) => {
  expect(releaseLevel(release)).toBe(level)
})

test('a release stands for the levels of all features, in an upgrade without those that are off', () => {
  const levels = (operation: 'upgrade' | 'downgrade') =>
    Object.fromEntries(
      wantedLevels(operation, { releaseVersion: '4.0', feature: [] }).map(({ feature, level }) => [
        feature,
        level,
      ]),
    )
  expect(levels('upgrade')).toEqual({
    'metadata.version': 25,
    'kraft.version': 1,
    'transaction.version': 2,
    'group.version': 1,
  })
  expect(levels('downgrade')).toMatchObject({
    'share.version': 0,
    'streams.version': 0,
    'eligible.leader.replicas.version': 0,
  })
})

test.each([
  ['a', "Can't parse feature=level string a: equals sign not found."],
  ['a=x', "Can't parse feature=level string a=x: unable to parse x as a short."],
])('the level %s is refused', (text, message) => {
  expect(() => parseFeatureLevel(text)).toThrow(message)
})

test.each([
  ['upgrade', 'You must specify at least one feature to upgrade'],
  ['upgrade --feature a=1 --feature a=2', 'Feature a was specified more than once.'],
  [
    'upgrade --feature a=1 --release-version 4.0',
    'Can not specify `release-version` with other feature flags.',
  ],
  ['feature-dependencies --feature share.version=9', 'No feature:share.version with feature level 9'],
  ['feature-dependencies --feature x=1', 'Unknown feature: x'],
])('features %s fails', async (args, message) => {
  expect(await runTool(`features ${args}`)).toEqual({ exit: 1, stdout: '', stderr: `${message}\n` })
})

test('each feature tells what became of it', async () => {
  const cluster = fakeCluster({ answers: { UpdateFeatures: () => ({ results: [] }) } })
  const { exit, stdout } = await runTool('features downgrade --feature b=1 --feature a=0 --unsafe', cluster)
  expect([exit, stdout]).toEqual([0, 'a was downgraded to 0.\nb was downgraded to 1.\n'])
  expect(cluster.asked[0]).toMatchObject({
    node: 'controller',
    body: {
      validateOnly: false,
      featureUpdates: [{ feature: 'b', maxVersionLevel: 1, upgradeType: 3 }, { feature: 'a' }],
    },
  })
  expect((await runTool('features disable --feature a --dry-run', cluster)).stdout).toBe(
    'a can be disabled.\n',
  )
})

test('one refusal stands for all features', async () => {
  const cluster = fakeCluster({ answers: { UpdateFeatures: refusing('INVALID_UPDATE_VERSION', 'not a') } })
  expect(await runTool('features upgrade --feature b=1 --feature a=1', cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'Could not upgrade a to 1. not a\nCould not upgrade b to 1. not a\n2 out of 2 operation(s) failed.\n',
  })
})

test('levels that are needed are listed', async () => {
  const { stdout } = await runTool(
    'features feature-dependencies --feature eligible.leader.replicas.version=1 --feature metadata.version=30',
  )
  expect(stdout).toBe(
    'eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)\nmetadata.version=30 (4.3-IV0) has no dependencies.\n',
  )
})
