import type { Int64 } from '../../bytes/int64.ts'
import { type GroupLag, totalsOf } from './group-lag.ts'

export interface LagLimits {
  /** The most that a partition may be behind. */
  readonly maxLag?: Int64 | undefined
  /** The most that a group may be behind in all. */
  readonly maxTotalLag?: Int64 | undefined
}

/** What is over the limits, a sentence each. A lag that is unknown is over every limit: it could be anything. */
export function overLimits(groups: readonly GroupLag[], { maxLag, maxTotalLag }: LagLimits): string[] {
  if (maxLag === undefined && maxTotalLag === undefined) return []
  return groups.flatMap(({ group, partitions }) => {
    const { totalLag, uncommitted } = totalsOf(partitions)
    const reasons: string[] = []
    if (maxLag !== undefined) {
      for (const { topic, partition, lag } of partitions) {
        if (lag !== null && lag > maxLag)
          reasons.push(`group ${group}, ${topic}-${partition}: the lag ${lag} is over ${maxLag}`)
      }
    }
    if (maxTotalLag !== undefined && totalLag !== null && totalLag > maxTotalLag)
      reasons.push(`group ${group}: the total lag ${totalLag} is over ${maxTotalLag}`)
    if (uncommitted > 0) reasons.push(`group ${group}: ${unknownLag(uncommitted)}`)
    return reasons
  })
}

const unknownLag = (uncommitted: number): string =>
  uncommitted === 1
    ? 'the lag of 1 partition is unknown, nothing is committed for it'
    : `the lag of ${uncommitted} partitions is unknown, nothing is committed for them`

/** What could not be told, a sentence each. */
export function unreadable(groups: readonly GroupLag[]): string[] {
  return groups.flatMap(({ group, partitions, error }) => [
    ...(error === null ? [] : [`group ${group}: ${error.message}`]),
    ...partitions.flatMap(({ topic, partition, error: reason }) =>
      reason === null ? [] : [`group ${group}, ${topic}-${partition}: ${reason.message}`],
    ),
  ])
}
