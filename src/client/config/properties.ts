// Settings under the names of Kafka's client properties. A table says which names a client knows, how their text is
// read and what holds without them. Names that it has not are passed over, as Java's clients do: one file may serve
// clients of all kinds. What asks for something this client cannot do is refused where silence would change the outcome.

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

/** Reads what the table has of the properties; SettingError for values that make no sense. */
export function pickSettings<Table extends PropertyTable>(
  table: Table,
  properties: ReadonlyMap<string, string>,
): SettingsOf<Table> {
  const settings = Object.entries(table).map(([name, { type, default: value }]) => {
    const given = properties.get(name)
    return [name, given === undefined ? value : type(name, given)]
  })
  return Object.fromEntries(settings) as SettingsOf<Table>
}

/** Refuses properties whose work cannot be left out; an empty value asks for none. */
export function refuseProperties(names: readonly string[], properties: ReadonlyMap<string, string>): void {
  const refused = names.find((name) => properties.get(name)?.trim())
  if (refused !== undefined) throw new SettingError(`the property '${refused}' is not supported`)
}
