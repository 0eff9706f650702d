import { comparePartitions, type TopicPartition } from '../topic-partition.ts'

/** A member as the leader of its group sees it. */
export interface Subscriber {
  readonly memberId: string
  readonly instanceId: string | null
  readonly topics: readonly string[]
}

/** Who gets which partitions, by member id; `counts` are the partitions of each topic that exists. */
export type Assignor = (
  members: readonly Subscriber[],
  counts: ReadonlyMap<string, number>,
) => Map<string, TopicPartition[]>

/** As Java sorts them, so that it does not matter whose client leads: static members first, by instance. */
function compareMembers(a: Subscriber, b: Subscriber): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId)
  if (a.instanceId !== null) return -1
  return b.instanceId !== null ? 1 : compare(a.memberId, b.memberId)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Neighbouring partitions of each topic to the same member; the first members get one more. */
const range: Assignor = (members, counts) => {
  const assignment = nothing(members)
  for (const [topic, count] of counts) {
    const takers = members.filter(({ topics }) => topics.includes(topic)).sort(compareMembers)
    let next = 0
    takers.forEach(({ memberId }, at) => {
      const share = Math.floor(count / takers.length) + (at < count % takers.length ? 1 : 0)
      for (let i = 0; i < share; i++) assignment.get(memberId)!.push({ topic, partition: next++ })
    })
  }
  return sorted(assignment)
}

/** The partitions of all topics in turn, each to the next member that wants its topic. */
const roundrobin: Assignor = (members, counts) => {
  const assignment = nothing(members)
  const circle = [...members].sort(compareMembers)
  let at = 0
  for (const topic of [...counts.keys()].sort()) {
    if (!circle.some(({ topics }) => topics.includes(topic))) continue
    for (let partition = 0; partition < counts.get(topic)!; partition++) {
      while (!circle[at % circle.length]!.topics.includes(topic)) at++
      assignment.get(circle[at++ % circle.length]!.memberId)!.push({ topic, partition })
    }
  }
  return assignment
}

const nothing = (members: readonly Subscriber[]): Map<string, TopicPartition[]> =>
  new Map(members.map(({ memberId }) => [memberId, []]))

function sorted(assignment: Map<string, TopicPartition[]>): Map<string, TopicPartition[]> {
  for (const partitions of assignment.values()) partitions.sort(comparePartitions)
  return assignment
}

/** The assignors of Kafka's classic protocol that this client knows, under the names that go over the wire. */
export const ASSIGNORS = { range, roundrobin } as const satisfies Readonly<Record<string, Assignor>>

export type AssignorName = keyof typeof ASSIGNORS
