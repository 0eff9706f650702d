import { addInt64, type Int64, maxInt64, minInt64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import type { CommittedOffset, OffsetToCommit } from '../../client/groups/committed-offsets.ts'
import { OFFSET_SPECS, offsetsAt } from '../../client/offsets.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'

/** Where offsets are to go. */
export type Scenario =
  | { readonly to: 'offset'; readonly offset: Int64 }
  | { readonly to: 'earliest' | 'latest' | 'current' }
  | { readonly to: 'shifted'; readonly by: Int64 }
  | { readonly to: 'time'; readonly timestampMs: Int64 }
  | { readonly to: 'plan'; readonly offsets: readonly OffsetToCommit[] }

/** What is said about offsets that come out otherwise than was asked. */
export interface Warnings {
  /** Kafka prints it with the data. */
  data(line: string): void
  log(line: string): void
}

/** What Kafka prints with the data stays there in text alone. */
export const warningsIn = (context: Context): Warnings => ({
  data: (line) => (context.isText ? context.io.out(`${line}\n`) : context.say(line.trimStart())),
  log: (line) => context.say(line),
})

export interface PlanOptions {
  readonly committed: readonly CommittedOffset[]
  readonly timeoutMs: number
  readonly warnings: Warnings
}

/** The new offset of each partition. */
export async function planReset(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  scenario: Scenario,
  { committed, timeoutMs, warnings }: PlanOptions,
): Promise<OffsetToCommit[]> {
  const at = (targets: readonly TopicPartition[], timestamp: Int64): Promise<OffsetToCommit[]> =>
    placesAt(cluster, targets, timestamp, timeoutMs)
  const current = new Map(committed.map((found) => [partitionName(found), found.offset]))
  const within = (wanted: readonly OffsetToCommit[]): Promise<OffsetToCommit[]> =>
    clamped(wanted, at, warnings)
  switch (scenario.to) {
    case 'earliest':
    case 'latest':
      return await at(partitions, OFFSET_SPECS[scenario.to])
    case 'offset':
      return await within(partitions.map((target) => ({ ...target, offset: scenario.offset })))
    case 'plan':
      return await within(scenario.offsets)
    case 'shifted':
      return await within(partitions.map((target) => shifted(target, current, scenario.by)))
    case 'current': {
      const kept = partitions.flatMap((target) => {
        const offset = current.get(partitionName(target))
        return offset === undefined ? [] : [{ ...target, offset }]
      })
      const others = partitions.filter((target) => !current.has(partitionName(target)))
      return [...kept, ...(await at(others, OFFSET_SPECS.latest))]
    }
    case 'time': {
      const found = await at(partitions, scenario.timestampMs)
      const without = found.filter(({ offset }) => offset < 0)
      for (const { topic, partition } of without) {
        warnings.data(
          `\nWarn: Partition ${partition} from topic ${topic} is empty. Falling back to latest known offset.`,
        )
      }
      return [...found.filter(({ offset }) => offset >= 0), ...(await at(without, OFFSET_SPECS.latest))]
    }
  }
}

async function placesAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: Int64,
  timeoutMs: number,
): Promise<OffsetToCommit[]> {
  const offsets = await offsetsAt(cluster, partitions, timestamp, { timeoutMs })
  return partitions.map(({ topic, partition }, at) => ({ topic, partition, offset: offsets[at]! }))
}

function shifted(target: TopicPartition, current: ReadonlyMap<string, Int64>, by: Int64): OffsetToCommit {
  const offset = current.get(partitionName(target))
  if (offset !== undefined) return { ...target, offset: addInt64(offset, by) }
  const name = partitionName(target)
  throw new Failure(`Cannot shift offset for partition ${name} since there is no current committed offset`)
}

/** Offsets within their partitions: those outside go to the nearer end. */
async function clamped(
  wanted: readonly OffsetToCommit[],
  at: (targets: readonly TopicPartition[], timestamp: Int64) => Promise<OffsetToCommit[]>,
  { log }: Warnings,
): Promise<OffsetToCommit[]> {
  const [starts, ends] = await Promise.all([
    at(wanted, OFFSET_SPECS.earliest),
    at(wanted, OFFSET_SPECS.latest),
  ])
  return wanted.map(({ topic, partition, offset }, i) => {
    const [start, end] = [starts[i]!.offset, ends[i]!.offset]
    const warn = (comparison: string, bound: Int64): void =>
      log(
        `WARN New offset (${offset}) is ${comparison} offset for topic partition ${topic}-${partition}. Value will be set to ${bound}.`,
      )
    if (offset > end) warn('higher than latest', end)
    else if (offset < start) warn('lower than earliest', start)
    return { topic, partition, offset: maxInt64(start, minInt64(offset, end)) }
  })
}
