import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { CreatePartitions, CreateTopics, DeleteTopics } from '../../../src/protocol/messages/topics.ts'
import { ask, type Step, topic, versionsOf } from './step.ts'

interface NewTopic {
  numPartitions?: number
  replicationFactor?: number
  assignments?: { partitionIndex: number; brokerIds: number[] }[]
  configs?: Record<string, string | null>
}

const UNKNOWN_ID = 'Mjx1Y1kVQ0q4YJcG0nC5dQ'

const request = (name: string, { configs = {}, ...wanted }: NewTopic) => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  ...wanted,
  configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
})

/** The topic is called as given, with the version behind it. */
const create = (title: string, name: string, wanted: NewTopic = {}, versions = [2, 4, 5, 7]): Step[] =>
  [false, true].map((validateOnly) =>
    ask(
      `${title}${validateOnly ? ', only to see whether it could be' : ''}`,
      CreateTopics,
      (version) => ({
        topics: [request(validateOnly ? `${name}-v${version}-not` : `${name}-v${version}`, wanted)],
        timeoutMs: 10_000,
        validateOnly,
      }),
      { versions },
    ),
  )

const enlarge = (
  title: string,
  name: string,
  count: number,
  brokers: number[][] | null = null,
  validateOnly = false,
): Step =>
  ask(title, CreatePartitions, {
    topics: [{ name, count, assignments: brokers?.map((brokerIds) => ({ brokerIds })) ?? null }],
    timeoutMs: 10_000,
    validateOnly,
  })

const remove = (title: string, ...names: string[]): Step =>
  ask(title, DeleteTopics, (version) =>
    version >= 6
      ? { topics: names.map((name) => ({ name, topicId: ZERO_UUID })), timeoutMs: 10_000 }
      : { topicNames: names, timeoutMs: 10_000 },
  )

