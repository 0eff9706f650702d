import { type Int64, subtractInt64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { findCoordinator } from '../../client/coordinators.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import { DescribeTransactions } from '../../protocol/messages/transactions.ts'
import { javaHashOrder, partitionHash } from '../java/order.ts'
import type { Listing } from '../output/listing.ts'
import { prettyTable } from '../output/pretty-table.ts'
import { requireApi } from './failure.ts'

export interface Transaction {
  readonly coordinatorId: number
  readonly transactionalId: string
  readonly producerId: Int64
  readonly producerEpoch: number
  readonly state: string
  readonly timeoutMs: number
  /** Milliseconds since 1970; null while nothing goes on. */
  readonly startTimeMs: Int64 | null
  /** Those it writes to, and those that have no marker yet. */
  readonly partitions: readonly TopicPartition[]
}

/** The state of a transactional id, asked of its coordinator; KafkaError in Kafka's words when there is none. */
export async function describeTransaction(cluster: Cluster, transactionalId: string): Promise<Transaction> {
  await requireApi(cluster, DescribeTransactions)
  const deadline = cluster.deadline()
  return await cluster.retrying(deadline, async () => {
    const coordinatorId = await findCoordinator(cluster, 'transaction', transactionalId, {
      timeoutMs: deadline.leftMs,
    })
    const body = { transactionalIds: [transactionalId] }
    const answer = await cluster.requestOnce(DescribeTransactions, body, { node: coordinatorId, deadline })
    const [found] = answer.transactionStates
    if (found === undefined) throw new KafkaError('UNKNOWN_SERVER_ERROR', 'the answer lacks the transaction')
    const error = itemError(found)
    if (error) throw inWords(error, transactionalId)
    return {
      coordinatorId,
      transactionalId,
      producerId: found.producerId,
      producerEpoch: found.producerEpoch,
      state: found.transactionState,
      timeoutMs: found.transactionTimeoutMs,
      startTimeMs: found.transactionStartTimeMs < 0 ? null : found.transactionStartTimeMs,
      partitions: found.topics.flatMap(({ topic, partitions }) =>
        partitions.map((partition) => ({ topic, partition })),
      ),
    }
  })
}

function inWords(error: KafkaError, transactionalId: string): KafkaError {
  if (error.retriable) return error
  const reasons: Partial<Record<typeof error.code, string>> = {
    TRANSACTIONAL_ID_NOT_FOUND: 'failed because the ID could not be found',
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'failed due to authorization failure',
  }
  const reason = reasons[error.code] ?? 'failed due to unexpected error'
  return new KafkaError(
    error.code,
    `DescribeTransactions request for transactionalId \`${transactionalId}\` ${reason}`,
    { cause: error },
  )
}

const HEADERS = [
  'CoordinatorId',
  'TransactionalId',
  'ProducerId',
  'ProducerEpoch',
  'TransactionState',
  'TransactionTimeoutMs',
  'CurrentTransactionStartTimeMs',
  'TransactionDurationMs',
  'TopicPartitions',
]

const DESCRIBED_COLUMNS = [
  'coordinatorId',
  'transactionalId',
  'producerId',
  'producerEpoch',
  'state',
  'timeoutMs',
  'startTimeMs',
  'durationMs',
  'partitions',
] as const

/** What `transactions describe` prints. */
export function descriptionListing(transaction: Transaction, now: number): Listing {
  const { partitions, startTimeMs, ...flat } = transaction
  const durationMs = startTimeMs === null ? null : subtractInt64(now, startTimeMs)
  const { coordinatorId, transactionalId, producerId, producerEpoch, state, timeoutMs } = flat
  const item = { ...flat, startTimeMs, durationMs }
  const sorted = [...partitions].sort(comparePartitions)
  return {
    text: () => {
      const names = javaHashOrder(partitions, undefined, partitionHash).map(partitionName).join(',')
      const [start, duration] = [startTimeMs ?? 'None', durationMs ?? 'None']
      return prettyTable(HEADERS, [
        [coordinatorId, transactionalId, producerId, producerEpoch, state, timeoutMs, start, duration, names],
      ])
    },
    columns: DESCRIBED_COLUMNS,
    items: [{ ...item, partitions: sorted.map(({ topic, partition }) => ({ topic, partition })) }],
    rows: [{ ...item, partitions: sorted.map(partitionName) }],
    names: () => [transactionalId],
  }
}
