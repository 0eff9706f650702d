// Neighbouring partitions of each topic for each member, in the same order of members for every topic: whoever joins
// topics with equal numbers of partitions finds equal keys at one member.

import type { Assignment } from './assignment.ts'
import type { AssignableMember, AssignorInput } from './assignor.ts'

/** Static members first, so that restarts of the others do not move their ranges. */
function inOrder(one: AssignableMember, other: AssignableMember): number {
  if (one.instanceId !== null && other.instanceId !== null) return compare(one.instanceId, other.instanceId)
  if (one.instanceId !== null) return -1
  if (other.instanceId !== null) return 1
  return compare(one.id, other.id)
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

export function assignRanges({ members, partitionCounts }: AssignorInput): Map<string, Assignment> {
  const sorted = [...members].sort(inOrder)
  const readers = new Map<string, number>()
  for (const { topics } of sorted)
    for (const topic of topics) readers.set(topic, (readers.get(topic) ?? 0) + 1)
  const ranges = new Map<string, () => [from: number, to: number]>()
  for (const [topic, count] of readers) ranges.set(topic, shares(partitionCounts.get(topic) ?? 0, count))
  return new Map(
    sorted.map(({ id, topics }) => {
      const assignment = new Map<string, Set<number>>()
      for (const topic of topics) {
        const [from, to] = ranges.get(topic)!()
        if (from < to) assignment.set(topic, new Set(Array.from({ length: to - from }, (_, i) => from + i)))
      }
      return [id, assignment]
    }),
  )
}

/** Gives the range of one reader after the other; the first ones get what cannot be shared evenly. */
function shares(partitions: number, readers: number): () => [from: number, to: number] {
  const share = Math.floor(partitions / readers)
  let extra = partitions % readers
  let next = 0
  return () => {
    const from = next
    next += extra > 0 ? share + 1 : share
    if (extra > 0) extra--
    return [from, next]
  }
}
