import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { Failure } from '../failures.ts'
import {
  duplicates,
  jsonArray,
  jsonField,
  jsonInt,
  jsonObject,
  jsonString,
  parseJson,
} from '../kafka/kafka-json.ts'

/** The partitions of a --path-to-json-file; Failure in Kafka's words where it has not the right form. */
export function parseElectionFile(text: string): TopicPartition[] {
  const { partitions } = jsonObject(parseJson(text, 'Replica election data is empty'))
  if (partitions === undefined) throw new Failure('Replica election data is missing "partitions" field')
  const targets = jsonArray(partitions).map((value) => {
    const target = jsonObject(value)
    return {
      topic: jsonString(jsonField(target, 'topic')),
      partition: jsonInt(jsonField(target, 'partition')),
    }
  })
  const repeated = duplicates(targets.map(partitionName))
  if (repeated.length === 0) return targets
  throw new Failure(`Replica election data contains duplicate partitions: [${repeated.join(', ')}]`)
}
