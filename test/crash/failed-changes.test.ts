// Every call of the file system that a change of the cluster makes is failed in turn. Whatever the answer was, it must
// be true: at once, and after a crash.
import { expect, test } from 'vitest'
import { INITIAL_FEATURES } from '../../src/broker/metadata/features.ts'
import { RESOURCE_TYPES } from '../../src/broker/metadata/image.ts'
import { ZERO_UUID } from '../../src/bytes/uuid.ts'
import { errorName } from '../../src/protocol/errors.ts'
import { UpdateFeatures } from '../../src/protocol/messages/cluster.ts'
import { AlterConfigs, IncrementalAlterConfigs } from '../../src/protocol/messages/configs.ts'
import { FindCoordinator, Metadata } from '../../src/protocol/messages/metadata.ts'
import { DeleteRecords } from '../../src/protocol/messages/offsets.ts'
import { CreatePartitions, CreateTopics, DeleteTopics } from '../../src/protocol/messages/topics.ts'
import { InitProducerId } from '../../src/protocol/messages/transactions.ts'
import { startTestBroker, TestBroker } from '../support/broker.ts'
import { append, valuesIn } from '../support/logs.ts'
import { type FileCall, MemoryFiles } from '../support/memory-files.ts'

interface Change {
  /** Asks for the change; gives the names of the errors in the answer. */
  readonly ask: (broker: TestBroker) => Promise<string[]>
  /** Whether what was asked for is so; throws when it is half so. */
  readonly isDone: (broker: TestBroker) => boolean
}

const names = (answers: readonly { errorCode: number }[]) =>
  answers.map(({ errorCode }) => errorName(errorCode))

const topicCount = (broker: TestBroker, ...topics: string[]) =>
  topics.filter((topic) => broker.broker.image.topics.has(topic)).length

/** All or nothing of some parts. */
function all(done: number, parts: number): boolean {
  if (done !== 0 && done !== parts) throw new Error(`${done} of ${parts} parts are done`)
  return done === parts
}

/** The partitions of a topic, as metadata and as logs, which must agree. */
function partitionCount(broker: TestBroker, topic: string): number {
  const count = broker.broker.image.topics.get(topic)?.partitions.length ?? 0
  const hasLog = (partition: number) => broker.broker.logs.get(topic, partition) !== undefined
  for (let partition = 0; partition < count; partition++) expect(hasLog(partition)).toBe(true)
  expect(hasLog(count)).toBe(false)
  return count
}

const topicSetting = (broker: TestBroker, name: string) =>
  broker.broker.image.configsOf(RESOURCE_TYPES.TOPIC, 'orders').get(name)

const plain = { numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }

