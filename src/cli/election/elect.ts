import type { Cluster } from '../../client/cluster.ts'
import {
  byTopic,
  comparePartitions,
  partitionName,
  type TopicPartition,
} from '../../client/topic-partition.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import { ElectLeaders } from '../../protocol/messages/topics.ts'
import { Failure } from '../failures.ts'
import { javaHashOrder, partitionHash } from '../java/order.ts'
import type { Listing } from '../output/listing.ts'

/** ElectionType on the wire: the replica that stands first, or any that is alive. */
const ELECTION_TYPES = { PREFERRED: 0, UNCLEAN: 1 } as const
export type ElectionType = keyof typeof ELECTION_TYPES

export interface ElectedRow extends TopicPartition {
  readonly electionType: ElectionType
  /** `alreadyElected`: the leader is a valid one, nothing changed. */
  readonly result: 'elected' | 'alreadyElected' | 'failed'
  readonly error: string | null
}

/** Has leaders elected for these partitions, or (null) for all where that makes sense. */
export async function electLeaders(
  cluster: Cluster,
  electionType: ElectionType,
  partitions: readonly TopicPartition[] | null,
): Promise<ElectedRow[]> {
  const topicPartitions =
    partitions &&
    byTopic(partitions, ({ partition }) => partition).map(({ name: topic, partitions: numbers }) => ({
      topic,
      partitions: numbers,
    }))
  const answer = await cluster
    .request(
      ElectLeaders,
      { electionType: ELECTION_TYPES[electionType], topicPartitions, timeoutMs: cluster.requestTimeoutMs },
      { node: 'controller' },
    )
    .catch(wordFailure)
  return answer.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
    partitionResult.map(({ partitionId: partition, ...outcome }): ElectedRow => {
      const error = itemError(outcome)
      if (!error) return { topic, partition, electionType, result: 'elected', error: null }
      if (error.code === 'ELECTION_NOT_NEEDED') {
        return { topic, partition, electionType, result: 'alreadyElected', error: null }
      }
      return { topic, partition, electionType, result: 'failed', error: error.message }
    }),
  )
}

function wordFailure(error: unknown): never {
  if (error instanceof KafkaError && error.code === 'REQUEST_TIMED_OUT') {
    throw new Failure('Timeout waiting for election results', { code: error.code, cause: error })
  }
  if (error instanceof KafkaError && error.code === 'CLUSTER_AUTHORIZATION_FAILED') {
    throw new Failure('Not authorized to perform leader election', { code: error.code, cause: error })
  }
  throw error
}

const ELECTED_COLUMNS = ['topic', 'partition', 'electionType', 'result', 'error'] as const

/** What leader-election prints; the partitions in the order of a Java HashSet, failures apart. */
export function electedListing(rows: readonly ElectedRow[]): Listing {
  const sorted = [...rows].sort(comparePartitions)
  const namesOf = (result: ElectedRow['result']) =>
    javaHashOrder(
      rows.filter((row) => row.result === result),
      undefined,
      partitionHash,
    )
      .map(partitionName)
      .join(', ')
  return {
    text: () => {
      const elected = namesOf('elected')
      const already = namesOf('alreadyElected')
      const type = rows[0]?.electionType
      return (
        (elected && `Successfully completed leader election (${type}) for partitions ${elected}\n`) +
        (already && `Valid replica already elected for partitions ${already}\n`)
      )
    },
    columns: ELECTED_COLUMNS,
    items: sorted.map(({ topic, partition, electionType, result, error }) => ({
      topic,
      partition,
      electionType,
      result,
      error,
    })),
    names: () => [...new Set(sorted.map(({ topic }) => topic))],
  }
}
