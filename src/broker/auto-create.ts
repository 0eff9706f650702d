import type { ErrorName } from '../protocol/errors.ts'
import { toKafkaError } from './failures.ts'
import { planTopic } from './metadata/create-topic.ts'
import type { Services } from './services.ts'
import type { TopicRequest } from './topic-request.ts'

const BROKER_DEFAULT = -1

/** Creates the topic unless it is there; throws the KafkaError that says why it cannot be. */
export function createTopic(
  { controller }: Services,
  { name, partitions, replicationFactor, configs }: TopicRequest,
): void {
  if (controller.image.topics.has(name)) return
  const plan = planTopic(
    {
      name,
      numPartitions: partitions ?? BROKER_DEFAULT,
      replicationFactor: replicationFactor ?? BROKER_DEFAULT,
      assignments: [],
      configs: Object.entries(configs ?? {}).map(([key, value]) => ({ name: key, value })),
    },
    controller,
  )
  controller.commit(plan.records)
}

/** Creates a topic that a client asked about; the error's name when that is not possible. */
export function autoCreateTopic(broker: Services, name: string): ErrorName | null {
  try {
    createTopic(broker, { name })
    return null
  } catch (error) {
    return toKafkaError(error, broker.logger, `creating topic ${name}`).code
  }
}
