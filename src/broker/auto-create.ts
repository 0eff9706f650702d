import { type ErrorName, KafkaError } from '../protocol/errors.ts'
import type { Broker } from './broker.ts'
import { planTopic } from './metadata/create-topic.ts'

/** Creates a topic that a client asked about, with the broker's defaults; the error's name when that is not possible. */
export function autoCreateTopic({ controller }: Broker, name: string): ErrorName | null {
  try {
    const plan = planTopic(
      { name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] },
      controller,
    )
    controller.commit(plan.records)
    return null
  } catch (error) {
    if (error instanceof KafkaError) return error.code
    throw error
  }
}
