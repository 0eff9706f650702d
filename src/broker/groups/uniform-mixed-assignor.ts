// The uniform assignor where members read different topics: everybody keeps what it still reads, what is left goes to
// whoever has least, and then partitions move from the loaded to the idle until no topic can be spread better.

import type { Assignment } from './assignment.ts'
import type { AssignorInput } from './assignor.ts'

/** Two topics can push partitions to and fro between members; after that many rounds it is good enough. */
const MAX_ROUNDS = 16

interface Reader {
  readonly id: string
  readonly partitions: Map<string, Set<number>>
  /** How many partitions it has, of all topics. */
  load: number
}

interface SharedTopic {
  readonly id: string
  readonly partitionCount: number
  readonly readers: Reader[]
}

export function assignToMixedReaders(input: AssignorInput): Map<string, Assignment> {
  const { readers, topics } = keepSubscribed(input)
  for (const topic of topics) giveOut(topic)
  spread(topics.filter((topic) => topic.readers.length > 1))
  return new Map(readers.map(({ id, partitions }) => [id, partitions]))
}

function keepSubscribed({ members, partitionCounts }: AssignorInput) {
  const topics = new Map<string, SharedTopic>()
  const readers = members.map(({ id, topics: read, previous }): Reader => {
    const reader: Reader = { id, partitions: new Map(), load: 0 }
    for (const topicId of read) {
      const partitionCount = partitionCounts.get(topicId) ?? 0
      const topic = topics.get(topicId) ?? { id: topicId, partitionCount, readers: [] }
      topic.readers.push(reader)
      topics.set(topicId, topic)
      for (const partition of previous.get(topicId) ?? []) move(topicId, partition, null, reader)
    }
    return reader
  })
  return { readers, topics: [...topics.values()].sort(inOrder) }
}

/** Those first of which each reader gets most, as they leave the least choice. */
function inOrder(one: SharedTopic, other: SharedTopic): number {
  return (
    other.partitionCount / other.readers.length - one.partitionCount / one.readers.length ||
    one.readers.length - other.readers.length ||
    (one.id < other.id ? -1 : 1)
  )
}

function move(topicId: string, partition: number, from: Reader | null, to: Reader): void {
  if (from) {
    const partitions = from.partitions.get(topicId)!
    partitions.delete(partition)
    if (partitions.size === 0) from.partitions.delete(topicId)
    from.load--
  }
  const partitions = to.partitions.get(topicId)
  if (partitions) partitions.add(partition)
  else to.partitions.set(topicId, new Set([partition]))
  to.load++
}

function giveOut({ id, partitionCount, readers }: SharedTopic): void {
  const taken = new Set<number>()
  for (const { partitions } of readers) for (const partition of partitions.get(id) ?? []) taken.add(partition)
  for (let partition = 0; partition < partitionCount; partition++) {
    if (!taken.has(partition)) move(id, partition, null, leastLoaded(readers))
  }
}

function leastLoaded(readers: readonly Reader[]): Reader {
  return readers.reduce((least, reader) => (reader.load < least.load ? reader : least))
}

/** The one with most partitions of those who have some of the topic. */
function mostLoaded({ id, readers }: SharedTopic): Reader | null {
  let most: Reader | null = null
  for (const reader of readers) {
    if (reader.partitions.has(id) && (!most || reader.load >= most.load)) most = reader
  }
  return most
}

function spread(topics: readonly SharedTopic[]): void {
  let moved = true
  for (let round = 0; round < MAX_ROUNDS && moved; round++) {
    moved = false
    for (const topic of topics) if (spreadTopic(topic)) moved = true
  }
}

function spreadTopic(topic: SharedTopic): boolean {
  let moved = false
  for (;;) {
    const from = mostLoaded(topic)
    const to = leastLoaded(topic.readers)
    if (!from || from.load - to.load <= 1) return moved
    const last = Math.max(...from.partitions.get(topic.id)!)
    move(topic.id, last, from, to)
    moved = true
  }
}
