import { addSaturated, type Int64, maxInt64, minInt64, subtractInt64 } from '../../bytes/int64.ts'
import type { Cluster } from '../cluster.ts'
import { type IsolationLevel, OFFSET_SPECS, offsetsAt } from '../offsets.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { FetchTarget } from './fetch-partition.ts'

/** A place in a partition, to be looked up. */
export type Place =
  | 'earliest'
  /** Behind the last record there is now. */
  | 'latest'
  | { readonly offset: Int64 }
  /** This many offsets before the end, or the start if there are fewer. */
  | { readonly fromEnd: Int64 }
  /** The first record at or after this time; the end when there is none. */
  | { readonly timestampMs: Int64 }

export interface ReadRange {
  readonly from: Place
  /** Where to stop, at the latest at the end as it is now; `after` counts offsets from the start. */
  readonly until?: Place | { readonly after: Int64 } | undefined
}

/**
 * Looks up where each partition is to be read from and to; rejects when one cannot be looked up. An end is never
 * behind the last record that there is now: waiting for more could take for ever.
 */
export async function resolveRanges<P extends TopicPartition>(
  cluster: Cluster,
  partitions: readonly P[],
  { from, until }: ReadRange,
  isolationLevel: IsolationLevel = 'read_uncommitted',
): Promise<FetchTarget[]> {
  const look = (place: Place): Promise<Int64[]> => lookUp(cluster, partitions, place, isolationLevel)
  if (until === undefined) {
    const starts = await look(from)
    return partitions.map(({ topic, partition }, i) => ({ topic, partition, from: starts[i]! }))
  }
  const after = typeof until === 'object' && 'after' in until ? until.after : null
  const [starts, ends, earliest, latest] = await Promise.all([
    look(from),
    after === null ? look(until as Place) : null,
    // What is counted begins with the first record, not with a deleted one.
    after !== null && typeof from === 'object' ? look('earliest') : null,
    until === 'latest' ? null : look('latest'),
  ])
  return partitions.map(({ topic, partition }, i) => {
    const start = maxInt64(starts[i]!, earliest?.[i] ?? 0)
    const end = after === null ? ends![i]! : addSaturated(start, after)
    return { topic, partition, from: start, until: minInt64(end, latest?.[i] ?? end) }
  })
}

async function lookUp(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  place: Place,
  isolationLevel: IsolationLevel,
): Promise<Int64[]> {
  const at = (timestamp: Int64): Promise<Int64[]> =>
    offsetsAt(cluster, partitions, timestamp, { isolationLevel })
  if (place === 'earliest' || place === 'latest') return await at(OFFSET_SPECS[place])
  if ('offset' in place) return partitions.map(() => place.offset)
  const ends = at(OFFSET_SPECS.latest)
  if ('timestampMs' in place) {
    const [found, latest] = await Promise.all([at(place.timestampMs), ends])
    return found.map((offset, i) => (offset < 0 ? latest[i]! : offset))
  }
  const [starts, latest] = await Promise.all([at(OFFSET_SPECS.earliest), ends])
  return starts.map((start, i) => maxInt64(start, subtractInt64(latest[i]!, place.fromEnd)))
}
