// The BROKER_LOGGER resource: the broker has one logger, under the name of Kafka's topmost.

import { KafkaError } from '../../protocol/errors.ts'
import { type LeveledLogger, LOG_LEVELS, type LogLevel } from '../leveled-logger.ts'
import { CONFIG_OPERATIONS, type ConfigChange } from './config-change.ts'
import { ConfigError } from './config-error.ts'
import type { DescribedConfig } from './described.ts'

const ROOT = 'root'
const DEFAULT_LEVEL: LogLevel = 'INFO'

export function describeLoggers({ level }: LeveledLogger): DescribedConfig[] {
  return [
    {
      name: ROOT,
      value: level,
      source: 'DYNAMIC_BROKER_LOGGER_CONFIG',
      isReadOnly: false,
      isSensitive: false,
      synonyms: [],
      setting: undefined,
    },
  ]
}

/** The level that the changes lead to; throws in Kafka's words when they make no sense. */
export function changedLevel(changes: readonly ConfigChange[], { level }: LeveledLogger): LogLevel {
  let changed = level
  for (const { name, operation, value } of changes) {
    if (name !== ROOT) throw new ConfigError(`Logger ${name} does not exist!`)
    if (operation === CONFIG_OPERATIONS.DELETE) {
      changed = DEFAULT_LEVEL
      continue
    }
    if (operation !== CONFIG_OPERATIONS.SET) {
      throw new KafkaError('INVALID_REQUEST', 'APPEND and SUBTRACT operations are not allowed for log levels')
    }
    const known = LOG_LEVELS.find((candidate) => candidate === value)
    if (!known) {
      throw new ConfigError(
        `Cannot set the log level of ${name} to ${value} as it is not a supported log level. ` +
          `Valid log levels are ${[...LOG_LEVELS].sort().join(', ')}`,
      )
    }
    changed = known
  }
  return changed
}
