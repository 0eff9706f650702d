// Topics that the broker keeps for itself, and how Kafka makes them (DefaultAutoTopicCreationManager): with partitions and
// settings of their own, since those of ordinary topics would remove what is in them after a week.

import type { BrokerConfig } from '../config/broker-config.ts'
import { type InternalTopicName, isInternalTopic } from '../topic-names.ts'

interface InternalTopic {
  /** The setting that has the number of partitions. */
  readonly partitions: string
  /** The setting that has the number of replicas. */
  readonly replicationFactor: string
  /** The settings that it is created with. */
  configs(config: BrokerConfig): Readonly<Record<string, string>>
}

const INTERNAL_TOPICS: Readonly<Record<InternalTopicName, InternalTopic>> = {
  __consumer_offsets: {
    partitions: 'offsets.topic.num.partitions',
    replicationFactor: 'offsets.topic.replication.factor',
    configs: (config: BrokerConfig) => ({
      'cleanup.policy': 'compact',
      'compression.type': 'producer',
      'segment.bytes': config.text('offsets.topic.segment.bytes'),
    }),
  },
  __transaction_state: {
    partitions: 'transaction.state.log.num.partitions',
    replicationFactor: 'transaction.state.log.replication.factor',
    configs: (config: BrokerConfig) => ({
      'cleanup.policy': 'compact',
      'compression.type': 'uncompressed',
      'min.insync.replicas': config.text('transaction.state.log.min.isr'),
      'segment.bytes': config.text('transaction.state.log.segment.bytes'),
      'unclean.leader.election.enable': 'false',
    }),
  },
  __share_group_state: {
    partitions: 'share.coordinator.state.topic.num.partitions',
    replicationFactor: 'share.coordinator.state.topic.replication.factor',
    configs: (config: BrokerConfig) => ({
      'cleanup.policy': 'delete',
      'compression.type': 'producer',
      'min.insync.replicas': config.text('share.coordinator.state.topic.min.isr'),
      'retention.ms': '-1',
      'segment.bytes': config.text('share.coordinator.state.topic.segment.bytes'),
    }),
  },
}

export interface TopicDefaults {
  readonly partitions: number
  readonly replicationFactor: number
  /** Settings that the topic is created with, unless others are asked for. */
  readonly configs: Readonly<Record<string, string>>
}

/** What an internal topic is made of; undefined for any other. */
export function internalTopicDefaults(
  name: string,
  config: BrokerConfig,
  liveBrokers: number,
): TopicDefaults | undefined {
  if (!isInternalTopic(name)) return undefined
  const { partitions, replicationFactor, configs } = INTERNAL_TOPICS[name]
  return {
    partitions: config.number(partitions),
    // Differs: with fewer brokers than offsets.topic.replication.factor and the like Kafka makes its clients wait for more.
    replicationFactor: Math.max(1, Math.min(config.number(replicationFactor), liveBrokers)),
    configs: configs(config),
  }
}
