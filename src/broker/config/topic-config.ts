// The settings in force for a topic: its own, else those of the broker, else Kafka's defaults; as numbers and flags
// for whoever obeys them.

import type { Int64 } from '../../bytes/int64.ts'
import type { LogSettings } from '../../log/log-settings.ts'
import type { MetadataChanges } from '../metadata/changes.ts'
import { type MetadataImage, RESOURCE_TYPES } from '../metadata/image.ts'
import type { BrokerConfig } from './broker-config.ts'
import { type Setting, shownValue } from './setting.ts'
import { integerValue, listItems, longValue } from './setting-type.ts'
import { topicSettings } from './topic-settings.ts'

/** Every setting of a topic, by name, in the order in which Kafka describes them (that of its hash table). */
export const TOPIC_SETTINGS: ReadonlyMap<string, Setting> = new Map(
  topicSettings.map((row) => [row.name, row]),
)

export type CompressionType = 'uncompressed' | 'zstd' | 'lz4' | 'snappy' | 'gzip' | 'producer'

export interface TopicSettings extends LogSettings {
  isCompacted: boolean
  compressionType: CompressionType
  /** The level for compressionType; undefined where its codec has none. */
  compressionLevel: number | undefined
  messageTimestampType: 'CreateTime' | 'LogAppendTime'
  messageTimestampBeforeMaxMs: Int64
  messageTimestampAfterMaxMs: Int64
  minInsyncReplicas: number
  allowsUncleanElection: boolean
  deleteRetentionMs: Int64
  minCompactionLagMs: Int64
  maxCompactionLagMs: Int64
  minCleanableRatio: number
}

/** A topic setting's value when the topic has none of its own, in canonical text. */
export function topicDefault(setting: Setting, config: BrokerConfig): string | null {
  const fallback = setting.synonym === undefined ? null : config.topicDefault(setting.synonym)
  return fallback ?? setting.defaultValue
}

export class TopicConfigs {
  readonly #image: MetadataImage
  readonly #config: BrokerConfig
  readonly #settings = new Map<string, TopicSettings>()

  constructor(image: MetadataImage, config: BrokerConfig) {
    this.#image = image
    this.#config = config
  }

  /** Forgets the settings that a transaction of the metadata log may have changed. */
  update(changes: MetadataChanges): void {
    for (const topic of changes.deletedTopics) this.#settings.delete(topic.name)
    for (const { type, name } of changes.changedConfigs) {
      if (type === RESOURCE_TYPES.TOPIC) this.#settings.delete(name)
      else if (type === RESOURCE_TYPES.BROKER) this.#settings.clear()
    }
  }

  /** The settings in force; the same object until one of them changes. */
  of(topic: string): TopicSettings {
    let settings = this.#settings.get(topic)
    if (!settings) {
      settings = this.#read(topic)
      this.#settings.set(topic, settings)
    }
    return settings
  }

  #read(topic: string): TopicSettings {
    const own = this.#image.configsOf(RESOURCE_TYPES.TOPIC, topic)
    const text = (name: string) => {
      const setting = TOPIC_SETTINGS.get(name)!
      const value = own.get(name)
      return (value === undefined ? topicDefault(setting, this.#config) : shownValue(setting, value)) ?? ''
    }
    const number = (name: string) => integerValue(text(name))
    // What is compared with timestamps, which may be past 2^53.
    const long = (name: string) => longValue(text(name))
    const policies = listItems(text('cleanup.policy'))
    const compressionType = text('compression.type') as CompressionType
    const hasLevel = compressionType === 'gzip' || compressionType === 'lz4' || compressionType === 'zstd'
    return {
      segmentBytes: own.has('internal.segment.bytes')
        ? number('internal.segment.bytes')
        : number('segment.bytes'),
      segmentMs: long('segment.ms'),
      segmentJitterMs: number('segment.jitter.ms'),
      segmentIndexBytes: number('segment.index.bytes'),
      indexIntervalBytes: number('index.interval.bytes'),
      maxMessageBytes: number('max.message.bytes'),
      isDeletedByAge: policies.includes('delete'),
      retentionMs: long('retention.ms'),
      retentionBytes: number('retention.bytes'),
      flushMessages: number('flush.messages'),
      flushMs: number('flush.ms'),
      fileDeleteDelayMs: number('file.delete.delay.ms'),
      producerIdExpirationMs: this.#config.number('producer.id.expiration.ms'),
      isCompacted: policies.includes('compact'),
      compressionType,
      compressionLevel: hasLevel ? number(`compression.${compressionType}.level`) : undefined,
      messageTimestampType: text('message.timestamp.type') as TopicSettings['messageTimestampType'],
      messageTimestampBeforeMaxMs: long('message.timestamp.before.max.ms'),
      messageTimestampAfterMaxMs: long('message.timestamp.after.max.ms'),
      minInsyncReplicas: number('min.insync.replicas'),
      allowsUncleanElection: text('unclean.leader.election.enable') === 'true',
      deleteRetentionMs: long('delete.retention.ms'),
      minCompactionLagMs: long('min.compaction.lag.ms'),
      maxCompactionLagMs: long('max.compaction.lag.ms'),
      minCleanableRatio: Number(text('min.cleanable.dirty.ratio')),
    }
  }
}
