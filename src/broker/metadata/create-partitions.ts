import { KafkaError } from '../../protocol/errors.ts'
import type { CreatePartitions } from '../../protocol/messages/topics.ts'
import type { DecodedRequestOf } from '../../protocol/schema.ts'
import { isInternalTopic } from '../topic-names.ts'
import type { Controller } from './controller.ts'
import { checkAssignment } from './manual-assignment.ts'
import type { MetadataRecord } from './record.ts'

export type MorePartitions = DecodedRequestOf<typeof CreatePartitions>['topics'][number]

/** The most partitions that one topic may be given at once. */
const MAX_NEW_PARTITIONS = 10_000

/** The records that give the topic its further partitions; throws the KafkaError that says why it cannot have them. */
export function planPartitions(
  { name, count, assignments }: MorePartitions,
  { image, replicas }: Controller,
): MetadataRecord[] {
  // Differs: Kafka adds them, and finds the groups and transactions that hash to another partition then no more.
  if (image.topics.has(name) && isInternalTopic(name)) {
    throw new KafkaError(
      'INVALID_PARTITIONS',
      `The number of partitions of the internal topic ${name} cannot be changed: what is kept there would not be found.`,
    )
  }
  return planMorePartitions({ name, count, assignments }, { image, replicas })
}

/** As planPartitions, for any topic. */
export function planMorePartitions(
  { name, count, assignments }: MorePartitions,
  { image, replicas }: Pick<Controller, 'image' | 'replicas'>,
): MetadataRecord[] {
  const topic = image.topics.get(name)
  if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
  const current = topic.partitions.length
  const added = count - current
  if (added === 0) throw new KafkaError('INVALID_PARTITIONS', `Topic already has ${current} partition(s).`)
  if (added < 0) {
    throw new KafkaError(
      'INVALID_PARTITIONS',
      `The topic ${name} currently has ${current} partition(s); ${count} would not be an increase.`,
    )
  }
  if (assignments && assignments.length !== added) {
    throw new KafkaError(
      'INVALID_REPLICA_ASSIGNMENT',
      `Attempted to add ${added} additional partition(s), but only ${assignments.length} assignment(s) were specified.`,
    )
  }
  // Differs: Kafka answers UNKNOWN_SERVER_ERROR here, when its list of records is full.
  if (added > MAX_NEW_PARTITIONS) {
    throw new KafkaError('POLICY_VIOLATION', 'Excessively large number of partitions per request.')
  }
  const replicationFactor = topic.partitions[0]?.replicas.length ?? 1
  const placed = assignments
    ? assignments.map(({ brokerIds }, index) => {
        checkAssignment(brokerIds, replicationFactor, image)
        if (brokerIds.some((node) => replicas.isLive(node))) return brokerIds
        throw new KafkaError(
          'INVALID_REPLICA_ASSIGNMENT',
          'All brokers specified in the manual partition assignment for partition ' +
            `${current + index} are fenced or in controlled shutdown.`,
        )
      })
    : replicas.placeOrExplain(added, replicationFactor)
  return placed.map((nodes, index) => replicas.newPartition(topic.id, current + index, nodes))
}
