import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { Failure } from '../failures.ts'

export interface OffsetTarget extends TopicPartition {
  /** The first record to keep; -1 for the end of the partition. */
  readonly offset: number
}

/** The content of an --offset-json-file; Failure in Kafka's words where it has not the right form. */
export function parseOffsetFile(text: string): OffsetTarget[] {
  const { partitions, version } = fields(parseJson(text))
  if (version !== undefined && version !== 1)
    throw new Failure(`Not supported version field value ${String(version)}`)
  if (partitions === undefined) throw new Failure('Missing partitions field')
  if (!Array.isArray(partitions))
    throw new Failure('Expected JSON array, received partitions of another kind')
  const targets = partitions.map(readTarget)
  const names = targets.map(partitionName)
  const repeated = new Set(names.filter((name, at) => names.indexOf(name) !== at))
  if (repeated.size > 0) {
    throw new Failure(`Offset json file contains duplicate topic partitions: ${[...repeated].join(',')}`)
  }
  return targets
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure('The input string is not a valid JSON', { cause: error })
  }
}

function fields(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new Failure(`Expected JSON object, received ${JSON.stringify(value)}`)
}

function readTarget(value: unknown): OffsetTarget {
  const { topic, partition, offset } = fields(value)
  if (typeof topic !== 'string') throw missing('topic', topic)
  if (typeof partition !== 'number' || !Number.isInteger(partition)) throw missing('partition', partition)
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset)) throw missing('offset', offset)
  return { topic, partition, offset }
}

function missing(field: string, value: unknown): Failure {
  return new Failure(
    value === undefined
      ? `No such field exists: \`${field}\``
      : `Field \`${field}\` cannot be ${JSON.stringify(value)}`,
  )
}
