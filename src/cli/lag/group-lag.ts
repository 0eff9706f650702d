import { addSaturated, type Int64, maxInt64 } from '../../bytes/int64.ts'
import type { GroupMember } from '../../client/groups/description.ts'

/** How far a group is behind in one partition. */
export interface PartitionLag {
  readonly group: string
  readonly topic: string
  readonly partition: number
  /** Null when nothing is committed. */
  readonly currentOffset: Int64 | null
  readonly logEndOffset: Int64 | null
  /** Null when it is unknown: nothing is committed for a partition with records, or it cannot be read. */
  readonly lag: Int64 | null
  readonly member: GroupMember | null
  readonly error: Error | null
}

export interface GroupLag {
  readonly group: string
  /** Null when it cannot be told. */
  readonly state: string | null
  readonly members: readonly GroupMember[]
  /** Of all topics that it has or has committed for. */
  readonly partitions: readonly PartitionLag[]
  readonly error: Error | null
}

/** Some partitions taken together. */
export interface Totals {
  /** Of what is known; null when nothing is. */
  readonly totalLag: Int64 | null
  readonly maxLag: Int64 | null
  readonly partitions: number
  /** How many have a lag that is unknown because nothing is committed. */
  readonly uncommitted: number
  readonly unreadable: number
}

export function totalsOf(partitions: readonly PartitionLag[]): Totals {
  const lags = partitions.flatMap(({ lag }) => (lag === null ? [] : [lag]))
  const isKnown = lags.length > 0
  return {
    totalLag: isKnown ? lags.reduce(addSaturated, 0) : null,
    maxLag: isKnown ? lags.reduce(maxInt64, 0) : null,
    partitions: partitions.length,
    uncommitted: partitions.filter(({ lag, error }) => lag === null && error === null).length,
    unreadable: partitions.filter(({ error }) => error !== null).length,
  }
}