const CHANGES: Readonly<Record<string, Change>> = {
  CreateTopics: {
    async ask(broker) {
      const topics = ['a', 'b'].map((name) => ({ ...plain, name }))
      return names((await broker.ask(CreateTopics, 7, { topics, timeoutMs: 1000 })).topics)
    },
    isDone: (broker) => all(partitionCount(broker, 'a') + partitionCount(broker, 'b'), 2),
  },
  CreatePartitions: {
    async ask(broker) {
      const topics = [{ name: 'orders', count: 3, assignments: null }]
      return names(
        (await broker.ask(CreatePartitions, 3, { topics, timeoutMs: 1000, validateOnly: false })).results,
      )
    },
    isDone: (broker) => partitionCount(broker, 'orders') === 3,
  },
  DeleteTopics: {
    async ask(broker) {
      const topics = ['orders', 'other'].map((name) => ({ name, topicId: ZERO_UUID }))
      return names((await broker.ask(DeleteTopics, 6, { topics, timeoutMs: 1000 })).responses)
    },
    isDone: (broker) => all(2 - topicCount(broker, 'orders', 'other'), 2),
  },
  IncrementalAlterConfigs: {
    async ask(broker) {
      const configs = [{ name: 'retention.ms', configOperation: 0, value: '5000' }]
      const resources = [{ resourceType: RESOURCE_TYPES.TOPIC, resourceName: 'orders', configs }]
      return names(
        (await broker.ask(IncrementalAlterConfigs, 1, { resources, validateOnly: false })).responses,
      )
    },
    isDone: (broker) => topicSetting(broker, 'retention.ms') === '5000',
  },
  AlterConfigs: {
    async ask(broker) {
      const configs = [
        { name: 'log.retention.ms', value: '5000' },
        { name: 'min.insync.replicas', value: '1' },
      ]
      const resources = [{ resourceType: RESOURCE_TYPES.BROKER, resourceName: '', configs }]
      return names((await broker.ask(AlterConfigs, 2, { resources, validateOnly: false })).responses)
    },
    isDone: (broker) => broker.broker.config.text('log.retention.ms') === '5000',
  },
  UpdateFeatures: {
    async ask(broker) {
      const featureUpdates = [{ feature: 'share.version', maxVersionLevel: 0, upgradeType: 2 }]
      return names([
        await broker.ask(UpdateFeatures, 1, { timeoutMs: 1000, featureUpdates, validateOnly: false }),
      ])
    },
    isDone: (broker) => !broker.broker.image.features.has('share.version'),
  },
  InitProducerId: {
    ask: async (broker) =>
      names([await broker.ask(InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1000 })]),
    isDone: (broker) => broker.broker.image.nextProducerId > 0,
  },
  'Metadata that creates a topic': {
    async ask(broker) {
      const topics = [{ name: 'new' }, { name: 'orders' }]
      const answer = await broker.ask(Metadata, 12, { topics, allowAutoTopicCreation: true })
      expect(errorName(answer.topics[1]!.errorCode)).toBe('NONE')
      return names(answer.topics.slice(0, 1))
    },
    isDone: (broker) => partitionCount(broker, 'new') === 1,
  },
  'FindCoordinator that creates __consumer_offsets': {
    ask: async (broker) =>
      names((await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })).coordinators),
    isDone: (broker) => partitionCount(broker, '__consumer_offsets') === 2,
  },
  DeleteRecords: {
    async ask(broker) {
      const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, offset: 3 }] }]
      const answer = await broker.ask(DeleteRecords, 2, { topics, timeoutMs: 1000 })
      return names(answer.topics[0]!.partitions)
    },
    isDone: (broker) => broker.broker.image.topics.has('orders') && broker.log('orders').startOffset === 3,
  },
}

const OPENERS: readonly FileCall[] = ['open', 'list', 'readFile', 'syncFolder']
const GROWERS: readonly FileCall[] = ['open', 'write', 'makeFolder']

type Failing = (calls: { call: FileCall; number: number }, from: number) => string | null

/** How calls fail: which of them, with which error, and whether for good. */
const FAILURES: Readonly<Record<string, Failing>> = {
  'fails once': ({ number }, from) => (number === from ? 'EIO' : null),
  // Were all after it to fail, a change whose sync failed could not be taken back.
  'and the one after it fail': ({ number }, from) => (number === from || number === from + 1 ? 'EIO' : null),
  'finds the disk full, as those after it do': ({ call, number }, from) =>
    number >= from && GROWERS.includes(call) ? 'ENOSPC' : null,
  'finds no file handle, as those after it do': ({ call, number }, from) =>
    number >= from && OPENERS.includes(call) ? 'EMFILE' : null,
}

async function start(): Promise<{ broker: TestBroker; files: MemoryFiles }> {
  const broker = await startTestBroker({ config: { 'offsets.topic.num.partitions': '2' } })
  broker.createTopic('orders', { partitions: 2, configs: { 'internal.segment.bytes': '150' } })
  broker.createTopic('other')
  for (let value = 0; value < 5; value++) append(broker.log('orders'), `value ${value}`)
  const { files } = broker
  if (!(files instanceof MemoryFiles)) throw new Error('this test needs files that can fail')
  return { broker, files }
}

