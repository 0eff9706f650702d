import { COMMON_PROPERTIES } from './common-config.ts'
import { property, readSettings, type SettingsOf } from './properties.ts'
import { bool, int, oneOf } from './property-types.ts'

const FETCH_PROPERTIES = {
  ...COMMON_PROPERTIES,
  'allow.auto.create.topics': property(bool, true),
  'auto.offset.reset': property(oneOf('latest', 'earliest', 'none'), 'latest'),
  'check.crcs': property(bool, true),
  'fetch.max.bytes': property(int(0), 52_428_800),
  'fetch.max.wait.ms': property(int(0), 500),
  'fetch.min.bytes': property(int(0), 1),
  'isolation.level': property(oneOf('read_uncommitted', 'read_committed'), 'read_uncommitted'),
  'max.partition.fetch.bytes': property(int(0), 1_048_576),
} as const

export type FetchSettings = SettingsOf<typeof FETCH_PROPERTIES>

/** Properties of a Java consumer that say nothing about how records are fetched. */
const WITHOUT_EFFECT = [
  'auto.commit.interval.ms',
  'enable.auto.commit',
  'exclude.internal.topics',
  'group.id',
  'group.instance.id',
  'group.protocol',
  'group.remote.assignor',
  'heartbeat.interval.ms',
  'key.deserializer',
  'max.poll.interval.ms',
  'max.poll.records',
  'partition.assignment.strategy',
  'session.timeout.ms',
  'value.deserializer',
]

/** Settings of a reader from a consumer's properties; the names `inherited` may be those of other clients. */
export const fetchSettings = (
  properties: ReadonlyMap<string, string>,
  inherited: Iterable<string> = [],
): FetchSettings => readSettings(FETCH_PROPERTIES, properties, [...WITHOUT_EFFECT, ...inherited])
