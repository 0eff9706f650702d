import { COMMON_PROPERTIES } from '../config/common-config.ts'
import { pickSettings, property, type SettingsOf } from '../config/properties.ts'
import { bool, int, oneOf, text } from '../config/property-types.ts'
import { SettingError } from '../config/setting-error.ts'

const SHARE_PROPERTIES = {
  ...COMMON_PROPERTIES,
  // Differs: true in Java's consumers, so that reading creates topics.
  'allow.auto.create.topics': property(bool, false),
  'check.crcs': property(bool, true),
  'fetch.max.bytes': property(int(0), 52_428_800),
  'fetch.max.wait.ms': property(int(0), 500),
  'fetch.min.bytes': property(int(0), 1),
  'group.id': property(text, ''),
  'max.poll.records': property(int(1), 500),
  'share.acquire.mode': property(oneOf('batch_optimized', 'record_limit'), 'batch_optimized'),
} as const

export type ShareSettings = SettingsOf<typeof SHARE_PROPERTIES>

/** What share groups have no use for, or what their brokers decide. */
const REFUSED = [
  'auto.offset.reset',
  'enable.auto.commit',
  'group.instance.id',
  'isolation.level',
  'partition.assignment.strategy',
  'interceptor.classes',
  'session.timeout.ms',
  'heartbeat.interval.ms',
  'group.protocol',
  'group.remote.assignor',
]

/** Settings of a share consumer from properties; the names `inherited` may be those of other clients. */
export function shareSettings(
  properties: ReadonlyMap<string, string>,
  inherited: ReadonlySet<string> = new Set(),
): ShareSettings {
  const refused = REFUSED.filter((name) => properties.has(name) && !inherited.has(name))
  if (refused.length > 0) {
    throw new SettingError(`${refused.join(', ')} cannot be set when using a share group.`)
  }
  return pickSettings(SHARE_PROPERTIES, properties)
}
