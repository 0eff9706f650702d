import type { Int64 } from '../../bytes/int64.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { Failure } from '../failures.ts'
import {
  duplicates,
  jsonArray,
  jsonField,
  jsonInt,
  jsonLong,
  jsonObject,
  jsonString,
  parseJson,
} from '../kafka/kafka-json.ts'

export interface OffsetTarget extends TopicPartition {
  /** The first record to keep; -1 for the end of the partition. */
  readonly offset: Int64
}

/** The content of an --offset-json-file; Failure in Kafka's words where it has not the right form. */
export function parseOffsetFile(text: string): OffsetTarget[] {
  const { partitions, version } = jsonObject(parseJson(text))
  if (version !== undefined && version !== 1)
    throw new Failure(`Not supported version field value ${String(version)}`)
  if (partitions === undefined) throw new Failure('Missing partitions field')
  const targets = jsonArray(partitions).map(readTarget)
  const repeated = duplicates(targets.map(partitionName))
  if (repeated.length > 0) {
    throw new Failure(`Offset json file contains duplicate topic partitions: ${repeated.join(',')}`)
  }
  return targets
}

function readTarget(value: unknown): OffsetTarget {
  const target = jsonObject(value)
  return {
    topic: jsonString(jsonField(target, 'topic')),
    partition: jsonInt(jsonField(target, 'partition')),
    offset: jsonLong(jsonField(target, 'offset')),
  }
}
