// One setting of Kafka's: its name, type, default and check. Values are kept in the canonical text that Kafka
// shows (a number without leading zeros, a list joined by commas), since that is what is stored and described.

import type { Check } from './checks.ts'
import { ConfigError } from './config-error.ts'
import { documentation } from './documentation.ts'
import { canonicalText, type SettingType } from './setting-type.ts'

/** How a setting can change while the broker runs: not at all, for one broker only, or for the whole cluster too. */
export type Update = 'read-only' | 'per-broker' | 'cluster-wide'

export interface Setting {
  readonly name: string
  readonly type: SettingType
  /** Null where Kafka has none: the setting is unset until given. */
  readonly defaultValue: string | null
  readonly check: Check | undefined
  readonly update: Update
  /** The broker setting that a topic's or group's value falls back to. */
  readonly synonym: string | undefined
  /** What it does, for those that ktool obeys. */
  readonly documentation: string | undefined
  /** Obeyed but not described: Kafka keeps it for its own tests. */
  readonly isInternal: boolean
}

interface Rest {
  check?: Check
  update?: Update
  synonym?: string
  isInternal?: boolean
}

/** Long.MAX_VALUE: no limit. */
export const FOREVER = '9223372036854775807'
export const INT_MAX = 2_147_483_647

const define =
  (type: SettingType) =>
  (name: string, defaultValue: string | number | boolean | null, rest: Rest = {}): Setting => ({
    name,
    type,
    defaultValue: defaultValue === null ? null : canonicalText(type, name, String(defaultValue)),
    check: rest.check,
    update: rest.update ?? 'read-only',
    synonym: rest.synonym,
    documentation: documentation[name],
    isInternal: rest.isInternal ?? false,
  })

export const bool = define('BOOLEAN')
export const text = define('STRING')
export const int = define('INT')
export const short = define('SHORT')
export const long = define('LONG')
export const double = define('DOUBLE')
export const list = define('LIST')
export const className = define('CLASS')
export const password = define('PASSWORD')

/** The value in canonical text; throws ConfigError with Kafka's sentence when this setting cannot have it. */
export function checkedValue(setting: Setting, value: string): string {
  const canonical = canonicalText(setting.type, setting.name, value)
  setting.check?.(setting.name, canonical)
  return canonical
}

/** A stored value as it is shown; one that is no longer acceptable is shown as it stands. */
export function shownValue(setting: Setting, value: string): string {
  try {
    return canonicalText(setting.type, setting.name, value)
  } catch (error) {
    if (error instanceof ConfigError) return value
    throw error
  }
}

/** Whether the value must never be shown: Kafka hides passwords, and whatever it does not know. */
export function isSensitive(setting: Setting | undefined): boolean {
  return setting === undefined || setting.type === 'PASSWORD'
}
