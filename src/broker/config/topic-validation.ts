// Whether a topic may have certain settings, with Kafka's sentence if not (LogConfig.validate).

import type { BrokerConfig } from './broker-config.ts'
import { ConfigError } from './config-error.ts'
import { checkedValue } from './setting.ts'
import { TOPIC_SETTINGS, topicDefault } from './topic-config.ts'

/** Throws ConfigError unless a topic may have exactly these settings. */
export function checkTopicConfigs(given: ReadonlyMap<string, string | null>, config: BrokerConfig): void {
  const nulls = [...given].filter(([, value]) => value === null).map(([name]) => name)
  if (nulls.length > 0) {
    throw new ConfigError(`Null value not supported for topic configs: ${nulls.join(',')}`)
  }
  for (const name of given.keys()) {
    if (!TOPIC_SETTINGS.has(name)) throw new ConfigError(`Unknown topic config name: ${name}`)
  }
  const values = new Map<string, string>()
  for (const [name, setting] of TOPIC_SETTINGS) {
    const value = given.get(name)
    if (value != null) values.set(name, checkedValue(setting, value))
  }
  const inForce = (name: string) => values.get(name) ?? topicDefault(TOPIC_SETTINGS.get(name)!, config)
  checkCompactionLags(inForce)
  if (inForce('remote.storage.enable') === 'true') {
    throw new ConfigError(
      'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
    )
  }
}

function checkCompactionLags(inForce: (name: string) => string | null): void {
  const min = inForce('min.compaction.lag.ms') ?? '0'
  const max = inForce('max.compaction.lag.ms') ?? '0'
  if (BigInt(min) <= BigInt(max)) return
  throw new ConfigError(
    `conflict topic config setting min.compaction.lag.ms (${min}) > max.compaction.lag.ms (${max})`,
  )
}
