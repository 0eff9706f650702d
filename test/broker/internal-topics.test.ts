// Topics that the broker keeps for itself, whoever asks for them first; and those that earlier versions made wrongly.
import { expect, test } from 'vitest'
import { CONFIG_OPERATIONS } from '../../src/broker/config/config-change.ts'
import { offsetsPartition } from '../../src/broker/groups/offsets-partition.ts'
import { planMorePartitions } from '../../src/broker/metadata/create-partitions.ts'
import { RESOURCE_TYPES } from '../../src/broker/metadata/image.ts'
import { errorName } from '../../src/protocol/errors.ts'
import { IncrementalAlterConfigs } from '../../src/protocol/messages/configs.ts'
import { FindCoordinator, Metadata } from '../../src/protocol/messages/metadata.ts'
import { CreatePartitions, CreateTopics } from '../../src/protocol/messages/topics.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { ConsumerMemberTwin, describeGroup } from '../support/consumer-member.ts'
import { append } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'
import { commit, committed, joinAlone, startCoordinator } from './groups/wire-member.ts'

const OFFSETS = '__consumer_offsets'

/** What Apache Kafka 4.3.1 gives them. */
const KAFKA_HAS: Readonly<Record<string, Record<string, string>>> = {
  [OFFSETS]: { 'cleanup.policy': 'compact', 'compression.type': 'producer', 'segment.bytes': '104857600' },
  __transaction_state: {
    'cleanup.policy': 'compact',
    'compression.type': 'uncompressed',
    'min.insync.replicas': '2',
    'segment.bytes': '104857600',
    'unclean.leader.election.enable': 'false',
  },
  __share_group_state: {
    'cleanup.policy': 'delete',
    'compression.type': 'producer',
    'min.insync.replicas': '2',
    'retention.ms': '-1',
    'segment.bytes': '104857600',
  },
}

const shapeOf = ({ broker: { image } }: TestBroker, name: string) => ({
  partitions: image.topics.get(name)?.partitions.length,
  replicas: image.topics.get(name)?.partitions[0]?.replicas.length,
  configs: Object.fromEntries(image.configsOf(RESOURCE_TYPES.TOPIC, name)),
})

/** Who may be the first to ask. */
const CREATORS: Readonly<Record<string, (broker: TestBroker, name: string) => unknown>> = {
  'a client that asks for its metadata': (broker, name) =>
    broker.ask(Metadata, 12, { topics: [{ name }], allowAutoTopicCreation: true }),
  'a client that creates it': (broker, name) =>
    broker.ask(CreateTopics, 7, {
      topics: [{ name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] }],
      timeoutMs: 1000,
    }),
  'the program that starts the broker': (broker, name) => broker.createTopic(name),
}

for (const [creator, create] of Object.entries(CREATORS)) {
  test.each(Object.keys(KAFKA_HAS))(`${creator} gets %s as Kafka makes it`, async (name) => {
    const broker = await startTestBroker({ brokers: 2 })
    await create(broker, name)
    expect(shapeOf(broker, name)).toEqual({ partitions: 50, replicas: 2, configs: KAFKA_HAS[name] })
    await broker.restart()
    expect(broker.complaints).toEqual([])
  })
}

test('a client that looks for its coordinator gets the topic of offsets as Kafka makes it', async () => {
  const broker = await startTestBroker({ config: { 'offsets.topic.num.partitions': '7' } })
  await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })
  expect(shapeOf(broker, OFFSETS)).toEqual({ partitions: 7, replicas: 1, configs: KAFKA_HAS[OFFSETS] })
})

test('what a client asks for counts, and the rest is that of the internal topic', async () => {
  const broker = await startTestBroker()
  const configs = [{ name: 'segment.bytes', value: '2097152' }]
  const topic = { name: OFFSETS, numPartitions: 3, replicationFactor: 1, assignments: [], configs }
  const answer = await broker.ask(CreateTopics, 7, { topics: [topic], timeoutMs: 1000 })
  expect(answer.topics).toMatchObject([{ errorCode: 0, numPartitions: 3 }])
  const expected = { ...KAFKA_HAS[OFFSETS], 'segment.bytes': '2097152' }
  expect(shapeOf(broker, OFFSETS)).toEqual({ partitions: 3, replicas: 1, configs: expected })
  await broker.restart()
  expect(shapeOf(broker, OFFSETS).partitions).toBe(3)
})

