// A topic of many partitions is made and deleted in slices: others are served meanwhile, and see it only when it is whole.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type ErrorName, errorName } from '../../src/protocol/errors.ts'
import { Metadata } from '../../src/protocol/messages/metadata.ts'
import { CreatePartitions, CreateTopics, DeleteTopics } from '../../src/protocol/messages/topics.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import type { MemoryFiles } from '../support/memory-files.ts'

const PARTITIONS = 60
const CALL_MS = 2

/** A broker whose file system takes its time with the folders of topic `wide`. */
async function startSlow(partitions = 0): Promise<TestBroker> {
  const broker = await startTestBroker()
  if (partitions > 0) broker.createTopic('wide', { partitions })
  slowDown(broker)
  return broker
}

function slowDown(
  broker: TestBroker,
  fail: (call: string, path: string) => string | null = () => null,
): void {
  const files = broker.files as MemoryFiles
  files.onCall = (call, path) => {
    const isOfFolder = /\/wide-\d+$/.test(path) && (call === 'makeFolder' || call === 'rename')
    if (isOfFolder) for (const end = performance.now() + CALL_MS; performance.now() < end; );
    return fail(call, path)
  }
}

const topicOf = (name: string, numPartitions = PARTITIONS) => ({
  name,
  numPartitions,
  replicationFactor: 1,
  assignments: [],
  configs: [],
})

const create = async (broker: TestBroker, ...names: string[]): Promise<ErrorName[]> => {
  const topics = names.map((name) => topicOf(name))
  const answer = await broker.connect().ask(CreateTopics, 7, { topics, timeoutMs: 1000 })
  return answer.topics.map(({ errorCode }) => errorName(errorCode))
}

const remove = async (broker: TestBroker, ...topicNames: string[]): Promise<ErrorName[]> => {
  const answer = await broker.connect().ask(DeleteTopics, 5, { topicNames, timeoutMs: 1000 })
  return answer.responses.map(({ errorCode }) => errorName(errorCode))
}

async function partitionCount(broker: TestBroker, name: string): Promise<number> {
  const { topics } = await broker
    .connect()
    .ask(Metadata, 12, { topics: [{ name }], allowAutoTopicCreation: false })
  return topics[0]!.partitions.length
}

/** How often another client is served before `work` is done, and what it sees. */
async function served<T>(
  work: Promise<T>,
  look: () => Promise<unknown>,
): Promise<{ seen: unknown[]; result: T }> {
  let isDone = false
  const settle = () => {
    isDone = true
  }
  work.then(settle, settle)
  const seen: unknown[] = []
  for (;;) {
    await turn()
    const found = await look()
    if (isDone) return { seen, result: await work }
    seen.push(found)
  }
}

const folders = (broker: TestBroker): string[] =>
  broker.files.list('/data').flatMap(({ name }) => (name.startsWith('wide-') ? [name] : []))

test('others are served while a topic is made, and see it when it is whole', async () => {
  const broker = await startSlow()
  const { seen, result } = await served(create(broker, 'wide'), () => partitionCount(broker, 'wide'))
  expect(result).toEqual(['NONE'])
  expect(seen.length).toBeGreaterThan(3)
  expect(new Set(seen)).toEqual(new Set([0]))
  expect(await partitionCount(broker, 'wide')).toBe(PARTITIONS)
})

test('others are served while a topic is enlarged', async () => {
  const broker = await startSlow(1)
  const enlarging = broker.connect().ask(CreatePartitions, 3, {
    topics: [{ name: 'wide', count: PARTITIONS, assignments: null }],
    timeoutMs: 1000,
    validateOnly: false,
  })
  const { seen, result } = await served(enlarging, () => partitionCount(broker, 'wide'))
  expect(result.results[0]!.errorCode).toBe(0)
  expect(seen.length).toBeGreaterThan(3)
  expect(new Set(seen)).toEqual(new Set([1]))
  expect(await partitionCount(broker, 'wide')).toBe(PARTITIONS)
})

test('others are served while a topic is deleted, and it is gone for them at once', async () => {
  const broker = await startSlow(PARTITIONS)
  const { seen, result } = await served(remove(broker, 'wide'), () => partitionCount(broker, 'wide'))
  expect(result).toEqual(['NONE'])
  expect(seen.length).toBeGreaterThan(3)
  expect(seen.slice(1).every((count) => count === 0)).toBe(true)
  expect(broker.broker.logs.get('wide', PARTITIONS - 1)).toBeUndefined()
  expect(folders(broker).filter((name) => /^wide-\d+$/.test(name))).toEqual([])
})

