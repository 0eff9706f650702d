import { Failure } from '../failures.ts'
import { isInternalTopic } from '../kafka/internal-topics.ts'
import { includeList } from '../patterns/names.ts'

/** Whether a partition is asked for. */
export type PartitionFilter = (topic: string, partition: number) => boolean

/** `--topic` and `--partitions`: both must hold. */
export async function topicFilter(
  topic: string | undefined,
  partitions: string | undefined,
): Promise<PartitionFilter> {
  const matchesTopic = await includeList(topic ?? '.*')
  const wanted = partitions ? new Set(readPartitions(partitions)) : undefined
  return (name, partition) => matchesTopic(name) && (wanted?.has(partition) ?? true)
}

function readPartitions(text: string): number[] {
  const parts = text.split(',')
  if (parts.every((part) => /^[+-]?\d+$/.test(part))) return parts.map(Number)
  throw new Failure(
    `--partitions expects a comma separated list of numeric partition ids, but received: ${text}`,
  )
}

/** `--topic-partitions`: one of its rules must hold, as `orders:0-3`, `orders:5-`, `orders:-3`, `orders:1`, `:1`. */
export async function ruleFilter(rules: string): Promise<PartitionFilter> {
  const filters = await Promise.all(rules.split(',').map(readRule))
  return (topic, partition) => filters.some((filter) => filter(topic, partition))
}

async function readRule(rule: string): Promise<PartitionFilter> {
  const match = /^([^:,]*)(?::(?:(\d*)|(\d*)-(\d*)))?$/.exec(rule)
  if (match === null) throw new Failure(`Invalid rule specification: ${rule}`)
  const [, topic, single, from, to] = match
  const matchesTopic = await includeList(topic || '.*')
  const first = single ? Number(single) : Number(from || 0)
  const end = single ? Number(single) + 1 : Number(to || Number.POSITIVE_INFINITY)
  return (name, partition) => matchesTopic(name) && partition >= first && partition < end
}

export function withoutInternal(filter: PartitionFilter): PartitionFilter {
  return (topic, partition) => !isInternalTopic(topic) && filter(topic, partition)
}
