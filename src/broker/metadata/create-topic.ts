// What it takes to create a topic: its name, settings and replicas are checked in Kafka's order and words
// (ReplicationControlManager), and become the records that make it.

import { randomUuid } from '../../bytes/uuid.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { ConfigRecord, TopicRecord } from '../../protocol/messages/stored-metadata.ts'
import type { CreateTopics } from '../../protocol/messages/topics.ts'
import type { DecodedRequestOf } from '../../protocol/schema.ts'
import { ConfigError } from '../config/config-error.ts'
import { checkTopicConfigs } from '../config/topic-validation.ts'
import { checkTopicName } from '../topic-names.ts'
import type { Controller } from './controller.ts'
import { RESOURCE_TYPES } from './image.ts'
import { internalTopicDefaults, type TopicDefaults } from './internal-topics.ts'
import { checkAssignment } from './manual-assignment.ts'
import { METADATA_TOPIC } from './metadata-log.ts'
import { type MetadataRecord, metadataRecord } from './record.ts'

export type NewTopic = DecodedRequestOf<typeof CreateTopics>['topics'][number]

/** A topic that may be created, and how. */
export interface PlannedTopic {
  readonly name: string
  readonly id: string
  /** By partition, the replicas, the preferred leader first. */
  readonly replicas: readonly number[][]
  readonly configs: ReadonlyMap<string, string>
  readonly records: readonly MetadataRecord[]
}

/** The most partitions that one request may make. */
const MAX_PARTITIONS_PER_REQUEST = 10_000

/** Throws POLICY_VIOLATION when the topics together have more partitions than a request may make. */
export function checkPartitionTotal(topics: readonly NewTopic[], controller: Controller): void {
  const total = topics.reduce((sum, { name, numPartitions, assignments }) => {
    if (assignments.length > 0) return sum + assignments.length
    return (
      sum + (numPartitions === -1 ? defaultsFor(name, controller).partitions : Math.max(0, numPartitions))
    )
  }, 0)
  if (total > MAX_PARTITIONS_PER_REQUEST) {
    throw new KafkaError('POLICY_VIOLATION', 'Excessively large number of partitions per request.')
  }
}

/** The records that create the topic; throws the KafkaError that says why it cannot be. */
export function planTopic(topic: NewTopic, controller: Controller): PlannedTopic {
  checkName(topic.name, controller)
  const defaults = defaultsFor(topic.name, controller)
  const configs = new Map<string, string | null>(Object.entries(defaults.configs))
  for (const { name, value } of topic.configs) configs.set(name, value)
  try {
    checkTopicConfigs(configs, controller.config)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new KafkaError('INVALID_CONFIG', error.message, { cause: error })
  }
  const replicas =
    topic.assignments.length > 0 ? assigned(topic, controller) : placed(topic, defaults, controller)
  const id = randomUuid(controller.randomBytes)
  return {
    name: topic.name,
    id,
    replicas,
    configs: configs as ReadonlyMap<string, string>,
    records: [
      metadataRecord(TopicRecord, { name: topic.name, topicId: id }),
      ...[...configs].map(([name, value]) =>
        metadataRecord(ConfigRecord, {
          resourceType: RESOURCE_TYPES.TOPIC,
          resourceName: topic.name,
          name,
          value,
        }),
      ),
      ...replicas.map((nodes, partition) => controller.replicas.newPartition(id, partition, nodes)),
    ],
  }
}

function checkName(name: string, { image }: Controller): void {
  if (name === METADATA_TOPIC) {
    throw new KafkaError('INVALID_REQUEST', `Creation of internal topic ${name} is prohibited.`)
  }
  const problem = checkTopicName(name)
  if (problem !== null) throw new KafkaError('INVALID_TOPIC_EXCEPTION', problem)
  if (image.topics.has(name)) {
    throw new KafkaError('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
  }
  const rival = image.collidingTopic(name)
  if (rival !== undefined) {
    throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic '${name}' collides with existing topic: ${rival}`)
  }
}

function assigned(topic: NewTopic, { image, replicas }: Controller): number[][] {
  const subject = 'A manual partition assignment was specified, but'
  if (topic.replicationFactor !== -1) {
    throw new KafkaError('INVALID_REQUEST', `${subject} replication factor was not set to -1.`)
  }
  if (topic.numPartitions !== -1) {
    throw new KafkaError('INVALID_REQUEST', `${subject} numPartitions was not set to -1.`)
  }
  const refuse = (problem: string): never => {
    throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', problem)
  }
  const byPartition = new Map<number, number[]>()
  let replicationFactor: number | undefined
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (byPartition.has(partitionIndex)) {
      refuse(`Found multiple manual partition assignments for partition ${partitionIndex}`)
    }
    checkAssignment(brokerIds, replicationFactor, image)
    replicationFactor = brokerIds.length
    if (!brokerIds.some((node) => replicas.isLive(node))) {
      refuse(
        `All brokers specified in the manual partition assignment for partition ${partitionIndex} are fenced ` +
          'or in controlled shutdown.',
      )
    }
    byPartition.set(partitionIndex, brokerIds)
  }
  return Array.from(byPartition, (_, partition) => {
    return byPartition.get(partition) ?? refuse('partitions should be a consecutive 0-based integer sequence')
  })
}

/**
 * What a topic is made of where the request says nothing.
 * Differs: Kafka gives internal topics that a client creates the numbers and settings of ordinary ones, which remove
 * committed offsets after a week.
 */
function defaultsFor(name: string, { config, replicas }: Controller): TopicDefaults {
  const ordinary = {
    partitions: config.number('num.partitions'),
    replicationFactor: config.number('default.replication.factor'),
    configs: {},
  }
  return internalTopicDefaults(name, config, replicas.liveNodes().length) ?? ordinary
}

function placed(
  { numPartitions, replicationFactor }: NewTopic,
  defaults: TopicDefaults,
  { replicas }: Controller,
): number[][] {
  if (replicationFactor < -1 || replicationFactor === 0) {
    throw new KafkaError(
      'INVALID_REPLICATION_FACTOR',
      'Replication factor must be larger than 0, or -1 to use the default value.',
    )
  }
  if (numPartitions < -1 || numPartitions === 0) {
    throw new KafkaError(
      'INVALID_PARTITIONS',
      'Number of partitions was set to an invalid non-positive value.',
    )
  }
  const partitions = numPartitions === -1 ? defaults.partitions : numPartitions
  const factor = replicationFactor === -1 ? defaults.replicationFactor : replicationFactor
  return replicas.placeOrExplain(partitions, factor)
}
