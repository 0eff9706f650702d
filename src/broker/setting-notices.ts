import { brokerSettingWarnings, topicSettingWarnings } from './config/setting-warnings.ts'
import type { Logger } from './logger.ts'
import type { MetadataChanges } from './metadata/changes.ts'
import { type MetadataImage, RESOURCE_TYPES } from './metadata/image.ts'
import { isInternalTopic } from './topic-names.ts'

/** Warns, while the broker runs, about settings that topics and brokers are given and that have no effect. */
export class SettingNotices {
  readonly #image: MetadataImage
  readonly #logger: Logger
  /** The warnings that each topic or broker had last. */
  readonly #given = new Map<string, string>()

  constructor(image: MetadataImage, logger: Logger) {
    this.#image = image
    this.#logger = logger
  }

  apply(changes: MetadataChanges): void {
    for (const { name } of changes.deletedTopics) this.#given.delete(`${RESOURCE_TYPES.TOPIC} ${name}`)
    for (const { type, name } of changes.changedConfigs) {
      const warnings = this.#warningsFor(type, name)
      const [key, text] = [`${type} ${name}`, warnings.join('\n')]
      if (text !== (this.#given.get(key) ?? '')) for (const warning of warnings) this.#logger.warn(warning)
      if (text === '') this.#given.delete(key)
      else this.#given.set(key, text)
    }
  }

  #warningsFor(type: number, name: string): string[] {
    const configs = this.#image.configsOf(type, name)
    if (type === RESOURCE_TYPES.BROKER) return brokerSettingWarnings(configs)
    return type === RESOURCE_TYPES.TOPIC && !isInternalTopic(name) ? topicSettingWarnings(name, configs) : []
  }
}
