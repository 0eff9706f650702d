// As many partitions for every member as for any other, and as few moves as possible.
import type { Assignment } from './assignment.ts'
import type { AssignorInput } from './assignor.ts'
import { assignToMixedReaders } from './uniform-mixed-assignor.ts'

export function assignUniformly(input: AssignorInput): Map<string, Assignment> {
  return input.isHomogeneous ? assignToEqualReaders(input) : assignToMixedReaders(input)
}

type Place = readonly [topic: string, partition: number]

/** Everybody reads the same topics: who has more than its share gives back, who has less gets what is left. */
function assignToEqualReaders({ members, partitionCounts }: AssignorInput): Map<string, Assignment> {
  const topics = members[0]?.topics ?? []
  if (topics.length === 0) return new Map()
  const total = topics.reduce((sum, topic) => sum + (partitionCounts.get(topic) ?? 0), 0)
  const share = Math.floor(total / members.length)
  /** How many members may have one more than the share. */
  let extras = total % members.length
  const kept = new Map<string, Map<string, Set<number>>>()
  const missing: [memberId: string, count: number][] = []
  const taken = new Map(topics.map((topic) => [topic, new Set<number>()]))
  for (const [index, { id, previous }] of members.entries()) {
    const mayHaveExtra = extras > 0
    const room = share + (mayHaveExtra ? 1 : 0)
    const own = keep(previous, taken, room)
    kept.set(id, own.partitions)
    // Later ones may have the extra partition already: it is left to them as long as there are enough of them.
    const isSpared = mayHaveExtra && own.count < room && members.length - index > extras
    if (mayHaveExtra && !isSpared) extras--
    const lacks = room - (isSpared ? 1 : 0) - own.count
    if (lacks > 0) missing.push([id, lacks])
  }
  const free = unassigned(topics, partitionCounts, taken)
  let next = 0
  for (const [memberId, count] of missing) {
    for (const [topic, partition] of free.slice(next, next + count))
      add(kept.get(memberId)!, topic, partition)
    next += count
  }
  return kept
}

/** As much of what a member had as it may keep, which is then noted as taken. */
function keep(previous: Assignment, taken: ReadonlyMap<string, Set<number>>, room: number) {
  const partitions = new Map<string, Set<number>>()
  let count = 0
  for (const [topic, had] of previous) {
    const others = taken.get(topic)
    if (!others) continue
    for (const partition of had) {
      if (count === room) return { partitions, count }
      if (others.has(partition)) continue
      others.add(partition)
      add(partitions, topic, partition)
      count++
    }
  }
  return { partitions, count }
}

/** The partitions that nobody has. */
function unassigned(
  topics: readonly string[],
  counts: ReadonlyMap<string, number>,
  taken: ReadonlyMap<string, ReadonlySet<number>>,
): Place[] {
  const places: Place[] = []
  for (const topic of topics) {
    for (let partition = 0; partition < (counts.get(topic) ?? 0); partition++) {
      if (!taken.get(topic)!.has(partition)) places.push([topic, partition])
    }
  }
  return places
}

function add(to: Map<string, Set<number>>, topic: string, partition: number): void {
  const partitions = to.get(topic)
  if (partitions) partitions.add(partition)
  else to.set(topic, new Set([partition]))
}
