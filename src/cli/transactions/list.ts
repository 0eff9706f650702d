import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { checkError, KafkaError } from '../../protocol/errors.ts'
import { ListTransactions } from '../../protocol/messages/transactions.ts'
import type { Listing } from '../output/listing.ts'
import { prettyTable } from '../output/pretty-table.ts'

export interface ListedTransaction {
  readonly transactionalId: string
  /** The broker that coordinates it. */
  readonly coordinator: number
  readonly producerId: Int64
  readonly state: string
}

export interface TransactionFilter {
  /** Only those that have been going on for longer, in milliseconds; all when negative. */
  readonly durationMs?: Int64 | undefined
  /** RE2J, as the broker reads it. */
  readonly pattern?: string | undefined
  readonly producerIds?: readonly Int64[] | undefined
}

/** The transactional ids that the brokers know, broker by broker. */
export async function listTransactions(
  cluster: Cluster,
  { durationMs, pattern, producerIds = [] }: TransactionFilter = {},
): Promise<ListedTransaction[]> {
  const brokers = await cluster.brokers()
  const answers = await Promise.all(
    brokers.map(async ({ nodeId: coordinator }) => {
      const answer = await cluster
        .request(
          ListTransactions,
          {
            stateFilters: [],
            producerIdFilters: [...producerIds],
            ...(durationMs === undefined ? {} : { durationFilter: durationMs }),
            ...(pattern === undefined ? {} : { transactionalIdPattern: pattern }),
          },
          { node: coordinator },
        )
        .catch((error: unknown) => wordFailure(error, coordinator))
      checkError(answer.errorCode)
      return answer.transactionStates.map(({ transactionalId, producerId, transactionState }) => ({
        transactionalId,
        coordinator,
        producerId,
        state: transactionState,
      }))
    }),
  )
  return answers.flat()
}

function wordFailure(error: unknown, broker: number): never {
  if (!(error instanceof KafkaError) || error.code === 'UNSUPPORTED_VERSION') throw error
  const reason =
    error.code === 'COORDINATOR_NOT_AVAILABLE'
      ? 'failed because the coordinator is shutting down'
      : 'failed with an unexpected exception'
  throw new KafkaError(error.code, `ListTransactions request sent to broker ${broker} ${reason}`, {
    cause: error,
  })
}

const HEADERS = ['TransactionalId', 'Coordinator', 'ProducerId', 'TransactionState']
const LISTED_COLUMNS = ['transactionalId', 'coordinator', 'producerId', 'state'] as const

/** What `transactions list` prints. */
export function transactionListing(transactions: readonly ListedTransaction[]): Listing {
  const sorted = [...transactions].sort((a, b) => (a.transactionalId < b.transactionalId ? -1 : 1))
  return {
    text: () =>
      prettyTable(
        HEADERS,
        transactions.map(({ transactionalId, coordinator, producerId, state }) => [
          transactionalId,
          coordinator,
          producerId,
          state,
        ]),
      ),
    columns: LISTED_COLUMNS,
    items: sorted.map(({ transactionalId, coordinator, producerId, state }) => ({
      transactionalId,
      coordinator,
      producerId,
      state,
    })),
    names: () => sorted.map(({ transactionalId }) => transactionalId),
  }
}
