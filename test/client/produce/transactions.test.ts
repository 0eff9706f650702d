import { expect, onTestFinished, test, vi } from 'vitest'
import { producerSettings } from '../../../src/client/produce/producer-config.ts'
import { TransactionalProducer } from '../../../src/client/produce/transactions.ts'
import { type ErrorName, errorCode } from '../../../src/protocol/errors.ts'
import { ApiVersions, FindCoordinator } from '../../../src/protocol/messages/metadata.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { AddPartitionsToTxn, EndTxn, InitProducerId } from '../../../src/protocol/messages/transactions.ts'
import * as batch from '../../../src/records/batch.ts'
import { connectCluster, metadataScript } from '../../support/cluster-scripts.ts'
import { PartitionTwin } from '../../support/partition-twin.ts'
import { HANG_UP, on, ScriptedBroker } from '../../support/scripted-broker.ts'

const FAST = {
  'linger.ms': '0',
  'retry.backoff.ms': '2',
  'retry.backoff.max.ms': '5',
  'request.timeout.ms': '2000',
  'max.block.ms': '2000',
  'transactional.id': 'payer',
}

interface Troubles {
  /** What the coordinator answers to the n-th request in place of agreeing. */
  readonly init?: (count: number) => ErrorName | undefined
  readonly add?: (count: number) => ErrorName | undefined | Promise<undefined>
  readonly end?: (count: number) => ErrorName | typeof HANG_UP | undefined
}

/** A broker that leads a topic and coordinates transactions, as `level` of transaction.version has it. */
async function setUp(level: 1 | 2, troubles: Troubles = {}, properties: Record<string, string> = {}) {
  const twin = new PartitionTwin(2)
  const broker = await ScriptedBroker.start(twin.scripts())
  let epoch = -1
  const ends: { producerEpoch: number; committed: boolean }[] = []
  const code = (trouble: ErrorName | undefined): number => (trouble === undefined ? 0 : errorCode(trouble))
  const apis = [
    on(FindCoordinator, () => {
      const found = { errorCode: 0, errorMessage: null, nodeId: 1, host: '127.0.0.1', port: broker.port }
      return { coordinators: [{ key: 'payer', ...found }] }
    }),
    on(InitProducerId, (_, { count }) => {
      const errorCode = code(troubles.init?.(count))
      if (errorCode === 0) epoch++
      return { errorCode, producerId: 7, producerEpoch: epoch }
    }),
    on(AddPartitionsToTxn, async ({ v3AndBelowTopics }, { count }) => {
      const partitionErrorCode = code(await troubles.add?.(count))
      return {
        resultsByTopicV3AndBelow: v3AndBelowTopics.map(({ name, partitions }) => ({
          name,
          resultsByPartition: partitions.map((partitionIndex) => ({ partitionIndex, partitionErrorCode })),
        })),
      }
    }),
    on(EndTxn, ({ producerEpoch, committed }, { count }) => {
      const trouble = troubles.end?.(count)
      if (trouble === HANG_UP) return HANG_UP
      if (trouble === undefined) {
        ends.push({ producerEpoch, committed })
        if (level === 2) epoch++
      }
      return { errorCode: code(trouble), ...(level === 2 ? { producerId: 7, producerEpoch: epoch } : {}) }
    }),
    metadataScript([broker], { orders: [1, 1] }),
  ]
  for (const script of apis) broker.script(script)
  const known = [...twin.scripts(), ...apis]
  broker.script(
    on(ApiVersions, (_, { version }) => ({
      errorCode: 0,
      apiKeys: known.map(({ api: { key, minVersion, maxVersion } }) => ({
        apiKey: key,
        minVersion,
        maxVersion,
      })),
      ...(version >= 3
        ? {
            finalizedFeatures: [
              { name: 'transaction.version', minVersionLevel: level, maxVersionLevel: level },
            ],
          }
        : {}),
    })),
  )
  const cluster = connectCluster([broker], { random: () => 0.5 })
  const settings = producerSettings(new Map(Object.entries({ ...FAST, ...properties })))
  const open = async () => {
    const transactions = await TransactionalProducer.open(cluster, settings)
    onTestFinished(async () => {
      await transactions.producer.close(0)
    })
    await transactions.producer.prepare('orders')
    return transactions
  }
  return { twin, broker, ends, open }
}

function appendValues({ producer }: TransactionalProducer, partition: number, ...values: string[]): void {
  for (const value of values) producer.append('orders', null, Buffer.from(value), undefined, 1000, partition)
}

const epochsOf = (twin: PartitionTwin, partition = 0): number[] =>
  twin.batches[partition]!.map((records) => batch.producerEpoch(records, 0))

