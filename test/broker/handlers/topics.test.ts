import { expect, test } from 'vitest'
import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { errorName } from '../../../src/protocol/errors.ts'
import { Metadata } from '../../../src/protocol/messages/metadata.ts'
import { CreatePartitions, CreateTopics, DeleteTopics } from '../../../src/protocol/messages/topics.ts'
import type { RequestOf } from '../../../src/protocol/schema.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'

type NewTopic = RequestOf<typeof CreateTopics>['topics'][number]

const plain = { numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }

/** Replicas by partition. */
const assigned = (...replicas: number[][]) => ({
  numPartitions: -1,
  replicationFactor: -1,
  assignments: replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
})

const configured = (configs: Record<string, string | null>) => ({
  configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
})

async function create(broker: TestBroker, topics: Partial<NewTopic>[], validateOnly = false) {
  const requested = topics.map((topic) => ({ ...plain, name: 'orders', ...topic }))
  const answer = await broker.ask(CreateTopics, 7, { topics: requested, validateOnly })
  return answer.topics.map(({ errorCode, ...topic }) => ({ ...topic, error: errorName(errorCode) }))
}

test('a created topic is told with its id, partitions, replicas and settings', async () => {
  const broker = await startTestBroker()
  const [created] = await create(broker, [
    { numPartitions: 3, ...configured({ 'retention.ms': ' 5000 ', 'cleanup.policy': 'compact' }) },
  ])
  expect(created).toMatchObject({ error: 'NONE', errorMessage: null, numPartitions: 3, replicationFactor: 1 })
  expect(created!.topicId).toBe(broker.topicId('orders'))
  const configs = created!.configs!
  expect(configs.map(({ name }) => name)).toEqual(configs.map(({ name }) => name).sort())
  const of = (name: string) => configs.find((entry) => entry.name === name)
  expect(of('retention.ms')).toMatchObject({ value: ' 5000 ', configSource: 1 })
  expect(of('min.insync.replicas')).toMatchObject({ value: '1', configSource: 3 })
  expect(of('segment.bytes')).toMatchObject({ value: '1073741824', configSource: 5 })
  const { topics } = await broker.ask(Metadata, 12, { topics: [{ name: 'orders' }] })
  expect(topics[0]!.partitions).toHaveLength(3)
})

test('a topic without numbers takes those of the broker', async () => {
  const config = { 'num.partitions': '4', 'default.replication.factor': '2' }
  const broker = await startTestBroker({ config, brokers: 2 })
  const [created] = await create(broker, [{ numPartitions: -1, replicationFactor: -1 }])
  expect(created).toMatchObject({ numPartitions: 4, replicationFactor: 2 })
})

const assignmentOf = 'The manual partition assignment includes'
const manual = 'A manual partition assignment was specified, but'

