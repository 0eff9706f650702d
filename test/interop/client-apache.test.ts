// Our client against a real Apache Kafka.
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Cluster } from '../../src/client/cluster.ts'
import { findCoordinator } from '../../src/client/coordinators.ts'
import { fetchSettings } from '../../src/client/fetch/fetch-config.ts'
import type { FetchTarget } from '../../src/client/fetch/fetch-partition.ts'
import { Fetcher } from '../../src/client/fetch/fetcher.ts'
import { resolveRanges } from '../../src/client/fetch/read-range.ts'
import { requestLeaders } from '../../src/client/leaders.ts'
import { partitionForKey } from '../../src/client/produce/partitioner.ts'
import { Producer } from '../../src/client/produce/producer.ts'
import { producerSettings } from '../../src/client/produce/producer-config.ts'
import { TransactionalProducer } from '../../src/client/produce/transactions.ts'
import { UpdateFeatures } from '../../src/protocol/messages/cluster.ts'
import { DescribeCluster } from '../../src/protocol/messages/metadata.ts'
import { DeleteRecords } from '../../src/protocol/messages/offsets.ts'
import { CreateTopics } from '../../src/protocol/messages/topics.ts'
import type { KafkaRecord } from '../../src/records/record.ts'
import { type ApacheKafkaProcess, startApacheKafka } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'

const settingsOf = (properties: Record<string, string>) => new Map(Object.entries(properties))