test.each(Object.keys(KAFKA_HAS))(
  'partitions are not added to %s, and groups keep their offsets',
  async (name) => {
    const broker = await startCoordinator()
    broker.createTopic(name)
    await commit(broker, 5)
    const topics = [{ name, count: 60, assignments: null }]
    const { results } = await broker.ask(CreatePartitions, 3, {
      topics,
      timeoutMs: 1000,
      validateOnly: false,
    })
    expect(results.map(({ errorCode }) => errorName(errorCode))).toEqual(['INVALID_PARTITIONS'])
    expect(results[0]!.errorMessage).toContain(`internal topic ${name} cannot be changed`)
    expect(shapeOf(broker, name).partitions).toBe(50)
    expect(await committed(broker)).toEqual({ 'orders-0': 5 })
  },
)

/** Makes an internal topic as earlier versions did: as an ordinary one, with one partition. */
function createAsOrdinary(broker: TestBroker, name: string): void {
  broker.createTopic(name, { partitions: 1 })
  for (const setting of Object.keys(KAFKA_HAS[name]!)) broker.configureTopic(name, setting, null)
  expect(shapeOf(broker, name)).toEqual({ partitions: 1, replicas: 1, configs: {} })
}

const GROUPS = ['g', 'another', 'the third', 'f4']

/** Offsets of some groups, and a member in one. */
async function fill(broker: TestBroker): Promise<void> {
  for (const [offset, group] of GROUPS.entries()) await commit(broker, offset, { group })
  await commit(broker, 100, { group: 'g' })
}

async function expectFilled(broker: TestBroker): Promise<void> {
  expect(await committed(broker, 'g')).toEqual({ 'orders-0': 100 })
  for (const [offset, group] of [...GROUPS.entries()].slice(1)) {
    expect(await committed(broker, group)).toEqual({ 'orders-0': offset })
  }
}

test.each(['restart', 'crash'] as const)(
  'a wrong topic of offsets is repaired at a %s, and all groups are found',
  async (how) => {
    const broker = await startTestBroker({ topics: { orders: 3 } })
    createAsOrdinary(broker, OFFSETS)
    await fill(broker)
    await joinAlone(broker.connect())
    const member = await new ConsumerMemberTwin(broker, {
      id: 'm1',
      group: 'new',
      topics: ['orders'],
    }).settle()
    const before = await describeGroup(broker, 'new')
    await broker[how]()
    expect(shapeOf(broker, OFFSETS)).toEqual({ partitions: 50, replicas: 1, configs: KAFKA_HAS[OFFSETS] })
    expect(broker.complaints).toEqual([
      `${OFFSETS} was created with the settings of an ordinary topic; it has now cleanup.policy=compact, ` +
        'compression.type=producer, segment.bytes=104857600, 50 partitions instead of 1',
      `5 groups were moved to another partition of ${OFFSETS}: their number was changed`,
    ])
    await expectFilled(broker)
    expect(await describeGroup(broker, 'new')).toEqual(before)
    await member.settle()
    await broker[how]()
    expect(broker.complaints).toHaveLength(2)
    await expectFilled(broker)
  },
)

test('retention takes no offsets from a topic that was repaired', async () => {
  const config = { 'offsets.retention.minutes': '1000000' }
  const broker = await startTestBroker({ topics: { orders: 3 }, config })
  createAsOrdinary(broker, OFFSETS)
  await fill(broker)
  await broker.restart()
  broker.clock.pass(30 * 86_400_000)
  await expectFilled(broker)
  await broker.restart()
  await expectFilled(broker)
})

