import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { requestLeaders } from '../../client/leaders.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { WriteTxnMarkers } from '../../protocol/messages/transactions.ts'
import { Failure } from '../failures.ts'
import { telling } from './failure.ts'
import { describeProducers } from './producers.ts'

/** An open transaction as its partition knows it. */
export interface OpenTransaction extends TopicPartition {
  readonly producerId: Int64
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
}

/** The transaction that starts at this offset; Failure in Kafka's words when none does. */
export async function findOpenTransaction(
  cluster: Cluster,
  partition: TopicPartition,
  startOffset: Int64,
): Promise<OpenTransaction> {
  const name = partitionName(partition)
  const [found] = await telling(`Failed to validate producer state for partition ${name}`, () =>
    describeProducers(cluster, [partition], undefined),
  )
  const producer = found?.producers.find(
    ({ transactionStartOffset }) => transactionStartOffset === startOffset,
  )
  if (producer === undefined) {
    throw new Failure(
      `Could not find any open transactions starting at offset ${startOffset} on partition ${name}`,
    )
  }
  const { producerId, producerEpoch, coordinatorEpoch } = producer
  return { ...partition, producerId, producerEpoch, coordinatorEpoch: coordinatorEpoch ?? 0 }
}

/** Has the leader of the partition write a marker that ends the transaction. */
export async function abortTransaction(cluster: Cluster, transaction: OpenTransaction): Promise<void> {
  const spec = specText(transaction)
  await telling(`Failed to abort transaction ${spec}`, async () => {
    const { producerId, producerEpoch, coordinatorEpoch } = transaction
    const [result] = await requestLeaders(cluster, [transaction], {
      api: WriteTxnMarkers,
      body: ([target]) => ({
        markers: [
          {
            producerId,
            producerEpoch,
            coordinatorEpoch,
            transactionResult: false,
            topics: [{ name: target!.topic, partitionIndexes: [target!.partition] }],
          },
        ],
      }),
      read: (answer) =>
        answer.markers.flatMap(({ topics }) =>
          topics.flatMap(({ name: topic, partitions }) =>
            partitions.map(({ partitionIndex: partition, errorCode }) => ({
              topic,
              partition,
              errorCode,
              answer: true,
            })),
          ),
        ),
    })
    if (result?.error) throw inWords(result.error, spec, transaction)
  })
}

function inWords(error: Error, spec: string, { coordinatorEpoch }: OpenTransaction): Error {
  if (!(error instanceof KafkaError)) return error
  const word = (reason: string) =>
    new KafkaError(error.code, `WriteTxnMarkers request with ${spec} failed ${reason}`, { cause: error })
  switch (error.code) {
    case 'UNSUPPORTED_VERSION':
    case 'UNKNOWN_TOPIC_OR_PARTITION':
      return error
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return word('due to cluster authorization error')
    case 'INVALID_PRODUCER_EPOCH':
      return word('due an invalid producer epoch')
    case 'TRANSACTION_COORDINATOR_FENCED':
      return word(
        `since the provided coordinator epoch ${coordinatorEpoch} has been fenced by the active coordinator`,
      )
    default:
      return word(`due to unexpected error: ${error.message}`)
  }
}

export function specText(transaction: OpenTransaction): string {
  const { producerId, producerEpoch, coordinatorEpoch } = transaction
  return (
    `AbortTransactionSpec(topicPartition=${partitionName(transaction)}, producerId=${producerId}, ` +
    `producerEpoch=${producerEpoch}, coordinatorEpoch=${coordinatorEpoch})`
  )
}
