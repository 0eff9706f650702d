import { COMMON_PROPERTIES } from '../config/common-config.ts'
import { pickSettings, property, refuseProperties, type SettingsOf } from '../config/properties.ts'
import { bool, int, long, oneOf, text } from '../config/property-types.ts'
import { SettingError } from '../config/setting-error.ts'

const INT_MAX = 2_147_483_647

const PRODUCER_PROPERTIES = {
  ...COMMON_PROPERTIES,
  acks: property(oneOf('all', '-1', '0', '1'), 'all'),
  'batch.size': property(int(0), 16_384),
  'buffer.memory': property(long(0), 33_554_432),
  'compression.gzip.level': property(int(-1, 9), -1),
  'compression.lz4.level': property(int(1, 17), 9),
  'compression.type': property(oneOf('none', 'gzip', 'snappy', 'lz4', 'zstd'), 'none'),
  'compression.zstd.level': property(int(-131_072, 22), 3),
  'delivery.timeout.ms': property(int(0), 120_000),
  'enable.idempotence': property(bool, true),
  'linger.ms': property(long(0), 5),
  'max.block.ms': property(long(0), 60_000),
  'max.in.flight.requests.per.connection': property(int(1), 5),
  'max.request.size': property(int(0), 1_048_576),
  'partitioner.ignore.keys': property(bool, false),
  retries: property(int(0), INT_MAX),
  'transaction.timeout.ms': property(int(0), 60_000),
  'transactional.id': property(text, ''),
} as const

export type ProducerSettings = SettingsOf<typeof PRODUCER_PROPERTIES>

/** They decide which records arrive, and where. */
const REFUSED = ['partitioner.class']

/** Settings of a producer; SettingError in the words of Kafka's ProducerConfig where they contradict each other. */
export function producerSettings(properties: ReadonlyMap<string, string>): ProducerSettings {
  refuseProperties(REFUSED, properties)
  const settings = pickSettings(PRODUCER_PROPERTIES, properties)
  const adjusted = adjustTimeout(adjustIdempotence(settings, properties), properties)
  if (adjusted['transactional.id'] !== '' && !adjusted['enable.idempotence']) {
    throw new SettingError('Cannot set a transactional.id without also enabling idempotence.')
  }
  return adjusted
}

function adjustIdempotence(
  settings: ProducerSettings,
  properties: ReadonlyMap<string, string>,
): ProducerSettings {
  if (!settings['enable.idempotence']) return settings
  const isWanted = properties.has('enable.idempotence')
  const isAll = settings.acks === 'all' || settings.acks === '-1'
  if (isAll && settings.retries > 0 && settings['max.in.flight.requests.per.connection'] <= 5) return settings
  if (settings['max.in.flight.requests.per.connection'] > 5) {
    throw new SettingError(
      'Must set max.in.flight.requests.per.connection to at most 5 to use the idempotent producer.',
    )
  }
  // Only an idempotence that was asked for contradicts the rest; the default one just gives way.
  if (isWanted && settings.retries === 0) {
    throw new SettingError('Must set retries to non-zero when using the idempotent producer.')
  }
  if (isWanted) {
    throw new SettingError(
      'Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.',
    )
  }
  return { ...settings, 'enable.idempotence': false }
}

function adjustTimeout(
  settings: ProducerSettings,
  properties: ReadonlyMap<string, string>,
): ProducerSettings {
  const leastMs = Math.min(settings['linger.ms'] + settings['request.timeout.ms'], INT_MAX)
  if (settings['delivery.timeout.ms'] >= leastMs) return settings
  if (properties.has('delivery.timeout.ms')) {
    throw new SettingError(
      'delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms',
    )
  }
  return { ...settings, 'delivery.timeout.ms': leastMs }
}