test.each(['__transaction_state', '__share_group_state'])('a wrong %s is repaired', async (name) => {
  const broker = await startTestBroker()
  createAsOrdinary(broker, name)
  await broker.restart()
  expect(shapeOf(broker, name)).toEqual({ partitions: 50, replicas: 1, configs: KAFKA_HAS[name] })
})

test('a wrong topic whose records would not be found elsewhere keeps its partitions, and the broker says so', async () => {
  const broker = await startTestBroker()
  createAsOrdinary(broker, '__transaction_state')
  append(broker.log('__transaction_state'), 'a')
  await broker.restart()
  expect(shapeOf(broker, '__transaction_state')).toMatchObject({
    partitions: 1,
    configs: KAFKA_HAS.__transaction_state,
  })
  expect(broker.complaints.join()).toContain('its number of partitions is still 1, since it holds records')
})

test('a policy that deletes offsets by age is replaced at the next start', async () => {
  const broker = await startCoordinator({ config: { 'offsets.topic.num.partitions': '2' } })
  const configs = [{ name: 'cleanup.policy', configOperation: CONFIG_OPERATIONS.SET, value: 'delete' }]
  const resources = [{ resourceType: RESOURCE_TYPES.TOPIC, resourceName: OFFSETS, configs }]
  await broker.ask(IncrementalAlterConfigs, 1, { resources, validateOnly: false })
  await broker.restart({})
  expect(shapeOf(broker, OFFSETS)).toEqual({ partitions: 2, replicas: 1, configs: KAFKA_HAS[OFFSETS] })
})

test('groups that were lost when partitions were added are found again, with what they did since', async () => {
  const config = { 'offsets.topic.num.partitions': '2' }
  const broker = await startCoordinator({ config })
  await fill(broker)
  const lost = GROUPS.find((group) => offsetsPartition(group, 2) !== offsetsPartition(group, 5))!
  await commit(broker, 7, { group: lost, partition: 1 })
  // As earlier versions did when they were asked to.
  const more = { name: OFFSETS, count: 5, assignments: null }
  broker.broker.controller.commit(planMorePartitions(more, broker.broker.controller))
  expect(await committed(broker, lost)).toEqual({})
  await commit(broker, 55, { group: lost })
  await broker.restart()
  expect(await committed(broker, lost)).toEqual({ 'orders-0': 55, 'orders-1': 7 })
  await broker.crash()
  expect(await committed(broker, lost)).toEqual({ 'orders-0': 55, 'orders-1': 7 })
})

test('groups that cannot be moved now are found all the same, and moved at the next start', async () => {
  const broker = await startTestBroker({ topics: { orders: 3 } })
  createAsOrdinary(broker, OFFSETS)
  await fill(broker)
  await broker.close()
  const files = broker.files as MemoryFiles
  files.onWrite = (path) => (path.includes(OFFSETS) && path.endsWith('.log') ? 0 : null)
  await broker.open()
  await expectFilled(broker)
  files.onWrite = () => null
  expect(broker.complaints.join()).toContain('moving groups to their partitions')
  await commit(broker, 101, { group: 'g' })
  await broker.restart()
  expect(await committed(broker, 'g')).toEqual({ 'orders-0': 101 })
  for (const group of GROUPS.slice(1)) expect(await committed(broker, group)).not.toEqual({})
})

test('a broker that cannot repair a topic now starts all the same', async () => {
  const broker = await startTestBroker({ topics: { orders: 3 } })
  createAsOrdinary(broker, OFFSETS)
  await fill(broker)
  await broker.close()
  const files = broker.files as MemoryFiles
  let isFull = true
  files.onCall = (call, path) =>
    isFull && call === 'makeFolder' && path.includes(`${OFFSETS}-1`) ? 'ENOSPC' : null
  await broker.open()
  await expectFilled(broker)
  expect(broker.complaints.join()).toContain(`repairing the settings of ${OFFSETS} failed`)
  isFull = false
  await broker.restart()
  expect(shapeOf(broker, OFFSETS).partitions).toBe(50)
  await expectFilled(broker)
})
