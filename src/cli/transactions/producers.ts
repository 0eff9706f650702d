import { compareInt64, type Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { requestLeaders } from '../../client/leaders.ts'
import { byTopic, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import { DescribeProducers } from '../../protocol/messages/transactions.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import type { Listing } from '../output/listing.ts'
import { prettyTable } from '../output/pretty-table.ts'

export interface ProducerState {
  readonly producerId: Int64
  readonly producerEpoch: number
  /** Null before its first transaction ended. */
  readonly coordinatorEpoch: number | null
  /** Null when the last that it wrote was a marker. */
  readonly lastSequence: number | null
  readonly lastTimestamp: Int64
  /** The first offset of the transaction that is open; null when none is. */
  readonly transactionStartOffset: Int64 | null
}

export interface PartitionProducers extends TopicPartition {
  readonly producers: readonly ProducerState[]
}

/** The producers that partitions remember, of their leaders or of one broker; KafkaError for the first that fails. */
export async function describeProducers(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  broker: number | undefined,
): Promise<PartitionProducers[]> {
  if (broker !== undefined) return await askBroker(cluster, partitions, broker)
  const results = await requestLeaders(cluster, partitions, {
    api: DescribeProducers,
    body: (targets) => requestBody(targets),
    read: readAnswer,
  })
  return results.map(({ target, answer, error }) => {
    if (error) throw inWords(error, target, undefined)
    return { ...target, producers: answer }
  })
}

type Answer = DecodedResponseOf<typeof DescribeProducers>
type Item = TopicPartition & { errorCode: number; errorMessage: string | null; answer: ProducerState[] }

const requestBody = (targets: readonly TopicPartition[]) => ({
  topics: byTopic(targets, ({ partition }) => partition).map(({ name, partitions: partitionIndexes }) => ({
    name,
    partitionIndexes,
  })),
})

function readAnswer(answer: Answer): Item[] {
  return answer.topics.flatMap(({ name: topic, partitions }) =>
    partitions.map(({ partitionIndex: partition, errorCode, errorMessage, activeProducers }) => ({
      topic,
      partition,
      errorCode,
      errorMessage,
      answer: activeProducers.map((producer) => ({
        producerId: producer.producerId,
        producerEpoch: producer.producerEpoch,
        coordinatorEpoch: known(producer.coordinatorEpoch),
        lastSequence: known(producer.lastSequence),
        lastTimestamp: producer.lastTimestamp,
        transactionStartOffset: known(producer.currentTxnStartOffset),
      })),
    })),
  )
}

const known = <T extends Int64>(value: T): T | null => (value < 0 ? null : value)

/** So many partitions in one request: a broker has a state for each of many producers of each. */
const BATCH = 500

async function askBroker(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  broker: number,
): Promise<PartitionProducers[]> {
  const found: PartitionProducers[] = []
  for (let from = 0; from < partitions.length; from += BATCH) {
    const batch = partitions.slice(from, from + BATCH)
    const answer = await cluster.request(DescribeProducers, requestBody(batch), { node: broker })
    for (const item of readAnswer(answer)) {
      const error = itemError(item)
      if (error) throw inWords(error, item, broker)
      found.push({ topic: item.topic, partition: item.partition, producers: item.answer })
    }
  }
  return found
}

/** In Kafka's words, where it has some: it asks for ever for a topic that does not exist. */
function inWords(error: Error, target: TopicPartition, broker: number | undefined): Error {
  if (!(error instanceof KafkaError)) return error
  const name = partitionName(target)
  const word = (message: string) => new KafkaError(error.code, message, { cause: error })
  switch (error.code) {
    case 'UNSUPPORTED_VERSION':
    case 'UNKNOWN_TOPIC_OR_PARTITION':
      return error
    case 'NOT_LEADER_OR_FOLLOWER':
      return word(`Failed to describe active producers for partition ${name} on brokerId ${broker}`)
    case 'TOPIC_AUTHORIZATION_FAILED':
      return word(
        `Failed to describe active producers for partition ${name} due to authorization failure on topic \`${target.topic}\``,
      )
    default:
      return word(`Failed to describe active producers for partition ${name} due to unexpected error`)
  }
}

const HEADERS = [
  'ProducerId',
  'ProducerEpoch',
  'LatestCoordinatorEpoch',
  'LastSequence',
  'LastTimestamp',
  'CurrentTransactionStartOffset',
]

const PRODUCER_COLUMNS = [
  'producerId',
  'producerEpoch',
  'coordinatorEpoch',
  'lastSequence',
  'lastTimestamp',
  'transactionStartOffset',
] as const

/** What `transactions describe-producers` prints. */
export function producerListing(producers: readonly ProducerState[]): Listing {
  const sorted = [...producers].sort((a, b) => compareInt64(a.producerId, b.producerId))
  return {
    text: () =>
      prettyTable(
        HEADERS,
        producers.map((producer) => [
          producer.producerId,
          producer.producerEpoch,
          producer.coordinatorEpoch ?? -1,
          producer.lastSequence ?? -1,
          producer.lastTimestamp,
          producer.transactionStartOffset ?? 'None',
        ]),
      ),
    columns: PRODUCER_COLUMNS,
    items: sorted.map((producer) => ({ ...producer, lastTimestamp: known(producer.lastTimestamp) })),
    names: () => sorted.map(({ producerId }) => String(producerId)),
  }
}
