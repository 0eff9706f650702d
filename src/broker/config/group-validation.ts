// Whether a group or a subscription of client metrics may have certain settings, with Kafka's sentence if not.

import { KafkaError } from '../../protocol/errors.ts'
import type { BrokerConfig } from './broker-config.ts'
import { BROKER_SETTINGS } from './broker-settings.ts'
import { clientMetricsSettings } from './client-metrics-settings.ts'
import { ConfigError } from './config-error.ts'
import { groupSettings } from './group-settings.ts'
import { checkedValue, type Setting } from './setting.ts'
import { listItems } from './setting-type.ts'

const byName = (rows: readonly Setting[]): ReadonlyMap<string, Setting> =>
  new Map(rows.map((row) => [row.name, row]))

const GROUP_SETTINGS = byName(groupSettings)
const CLIENT_METRICS_SETTINGS = byName(clientMetricsSettings)

/** Throws ConfigError unless a group may have exactly these settings; the broker's say how far they may go. */
export function checkGroupConfigs(given: ReadonlyMap<string, string>, config: BrokerConfig): void {
  for (const name of given.keys()) {
    if (!GROUP_SETTINGS.has(name)) throw new ConfigError(`Unknown group config name: ${name}`)
  }
  for (const [name, value] of given) {
    const canonical = checkedValue(GROUP_SETTINGS.get(name)!, value)
    const { least, most } = limitsOf(name)
    if (BROKER_SETTINGS.has(least) && Number(canonical) < config.number(least)) {
      throw new ConfigError(`${name} must be greater than or equal to ${least}`)
    }
    if (BROKER_SETTINGS.has(most) && Number(canonical) > config.number(most)) {
      throw new ConfigError(`${name} must be less than or equal to ${most}`)
    }
  }
  for (const kind of ['consumer', 'share', 'streams']) checkHeartbeat(kind, given, config)
}

/** Names of the broker settings that bound a group's setting; not all of them have any. */
function limitsOf(name: string): { least: string; most: string } {
  const dot = name.indexOf('.')
  const kind = name.slice(0, dot)
  const rest = name.slice(dot + 1)
  const most = name === 'streams.num.standby.replicas' ? 'max.standby.replicas' : `max.${rest}`
  return { least: `group.${kind}.min.${rest}`, most: `group.${kind}.${most}` }
}

function checkHeartbeat(kind: string, given: ReadonlyMap<string, string>, config: BrokerConfig): void {
  const session = `${kind}.session.timeout.ms`
  const heartbeat = `${kind}.heartbeat.interval.ms`
  const inForce = (name: string) => Number(given.get(name) ?? config.value(`group.${name}`))
  if (inForce(session) <= inForce(heartbeat))
    throw new ConfigError(`${session} must be greater than ${heartbeat}`)
}

const MIN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 3_600_000
const MATCH_KEYS = new Set([
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
])

/** Throws ConfigError or INVALID_REQUEST unless a subscription of client metrics may have these settings. */
export function checkClientMetricsConfigs(given: ReadonlyMap<string, string>): void {
  for (const [name, value] of given) {
    const setting = CLIENT_METRICS_SETTINGS.get(name)
    if (!setting) throw new KafkaError('INVALID_REQUEST', `Unknown client metrics configuration: ${name}`)
    const canonical = checkedValue(setting, value)
    if (name === 'interval.ms') checkInterval(Number(canonical))
    if (name === 'match') for (const pattern of listItems(canonical)) checkMatch(pattern)
  }
}

function checkInterval(ms: number): void {
  if (ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS) return
  throw new KafkaError(
    'INVALID_REQUEST',
    `Invalid value ${ms} for interval.ms, interval must be between ${MIN_INTERVAL_MS} and ${MAX_INTERVAL_MS} (1 hour)`,
  )
}

function checkMatch(pattern: string): void {
  const [key = '', expression, ...more] = pattern.split('=')
  if (
    expression === undefined ||
    more.length > 0 ||
    !MATCH_KEYS.has(key.trim()) ||
    !isExpression(expression)
  ) {
    throw new ConfigError(`Illegal client matching pattern: ${pattern}`)
  }
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}
