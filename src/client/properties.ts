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

/** Properties whose only value understood so far is the one given here. */
const ONLY: Readonly<Record<string, string>> = { 'security.protocol': 'PLAINTEXT' }

/** Reads properties by the table; SettingError for values that make no sense and names that mean nothing. */
export function readSettings<Table extends PropertyTable>(
  table: Table,
  properties: ReadonlyMap<string, string>,
  withoutEffect: readonly string[] = [],
): SettingsOf<Table> {
  for (const [name, value] of properties) {
    if (Object.hasOwn(table, name)) continue
    const only = ONLY[name]
    if (only !== undefined && value.trim().toUpperCase() === only) continue
    if (WITHOUT_EFFECT.includes(name) || withoutEffect.includes(name)) continue
    throw new SettingError(
      only === undefined
        ? `the property '${name}' is unknown or not supported`
        : `the property '${name}' cannot be '${value}', only '${only}' is supported`,
    )
  }
  const settings = Object.entries(table).map(([name, { type, default: value }]) => {
    const given = properties.get(name)
    return [name, given === undefined ? value : type(name, given)]
  })
  return Object.fromEntries(settings) as SettingsOf<Table>
}
