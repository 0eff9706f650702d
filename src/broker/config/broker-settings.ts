import { controllerSettings } from './broker/controller.ts'
import { coordinatorsSettings } from './broker/coordinators.ts'
import { groupLimitsSettings } from './broker/group-limits.ts'
import { logSettings } from './broker/log.ts'
import { networkSettings } from './broker/network.ts'
import { remoteStorageSettings } from './broker/remote-storage.ts'
import { replicationSettings } from './broker/replication.ts'
import { saslSettings } from './broker/sasl.ts'
import { securitySettings } from './broker/security.ts'
import { topicsSettings } from './broker/topics.ts'
import type { Setting } from './setting.ts'

const ROWS = [
  ...topicsSettings,
  ...logSettings,
  ...networkSettings,
  ...replicationSettings,
  ...groupLimitsSettings,
  ...coordinatorsSettings,
  ...controllerSettings,
  ...securitySettings,
  ...saslSettings,
  ...remoteStorageSettings,
]

/** Every setting of a broker, by name. */
export const BROKER_SETTINGS: ReadonlyMap<string, Setting> = new Map(ROWS.map((row) => [row.name, row]))

/** Settings that say the same thing, in the order in which they are looked at. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
]

/** The setting that a name with a listener's prefix is about; undefined for a name without one. */
export function listenerSetting(name: string): string | undefined {
  const [, setting] = /^listener\.name\.[^.]+\.(.+)$/.exec(name) ?? []
  if (setting === undefined) return undefined
  // Settings of SASL may also be given for one mechanism of a listener.
  return BROKER_SETTINGS.has(setting) ? setting : setting.replace(/^[^.]+\./, '')
}

/** The names under which a broker setting may be given, the strongest first. */
export function brokerSynonyms(name: string): readonly string[] {
  if (name === 'log.flush.interval.ms') return [name, 'log.flush.scheduler.interval.ms']
  const base = listenerSetting(name)
  if (base !== undefined) return [name, base]
  return SYNONYMS.find((names) => names.includes(name)) ?? [name]
}
