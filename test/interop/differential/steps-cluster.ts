import { HANDLERS } from '../../../src/broker/handlers.ts'
import { ListGroups } from '../../../src/protocol/messages/classic-groups.ts'
import { DescribeLogDirs, UnregisterBroker, UpdateFeatures } from '../../../src/protocol/messages/cluster.ts'
import {
  ApiVersions,
  DescribeCluster,
  FindCoordinator,
  Metadata,
} from '../../../src/protocol/messages/metadata.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import type { DecodedResponseOf } from '../../../src/protocol/schema.ts'
import { produceTo } from '../../support/partition-requests.ts'
import { batch } from './batches.ts'
import { ask, type Step, topic, versionsOf } from './step.ts'

const software = { clientSoftwareName: 'ktool-test', clientSoftwareVersion: '1.0' }

/** Without the APIs that ktool does not have. */
const onlyServed = (answer: DecodedResponseOf<typeof ApiVersions>) => ({
  ...answer,
  apiKeys: answer.apiKeys.filter(({ apiKey }) => HANDLERS.has(apiKey)),
})

const called = (clientSoftwareName: string, clientSoftwareVersion: string): Step =>
  ask(
    `a client called '${clientSoftwareName}' '${clientSoftwareVersion}'`,
    ApiVersions,
    { clientSoftwareName, clientSoftwareVersion },
    { versions: [3, 4], without: onlyServed },
  )

const feature = (
  title: string,
  updates: [feature: string, level: number, type: number][],
  validateOnly = true,
): Step =>
  ask(
    title,
    UpdateFeatures,
    (version) => ({
      featureUpdates: updates.map(([name, maxVersionLevel, upgradeType]) => ({
        feature: name,
        maxVersionLevel,
        ...(version === 0 ? {} : { upgradeType }),
      })),
      timeoutMs: 10_000,
      ...(version === 0 ? {} : { validateOnly }),
    }),
    { versions: [1, 2] },
  )

const coordinator = (
  title: string,
  keys: string[],
  keyType: number,
  options: { versions?: number[] } = {},
): Step =>
  ask(
    title,
    FindCoordinator,
    (version) =>
      version >= 4
        ? { keyType, coordinatorKeys: keys }
        : { key: keys[0]!, ...(version >= 1 ? { keyType } : {}) },
    {
      ...options,
      // Kafka makes the offsets topic when it is asked for a coordinator, and does not wait for it.
      until: ({ errorCode, coordinators }) =>
        errorCode !== 15 && coordinators.every(({ errorCode: code }) => code !== 15),
    },
  )

export const clusterSteps: readonly Step[] = [
  ask('what ktool serves, too', ApiVersions, software, { without: onlyServed }),
  called('', ''),
  called('a', ''),
  called('-a', '1'),
  called('a.b-c', '1-2.3'),
  called('a b', '1'),
  ask('brokers', DescribeCluster, { includeClusterAuthorizedOperations: false }),
  ask('brokers and what the client may do', DescribeCluster, { includeClusterAuthorizedOperations: true }),
  ask(
    'fenced brokers, too',
    DescribeCluster,
    { includeClusterAuthorizedOperations: false, includeFencedBrokers: true },
    { versions: [2] },
  ),
  ...[0, 2, 3].map((endpointType) =>
    ask(
      `endpoints of type ${endpointType}`,
      DescribeCluster,
      { includeClusterAuthorizedOperations: false, endpointType },
      { versions: [1, 2] },
    ),
  ),
  ask('all groups', ListGroups, {}),
  ask('groups in some state', ListGroups, { statesFilter: ['Stable', 'nonsense'] }, { versions: [4, 5] }),
  ask('groups of some type', ListGroups, { typesFilter: ['classic', 'nonsense'] }, { versions: [5] }),
  coordinator('of a group', ['group'], 0),
  coordinator('of groups', ['one', 'two', ''], 0, { versions: [4, 5, 6] }),
  coordinator('of a group without a name', [''], 0),
  coordinator('of no group', [], 0, { versions: [4] }),
  coordinator('of a group twice', ['a', 'a'], 0, { versions: [4] }),
  coordinator('of a kind that is not', ['a'], 7, { versions: [1, 3, 4, 6] }),
  coordinator('of a negative kind', ['a'], -1, { versions: [1, 4] }),
  coordinator('of a share group that is no key', ['a'], 2, { versions: [6] }),
  coordinator('of a share group in an old version', ['a'], 2, { versions: [4, 5] }),
  ask('the offsets topic', Metadata, { topics: [{ name: '__consumer_offsets' }] }, { versions: [1, 12] }),
  ask('records for the offsets topic', Produce, produceTo({ topic: '__consumer_offsets' }, batch()), {
    versions: [9],
  }),
  ask(
    'records for the offsets topic by an admin client',
    Produce,
    produceTo({ topic: '__consumer_offsets' }, batch({ keys: ['a', 'b'] })),
    {
      versions: [9],
      clientId: '__admin_client',
      until: ({ responses }) => responses[0]!.partitionResponses[0]!.errorCode !== 6,
    },
  ),
  topic('sized', 2),
  ask('a record for sized-1', Produce, produceTo({ topic: 'sized', partition: 1 }, batch()), {
    versions: [12],
  }),
  ask('of a topic', DescribeLogDirs, { topics: [{ topic: 'sized', partitions: [0, 1] }] }),
  ask('of partitions that are not there', DescribeLogDirs, {
    topics: [
      { topic: 'sized', partitions: [9] },
      { topic: 'nothing', partitions: [0] },
    ],
  }),
  ask('of a topic without partitions', DescribeLogDirs, { topics: [{ topic: 'sized', partitions: [] }] }),
  ask('of nothing', DescribeLogDirs, { topics: [] }),
  feature('no features', []),
  feature('an unknown feature', [['no.such.feature', 1, 1]]),
  feature('a level too high', [['metadata.version', 999, 1]]),
  feature('the level that is', [['metadata.version', 30, 1]]),
  feature('a lower level as an upgrade', [['metadata.version', 29, 1]]),
  feature('a lower level', [['metadata.version', 29, 2]]),
  feature('a level of 0', [['group.version', 0, 2]]),
  feature('a negative level', [['group.version', -1, 1]]),
  feature('a feature twice', [
    ['group.version', 1, 1],
    ['group.version', 1, 1],
  ]),
  feature('a kind of upgrade that is not', [['group.version', 1, 9]]),
  ask('a broker that is not there', UnregisterBroker, { brokerId: 9 }),
  ...versionsOf(ApiVersions, 3).map((version) =>
    ask('features at the end', ApiVersions, software, {
      versions: [version],
      without: ({ finalizedFeatures, supportedFeatures }) => ({ finalizedFeatures, supportedFeatures }),
    }),
  ),
]
