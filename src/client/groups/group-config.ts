import { pickSettings, property, type SettingsOf } from '../config/properties.ts'
import { bool, int, type PropertyType, text } from '../config/property-types.ts'
import { SettingError } from '../config/setting-error.ts'
import { ASSIGNORS, type AssignorName } from './assignors.ts'

/** Kafka takes the name in any case. */
const protocol: PropertyType<'classic' | 'consumer'> = (name, value) => {
  const lower = value.trim().toLowerCase()
  if (lower === 'classic' || lower === 'consumer') return lower
  throw new SettingError(
    `Invalid value ${value} for configuration ${name}: String must be one of (case insensitive): CLASSIC, CONSUMER`,
  )
}

const JAVA_ASSIGNORS: Readonly<Record<string, AssignorName>> = {
  'org.apache.kafka.clients.consumer.RangeAssignor': 'range',
  'org.apache.kafka.clients.consumer.RoundRobinAssignor': 'roundrobin',
}

const assignors: PropertyType<readonly AssignorName[]> = (name, value) => {
  const given = value.split(',').map((part) => part.trim())
  return given.map((assignor) => {
    const found = JAVA_ASSIGNORS[assignor] ?? (assignor as AssignorName)
    if (Object.hasOwn(ASSIGNORS, found)) return found
    const known = Object.keys(JAVA_ASSIGNORS).join(', ')
    throw new SettingError(`the property '${name}' cannot be '${assignor}', only ${known} are supported`)
  })
}

const GROUP_PROPERTIES = {
  'auto.commit.interval.ms': property(int(0), 5000),
  'enable.auto.commit': property(bool, true),
  'group.id': property(text, ''),
  'group.instance.id': property(text, ''),
  'group.protocol': property(protocol, 'classic'),
  'group.remote.assignor': property(text, ''),
  'heartbeat.interval.ms': property(int(1), 3000),
  'max.poll.interval.ms': property(int(1), 300_000),
  'max.poll.records': property(int(1), 500),
  'partition.assignment.strategy': property(assignors, ['range', 'roundrobin']),
  'session.timeout.ms': property(int(1), 45_000),
} as const

export type GroupSettings = SettingsOf<typeof GROUP_PROPERTIES>

/** What brokers decide in the newer protocol. */
const CLASSIC_ONLY = ['heartbeat.interval.ms', 'partition.assignment.strategy', 'session.timeout.ms']

/** Settings of a member from a consumer's properties. */
export function groupSettings(properties: ReadonlyMap<string, string>): GroupSettings {
  const settings = pickSettings(GROUP_PROPERTIES, properties)
  if (settings['group.protocol'] === 'consumer') {
    for (const name of CLASSIC_ONLY) {
      if (properties.has(name)) throw new SettingError(`${name} cannot be set when group.protocol=CONSUMER`)
    }
  } else if (properties.has('group.remote.assignor')) {
    throw new SettingError('group.remote.assignor cannot be set when group.protocol=CLASSIC')
  } else if (settings['heartbeat.interval.ms'] >= settings['session.timeout.ms']) {
    throw new SettingError('Heartbeat must be set lower than the session timeout')
  }
  return settings
}