test('each transaction has an epoch of its own where brokers add partitions by themselves', async () => {
  const { twin, broker, ends, open } = await setUp(2)
  const transactions = await open()
  for (const value of ['a', 'b']) {
    transactions.begin()
    appendValues(transactions, 0, value)
    await transactions.commit()
  }
  expect(twin.records(0).map(({ value, sequence }) => [String(value), sequence])).toEqual([
    ['a', 0],
    ['b', 0],
  ])
  expect(twin.batches[0]!.every((records) => batch.isTransactional(records, 0))).toBe(true)
  expect(epochsOf(twin)).toEqual([0, 1])
  expect(ends).toEqual([
    { producerEpoch: 0, committed: true },
    { producerEpoch: 1, committed: true },
  ])
  expect(broker.requestsFor(AddPartitionsToTxn)).toBe(0)
  const produced = broker.requests.filter(({ name }) => name === Produce.name)
  expect(produced[0]).toMatchObject({ version: 13, body: { transactionalId: 'payer' } })
  expect(broker.requests.find(({ name }) => name === EndTxn.name)).toMatchObject({ version: 5 })
})

test('before that, partitions are added first, once in a transaction, and sequences go on', async () => {
  const { twin, broker, ends, open } = await setUp(1)
  const transactions = await open()
  for (const value of ['a', 'b']) {
    transactions.begin()
    appendValues(transactions, 0, value)
    appendValues(transactions, 1, value)
    await transactions.producer.flush()
    appendValues(transactions, 0, value)
    await transactions.commit()
  }
  expect(twin.records(0).map(({ value, sequence }) => [String(value), sequence])).toEqual([
    ['a', 0],
    ['a', 1],
    ['b', 2],
    ['b', 3],
  ])
  expect(epochsOf(twin)).toEqual([0, 0, 0, 0])
  expect(ends).toEqual([
    { producerEpoch: 0, committed: true },
    { producerEpoch: 0, committed: true },
  ])
  const versions = broker.requests.filter(({ name }) => [EndTxn.name, Produce.name].includes(name))
  expect(new Set(versions.map(({ name, version }) => `${name} ${version}`))).toEqual(
    new Set(['Produce 11', 'EndTxn 4']),
  )
  const added = broker.requests.filter(({ name }) => name === AddPartitionsToTxn.name)
  expect(added.every(({ version }) => version === 3)).toBe(true)
  const partitions = added.flatMap(({ body }) =>
    (body as { v3AndBelowTopics: { partitions: number[] }[] }).v3AndBelowTopics.flatMap(
      (topic) => topic.partitions,
    ),
  )
  expect(partitions.sort()).toEqual([0, 0, 1, 1])
})

test('a transaction without records asks for nothing', async () => {
  const { broker, open } = await setUp(2)
  const transactions = await open()
  transactions.begin()
  await transactions.commit()
  transactions.begin()
  await transactions.abort()
  expect(broker.requestsFor(EndTxn)).toBe(0)
})

test.each([1, 2] as const)(
  'level %i: an abort gives up what waits, and the next transaction is sent',
  async (level) => {
    const { twin, ends, open } = await setUp(
      level,
      {},
      { 'linger.ms': '1000000', 'delivery.timeout.ms': '2000000' },
    )
    const transactions = await open()
    transactions.begin()
    appendValues(transactions, 0, 'sent')
    await transactions.producer.flush()
    appendValues(transactions, 0, 'waiting')
    await transactions.abort()
    transactions.begin()
    appendValues(transactions, 0, 'kept')
    await transactions.commit()
    expect(twin.records(0).map(({ value }) => String(value))).toEqual(['sent', 'kept'])
    expect(ends).toEqual([
      { producerEpoch: 0, committed: false },
      { producerEpoch: 1, committed: true },
    ])
    expect(transactions.producer.counts).toMatchObject({ acknowledged: 2, failed: 1 })
  },
)

test('an abort waits for partitions that are being added, and ends what they have begun', async () => {
  let answer = (): void => {}
  const { broker, ends, open } = await setUp(1, {
    add: (count) =>
      count > 0 ? undefined : new Promise<undefined>((resolve) => (answer = () => resolve(undefined))),
  })
  const transactions = await open()
  transactions.begin()
  appendValues(transactions, 0, 'a')
  await vi.waitFor(() => expect(broker.requestsFor(AddPartitionsToTxn)).toBe(1))
  const aborted = transactions.abort()
  await transactions.producer.flush()
  answer()
  await aborted
  transactions.begin()
  appendValues(transactions, 0, 'b')
  await transactions.commit()
  expect(ends.map(({ committed }) => committed)).toEqual([false, true])
  expect(broker.requestsFor(AddPartitionsToTxn)).toBe(2)
})

