import type { Int64 } from '../../bytes/int64.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import * as batch from '../../records/batch.ts'
import type { Cluster } from '../cluster.ts'
import { findCoordinator } from '../coordinators.ts'
import type { FetchSettings } from '../fetch/fetch-config.ts'
import type { FetchedRecords } from '../fetch/fetched-records.ts'
import { OFFSET_SPECS, offsetsAt } from '../offsets.ts'
import { byTopic, partitionName, type TopicPartition } from '../topic-partition.ts'
import { FETCH_BY_NAME, readOffsets } from './committed-offsets.ts'

/** Where a member goes on in a partition, and what it commits. */
export interface Position extends TopicPartition {
  readonly offset: Int64
  /** Of the last record read; null when there was none yet, or reading stopped amidst what was fetched. */
  readonly leaderEpoch: number | null
}

/** The position after records that were used up to `offset`. */
export function positionAfter({ topic, partition, range }: FetchedRecords, offset: Int64): Position {
  // As Java's console consumer, which knows no epoch where it goes back to the first record it did not print.
  const leaderEpoch = offset === range.nextOffset ? lastEpoch(range.records) : null
  return { topic, partition, offset, leaderEpoch }
}

function lastEpoch(records: Buffer): number | null {
  let epoch = -1
  for (let at = 0; records.length - at >= batch.BATCH_OVERHEAD; ) {
    const size = batch.batchSize(records, at)
    if (size > records.length - at) break
    epoch = batch.partitionLeaderEpoch(records, at)
    at += size
  }
  return epoch < 0 ? null : epoch
}

/** Where the group stands in partitions, and where auto.offset.reset says where it has not been yet. */
export async function startPositions(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
  settings: FetchSettings,
): Promise<Position[]> {
  if (partitions.length === 0) return []
  const committed = await fetchOwn(cluster, groupId, partitions)
  const missing = partitions.filter((partition) => !committed.has(partitionName(partition)))
  const found = await resetPositions(cluster, missing, settings)
  return [...committed.values(), ...found]
}

async function fetchOwn(
  cluster: Cluster,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<Map<string, Position>> {
  const topics = byTopic(partitions, ({ partition }) => partition).map(
    ({ name, partitions: partitionIndexes }) => ({ name, partitionIndexes }),
  )
  const deadline = cluster.deadline()
  const offsets = await cluster.retrying(deadline, async () => {
    const node = await findCoordinator(cluster, 'group', groupId, { timeoutMs: deadline.leftMs })
    const answer = await cluster.requestOnce(
      FETCH_BY_NAME,
      (version) => ({
        ...(version >= 8 ? { groups: [{ groupId, topics }] } : { groupId, topics }),
        // Offsets of a transaction that is still open are waited for.
        ...(version >= 7 ? { requireStable: true } : {}),
      }),
      { node, deadline },
    )
    const group = answer.groups[0] ?? answer
    const error = itemError(group)
    if (error) throw error
    const found = readOffsets(group.topics)
    const refused = found.find((offset) => offset.error !== null)
    if (refused?.error) throw refused.error
    return found
  })
  return new Map(
    offsets.map(({ topic, partition, offset, leaderEpoch }) => [
      partitionName({ topic, partition }),
      { topic, partition, offset, leaderEpoch },
    ]),
  )
}

async function resetPositions(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  settings: FetchSettings,
): Promise<Position[]> {
  if (partitions.length === 0) return []
  const policy = settings['auto.offset.reset']
  if (policy === 'none') {
    const names = partitions.map(partitionName).join(', ')
    throw new KafkaError(
      'OFFSET_OUT_OF_RANGE',
      `Undefined offset with no reset policy for partitions: [${names}]`,
    )
  }
  const isolationLevel = settings['isolation.level']
  const offsets = await offsetsAt(cluster, partitions, OFFSET_SPECS[policy], { isolationLevel })
  return partitions.map(({ topic, partition }, at) => ({
    topic,
    partition,
    offset: offsets[at]!,
    leaderEpoch: null,
  }))
}
