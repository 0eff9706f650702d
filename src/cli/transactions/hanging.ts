import { type Int64, subtractInt64, toInt64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Listing } from '../output/listing.ts'
import { prettyTable } from '../output/pretty-table.ts'
import { describeTransaction, type Transaction } from './describe.ts'
import { telling } from './failure.ts'
import { listTransactions } from './list.ts'
import { describeProducers, type ProducerState } from './producers.ts'

export interface Hanging extends TopicPartition {
  readonly producer: ProducerState
  readonly durationMinutes: Int64
}

export interface Scope {
  readonly topic?: string | undefined
  readonly partition?: number | undefined
  readonly brokerId?: number | undefined
  readonly maxTransactionTimeout: number
}

/** Transactions that have been open for longer than they may, and that no coordinator is going to end. */
export async function findHanging(cluster: Cluster, scope: Scope, now: number): Promise<Hanging[]> {
  const { brokerId, maxTransactionTimeout } = scope
  const partitions = await partitionsOf(cluster, scope)
  const broker = brokerId === undefined ? 'Optional.empty' : `Optional[${brokerId}]`
  const states = await telling(
    `Failed to describe producers for ${partitions.length} partitions on broker ${broker}`,
    () => describeProducers(cluster, partitions, brokerId),
  )
  const old = states.flatMap(({ topic, partition, producers }) =>
    producers
      .filter(({ transactionStartOffset }) => transactionStartOffset !== null)
      .map((producer) => ({
        topic,
        partition,
        producer,
        durationMs: subtractInt64(now, producer.lastTimestamp),
      }))
      .filter(({ durationMs }) => durationMs > maxTransactionTimeout * 60_000),
  )
  const expected = await expectedPartitions(cluster, [
    ...new Set(old.map(({ producer }) => producer.producerId)),
  ])
  return old
    .filter((open) => !expected.get(open.producer.producerId)?.has(partitionName(open)))
    .map(({ durationMs, ...open }) => ({ ...open, durationMinutes: minutesOf(durationMs) }))
    .sort(comparePartitions)
}

const minutesOf = (ms: Int64): Int64 =>
  typeof ms === 'number' ? Math.trunc(ms / 60_000) : toInt64(ms / 60_000n)

async function partitionsOf(
  cluster: Cluster,
  { topic, partition, brokerId }: Scope,
): Promise<TopicPartition[]> {
  if (topic !== undefined && partition !== undefined) return [{ topic, partition }]
  const topics = await askTopics(cluster, topic)
  return topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ replicas }) => brokerId === undefined || replicas.includes(brokerId))
      .map((found) => ({ topic: name, partition: found.partition })),
  )
}

async function askTopics(cluster: Cluster, topic: string | undefined): Promise<TopicMetadata[]> {
  if (topic === undefined) {
    return await telling('Failed to list topics', async () => [...(await cluster.allTopics()).values()])
  }
  return await telling('Failed to describe 1 topics', async () => {
    const found = (await cluster.topics([topic])).get(topic)
    if (found === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
    if (found.error !== 'NONE') throw new KafkaError(found.error)
    return [found]
  })
}

/** The partitions that coordinators know to be in the transactions of these producers: those will get their markers. */
async function expectedPartitions(
  cluster: Cluster,
  producerIds: readonly Int64[],
): Promise<Map<Int64, Set<string>>> {
  if (producerIds.length === 0) return new Map()
  const listed = await telling(`Failed to list transactions for ${producerIds.length} producers`, () =>
    listTransactions(cluster, { producerIds }),
  )
  const wanted = listed.filter(({ producerId }) => producerIds.includes(producerId))
  const described = await telling(`Failed to describe ${wanted.length} transactions`, () =>
    Promise.all(wanted.map(({ transactionalId }) => describeIfThere(cluster, transactionalId))),
  )
  return new Map(
    wanted.map(({ producerId }, at) => [producerId, new Set(described[at]?.partitions.map(partitionName))]),
  )
}

async function describeIfThere(cluster: Cluster, transactionalId: string): Promise<Transaction | null> {
  try {
    return await describeTransaction(cluster, transactionalId)
  } catch (error) {
    if (error instanceof KafkaError && error.code === 'TRANSACTIONAL_ID_NOT_FOUND') return null
    throw error
  }
}

const HEADERS = [
  'Topic',
  'Partition',
  'ProducerId',
  'ProducerEpoch',
  'CoordinatorEpoch',
  'StartOffset',
  'LastTimestamp',
  'Duration(min)',
]

const HANGING_COLUMNS = [
  'topic',
  'partition',
  'producerId',
  'producerEpoch',
  'coordinatorEpoch',
  'startOffset',
  'lastTimestamp',
  'durationMinutes',
] as const

/** What `transactions find-hanging` prints. */
export function hangingListing(transactions: readonly Hanging[]): Listing {
  const items = transactions.map(({ topic, partition, producer, durationMinutes }) => ({
    topic,
    partition,
    producerId: producer.producerId,
    producerEpoch: producer.producerEpoch,
    coordinatorEpoch: producer.coordinatorEpoch,
    startOffset: producer.transactionStartOffset,
    lastTimestamp: producer.lastTimestamp,
    durationMinutes,
  }))
  return {
    text: () =>
      prettyTable(
        HEADERS,
        items.map((item) => [...Object.values({ ...item, coordinatorEpoch: item.coordinatorEpoch ?? -1 })]),
      ),
    columns: HANGING_COLUMNS,
    items,
    names: () => [...new Set(items.map(({ topic }) => topic))],
  }
}
