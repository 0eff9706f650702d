// Topics that the broker keeps for itself, made when somebody first needs them.
import { createTopic } from './auto-create.ts'
import { OFFSETS_TOPIC } from './groups/offsets-partition.ts'
import type { TopicState } from './metadata/image.ts'
import type { Services } from './services.ts'

/** The topic that holds the state of groups: the leader of a group's partition is its coordinator. */
export function offsetsTopic(services: Services): TopicState {
  const { config, controller, image } = services
  if (!image.topics.has(OFFSETS_TOPIC)) {
    createTopic(services, {
      name: OFFSETS_TOPIC,
      partitions: config.number('offsets.topic.num.partitions'),
      // Differs: with fewer brokers than offsets.topic.replication.factor Kafka makes its clients wait for more.
      replicationFactor: Math.min(
        config.number('offsets.topic.replication.factor'),
        controller.replicas.liveNodes().length,
      ),
      configs: {
        'cleanup.policy': 'compact',
        'compression.type': 'producer',
        'segment.bytes': config.text('offsets.topic.segment.bytes'),
      },
    })
  }
  return image.topics.get(OFFSETS_TOPIC)!
}