// Codes and sentences of Apache Kafka 4.3.1.
test.each<[what: string, topic: Partial<NewTopic>, error: string, message: string]>([
  ['a name that is taken', { name: 'taken' }, 'TOPIC_ALREADY_EXISTS', "Topic 'taken' already exists."],
  [
    'an empty name',
    { name: '' },
    'INVALID_TOPIC_EXCEPTION',
    'Topic name is invalid: the empty string is not allowed',
  ],
  [
    'a name with a blank',
    { name: 'a b' },
    'INVALID_TOPIC_EXCEPTION',
    "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
  ],
  [
    'a name that metrics cannot tell from another',
    { name: 'with_dot' },
    'INVALID_TOPIC_EXCEPTION',
    "Topic 'with_dot' collides with existing topic: with.dot",
  ],
  [
    'the name of the metadata log',
    { name: '__cluster_metadata' },
    'INVALID_REQUEST',
    'Creation of internal topic __cluster_metadata is prohibited.',
  ],
  [
    'no partitions',
    { numPartitions: 0 },
    'INVALID_PARTITIONS',
    'Number of partitions was set to an invalid non-positive value.',
  ],
  [
    'no replicas',
    { replicationFactor: 0 },
    'INVALID_REPLICATION_FACTOR',
    'Replication factor must be larger than 0, or -1 to use the default value.',
  ],
  [
    'more replicas than brokers, in the words of Kafka alone',
    { replicationFactor: 3 },
    'INVALID_REPLICATION_FACTOR',
    'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only ' +
      '2 broker(s) are registered or some brokers have all their log directories cordoned.',
  ],
  [
    'an unknown setting',
    configured({ 'no.such': '1' }),
    'INVALID_CONFIG',
    'Unknown topic config name: no.such',
  ],
  [
    'a setting without a value',
    configured({ 'retention.ms': null }),
    'INVALID_CONFIG',
    'Null value not supported for topic configs: retention.ms',
  ],
  [
    'a setting that is not a number',
    configured({ 'retention.ms': 'abc' }),
    'INVALID_CONFIG',
    'Invalid value abc for configuration retention.ms: Not a number of type LONG',
  ],
  [
    'settings that contradict each other',
    configured({ 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '5' }),
    'INVALID_CONFIG',
    'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
  ],
  [
    'tiered storage',
    configured({ 'remote.storage.enable': 'true' }),
    'INVALID_CONFIG',
    'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
  ],
  [
    'assignments and a replication factor',
    { ...assigned([1]), replicationFactor: 1 },
    'INVALID_REQUEST',
    `${manual} replication factor was not set to -1.`,
  ],
  [
    'assignments and a number of partitions',
    { ...assigned([1]), numPartitions: 1 },
    'INVALID_REQUEST',
    `${manual} numPartitions was not set to -1.`,
  ],
  [
    'a partition without replicas',
    assigned([]),
    'INVALID_REPLICA_ASSIGNMENT',
    `${assignmentOf} an empty replica list.`,
  ],
  [
    'a replica on an unknown broker',
    assigned([7]),
    'INVALID_REPLICA_ASSIGNMENT',
    `${assignmentOf} broker 7, but no such broker is registered.`,
  ],
  [
    'two replicas on one broker',
    assigned([1, 1]),
    'INVALID_REPLICA_ASSIGNMENT',
    `${assignmentOf} the broker 1 more than once.`,
  ],
  [
    'partitions with different numbers of replicas',
    assigned([1], [1, 2]),
    'INVALID_REPLICA_ASSIGNMENT',
    `${assignmentOf} a partition with 2 replica(s), but this is not consistent with previous partitions, which have 1 replica(s).`,
  ],
  [
    'a gap between partitions',
    {
      ...assigned([1]),
      assignments: [
        { partitionIndex: 0, brokerIds: [1] },
        { partitionIndex: 2, brokerIds: [1] },
      ],
    },
    'INVALID_REPLICA_ASSIGNMENT',
    'partitions should be a consecutive 0-based integer sequence',
  ],
  [
    'a partition assigned twice',
    {
      ...assigned([1]),
      assignments: [
        { partitionIndex: 0, brokerIds: [1] },
        { partitionIndex: 0, brokerIds: [2] },
      ],
    },
    'INVALID_REPLICA_ASSIGNMENT',
    'Found multiple manual partition assignments for partition 0',
  ],
])('a topic cannot have %s', async (_what, topic, error, errorMessage) => {
  const broker = await startTestBroker({ topics: { taken: 1, 'with.dot': 1 }, brokers: 2 })
  expect(await create(broker, [topic])).toMatchObject([{ error, errorMessage, topicId: ZERO_UUID }])
  expect([...broker.broker.image.topics.keys()]).toEqual(['taken', 'with.dot'])
})

test('the other topics of a request are created when one cannot be', async () => {
  const broker = await startTestBroker()
  const answer = await create(broker, [
    { name: 'a' },
    { name: 'b b' },
    { name: 'c' },
    { name: 'd' },
    { name: 'd' },
  ])
  expect(answer.map(({ name, error }) => [name, error])).toEqual([
    ['a', 'NONE'],
    ['b b', 'INVALID_TOPIC_EXCEPTION'],
    ['c', 'NONE'],
    ['d', 'INVALID_REQUEST'],
  ])
  expect([...broker.broker.image.topics.keys()]).toEqual(['a', 'c'])
})

test('a request for more than 10,000 partitions creates nothing', async () => {
  const broker = await startTestBroker()
  const answer = await create(broker, [{ name: 'a', numPartitions: 10_000 }, { name: 'b' }])
  expect(answer.map(({ error }) => error)).toEqual(['POLICY_VIOLATION', 'POLICY_VIOLATION'])
})

test('a topic that is only validated is not there afterwards', async () => {
  const broker = await startTestBroker()
  expect(await create(broker, [{}], true)).toMatchObject([{ error: 'NONE', numPartitions: 1 }])
  expect(broker.broker.image.topics.size).toBe(0)
})

test('replicas go where the assignment says, and the first leads', async () => {
  const broker = await startTestBroker({ brokers: 3 })
  await create(broker, [assigned([2, 3], [3, 1])])
  const { partitions } = broker.broker.image.topics.get('orders')!
  expect(partitions.map(({ replicas, isr, leader }) => ({ replicas, isr, leader }))).toEqual([
    { replicas: [2, 3], isr: [2, 3], leader: 2 },
    { replicas: [3, 1], isr: [3, 1], leader: 3 },
  ])
})

async function enlarge(
  broker: TestBroker,
  count: number,
  assignments: number[][] | null = null,
  name = 'orders',
) {
  const { results } = await broker.ask(CreatePartitions, 3, {
    topics: [{ name, count, assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null }],
    timeoutMs: 1000,
    validateOnly: false,
  })
  return results.map(({ errorCode, errorMessage }) => [errorName(errorCode), errorMessage])
}

