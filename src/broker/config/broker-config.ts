// The settings of one broker, in the four places where a value can stand: given for the broker, given for the whole
// cluster (both in the metadata log, changed at run time), given at start, or Kafka's default.

import { type MetadataImage, RESOURCE_TYPES } from '../metadata/image.ts'
import { BROKER_SETTINGS, brokerSynonyms } from './broker-settings.ts'
import type { ConfigSource } from './config-source.ts'
import { checkedValue, shownValue } from './setting.ts'
import { integerValue, listItems } from './setting-type.ts'

export interface ConfigSynonym {
  readonly name: string
  readonly value: string
  readonly source: ConfigSource
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

export class BrokerConfig {
  readonly node: number
  /** The settings given at start, checked and in canonical text; names Kafka does not know are kept as they are. */
  readonly statics: ReadonlyMap<string, string>
  readonly #image: Pick<MetadataImage, 'configsOf'>
  readonly #values = new Map<string, string | null>()

  /** Throws ConfigError when a value given at start is not acceptable. */
  constructor(node: number, statics: ReadonlyMap<string, string>, image: Pick<MetadataImage, 'configsOf'>) {
    this.node = node
    this.#image = image
    this.statics = new Map([...statics].map(([name, value]) => [name, checkedStatic(name, value)]))
  }

  /** As this one would be with other dynamic settings: of broker `name`, or of all brokers when it is empty. */
  withDynamic(name: string, values: ReadonlyMap<string, string>): BrokerConfig {
    return new BrokerConfig(this.node, this.statics, {
      configsOf: (type, owner) => (owner === name ? values : this.#image.configsOf(type, owner)),
    })
  }

  /** To be called when a setting of a broker changed. */
  forget(): void {
    this.#values.clear()
  }

  /** The value in force, in canonical text; null where there is none. */
  value(name: string): string | null {
    let value = this.#values.get(name)
    if (value === undefined) {
      value = this.#given(name) ?? BROKER_SETTINGS.get(name)?.defaultValue ?? null
      this.#values.set(name, value)
    }
    return value
  }

  #given(name: string): string | undefined {
    const setting = BROKER_SETTINGS.get(name)
    for (const { values } of this.#layers()) {
      const value = values.get(name)
      if (value !== undefined) return setting ? shownValue(setting, value) : value
    }
    return undefined
  }

  /** Names of everything that was given, for this broker or for all. */
  givenNames(): string[] {
    return this.#layers().flatMap(({ values }) => [...values.keys()])
  }

  /** What was given at run time for all brokers. */
  clusterWide(): ReadonlyMap<string, string> {
    return this.#image.configsOf(RESOURCE_TYPES.BROKER, '')
  }

  #layers(): { source: ConfigSource; values: ReadonlyMap<string, string> }[] {
    const dynamic = (name: string) => this.#image.configsOf(RESOURCE_TYPES.BROKER, name)
    return [
      { source: 'DYNAMIC_BROKER_CONFIG', values: dynamic(String(this.node)) },
      { source: 'DYNAMIC_DEFAULT_BROKER_CONFIG', values: dynamic('') },
      { source: 'STATIC_BROKER_CONFIG', values: this.statics },
    ]
  }

  /** The values that DescribeConfigs tells: Kafka leaves out what stands before the first use of the name asked for. */
  synonyms(name: string): ConfigSynonym[] {
    const found = this.allSynonyms(name)
    const first = found.findIndex((synonym) => synonym.name === name)
    return first < 0 ? [] : found.slice(first)
  }

  /** Every value a setting has under any of its names, the one in force first, defaults included. */
  allSynonyms(name: string): ConfigSynonym[] {
    const names = brokerSynonyms(name)
    const found: ConfigSynonym[] = []
    for (const { source, values } of this.#layers()) {
      for (const given of names) {
        const value = values.get(given)
        if (value !== undefined) found.push({ name: given, value, source })
      }
    }
    for (const given of names) {
      const value = BROKER_SETTINGS.get(given)?.defaultValue
      if (value != null) found.push({ name: given, value, source: 'DEFAULT_CONFIG' })
    }
    return found
  }

  number(name: string): number {
    return integerValue(this.value(name) ?? '0')
  }

  boolean(name: string): boolean {
    return this.value(name) === 'true'
  }

  text(name: string): string {
    return this.value(name) ?? ''
  }

  list(name: string): string[] {
    return listItems(this.text(name))
  }

  /** The broker's default for a topic setting, from its synonyms, in the topic setting's unit. */
  topicDefault(synonym: string): string | null {
    switch (synonym) {
      case 'log.retention.ms':
        return this.#firstTime(
          [synonym, 1],
          ['log.retention.minutes', MINUTE_MS],
          ['log.retention.hours', HOUR_MS],
        )
      case 'log.roll.ms':
        return this.#firstTime([synonym, 1], ['log.roll.hours', HOUR_MS])
      case 'log.roll.jitter.ms':
        return this.#firstTime([synonym, 1], ['log.roll.jitter.hours', HOUR_MS])
      case 'log.flush.interval.ms':
        return this.value(synonym) ?? this.value('log.flush.scheduler.interval.ms')
      default:
        return this.value(synonym)
    }
  }

  #firstTime(...choices: [name: string, unitMs: number][]): string | null {
    for (const [name, unitMs] of choices) {
      const value = this.value(name)
      if (value === null) continue
      // Negative means for ever, whatever the unit.
      return unitMs === 1 ? value : String(Math.max(-1, Number(value) * unitMs))
    }
    return null
  }
}

function checkedStatic(name: string, value: string): string {
  const setting = BROKER_SETTINGS.get(name)
  return setting ? checkedValue(setting, value) : value
}
