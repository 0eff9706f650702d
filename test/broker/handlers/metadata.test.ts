import { expect, test } from 'vitest'
import { isUuid, ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import { DescribeTopicPartitions, Metadata } from '../../../src/protocol/messages/metadata.ts'
import type { DecodedResponseOf } from '../../../src/protocol/schema.ts'
import { startTestBroker } from '../../support/broker.ts'

const VERSIONS = Array.from({ length: Metadata.maxVersion + 1 }, (_, version) => version)
const NO_CREATION = { config: { 'auto.create.topics.enable': 'false' } }
const named = (...names: string[]) => ({ topics: names.map((name) => ({ name })) })

test.each(VERSIONS)('version %i tells brokers, topics and their leaders', async (version) => {
  const broker = await startTestBroker({
    brokers: 3,
    topics: { orders: { partitions: 2, replicationFactor: 3 } },
  })
  const answer = await broker.ask(Metadata, version, named('orders'), { node: 2 })
  expect(answer.brokers.map(({ nodeId, host, port }) => `${nodeId}@${host}:${port}`)).toEqual(
    broker.broker.addresses.map((address, index) => `${index + 1}@${address}`),
  )
  expect(answer.clusterId).toBe(version >= 2 ? broker.broker.clusterId : null)
  // Any live broker will do; admin clients send there what a controller does.
  expect(answer.controllerId).toBe(version >= 1 ? 2 : -1)
  expect(answer.errorCode).toBe(0)
  const states = broker.broker.image.topics.get('orders')!.partitions
  expect(answer.topics).toMatchObject([
    {
      errorCode: 0,
      name: 'orders',
      topicId: version >= 10 ? broker.topicId('orders') : ZERO_UUID,
      isInternal: false,
      topicAuthorizedOperations: -2147483648,
      partitions: states.map(({ leader, replicas, isr }, partitionIndex) => ({
        errorCode: 0,
        partitionIndex,
        leaderId: leader,
        leaderEpoch: version >= 7 ? 0 : -1,
        replicaNodes: replicas,
        isrNodes: isr,
        offlineReplicas: [],
      })),
    },
  ])
})

test.each(VERSIONS)('version %i: null asks for all topics, an empty list for none', async (version) => {
  const broker = await startTestBroker({ topics: { orders: 1, more: 1 } })
  const namesFor = async (topics: [] | null) =>
    (await broker.ask(Metadata, version, { topics })).topics.map(({ name }) => name).sort()
  // Version 0 has no null.
  expect(await namesFor([])).toEqual(version === 0 ? ['more', 'orders'] : [])
  if (version > 0) expect(await namesFor(null)).toEqual(['more', 'orders'])
})

test.each(VERSIONS)('version %i creates a topic that is asked for, if it may', async (version) => {
  const broker = await startTestBroker({ config: { 'num.partitions': '3' } })
  if (version >= 4) {
    const forbidden = { ...named('fresh'), allowAutoTopicCreation: false }
    const { topics } = await broker.ask(Metadata, version, forbidden)
    expect(topics).toMatchObject([{ errorCode: 3, name: 'fresh', partitions: [] }])
  }
  const { topics } = await broker.ask(Metadata, version, named('fresh'))
  expect(topics[0]).toMatchObject({ errorCode: 0, name: 'fresh' })
  expect(topics[0]!.partitions).toHaveLength(3)
  expect(broker.broker.image.topics.get('fresh')!.partitions).toHaveLength(3)
})

test('asking for all topics creates none', async () => {
  const broker = await startTestBroker()
  expect((await broker.ask(Metadata, 9, { topics: null })).topics).toEqual([])
})

test('auto.create.topics.enable=false creates none', async () => {
  const broker = await startTestBroker(NO_CREATION)
  const { topics } = await broker.ask(Metadata, 12, named('fresh'))
  expect(topics).toMatchObject([{ errorCode: 3, name: 'fresh', topicId: ZERO_UUID, partitions: [] }])
})

test.each(['', '.', '..', 'a b', 'ä', 'x'.repeat(250)])('%j is no name of a topic', async (name) => {
  const broker = await startTestBroker()
  const { topics } = await broker.ask(Metadata, 9, named(name))
  expect(topics).toMatchObject([{ errorCode: errorCode('INVALID_TOPIC_EXCEPTION'), name, partitions: [] }])
})

test('a name that collides with a topic is not created', async () => {
  const broker = await startTestBroker({ topics: { 'a.b': 1 } })
  const { topics } = await broker.ask(Metadata, 9, named('a_b'))
  expect(topics[0]!.errorCode).toBe(errorCode('INVALID_TOPIC_EXCEPTION'))
})

test('too few brokers for the default replication factor: the topic is not created', async () => {
  const broker = await startTestBroker({ config: { 'default.replication.factor': '2' } })
  const { topics } = await broker.ask(Metadata, 9, named('fresh'))
  expect(topics[0]!.errorCode).toBe(errorCode('INVALID_REPLICATION_FACTOR'))
})

test.each([12, 13])('version %i finds topics by id', async (version) => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const unknownId = 'Mjx1Y1kVQ0q4YJcG0nC5dQ'
  const { topics } = await broker.ask(Metadata, version, {
    topics: [
      { name: null, topicId: broker.topicId('orders') },
      { name: null, topicId: unknownId },
    ],
  })
  expect(topics.find(({ name }) => name === 'orders')).toMatchObject({ errorCode: 0 })
  expect(topics.find(({ topicId }) => topicId === unknownId)).toMatchObject({
    errorCode: errorCode('UNKNOWN_TOPIC_ID'),
    name: null,
    partitions: [],
  })
})

