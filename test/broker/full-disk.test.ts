// What works while the disk is full, and what comes back with the space.
import { expect, test } from 'vitest'
import { CONFIG_OPERATIONS } from '../../src/broker/config/config-change.ts'
import { RESOURCE_TYPES } from '../../src/broker/metadata/image.ts'
import { ZERO_UUID } from '../../src/bytes/uuid.ts'
import { errorName } from '../../src/protocol/errors.ts'
import { IncrementalAlterConfigs } from '../../src/protocol/messages/configs.ts'
import { DeleteRecords } from '../../src/protocol/messages/offsets.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { CreateTopics, DeleteTopics } from '../../src/protocol/messages/topics.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { batch } from '../support/logs.ts'
import { MemoryFiles } from '../support/memory-files.ts'
import { produceTo } from '../support/partition-requests.ts'
import { commit, committed, startCoordinator } from './groups/wire-member.ts'

const FILLER = '/data/filler'
const ROOM_BYTES = 2_000_000

const filesOf = ({ files }: TestBroker): MemoryFiles => {
  if (!(files instanceof MemoryFiles)) throw new Error('this test needs a disk that can be full')
  return files
}

async function produce(broker: TestBroker, topic: string, value: string): Promise<string> {
  const answer = await broker.ask(Produce, 9, produceTo({ topic }, batch({ values: [value] })))
  return errorName(answer.responses[0]!.partitionResponses[0]!.errorCode)
}

async function createTopic(broker: TestBroker, name: string): Promise<string> {
  const topics = [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
  return errorName((await broker.ask(CreateTopics, 7, { topics, timeoutMs: 1000 })).topics[0]!.errorCode)
}

async function deleteTopics(broker: TestBroker, ...names: string[]): Promise<string[]> {
  const topics = names.map((name) => ({ name, topicId: ZERO_UUID }))
  const { responses } = await broker.ask(DeleteTopics, 6, { topics, timeoutMs: 1000 })
  return responses.map(({ errorCode }) => errorName(errorCode))
}

/** A broker that runs for a second, and then has a disk without a free page. `big` has most of it. */
async function startFull(topics: readonly string[] = []): Promise<TestBroker> {
  const broker = await startTestBroker()
  for (const name of ['big', 'small', ...topics]) broker.createTopic(name, { partitions: 1 })
  await broker.pass(1000)
  limit(broker)
  const value = 'x'.repeat(100_000)
  while ((await produce(broker, 'big', value)) === 'NONE');
  fill(broker)
  return broker
}

/** Gives the disk as much room as it has records. */
function limit(broker: TestBroker): void {
  const files = filesOf(broker)
  files.capacityBytes = files.usedBytes + ROOM_BYTES
}

/** Takes what is free. */
function fill(broker: TestBroker): void {
  const files = filesOf(broker)
  const free = files.space().usableBytes
  const known = files.size(FILLER) ?? 0
  files.writeFile(FILLER, Buffer.alloc(known + free))
  expect(files.space().usableBytes).toBe(0)
}

const emptied = (broker: TestBroker) => filesOf(broker).remove(FILLER)

test('nothing is created on a full disk, and everything again when there is space', async () => {
  const broker = await startFull()
  expect(await createTopic(broker, 'new')).toBe('KAFKA_STORAGE_ERROR')
  expect(await produce(broker, 'big', 'x'.repeat(5000))).toBe('KAFKA_STORAGE_ERROR')
  expect(broker.broker.image.topics.has('new')).toBe(false)
  emptied(broker)
  expect(await createTopic(broker, 'new')).toBe('NONE')
  for (const topic of ['big', 'small', 'new'])
    expect(await produce(broker, topic, 'x'.repeat(5000))).toBe('NONE')
  await broker.restart()
  expect(broker.broker.image.topics.has('new')).toBe(true)
})

test('deleting the topic that fills the disk gives the space back within a second', async () => {
  const broker = await startFull()
  expect(await deleteTopics(broker, 'big')).toEqual(['NONE'])
  await broker.pass(1000)
  expect(filesOf(broker).space().usableBytes).toBeGreaterThan(ROOM_BYTES / 2)
  expect(await produce(broker, 'small', 'x'.repeat(5000))).toBe('NONE')
  await broker.crash()
  expect(broker.broker.image.topics.has('big')).toBe(false)
})

test('a thousand topics are deleted while the disk stays full', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `t${index}`)
  const broker = await startFull(names)
  const half = names.splice(0, 500)
  expect(new Set(await deleteTopics(broker, ...names))).toEqual(new Set(['NONE']))
  for (const name of half) expect(await deleteTopics(broker, name)).toEqual(['NONE'])
  expect([...broker.broker.image.topics.keys()].sort()).toEqual(['big', 'small'])
})

