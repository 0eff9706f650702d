import type { Int64 } from '../bytes/int64.ts'
import { ListOffsets } from '../protocol/messages/offsets.ts'
import type { Cluster } from './cluster.ts'
import { type LeaderResult, requestLeaders } from './leaders.ts'
import { byTopic, type TopicPartition } from './topic-partition.ts'

/** Timestamps that stand for a place in the log (KIP-79, 734, 405, 1005, 1023). */
export const OFFSET_SPECS = {
  latest: -1,
  earliest: -2,
  'max-timestamp': -3,
  'earliest-local': -4,
  'latest-tiered': -5,
  'earliest-pending-upload': -6,
} as const

/** The first version of ListOffsets that knows a special timestamp: older brokers would search for it as a time. */
const FIRST_VERSIONS: ReadonlyMap<Int64, number> = new Map<Int64, number>([
  [OFFSET_SPECS['max-timestamp'], 7],
  [OFFSET_SPECS['earliest-local'], 8],
  [OFFSET_SPECS['latest-tiered'], 9],
  [OFFSET_SPECS['earliest-pending-upload'], 11],
])

export type IsolationLevel = 'read_uncommitted' | 'read_committed'

export const isolationCode = (level: IsolationLevel): number => (level === 'read_committed' ? 1 : 0)

/** The request has no room for a longer timeout. */
const MAX_INT32 = 0x7fff_ffff

export interface OffsetTarget extends TopicPartition {
  /** Milliseconds since 1970, or one of OFFSET_SPECS. */
  readonly timestamp: Int64
}

export interface FoundOffset {
  /** -1 when no record is that young. */
  readonly offset: Int64
  readonly timestamp: Int64
  readonly leaderEpoch: number
}

/** The offset each partition has at its timestamp; what fails, fails for its partition alone. */
export function listOffsets<P extends OffsetTarget>(
  cluster: Cluster,
  targets: readonly P[],
  options: { isolationLevel?: IsolationLevel | undefined; timeoutMs?: number | undefined } = {},
): Promise<LeaderResult<P, FoundOffset>[]> {
  const isolationLevel = isolationCode(options.isolationLevel ?? 'read_uncommitted')
  const timeoutMs = options.timeoutMs ?? cluster.defaultApiTimeoutMs
  const minVersion = Math.max(1, ...targets.map(({ timestamp }) => FIRST_VERSIONS.get(timestamp) ?? 1))
  return requestLeaders(cluster, targets, {
    api: { ...ListOffsets, minVersion },
    timeoutMs,
    body: (led, version) => ({
      replicaId: -1,
      // Before version 2 there were no transactions to look at.
      ...(version >= 2 ? { isolationLevel } : {}),
      topics: byTopic(led, ({ partition, timestamp }) => ({ partitionIndex: partition, timestamp })),
      timeoutMs: Math.min(timeoutMs, MAX_INT32),
    }),
    *read({ topics }) {
      for (const { name, partitions } of topics) {
        for (const { partitionIndex, errorCode, offset, timestamp, leaderEpoch } of partitions) {
          const answer = { offset, timestamp, leaderEpoch }
          yield { topic: name, partition: partitionIndex, errorCode, answer }
        }
      }
    },
  })
}

/** The offset of each partition at one time, in the order of the partitions; rejects when one cannot be told. */
export async function offsetsAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: Int64,
  options: Parameters<typeof listOffsets>[2] = {},
): Promise<Int64[]> {
  const targets = partitions.map(({ topic, partition }) => ({ topic, partition, timestamp }))
  const results = await listOffsets(cluster, targets, options)
  return results.map(({ answer, error }) => {
    if (error !== null) throw error
    return answer.offset
  })
}