test('operations are told to those who ask', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const asked = await broker.ask(Metadata, 10, {
    ...named('orders'),
    includeClusterAuthorizedOperations: true,
    includeTopicAuthorizedOperations: true,
  })
  expect(asked.topics[0]!.topicAuthorizedOperations).toBe(3576)
  expect(asked.clusterAuthorizedOperations).toBe(8096)
})

test('internal topics are told as such', async () => {
  const broker = await startTestBroker({ topics: { __consumer_offsets: 1 } })
  const { topics } = await broker.ask(Metadata, 9, named('__consumer_offsets'))
  expect(topics[0]!.isInternal).toBe(true)
})

test('a thousand partitions are told at once', async () => {
  const broker = await startTestBroker({ topics: { orders: 1000 } })
  const { topics } = await broker.ask(Metadata, 12, { topics: null })
  expect(topics[0]!.partitions).toHaveLength(1000)
  expect(isUuid(topics[0]!.topicId)).toBe(true)
})

test('a client is told to come back to the address it came to', async () => {
  const broker = await startTestBroker()
  const client = broker.connectSocket()
  const { brokers } = await client.ask(Metadata, 9, { topics: [] })
  expect(brokers.map(({ host }) => host)).toEqual(['127.0.0.1'])
})

const describe = (
  names: string[],
  responsePartitionLimit = 2000,
  cursor: { topicName: string; partitionIndex: number } | null = null,
) => ({ topics: names.map((name) => ({ name })), responsePartitionLimit, cursor })

/** The pages of an answer: on each the partitions as `topic-partition`. */
async function pages(names: string[], limit: number, topics: Record<string, number>): Promise<string[][]> {
  const broker = await startTestBroker({ topics })
  const found: string[][] = []
  let cursor: DecodedResponseOf<typeof DescribeTopicPartitions>['nextCursor'] | null = null
  do {
    const answer: DecodedResponseOf<typeof DescribeTopicPartitions> = await broker.ask(
      DescribeTopicPartitions,
      0,
      describe(names, limit, cursor),
    )
    found.push(
      answer.topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex }) => `${name}-${partitionIndex}`),
      ),
    )
    cursor = answer.nextCursor
  } while (cursor)
  return found
}

test('partitions are described in pages, by the names of their topics', async () => {
  const topics = { b: 3, a: 2, c: 1 }
  expect(await pages([], 100, topics)).toEqual([['a-0', 'a-1', 'b-0', 'b-1', 'b-2', 'c-0']])
  expect(await pages([], 2, topics)).toEqual([
    ['a-0', 'a-1'],
    ['b-0', 'b-1'],
    ['b-2', 'c-0'],
  ])
  expect(await pages(['c', 'a'], 2, topics)).toEqual([['a-0', 'a-1'], ['c-0']])
  // At least one, whatever is asked for.
  expect(await pages(['b'], 0, topics)).toEqual([['b-0'], ['b-1'], ['b-2']])
})

test('max.request.partition.size.limit bounds a page', async () => {
  const broker = await startTestBroker({
    topics: { orders: 5 },
    config: { 'max.request.partition.size.limit': '2' },
  })
  const answer = await broker.ask(DescribeTopicPartitions, 0, describe(['orders']))
  expect(answer.topics[0]!.partitions).toHaveLength(2)
  expect(answer.nextCursor).toEqual({ topicName: 'orders', partitionIndex: 2 })
})

test('topics that are not there or cannot be are described by their error', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const { topics } = await broker.ask(DescribeTopicPartitions, 0, describe(['orders', 'nothing', 'a b']))
  expect(topics.map(({ name, errorCode: code }) => [name, code])).toEqual([
    ['a b', errorCode('INVALID_TOPIC_EXCEPTION')],
    ['nothing', errorCode('UNKNOWN_TOPIC_OR_PARTITION')],
    ['orders', 0],
  ])
})

test('a page goes on from the next topic when that of the cursor is gone', async () => {
  const broker = await startTestBroker({ topics: { a: 1, c: 1 } })
  const cursor = { topicName: 'b', partitionIndex: 4 }
  const { topics } = await broker.ask(DescribeTopicPartitions, 0, describe([], 10, cursor))
  expect(topics.map(({ name }) => name)).toEqual(['c'])
})