test('a full disk is freed by a shorter retention', async () => {
  const broker = await startFull()
  const configs = [{ name: 'retention.ms', configOperation: CONFIG_OPERATIONS.SET, value: '1' }]
  const resources = [{ resourceType: RESOURCE_TYPES.TOPIC, resourceName: 'big', configs }]
  const { responses } = await broker.ask(IncrementalAlterConfigs, 1, { resources, validateOnly: false })
  expect(errorName(responses[0]!.errorCode)).toBe('NONE')
  await broker.pass(300_000)
  expect(broker.log('big').startOffset).toBe(broker.log('big').endOffset)
  expect(await produce(broker, 'big', 'x'.repeat(5000))).toBe('NONE')
})

test('records are deleted from a full disk', async () => {
  const broker = await startFull()
  const end = broker.log('big').endOffset
  const topics = [{ name: 'big', partitions: [{ partitionIndex: 0, offset: end }] }]
  const answer = await broker.ask(DeleteRecords, 2, { topics, timeoutMs: 1000 })
  expect(answer.topics[0]!.partitions).toMatchObject([{ errorCode: 0, lowWatermark: end }])
  await broker.crash()
  expect(broker.log('big').startOffset).toBe(end)
})

test('a broker that was killed on a full disk starts, and deletes topics', async () => {
  const broker = await startFull()
  const { capacityBytes } = filesOf(broker)
  for (let kill = 0; kill < 3; kill++) await broker.crash((files) => (files.capacityBytes = capacityBytes))
  expect(await deleteTopics(broker, 'big')).toEqual(['NONE'])
  await broker.pass(1000)
  await broker.pass(1000)
  expect(filesOf(broker).space().usableBytes).toBeGreaterThan(ROOM_BYTES / 2)
})

test('commits fail on a full disk, and go on with the space', async () => {
  const broker = await startCoordinator({ topics: { orders: 1 } })
  await commit(broker, 5)
  limit(broker)
  fill(broker)
  const metadata = 'm'.repeat(4000)
  while ((await commit(broker, 6, { metadata })) === 'NONE');
  expect(await commit(broker, 7, { metadata, group: 'g' })).toBe('NOT_COORDINATOR')
  expect(await committed(broker)).not.toEqual({ 'orders-0': 7 })
  emptied(broker)
  expect(await commit(broker, 8, { metadata })).toBe('NONE')
  await broker.crash()
  expect(await committed(broker)).toEqual({ 'orders-0': 8 })
})

test('a deleted topic whose folder cannot be moved away is gone all the same, and can be created again', async () => {
  const broker = await startTestBroker({ topics: { orders: 2 } })
  const files = filesOf(broker)
  let isStuck = true
  files.onCall = (call, path) => (isStuck && call === 'rename' && path.includes('orders-1') ? 'EIO' : null)
  await produce(broker, 'orders', 'old')
  expect(await deleteTopics(broker, 'orders')).toEqual(['NONE'])
  expect(broker.broker.image.topics.has('orders')).toBe(false)
  broker.createTopic('orders', { partitions: 1 })
  expect(broker.log('orders').endOffset).toBe(0)
  expect(await deleteTopics(broker, 'orders')).toEqual(['NONE'])
  expect(() => broker.createTopic('orders', { partitions: 2 })).toThrow('EIO')
  isStuck = false
  broker.createTopic('orders', { partitions: 2 })
  await broker.restart()
  expect(broker.broker.logs.get('orders', 1)?.endOffset).toBe(0)
})
