// Settings under the names of Kafka's client properties. A table says which names a client knows, how their text is
// read and what holds without them; a name that no Kafka client has is refused, and so is one that asks for something
// this client cannot do: silence would let a typing error or a missing feature pass for success.

import type { PropertyType } from './property-types.ts'
import { SettingError } from './setting-error.ts'

export interface Property<T> {
  readonly type: PropertyType<T>
  readonly default: T
}

export type PropertyTable = { readonly [name: string]: Property<unknown> }

export const property = <T>(type: PropertyType<T>, value: T): Property<T> => ({ type, default: value })

export type SettingsOf<Table extends PropertyTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Property<infer T> ? T : never
}

/** Properties of Kafka's clients that change nothing here: they configure the Java client's own machinery. */
const WITHOUT_EFFECT = [
  'auto.include.jmx.reporter',
  'client.dns.lookup',
  'client.rack',
  'connections.max.idle.ms',
  'enable.metrics.push',
  'metadata.max.idle.ms',
  'metadata.recovery.rebootstrap.trigger.ms',
  'metadata.recovery.strategy',
  'metric.reporters',
  'metrics.num.samples',
  'metrics.recording.level',
  'metrics.sample.window.ms',
  'receive.buffer.bytes',
  'reconnect.backoff.max.ms',
  'reconnect.backoff.ms',
  'send.buffer.bytes',
  'socket.connection.setup.timeout.max.ms',
]

/** Properties that no client can pass over, with the only value understood so far. */
const ONLY: Readonly<Record<string, string>> = { 'config.providers': '', 'security.protocol': 'PLAINTEXT' }

/** Reads properties by the table; SettingError for values that make no sense and names that mean nothing. */
export function readSettings<Table extends PropertyTable>(
  table: Table,
  properties: ReadonlyMap<string, string>,
  withoutEffect: readonly string[] = [],
): SettingsOf<Table> {
  const known = [...Object.keys(table), ...Object.keys(ONLY), ...WITHOUT_EFFECT, ...withoutEffect]
  const stranger = [...properties.keys()].find((name) => !known.includes(name))
  if (stranger !== undefined) throw new SettingError(`the property '${stranger}' is unknown or not supported`)
  return pickSettings(table, properties)
}

/** Reads what the table has of the properties, and passes over those that are meant for clients of other kinds. */
export function pickSettings<Table extends PropertyTable>(
  table: Table,
  properties: ReadonlyMap<string, string>,
): SettingsOf<Table> {
  for (const [name, only] of Object.entries(ONLY)) {
    const value = properties.get(name)?.trim()
    if (value === undefined || value.toUpperCase() === only) continue
    throw new SettingError(`${name}=${value} is not supported${only && `, only ${only} is`}`)
  }
  const settings = Object.entries(table).map(([name, { type, default: value }]) => {
    const given = properties.get(name)
    return [name, given === undefined ? value : type(name, given)]
  })
  return Object.fromEntries(settings) as SettingsOf<Table>
}
