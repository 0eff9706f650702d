import type { Listing, Row } from '../output/listing.ts'

export interface DescribedPartition {
  readonly partition: number
  /** null while no living broker leads it. */
  readonly leader: number | null
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  /** null where the cluster does not tell. */
  readonly elr: readonly number[] | null
  readonly lastKnownElr: readonly number[] | null
  /** null while nothing moves. */
  readonly addingReplicas: readonly number[] | null
  readonly removingReplicas: readonly number[] | null
}

export interface DescribedTopic {
  readonly name: string
  readonly topicId: string | null
  readonly isInternal: boolean
  /** Settings that differ from the default. */
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
  readonly minInsyncReplicas: number
  readonly partitions: readonly DescribedPartition[]
}

/** Which partitions to show; all of them when none is set. */
export interface PartitionFilter {
  readonly underReplicated: boolean
  readonly unavailable: boolean
  readonly underMinIsr: boolean
  readonly atMinIsr: boolean
}

const PARTITION_COLUMNS = [
  'topic',
  'partition',
  'leader',
  'replicas',
  'isr',
  'elr',
  'lastKnownElr',
  'addingReplicas',
  'removingReplicas',
] as const

/** What `--describe` prints: topics with their partitions, or only the partitions that a filter lets through. */
export function descriptionListing(
  topics: readonly DescribedTopic[],
  { filter, overridesOnly }: { readonly filter: PartitionFilter; readonly overridesOnly: boolean },
): Listing {
  const isFiltered = Object.values(filter).some(Boolean)
  const shown = topics
    .filter(({ configs }) => !overridesOnly || configs.length > 0)
    .map((topic) => ({
      ...topic,
      partitions: topic.partitions.filter((partition) => !isFiltered || passes(topic, partition, filter)),
      partitionCount: topic.partitions.length,
      replicationFactor: replicationFactor(topic.partitions[0]),
    }))
    .filter(({ partitions }) => !isFiltered || partitions.length > 0)
  const rows = shown.flatMap(({ name, partitions }) =>
    partitions.map((partition) => ({ topic: name, ...partitionItem(partition) })),
  )
  return {
    text: () =>
      shown
        .map((topic) => {
          const head = isFiltered ? '' : topicLine(topic)
          return (
            head +
            (overridesOnly
              ? ''
              : topic.partitions.map((partition) => partitionLine(topic.name, partition)).join(''))
          )
        })
        .join(''),
    columns: PARTITION_COLUMNS,
    rows,
    items: shown.map((topic) => ({
      name: topic.name,
      topicId: topic.topicId,
      isInternal: topic.isInternal,
      partitionCount: topic.partitionCount,
      replicationFactor: topic.replicationFactor,
      configs: Object.fromEntries(topic.configs.map(({ name, value }) => [name, value])),
      partitions: topic.partitions.map(partitionItem),
    })),
    names: () => shown.map(({ name }) => name),
  }
}

function passes(topic: DescribedTopic, partition: DescribedPartition, filter: PartitionFilter): boolean {
  const inSync = partition.isr.length
  const isUnavailable = partition.leader === null
  return (
    (filter.underReplicated && replicationFactor(partition) > inSync) ||
    (filter.unavailable && isUnavailable) ||
    (filter.underMinIsr && (isUnavailable || inSync < topic.minInsyncReplicas)) ||
    (filter.atMinIsr && inSync === topic.minInsyncReplicas)
  )
}

/** Replicas that are only being added do not count while a reassignment runs. */
function replicationFactor(partition: DescribedPartition | undefined): number {
  if (partition === undefined) return 0
  const { replicas, addingReplicas, removingReplicas } = partition
  const isMoving = replicas.some((id) => addingReplicas?.includes(id) || removingReplicas?.includes(id))
  return replicas.length - (isMoving ? addingReplicas!.length : 0)
}

function topicLine(topic: DescribedTopic & { partitionCount: number; replicationFactor: number }): string {
  const id = topic.topicId === null ? '' : `\tTopicId: ${topic.topicId}`
  const configs = topic.configs.map(({ name, value }) => `${name}=${value}`).join(',')
  const { name, partitionCount, replicationFactor } = topic
  return `Topic: ${name}${id}\tPartitionCount: ${partitionCount}\tReplicationFactor: ${replicationFactor}\tConfigs: ${configs}\n`
}

function partitionLine(topic: string, partition: DescribedPartition): string {
  const { leader, replicas, isr, elr, lastKnownElr, addingReplicas, removingReplicas } = partition
  const moves =
    addingReplicas === null
      ? ''
      : `\tAdding Replicas: ${addingReplicas}\tRemoving Replicas: ${removingReplicas ?? ''}`
  return (
    `\tTopic: ${topic}\tPartition: ${partition.partition}\tLeader: ${leader ?? 'none'}\tReplicas: ${replicas}\tIsr: ${isr}` +
    `${moves}\tElr: ${elr ?? 'N/A'}\tLastKnownElr: ${lastKnownElr ?? 'N/A'}\n`
  )
}

function partitionItem({
  partition,
  leader,
  replicas,
  isr,
  elr,
  lastKnownElr,
  ...moves
}: DescribedPartition): Row {
  return { partition, leader, replicas, isr, elr, lastKnownElr, ...moves }
}
