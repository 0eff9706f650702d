import type { Int64 } from '../../bytes/int64.ts'
import { ZERO_UUID } from '../../bytes/uuid.ts'
import type { Cluster } from '../../client/cluster.ts'
import { checkError, KafkaError } from '../../protocol/errors.ts'
import { DescribeQuorum } from '../../protocol/messages/cluster.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import { Failure } from '../failures.ts'

export interface Replica {
  readonly id: number
  /** Null before metadata.version 3.9, where a replica is known by its number alone. */
  readonly directoryId: string | null
  /** `CONTROLLER://host:9093`; none of an observer. */
  readonly endpoints: readonly string[]
  readonly logEndOffset: Int64
  /** Milliseconds since 1970; null when the leader has not heard of it. */
  readonly lastFetchMs: Int64 | null
  readonly lastCaughtUpMs: Int64 | null
}

export interface Quorum {
  readonly leaderEpoch: number
  readonly highWatermark: Int64
  readonly leader: Replica
  /** With the leader. */
  readonly voters: readonly Replica[]
  readonly observers: readonly Replica[]
}

const METADATA_TOPIC = '__cluster_metadata'

type Answer = DecodedResponseOf<typeof DescribeQuorum>
type Partition = Answer['topics'][number]['partitions'][number]

/** Who keeps the cluster's metadata, and how far each of them is. */
export async function askQuorum(cluster: Cluster): Promise<Quorum> {
  const answer = await cluster.request(DescribeQuorum, {
    topics: [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }],
  })
  const partition = answer.topics[0]?.partitions[0]
  if (partition === undefined) throw new KafkaError('UNKNOWN_SERVER_ERROR', 'the answer lacks the quorum')
  checkError(partition.errorCode, partition.errorMessage)
  const read = (replica: Partition['currentVoters'][number]) => readReplica(replica, answer.nodes)
  const voters = partition.currentVoters.map(read)
  const leader = voters.find(({ id }) => id === partition.leaderId)
  if (leader === undefined) throw new Failure('the metadata quorum has no leader at the moment')
  const { leaderEpoch, highWatermark } = partition
  return { leaderEpoch, highWatermark, leader, voters, observers: partition.observers.map(read) }
}

function readReplica(replica: Partition['currentVoters'][number], nodes: Answer['nodes']): Replica {
  const {
    replicaId: id,
    replicaDirectoryId,
    logEndOffset,
    lastFetchTimestamp,
    lastCaughtUpTimestamp,
  } = replica
  const listeners = nodes.find(({ nodeId }) => nodeId === id)?.listeners ?? []
  return {
    id,
    directoryId: replicaDirectoryId === ZERO_UUID ? null : replicaDirectoryId,
    endpoints: listeners.map(endpointText),
    logEndOffset,
    lastFetchMs: lastFetchTimestamp < 0 ? null : lastFetchTimestamp,
    lastCaughtUpMs: lastCaughtUpTimestamp < 0 ? null : lastCaughtUpTimestamp,
  }
}

export function endpointText({
  name,
  host,
  port,
}: {
  readonly name: string
  readonly host: string
  readonly port: number
}): string {
  return `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
