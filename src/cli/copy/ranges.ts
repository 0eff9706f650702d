import { type Int64, subtractInt64 } from '../../bytes/int64.ts'
import type { FetchSettings } from '../../client/fetch/fetch-config.ts'
import { type ReadRange, resolveRanges } from '../../client/fetch/read-range.ts'
import { OFFSET_SPECS, offsetsAt } from '../../client/offsets.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import type { CopyRange } from './copier.ts'
import type { CopyState, PartitionState } from './copy-state.ts'
import { passOverlap } from './overlap.ts'
import type { Side } from './sides.ts'

export interface RangeQuestion {
  readonly partitions: number
  readonly range: ReadRange
  readonly fetch: FetchSettings
  /** What an earlier copy noted; null to start anew. */
  readonly state: CopyState | null
  /** False where records go by their key, or the target is not there yet: what it holds says nothing then. */
  readonly hasSamePartitions: boolean
}

/** What is left to copy of each partition. */
export async function copyRanges(
  from: Side,
  to: Side,
  { partitions, range, fetch, state, hasSamePartitions }: RangeQuestion,
  context: Context,
): Promise<CopyRange[]> {
  const all = Array.from({ length: partitions }, (_, partition) => partition)
  const isolation = fetch['isolation.level']
  const targets = await resolveRanges(
    from.cluster,
    all.map((partition) => ({ topic: from.topic, partition })),
    range,
    isolation,
  )
  const starts = await offsetsOf(from, all, 'earliest')
  const ends = hasSamePartitions ? await offsetsOf(to, all, 'latest') : all.map(() => 0)
  return await Promise.all(
    targets.map(async ({ partition, from: start, until = start }): Promise<CopyRange> => {
      const noted = state?.partitions.find((each) => each.partition === partition)
      if (noted === undefined) return { partition, next: start, end: ends[partition]!, until }
      const goOn = atLeast(noted, starts[partition]!, from.topic, context)
      // An offset that is not there any more means another topic of the same name.
      if (goOn.next > until && range.until === 'latest') throw shortened(from, goOn, until)
      if (!hasSamePartitions) return { ...goOn, until }
      const targetEnd = ends[partition]!
      if (targetEnd < goOn.end) throw emptied(to, goOn, targetEnd)
      return { ...(await passOverlap(from, to, goOn, { until, targetEnd }, fetch)), until }
    }),
  )
}

function atLeast(noted: PartitionState, start: Int64, topic: string, context: Context): PartitionState {
  if (noted.next >= start) return noted
  const lost = subtractInt64(start, noted.next)
  context.say(`${topic}-${noted.partition}: ${lost} offsets were deleted before they could be copied`)
  return { ...noted, next: start }
}

const shortened = ({ topic }: Side, { partition, next }: PartitionState, end: Int64): Failure =>
  new Failure(
    `ktool copy: an earlier copy of ${topic}-${partition} went up to offset ${next}, and now it ends at ${end}`,
    { hint: 'if the topic was made anew, --restart copies it from its start' },
  )

const emptied = ({ topic }: Side, { partition, end }: PartitionState, targetEnd: Int64): Failure =>
  new Failure(
    `ktool copy: an earlier copy filled ${topic}-${partition} up to offset ${end}, and now it ends at ${targetEnd}`,
    { hint: 'if the topic was made anew, --restart copies all of it again' },
  )

const offsetsOf = (
  { cluster, topic }: Side,
  partitions: readonly number[],
  place: 'earliest' | 'latest',
): Promise<Int64[]> =>
  offsetsAt(
    cluster,
    partitions.map((partition) => ({ topic, partition })),
    OFFSET_SPECS[place],
  )