test('further partitions are there at once, and after a restart', async () => {
  const broker = await startTestBroker({ topics: { orders: 2 } })
  expect(await enlarge(broker, 4)).toEqual([['NONE', null]])
  expect(broker.log('orders', 3).endOffset).toBe(0)
  await broker.restart()
  expect(broker.broker.image.topics.get('orders')!.partitions).toHaveLength(4)
})

test.each<[count: number, assignments: number[][] | null, error: string, message: string | null]>([
  [2, null, 'INVALID_PARTITIONS', 'Topic already has 2 partition(s).'],
  [
    1,
    null,
    'INVALID_PARTITIONS',
    'The topic orders currently has 2 partition(s); 1 would not be an increase.',
  ],
  [
    4,
    [[1]],
    'INVALID_REPLICA_ASSIGNMENT',
    'Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.',
  ],
  [3, [[9]], 'INVALID_REPLICA_ASSIGNMENT', `${assignmentOf} broker 9, but no such broker is registered.`],
  [3, [[]], 'INVALID_REPLICA_ASSIGNMENT', `${assignmentOf} an empty replica list.`],
  [20_000, null, 'POLICY_VIOLATION', 'Excessively large number of partitions per request.'],
])(
  'a topic of two partitions cannot be enlarged to %d with %j',
  async (count, assignments, error, message) => {
    const broker = await startTestBroker({ topics: { orders: 2 } })
    expect(await enlarge(broker, count, assignments)).toEqual([[error, message]])
  },
)

test('an unknown topic cannot be enlarged', async () => {
  const broker = await startTestBroker()
  expect(await enlarge(broker, 3)).toEqual([['UNKNOWN_TOPIC_OR_PARTITION', null]])
})

async function remove(broker: TestBroker, topics: { name?: string | null; topicId?: string }[]) {
  const requested = topics.map(({ name = null, topicId = ZERO_UUID }) => ({ name, topicId }))
  const { responses } = await broker.ask(DeleteTopics, 6, { topics: requested, timeoutMs: 1000 })
  return responses.map(({ name, errorCode, errorMessage }) => [name, errorName(errorCode), errorMessage])
}

test('topics are deleted by name and by id, and stay so', async () => {
  const broker = await startTestBroker()
  for (const name of ['a', 'b', 'c']) broker.createTopic(name)
  const topicId = broker.topicId('b')
  expect(await remove(broker, [{ name: 'a' }, { topicId }])).toEqual([
    ['a', 'NONE', null],
    ['b', 'NONE', null],
  ])
  expect(await remove(broker, [{ topicId }])).toEqual([
    [null, 'UNKNOWN_TOPIC_ID', 'This server does not host this topic ID.'],
  ])
  await broker.restart()
  expect([...broker.broker.image.topics.keys()]).toEqual(['c'])
})

test('a topic that is created again has another id and none of its settings', async () => {
  const broker = await startTestBroker({ topics: { orders: { configs: { 'retention.ms': '5' } } } })
  const before = broker.topicId('orders')
  await remove(broker, [{ name: 'orders' }])
  broker.createTopic('orders')
  expect(broker.topicId('orders')).not.toBe(before)
  expect(broker.broker.topicConfigs.of('orders').retentionMs).toBe(604_800_000)
})

const twice = 'The provided topic name maps to an ID that was already supplied.'

test('a deletion that is not clear is refused', async () => {
  const broker = await startTestBroker({ topics: { a: 1 } })
  const topicId = broker.topicId('a')
  expect(await remove(broker, [{}])).toEqual([
    [null, 'INVALID_REQUEST', 'Neither topic name nor id were specified.'],
  ])
  expect(await remove(broker, [{ name: 'a', topicId }])).toEqual([
    ['a', 'INVALID_REQUEST', 'You may not specify both topic name and topic id.'],
  ])
  expect(await remove(broker, [{ name: 'a' }, { name: 'a' }])).toEqual([
    ['a', 'INVALID_REQUEST', 'Duplicate topic name.'],
  ])
  expect(await remove(broker, [{ topicId }, { topicId }])).toEqual([
    [null, 'INVALID_REQUEST', 'Duplicate topic id.'],
  ])
  expect(await remove(broker, [{ topicId }, { name: 'a' }])).toEqual([['a', 'INVALID_REQUEST', twice]])
  expect([...broker.broker.image.topics.keys()]).toEqual(['a'])
})

test('no topic is deleted where that is forbidden', async () => {
  const broker = await startTestBroker({ topics: { a: 1 }, config: { 'delete.topic.enable': 'false' } })
  const errors: string[] = []
  for (const version of [1, 3, 5]) {
    const { responses } = await broker.ask(DeleteTopics, version, { topicNames: ['a'], timeoutMs: 1000 })
    errors.push(errorName(responses[0]!.errorCode))
  }
  expect(errors).toEqual(['INVALID_REQUEST', 'TOPIC_DELETION_DISABLED', 'TOPIC_DELETION_DISABLED'])
})