describeWith(['apacheKafka'], 'our client and Apache Kafka', () => {
  let kafka: ApacheKafkaProcess
  let cluster: Cluster

  beforeAll(async () => {
    kafka = await startApacheKafka()
    cluster = Cluster.connect({ bootstrapServers: kafka.bootstrapServers })
  })

  afterAll(async () => {
    cluster?.close()
    await kafka?.stop()
  })

  async function createTopic(name: string, numPartitions: number, config: Record<string, string> = {}) {
    const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }))
    const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs }
    const answer = await cluster.request(
      CreateTopics,
      { topics: [topic], timeoutMs: 30_000 },
      { node: 'controller' },
    )
    expect(answer.topics[0]).toMatchObject({ errorCode: 0 })
    // The broker learns of the topic a little after the controller has answered.
    const error = async () => (await cluster.topics([name], { refresh: true })).get(name)!.error
    await expect.poll(error, { timeout: 10_000 }).toBe('NONE')
  }

  async function produce(topic: string, count: number, properties: Record<string, string> = {}) {
    const producer = await Producer.create(cluster, producerSettings(settingsOf(properties)))
    await producer.prepare(topic)
    for (let i = 0; i < count; i++) {
      const key = i % 3 === 0 ? null : Buffer.from(`key ${i % 17}`)
      const value = i % 7 === 0 ? null : Buffer.from(`value ${i}`)
      const more = producer.append(topic, key, value, [['n', Buffer.from(String(i))]], 1_700_000_000_000 + i)
      if (!more) await producer.room()
    }
    expect(await producer.close()).toEqual({ acknowledged: count, failed: 0, firstError: null })
  }

  async function read(targets: readonly FetchTarget[], properties: Record<string, string> = {}) {
    const fetcher = new Fetcher(cluster, fetchSettings(settingsOf(properties)), targets)
    const found = new Map<number, KafkaRecord[]>(targets.map(({ partition }) => [partition, []]))
    for (let records = await fetcher.next(30_000); records !== null; records = await fetcher.next(30_000)) {
      while (records.next()) found.get(records.partition)!.push(records.record())
    }
    expect(fetcher.isDone).toBe(true)
    return found
  }

  const allOf = (topic: string, partitions: readonly number[]) =>
    resolveRanges(
      cluster,
      partitions.map((partition) => ({ topic, partition })),
      { from: 'earliest', until: 'latest' },
    )

  test('the cluster, its brokers and coordinators are found', async () => {
    const described = await cluster.request(DescribeCluster, { includeClusterAuthorizedOperations: false })
    expect(described.brokers).toMatchObject([{ brokerId: 1, port: kafka.port }])
    expect(await cluster.brokers()).toMatchObject([{ nodeId: 1, port: kafka.port }])
    expect(await findCoordinator(cluster, 'group', 'any')).toBe(1)
  })

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'records written with %s are read back',
    async (codec) => {
      const topic = `codec-${codec}`
      await createTopic(topic, 3)
      await produce(topic, 5000, { 'compression.type': codec, 'batch.size': '4000' })
      const found = await read(await allOf(topic, [0, 1, 2]), { 'max.partition.fetch.bytes': '20000' })
      const numbers: number[] = []
      for (const [partition, records] of found) {
        records.forEach(({ offset, timestamp, key, value, headers }, i) => {
          const n = Number(headers[0]![1])
          numbers.push(n)
          expect([offset, timestamp]).toEqual([i, 1_700_000_000_000 + n])
          expect(value === null ? null : String(value)).toBe(n % 7 === 0 ? null : `value ${n}`)
          if (key !== null) expect(partitionForKey(key, 3)).toBe(partition)
        })
      }
      expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, i) => i))
    },
  )

  test('batches larger than the topic takes are sent as smaller ones', async () => {
    await createTopic('small-batches', 1, { 'max.message.bytes': '2000' })
    await produce('small-batches', 2000, { 'batch.size': '16384', 'linger.ms': '50' })
    const found = await read(await allOf('small-batches', [0]))
    expect(found.get(0)!.map(({ headers }) => Number(headers[0]![1]))).toEqual(
      Array.from({ length: 2000 }, (_, i) => i),
    )
  })

  test('a missing topic is created on the way, or not waited for longer than asked', async () => {
    await produce('created-on-the-way', 10)
    const producer = await Producer.create(cluster, producerSettings(settingsOf({})))
    await expect(producer.prepare('not/a/name')).rejects.toMatchObject({ code: 'INVALID_TOPIC_EXCEPTION' })
  })

  test('places are found by time, from the end and behind deleted records', async () => {
    await createTopic('places', 1)
    await produce('places', 100, { 'batch.size': '200' })
    const at = [{ topic: 'places', partition: 0 }]
    const timestampMs = 1_700_000_000_000 + 40
    expect(await resolveRanges(cluster, at, { from: { timestampMs }, until: { after: 7 } })).toMatchObject([
      { from: 40, until: 47 },
    ])
    expect(await resolveRanges(cluster, at, { from: { fromEnd: 5 } })).toMatchObject([{ from: 95 }])
    const far = { timestampMs: 1_800_000_000_000 }
    expect(await resolveRanges(cluster, at, { from: far })).toMatchObject([{ from: 100 }])
    const [deleted] = await requestLeaders(cluster, at, {
      api: DeleteRecords,
      body: () => ({
        topics: [{ name: 'places', partitions: [{ partitionIndex: 0, offset: 30 }] }],
        timeoutMs: 5000,
      }),
      *read({ topics }) {
        for (const { name, partitions } of topics) {
          for (const { partitionIndex: partition, errorCode, lowWatermark: answer } of partitions) {
            yield { topic: name, partition, errorCode, answer }
          }
        }
      },
    })
    expect(deleted!.answer).toBe(30)
    const found = await read([{ ...at[0]!, from: 0, until: 50 }])
    expect(found.get(0)!.map(({ offset }) => offset)).toEqual(Array.from({ length: 20 }, (_, i) => 30 + i))
  })

  test('aborted records are left out when asked, and a marker at the end does not hold the reader', async () => {
    await createTopic('transactions', 1)
    const client = new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING })
    const producer = client.producer({ transactionalId: 'writer', maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    for (let i = 0; i < 6; i++) {
      const transaction = await producer.transaction()
      await transaction.send({ topic: 'transactions', messages: [{ value: `a${i}` }, { value: `b${i}` }] })
      if (i % 2 === 0) await transaction.commit()
      else await transaction.abort()
    }
    await producer.disconnect()
    // Kafka answers the end of a transaction before its marker is written.
    const ranges = await vi.waitFor(async () => {
      const all = await allOf('transactions', [0])
      expect(all).toMatchObject([{ until: 18 }])
      return all
    }, 10_000)
    const values = async (level: string) =>
      (await read(ranges, { 'isolation.level': level })).get(0)!.map(({ value }) => String(value))
    expect(await values('read_committed')).toEqual(['a0', 'b0', 'a2', 'b2', 'a4', 'b4'])
    expect((await values('read_uncommitted')).length).toBe(12)
  })

  /** Writes transactions of two records to both partitions; every other one is aborted. */
  async function writeTransactions(topic: string, transactionalId: string) {
    const settings = producerSettings(settingsOf({ 'transactional.id': transactionalId }))
    const transactions = await TransactionalProducer.open(cluster, settings)
    await transactions.producer.prepare(topic)
    for (let i = 0; i < 6; i++) {
      transactions.begin()
      for (const partition of [0, 1]) {
        for (const name of ['a', 'b']) {
          transactions.producer.append(topic, null, Buffer.from(`${name}${i}`), [], 1000, partition)
        }
      }
      // What was written is aborted, not only what waits.
      await transactions.producer.flush()
      if (i % 2 === 0) await transactions.commit()
      else await transactions.abort()
    }
    return transactions
  }

  async function expectCommitted(topic: string) {
    const committed = ['a0', 'b0', 'a2', 'b2', 'a4', 'b4']
    // Kafka answers the end of a transaction before its marker is written.
    await vi.waitFor(async () => {
      const found = await read(await allOf(topic, [0, 1]), { 'isolation.level': 'read_committed' })
      for (const partition of [0, 1]) {
        expect(found.get(partition)!.map(({ value }) => String(value))).toEqual(committed)
      }
    }, 10_000)
    const all = await read(await allOf(topic, [0, 1]))
    expect(all.get(0)!.length).toBe(12)
  }

  test('readers of committed records see the transactions that were committed, and no others', async () => {
    await createTopic('implicit', 2)
    const first = await writeTransactions('implicit', 'payer')
    await expectCommitted('implicit')

    const settings = producerSettings(settingsOf({ 'transactional.id': 'payer' }))
    first.begin()
    first.producer.append('implicit', null, Buffer.from('late'), [], 1000, 0)
    await first.producer.flush()
    const second = await TransactionalProducer.open(cluster, settings)
    await expect(first.commit()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
    expect(() => first.begin()).toThrow()
    second.begin()
    await second.commit()
  })

  test('the same with brokers that have to be told of the partitions', async () => {
    const level = { feature: 'transaction.version', maxVersionLevel: 1, upgradeType: 2 }
    await cluster.request(
      UpdateFeatures,
      { timeoutMs: 30_000, featureUpdates: [level] },
      { node: 'controller' },
    )
    await createTopic('explicit', 2)
    const fresh = Cluster.connect({ bootstrapServers: kafka.bootstrapServers })
    const { apiVersions } = await fresh.connections.any()
    expect(apiVersions.finalizedFeatures.find(({ name }) => name === 'transaction.version')).toMatchObject({
      maxVersionLevel: 1,
    })
    // A connection knows the levels there were when it was opened.
    cluster.close()
    cluster = fresh
    await writeTransactions('explicit', 'payer of old')
    await expectCommitted('explicit')
  })
})