test('of two clients that create the same topic at a time one succeeds', async () => {
  const broker = await startSlow()
  const [first, second] = await Promise.all([create(broker, 'wide'), create(broker, 'wide', 'other')])
  expect(first).toEqual(['NONE'])
  expect(second).toEqual(['TOPIC_ALREADY_EXISTS', 'NONE'])
  expect(await partitionCount(broker, 'wide')).toBe(PARTITIONS)
})

test('a topic that is deleted and created at a time is there in the end, and empty', async () => {
  const broker = await startSlow(PARTITIONS)
  const before = broker.topicId('wide')
  const [deleted, created] = await Promise.all([remove(broker, 'wide'), create(broker, 'wide')])
  expect([deleted, created]).toEqual([['NONE'], ['NONE']])
  expect(broker.topicId('wide')).not.toBe(before)
  expect(broker.log('wide', PARTITIONS - 1).topicId).toBe(broker.topicId('wide'))
})

test('a topic that is deleted while it is enlarged is gone', async () => {
  const broker = await startSlow(1)
  const topics = [{ name: 'wide', count: PARTITIONS, assignments: null }]
  const [enlarged, deleted] = await Promise.all([
    broker.connect().ask(CreatePartitions, 3, { topics, timeoutMs: 1000, validateOnly: false }),
    remove(broker, 'wide'),
  ])
  expect([enlarged.results[0]!.errorCode, deleted]).toEqual([0, ['NONE']])
  expect(await partitionCount(broker, 'wide')).toBe(0)
  await broker.restart()
  expect(broker.broker.image.topics.has('wide')).toBe(false)
})

test('a topic is made by the broker itself while its folders are still removed', async () => {
  const broker = await startSlow(PARTITIONS)
  const deleting = remove(broker, 'wide')
  await served(deleting, async () => {
    if (!broker.broker.image.topics.has('wide') && broker.broker.logs.removals)
      broker.createTopic('wide', { partitions: PARTITIONS })
    return null
  })
  expect(await partitionCount(broker, 'wide')).toBe(PARTITIONS)
  expect(broker.log('wide', PARTITIONS - 1).topicId).toBe(broker.topicId('wide'))
})

test('a disk that fails in the middle leaves nothing of the topic', async () => {
  const broker = await startSlow()
  slowDown(broker, (call, path) => (call === 'makeFolder' && path.endsWith('/wide-40') ? 'ENOSPC' : null))
  const { seen, result } = await served(create(broker, 'wide'), () => partitionCount(broker, 'wide'))
  expect(result).toEqual(['KAFKA_STORAGE_ERROR'])
  expect(new Set(seen)).toEqual(new Set([0]))
  expect(folders(broker).filter((name) => /^wide-\d+$/.test(name))).toEqual([])
  slowDown(broker)
  expect(await create(broker, 'wide')).toEqual(['NONE'])
})

test.each(['made', 'deleted'])('a crash while a topic is %s leaves nothing of it', async (what) => {
  const broker = await startSlow(what === 'made' ? 0 : PARTITIONS)
  const changing = what === 'made' ? create(broker, 'wide') : remove(broker, 'wide')
  let isCrashed = false
  const work = changing.catch(() => [])
  await served(work, async () => {
    const inFull = folders(broker).filter((name) => /^wide-\d+$/.test(name)).length
    if (isCrashed || inFull === 0 || inFull === PARTITIONS) return null
    isCrashed = true
    await broker.crash()
    return null
  })
  expect(isCrashed).toBe(true)
  expect(broker.broker.image.topics.has('wide')).toBe(false)
  expect(await create(broker, 'wide')).toEqual(['NONE'])
  expect(broker.log('wide', 0).endOffset).toBe(0)
})

test.each(['made', 'deleted'])('a broker that closes completes what is being %s', async (what) => {
  const broker = await startSlow(what === 'made' ? 0 : PARTITIONS)
  const changing = (what === 'made' ? create(broker, 'wide') : remove(broker, 'wide')).catch(() => [])
  let isClosing = false
  await served(changing, async () => {
    const inFull = folders(broker).filter((name) => /^wide-\d+$/.test(name)).length
    if (isClosing || inFull === 0 || inFull === PARTITIONS) return null
    isClosing = true
    await broker.restart()
    return null
  })
  expect(isClosing).toBe(true)
  expect(broker.broker.image.topics.has('wide')).toBe(what === 'made')
  expect(folders(broker).filter((name) => /^wide-\d+$/.test(name))).toHaveLength(
    what === 'made' ? PARTITIONS : 0,
  )
})
