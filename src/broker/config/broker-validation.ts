// Whether the settings of a broker may be changed at run time, with Kafka's sentence if not (DynamicBrokerConfig).

import { KafkaError } from '../../protocol/errors.ts'
import { BROKER_SETTINGS, listenerSetting } from './broker-settings.ts'
import { ConfigError, invalidValue } from './config-error.ts'
import { checkedValue, type Setting } from './setting.ts'

// Each listener has keys and certificates of its own, so these are only taken with a listener's prefix.
const PER_LISTENER = new Set([
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.keystore.key',
  'ssl.keystore.certificate.chain',
  'ssl.key.password',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.certificates',
])

/** Throws INVALID_REQUEST unless a broker, or all of them at once, may have exactly these dynamic settings. */
export function checkBrokerConfigs(given: ReadonlyMap<string, string>, isForOne: boolean): void {
  const names = [...given.keys()]
  const settingOf = (name: string): Setting | undefined => BROKER_SETTINGS.get(listenerSetting(name) ?? name)
  refuseIfAny(
    names.filter((name) => BROKER_SETTINGS.get(name)?.update === 'read-only'),
    'Cannot update these configs dynamically',
  )
  refuseIfAny(
    names.filter((name) => PER_LISTENER.has(name)),
    'These security configs can be dynamically updated only per-listener using the listener prefix',
  )
  if (!isForOne) {
    refuseIfAny(
      names.filter((name) => listenerSetting(name) !== undefined || settingOf(name)?.update === 'per-broker'),
      'Cannot update these configs at default cluster level, broker id must be specified',
    )
  }
  for (const [name, value] of given) {
    const setting = settingOf(name)
    // Names that Kafka does not know are kept for plugins, whatever their values.
    if (setting) checkValue({ ...setting, name }, value)
    if (setting?.type === 'CLASS') checkClass({ ...setting, name }, value)
  }
}

/** Classes cannot be loaded here: what is chosen by default is all there is. */
function checkClass({ name, defaultValue }: Setting, value: string): void {
  if (value === defaultValue) return
  const problem = invalidValue(name, value, `Class ${value} could not be found.`).message
  throw new KafkaError('INVALID_REQUEST', problem)
}

function refuseIfAny(names: string[], problem: string): void {
  if (names.length > 0) throw new KafkaError('INVALID_REQUEST', `${problem}: [${names.join(', ')}]`)
}

function checkValue(setting: Setting, value: string): void {
  try {
    checkedValue(setting, value)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new KafkaError('INVALID_REQUEST', error.message, { cause: error })
  }
}
