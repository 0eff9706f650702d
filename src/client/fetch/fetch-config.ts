import { COMMON_PROPERTIES } from '../config/common-config.ts'
import { pickSettings, property, type SettingsOf } from '../config/properties.ts'
import { bool, int, oneOf } from '../config/property-types.ts'

const FETCH_PROPERTIES = {
  ...COMMON_PROPERTIES,
  // Differs: true in Java's consumers, so that reading creates topics.
  'allow.auto.create.topics': property(bool, false),
  'auto.offset.reset': property(oneOf('latest', 'earliest', 'none'), 'latest'),
  'check.crcs': property(bool, true),
  'fetch.max.bytes': property(int(0), 52_428_800),
  'fetch.max.wait.ms': property(int(0), 500),
  'fetch.min.bytes': property(int(0), 1),
  'isolation.level': property(oneOf('read_uncommitted', 'read_committed'), 'read_uncommitted'),
  'max.partition.fetch.bytes': property(int(0), 1_048_576),
} as const

export type FetchSettings = SettingsOf<typeof FETCH_PROPERTIES>

/** Settings of a reader from a consumer's properties. */
export const fetchSettings = (properties: ReadonlyMap<string, string>): FetchSettings =>
  pickSettings(FETCH_PROPERTIES, properties)
