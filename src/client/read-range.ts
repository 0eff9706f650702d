import type { Cluster } from './cluster.ts'
import type { FetchTarget } from './fetch-partition.ts'
import { type IsolationLevel, listOffsets, OFFSET_SPECS } from './offsets.ts'
import type { TopicPartition } from './topic-partition.ts'

/** A place in a partition, to be looked up. */
export type Place =
  | 'earliest'
  /** Behind the last record there is now. */
  | 'latest'
  | { readonly offset: number }
  /** This many offsets before the end, or the start if there are fewer. */
  | { readonly fromEnd: number }
  /** The first record at or after this time; the end when there is none. */
  | { readonly timestampMs: number }

export interface ReadRange {
  readonly from: Place
  /** Where to stop; `after` counts offsets from the start. Without it reading goes on for ever. */
  readonly until?: Place | { readonly after: number } | undefined
}

/** Looks up where each partition is to be read from and to; rejects when one cannot be looked up. */
export async function resolveRanges<P extends TopicPartition>(
  cluster: Cluster,
  partitions: readonly P[],
  { from, until }: ReadRange,
  isolationLevel: IsolationLevel = 'read_uncommitted',
): Promise<FetchTarget[]> {
  const look = (place: Place): Promise<number[]> => lookUp(cluster, partitions, place, isolationLevel)
  const isRelative = typeof until === 'object' && 'after' in until
  const [starts, ends] = await Promise.all([
    look(from),
    until === undefined || isRelative ? null : look(until),
  ])
  return partitions.map(({ topic, partition }, i) => {
    const start = starts[i]!
    const end = isRelative ? start + until.after : ends?.[i]
    return { topic, partition, from: start, ...(end === undefined ? {} : { until: end }) }
  })
}

async function lookUp(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  place: Place,
  isolationLevel: IsolationLevel,
): Promise<number[]> {
  const at = (timestamp: number): Promise<number[]> =>
    offsetsAt(cluster, partitions, timestamp, isolationLevel)
  if (place === 'earliest' || place === 'latest') return await at(OFFSET_SPECS[place])
  if ('offset' in place) return partitions.map(() => place.offset)
  const ends = at(OFFSET_SPECS.latest)
  if ('timestampMs' in place) {
    const [found, latest] = await Promise.all([at(place.timestampMs), ends])
    return found.map((offset, i) => (offset < 0 ? latest[i]! : offset))
  }
  const [starts, latest] = await Promise.all([at(OFFSET_SPECS.earliest), ends])
  return starts.map((start, i) => Math.max(start, latest[i]! - place.fromEnd))
}

async function offsetsAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: number,
  isolationLevel: IsolationLevel,
): Promise<number[]> {
  const targets = partitions.map(({ topic, partition }) => ({ topic, partition, timestamp }))
  const results = await listOffsets(cluster, targets, { isolationLevel })
  return results.map(({ answer, error }) => {
    if (error !== null) throw error
    return answer.offset
  })
}
