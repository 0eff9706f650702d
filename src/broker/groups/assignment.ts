// Which partitions of which topics: the members of a consumer group own them by the ids of the topics.

/** Partitions by the id of their topic; no topic without partitions. */
export type Assignment = ReadonlyMap<string, ReadonlySet<number>>

/** The same, with the epoch in which the member was given each partition. */
export type DatedAssignment = ReadonlyMap<string, ReadonlyMap<number, number>>

/** As messages have it. */
export interface TopicPartitions {
  readonly topicId: string
  readonly partitions: readonly number[]
}

export const NOTHING_ASSIGNED: Assignment = new Map()
export const NOTHING_OWNED: DatedAssignment = new Map()

export function isSameAssignment(one: Assignment, other: Assignment): boolean {
  if (one.size !== other.size) return false
  for (const [topicId, partitions] of one) {
    const others = other.get(topicId)
    if (others?.size !== partitions.size) return false
    for (const partition of partitions) if (!others.has(partition)) return false
  }
  return true
}

/** Whether the partitions and their epochs are the same. */
export function isSameDated(one: DatedAssignment, other: DatedAssignment): boolean {
  if (one.size !== other.size) return false
  for (const [topicId, partitions] of one) {
    const others = other.get(topicId)
    if (others?.size !== partitions.size) return false
    for (const [partition, epoch] of partitions) if (others.get(partition) !== epoch) return false
  }
  return true
}

/** Whether every partition of the list is in the assignment. */
export function includesAll(assignment: DatedAssignment, list: readonly TopicPartitions[]): boolean {
  return list.every(({ topicId, partitions }) =>
    partitions.every((partition) => assignment.get(topicId)?.has(partition)),
  )
}

/** Whether some partition of the list is in the assignment. */
export function includesAny(assignment: DatedAssignment, list: readonly TopicPartitions[]): boolean {
  return list.some(({ topicId, partitions }) =>
    partitions.some((partition) => assignment.get(topicId)?.has(partition)),
  )
}

/** The partitions of both, with the epochs of `other` where both have one. */
export function unite(one: DatedAssignment, other: DatedAssignment): DatedAssignment {
  const united = new Map(one)
  for (const [topicId, partitions] of other) {
    united.set(topicId, new Map([...(one.get(topicId) ?? []), ...partitions]))
  }
  return united
}

/** Every partition as if it had been given in `epoch`. */
export function dated(assignment: Assignment | DatedAssignment, epoch: number): DatedAssignment {
  const result = new Map<string, Map<number, number>>()
  for (const [topicId, partitions] of assignment) {
    result.set(topicId, new Map([...partitions.keys()].map((partition) => [partition, epoch])))
  }
  return result
}

export const toTopicPartitions = (assignment: Assignment | DatedAssignment): TopicPartitions[] =>
  [...assignment].map(([topicId, partitions]) => ({ topicId, partitions: [...partitions.keys()] }))

export const toAssignment = (list: readonly TopicPartitions[]): Assignment =>
  new Map(list.map(({ topicId, partitions }) => [topicId, new Set(partitions)]))