test.each([1, 2] as const)(
  'level %i: a record that fails makes a commit impossible, until an abort',
  async (level) => {
    const { twin, ends, open } = await setUp(level)
    twin.trouble = ({ count }) => (count === 1 ? 'INVALID_RECORD' : undefined)
    const transactions = await open()
    transactions.begin()
    appendValues(transactions, 0, 'a')
    await transactions.producer.flush()
    appendValues(transactions, 0, 'refused')
    await transactions.producer.flush()
    appendValues(transactions, 1, 'after')
    await expect(transactions.commit()).rejects.toMatchObject({ code: 'INVALID_RECORD' })
    await transactions.abort()
    transactions.begin()
    appendValues(transactions, 0, 'b')
    await transactions.commit()
    expect(ends.map(({ committed }) => committed)).toEqual([false, true])
    expect(twin.records(0).map(({ value }) => String(value))).toEqual(['a', 'b'])
    expect(twin.records(1)).toEqual([])
    expect(transactions.producer.counts).toMatchObject({ acknowledged: 2, failed: 2 })
  },
)

test('a record that is too large fails the transaction as well', async () => {
  const { open } = await setUp(2, {}, { 'max.request.size': '100' })
  const transactions = await open()
  transactions.begin()
  expect(() => appendValues(transactions, 0, 'x'.repeat(200))).toThrow('larger than 100')
  await expect(transactions.commit()).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' })
})

test.each([
  ['PRODUCER_FENCED', 'PRODUCER_FENCED'],
  ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED'],
  ['INVALID_TXN_STATE', 'INVALID_TXN_STATE'],
] as const)('%s from the coordinator is final', async (code, told) => {
  const { open } = await setUp(2, { end: () => code })
  const transactions = await open()
  transactions.begin()
  appendValues(transactions, 0, 'a')
  await expect(transactions.commit()).rejects.toMatchObject({ code: told })
  await expect(transactions.abort()).rejects.toMatchObject({ code: told })
  expect(() => transactions.begin()).toThrow()
})

test('an old epoch at a leader can be aborted, and is final when the coordinator says so, too', async () => {
  const { twin, open } = await setUp(2, { end: () => 'PRODUCER_FENCED' })
  twin.trouble = () => 'INVALID_PRODUCER_EPOCH'
  const transactions = await open()
  transactions.begin()
  appendValues(transactions, 0, 'a')
  await expect(transactions.commit()).rejects.toMatchObject({ code: 'INVALID_PRODUCER_EPOCH' })
  await expect(transactions.abort()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
})

test('what passes is tried again: a transaction that is being ended, a coordinator that moved or hung up', async () => {
  const { twin, ends, open, broker } = await setUp(1, {
    init: (count) => (count === 0 ? 'CONCURRENT_TRANSACTIONS' : undefined),
    add: (count) => (['CONCURRENT_TRANSACTIONS', 'NOT_COORDINATOR'] as const)[count],
    end: (count) => ([HANG_UP, 'COORDINATOR_NOT_AVAILABLE'] as const)[count],
  })
  const transactions = await open()
  transactions.begin()
  appendValues(transactions, 0, 'a')
  await transactions.commit()
  expect(ends).toEqual([{ producerEpoch: 0, committed: true }])
  expect(twin.records(0).length).toBe(1)
  expect(broker.requestsFor(AddPartitionsToTxn)).toBe(3)
})

test('a transaction that the broker is still ending holds back the next for a moment', async () => {
  const { twin, open } = await setUp(2)
  twin.trouble = ({ count }) => (count < 2 ? 'CONCURRENT_TRANSACTIONS' : undefined)
  const transactions = await open()
  transactions.begin()
  appendValues(transactions, 0, 'a', 'b')
  await transactions.commit()
  expect(twin.records(0).map(({ value }) => String(value))).toEqual(['a', 'b'])
})

test('records outside of a transaction, and transactions within one, are refused', async () => {
  const { twin, open } = await setUp(2)
  const transactions = await open()
  appendValues(transactions, 0, 'a')
  await transactions.producer.flush()
  expect(transactions.producer.counts).toMatchObject({ acknowledged: 0, failed: 1 })
  transactions.begin()
  expect(() => transactions.begin()).toThrow('open already')
  appendValues(transactions, 0, 'b')
  await transactions.commit()
  expect(twin.records(0).length).toBe(1)
})

test('brokers without transactions are told by name', async () => {
  const twin = new PartitionTwin(1)
  const broker = await ScriptedBroker.start(twin.scripts())
  broker.script(metadataScript([broker], { orders: [1] }))
  const settings = producerSettings(new Map(Object.entries(FAST)))
  await expect(TransactionalProducer.open(connectCluster([broker]), settings)).rejects.toThrow(
    `The broker at ${broker.address} does not support EndTxn`,
  )
})