export const topicSteps: readonly Step[] = [
  ...create('a topic', 'fresh', { numPartitions: 3 }, versionsOf(CreateTopics)),
  ...create('a topic with defaults', 'fresh-defaults', { numPartitions: -1, replicationFactor: -1 }),
  ...create('a topic with settings', 'fresh-configs', {
    configs: { 'retention.ms': '1000', 'cleanup.policy': 'compact' },
  }),
  ...[0, -2].flatMap((numPartitions) =>
    create(`${numPartitions} partitions`, `p${numPartitions}`, { numPartitions }),
  ),
  ...[0, -2, 2].flatMap((replicationFactor) =>
    create(`replication factor ${replicationFactor}`, `r${replicationFactor}`, { replicationFactor }),
  ),
  ...create('too many partitions', 'many', { numPartitions: 2_000_000 }, [7]),
  ...create('a setting nobody knows', 'c1', { configs: { 'no.such.setting': '1' } }),
  ...create('a setting that does not parse', 'c2', { configs: { 'retention.ms': 'long' } }),
  ...create('a setting out of range', 'c3', { configs: { 'retention.ms': '-2' } }),
  ...create('a setting that is none of a list', 'c4', { configs: { 'cleanup.policy': 'none' } }),
  ...create('a setting of null', 'c5', { configs: { 'retention.ms': null } }),
  ...create('a setting for compression', 'c6', { configs: { 'compression.type': 'brotli' } }),
  ...create('settings that do not go together', 'c7', {
    configs: { 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '5' },
  }),
  ...create('a manual assignment', 'm1', {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [
      { partitionIndex: 0, brokerIds: [1] },
      { partitionIndex: 1, brokerIds: [1] },
    ],
  }),
  ...create('a manual assignment beside counts', 'm2', {
    assignments: [{ partitionIndex: 0, brokerIds: [1] }],
  }),
  ...create('a manual assignment with a gap', 'm3', {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: 1, brokerIds: [1] }],
  }),
  ...create('a manual assignment to an unknown broker', 'm4', {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: 0, brokerIds: [9] }],
  }),
  ...create('a manual assignment to a broker twice', 'm5', {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: 0, brokerIds: [1, 1] }],
  }),
  ...create('a manual assignment to no broker', 'm6', {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [{ partitionIndex: 0, brokerIds: [] }],
  }),
  ...create('a manual assignment of a partition twice', 'm7', {
    numPartitions: -1,
    replicationFactor: -1,
    assignments: [
      { partitionIndex: 0, brokerIds: [1] },
      { partitionIndex: 0, brokerIds: [1] },
    ],
  }),
  ...['', '.', '..', 'a b', 'ä', 'x'.repeat(250), '__cluster_metadata'].map((name) =>
    ask(`a topic called '${name.slice(0, 20)}'`, CreateTopics, {
      topics: [request(name, {})],
      timeoutMs: 10_000,
      validateOnly: true,
    }),
  ),
  // Differs: Kafka creates it with whatever settings are asked for; here it always has its own.
  ask('a topic called __consumer_offsets, with the settings that it has', CreateTopics, {
    topics: [
      request('__consumer_offsets', {
        configs: {
          'cleanup.policy': 'compact',
          'compression.type': 'producer',
          'segment.bytes': '104857600',
        },
      }),
    ],
    timeoutMs: 10_000,
    validateOnly: true,
  }),
  topic('there'),
  topic('with.dot'),
  ask('a topic that is there', CreateTopics, { topics: [request('there', {})], timeoutMs: 10_000 }),
  ask('a topic whose name collides', CreateTopics, { topics: [request('with_dot', {})], timeoutMs: 10_000 }),
  ask('a topic twice', CreateTopics, {
    topics: [request('twice', {}), request('twice', {}), request('once', {})],
    timeoutMs: 10_000,
    validateOnly: true,
  }),
  ask('good and bad topics', CreateTopics, {
    topics: [request('a b', {}), request('good', {})],
    timeoutMs: 10_000,
    validateOnly: true,
  }),
  ask('nothing', CreateTopics, { topics: [], timeoutMs: 10_000 }),
  topic('growing', 2),
  enlarge('fewer', 'growing', 1),
  enlarge('as many', 'growing', 2),
  ...[0, -1].map((count) => enlarge(`${count}`, 'growing', count)),
  enlarge('more, only to see whether it could be', 'growing', 3, null, true),
  enlarge('of an unknown topic', 'nothing', 3),
  enlarge('of a topic whose name cannot be', 'a b', 3),
  enlarge('with an assignment too short', 'growing', 4, [[1]], true),
  enlarge('with an assignment too long', 'growing', 3, [[1], [1]], true),
  enlarge('with an assignment to an unknown broker', 'growing', 3, [[7]], true),
  enlarge('with an assignment to no broker', 'growing', 3, [[]], true),
  enlarge('with an assignment to a broker twice', 'growing', 3, [[1, 1]], true),
  enlarge('with no assignments', 'growing', 3, [], true),
  ask('more', CreatePartitions, (version) => ({
    topics: [
      { name: 'growing', count: 3 + version, assignments: version % 2 === 0 ? null : [{ brokerIds: [1] }] },
    ],
    timeoutMs: 10_000,
    validateOnly: false,
  })),
  ask('a topic twice', CreatePartitions, {
    topics: [
      { name: 'growing', count: 9, assignments: null },
      { name: 'growing', count: 9, assignments: null },
    ],
    timeoutMs: 10_000,
    validateOnly: true,
  }),
  ask('nothing', CreatePartitions, { topics: [], timeoutMs: 10_000, validateOnly: false }),
  remove('an unknown topic', 'nothing'),
  remove('a topic whose name cannot be', 'a b'),
  remove('a topic without a name', ''),
  remove('an unknown topic twice', 'nothing', 'nothing'),
  remove('nothing'),
  ...versionsOf(DeleteTopics).map((version) => topic(`doomed-${version}`)),
  ask('topics', DeleteTopics, (version) =>
    version >= 6
      ? { topics: [{ name: `doomed-${version}`, topicId: ZERO_UUID }], timeoutMs: 10_000 }
      : { topicNames: [`doomed-${version}`], timeoutMs: 10_000 },
  ),
  topic('doomed-by-id'),
  ask(
    'a topic by name and id',
    DeleteTopics,
    (_version, peer) => ({
      topics: [{ name: 'doomed-by-id', topicId: peer.topicId('doomed-by-id') }],
      timeoutMs: 10_000,
    }),
    { versions: [6] },
  ),
  ask(
    'a topic by id',
    DeleteTopics,
    (_version, peer) => ({
      topics: [{ name: null, topicId: peer.topicId('doomed-by-id') }],
      timeoutMs: 10_000,
    }),
    { versions: [6] },
  ),
  ask(
    'an unknown id',
    DeleteTopics,
    { topics: [{ name: null, topicId: UNKNOWN_ID }], timeoutMs: 10_000 },
    { versions: [6] },
  ),
  ask(
    'neither name nor id',
    DeleteTopics,
    { topics: [{ name: null, topicId: ZERO_UUID }], timeoutMs: 10_000 },
    { versions: [6] },
  ),
]