/** Asks while the calls fail from number `from` on; gives whether it is done, and how many calls there were. */
async function attempt(
  change: Change,
  failure: string,
  from: number,
): Promise<{ isDone: boolean; calls: number }> {
  const { broker, files } = await start()
  let calls = 0
  const fails = FAILURES[failure]!
  files.onCall = (call) => fails({ call, number: calls++ }, from)
  const errors = await change.ask(broker)
  files.onCall = () => null
  const isDone = errors.every((error) => error === 'NONE')
  const answer = `${failure} at ${from}: ${errors}`
  expect(`${answer}, done: ${change.isDone(broker)}`).toBe(`${answer}, done: ${isDone}`)
  await broker.crash()
  expect(`${answer}, done after a crash: ${change.isDone(broker)}`).toBe(
    `${answer}, done after a crash: ${isDone}`,
  )
  if (!isDone) expect(new Set(await change.ask(broker))).toEqual(new Set(['NONE']))
  expect(change.isDone(broker)).toBe(true)
  await broker.close()
  return { isDone, calls }
}

for (const [what, change] of Object.entries(CHANGES)) {
  test.each(Object.keys(FAILURES))(`the answer to ${what} is true when a call %s`, async (failure) => {
    const { calls } = await attempt(change, failure, Infinity)
    expect(calls).toBeGreaterThan(0)
    let refused = 0
    const step = failure === 'fails once' ? 1 : 2
    for (let from = 0; from < calls; from += step) {
      if (!(await attempt(change, failure, from)).isDone) refused++
    }
    // DeleteTopics and the like may succeed in spite of some failures, but not of those of the log itself.
    if (!failure.includes('handle')) expect(refused).toBeGreaterThan(0)
  })
}

/** Starts a broker for the first time while calls fail from number `from` on, and again after a kill; gives the number of calls. */
async function startTwice(failure: string, from: number): Promise<number> {
  const files = new MemoryFiles()
  const broker = new TestBroker({}, files, '/data')
  let calls = 0
  files.onCall = (call) => FAILURES[failure]!({ call, number: calls++ }, from)
  const isStarted = await broker.open().then(
    () => true,
    () => false,
  )
  files.onCall = () => null
  if (isStarted) await broker.crash()
  else await broker.openAfterKill()
  const { features, brokers, topics } = broker.broker.image
  const found = [Object.fromEntries(features), brokers.size, topics.size]
  expect([from, ...found]).toEqual([from, Object.fromEntries(INITIAL_FEATURES), 1, 0])
  broker.createTopic('orders')
  await broker.close()
  return calls
}

test.each(Object.keys(FAILURES))(
  'a first start of which a call %s is made good by the next one',
  async (failure) => {
    const calls = await startTwice(failure, Infinity)
    for (let from = 0; from < calls; from++) await startTwice(failure, from)
  },
)

/** As startTwice, for the next start of a broker that was killed. */
async function startAgain(failure: string, from: number): Promise<number> {
  const { broker } = await start()
  await broker.broker.close()
  let calls = 0
  const isStarted = await broker
    .openAfterKill((files) => {
      files.remove('/data/.kafka_cleanshutdown')
      files.onCall = (call) => FAILURES[failure]!({ call, number: calls++ }, from)
    })
    .then(
      () => true,
      () => false,
    )
  if (broker.files instanceof MemoryFiles) broker.files.onCall = () => null
  if (isStarted) await broker.crash()
  else await broker.openAfterKill()
  const values = valuesIn(broker.log('orders'))
  expect([from, partitionCount(broker, 'orders'), partitionCount(broker, 'other'), ...values]).toEqual([
    from,
    2,
    1,
    ...[0, 1, 2, 3, 4].map((value) => `value ${value}`),
  ])
  expect(broker.broker.image.brokers.size).toBe(1)
  await broker.close()
  return calls
}

test.each(Object.keys(FAILURES))('a start of which a call %s loses nothing', async (failure) => {
  const calls = await startAgain(failure, Infinity)
  expect(calls).toBeGreaterThan(50)
  const step = failure === 'fails once' ? 1 : 3
  for (let from = 0; from < calls; from += step) await startAgain(failure, from)
})
