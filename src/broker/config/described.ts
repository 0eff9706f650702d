// Settings as DescribeConfigs and CreateTopics tell them: value, where it comes from, and every other value it has
// been given.

import { type MetadataImage, RESOURCE_TYPES } from '../metadata/image.ts'
import type { BrokerConfig, ConfigSynonym } from './broker-config.ts'
import { BROKER_SETTINGS } from './broker-settings.ts'
import { clientMetricsSettings } from './client-metrics-settings.ts'
import type { ConfigSource } from './config-source.ts'
import { groupSettings } from './group-settings.ts'
import { isSensitive, type Setting, shownValue } from './setting.ts'
import { TOPIC_SETTINGS, topicDefault } from './topic-config.ts'

export interface DescribedConfig {
  readonly name: string
  /** Null when unset, or too secret to tell. */
  readonly value: string | null
  readonly source: ConfigSource
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  /** The one in force first. */
  readonly synonyms: readonly { name: string; value: string | null; source: ConfigSource }[]
  /** Undefined for a name that Kafka does not know. */
  readonly setting: Setting | undefined
}

/** Every setting of a topic, in Kafka's order. */
export function describeTopic(topic: string, image: MetadataImage, config: BrokerConfig): DescribedConfig[] {
  const own = image.configsOf(RESOURCE_TYPES.TOPIC, topic)
  return [...TOPIC_SETTINGS.values()]
    .filter(({ name, isInternal }) => !isInternal || own.has(name))
    .map((setting) => {
      const inherited = setting.synonym === undefined ? [] : config.synonyms(setting.synonym)
      return described(setting, own, 'DYNAMIC_TOPIC_CONFIG', inherited, () => topicDefault(setting, config))
    })
}

/** Every setting of a group, from its own and the broker's. */
export function describeGroup(group: string, image: MetadataImage, config: BrokerConfig): DescribedConfig[] {
  const own = image.configsOf(RESOURCE_TYPES.GROUP, group)
  return groupSettings.map((setting) => {
    const { name, synonym, defaultValue } = setting
    const inherited: ConfigSynonym[] =
      synonym === undefined
        ? [{ name, value: defaultValue ?? '', source: 'DEFAULT_CONFIG' }]
        : config.synonyms(synonym)
    const fallback = () => (synonym === undefined ? defaultValue : config.value(synonym))
    return described(setting, own, 'DYNAMIC_GROUP_CONFIG', inherited, fallback)
  })
}

/** Every setting of a subscription of client metrics. */
export function describeClientMetrics(name: string, image: MetadataImage): DescribedConfig[] {
  const own = image.configsOf(RESOURCE_TYPES.CLIENT_METRICS, name)
  return clientMetricsSettings.map((setting) =>
    described(setting, own, 'DYNAMIC_CLIENT_METRICS_CONFIG', [], () => setting.defaultValue),
  )
}

function described(
  setting: Setting,
  own: ReadonlyMap<string, string>,
  ownSource: ConfigSource,
  inherited: readonly ConfigSynonym[],
  fallback: () => string | null,
): DescribedConfig {
  const { name } = setting
  const given = own.get(name)
  const value = given === undefined ? fallback() : shownValue(setting, given)
  const synonyms = given === undefined ? inherited : [{ name, value, source: ownSource }, ...inherited]
  const source = synonyms[0]?.source ?? 'DEFAULT_CONFIG'
  return { name, value, source, isReadOnly: false, isSensitive: false, synonyms, setting }
}

/** Every setting of a broker, and what it was given under names that Kafka does not know. */
export function describeBroker(config: BrokerConfig): DescribedConfig[] {
  const names = new Set([...BROKER_SETTINGS.values()].filter((row) => !row.isInternal).map((row) => row.name))
  for (const name of config.givenNames()) names.add(name)
  return [...names].map((name) => describedBrokerSetting(name, config.synonyms(name), config.value(name)))
}

/** What was given for all brokers at once. */
export function describeBrokerDefaults(config: BrokerConfig): DescribedConfig[] {
  return [...config.clusterWide()].map(([name, value]) => {
    const synonyms = config.synonyms(name).filter(({ source }) => source === 'DYNAMIC_DEFAULT_BROKER_CONFIG')
    return describedBrokerSetting(name, synonyms, value)
  })
}

function describedBrokerSetting(
  name: string,
  synonyms: ConfigSynonym[],
  value: string | null,
): DescribedConfig {
  const setting = BROKER_SETTINGS.get(name)
  const secret = isSensitive(setting)
  return {
    name,
    value: secret ? null : value,
    source: synonyms[0]?.source ?? 'DEFAULT_CONFIG',
    isReadOnly: setting === undefined || setting.update === 'read-only',
    isSensitive: secret,
    synonyms: secret ? synonyms.map((synonym) => ({ ...synonym, value: null })) : synonyms,
    setting,
  }
}

/** What a new topic's settings will be, by name: its own as they were given, the rest from broker and defaults. */
export function describeNewTopic(own: ReadonlyMap<string, string>, config: BrokerConfig) {
  return [...TOPIC_SETTINGS.values()]
    .filter(({ name, isInternal }) => !isInternal || own.has(name))
    .map((setting) => {
      const { name } = setting
      const value = own.get(name)
      if (value !== undefined) return { name, value, source: 'DYNAMIC_TOPIC_CONFIG' as const }
      return { name, ...newTopicDefault(setting, config) }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function newTopicDefault(
  setting: Setting,
  config: BrokerConfig,
): { value: string | null; source: ConfigSource } {
  const given =
    setting.synonym === undefined
      ? undefined
      : config.allSynonyms(setting.synonym).find(({ source }) => source !== 'DEFAULT_CONFIG')
  if (!given) return { value: setting.defaultValue, source: 'DEFAULT_CONFIG' }
  return { value: topicDefault(setting, config), source: given.source }
}
