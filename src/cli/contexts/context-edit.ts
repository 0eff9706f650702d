// Changes to what a file of contexts holds. Fields that this version does not know stay as they are.

import { UsageError } from '../failures.ts'
import type { ContextEntry } from './context-file.ts'

export type Json = Readonly<Record<string, unknown>>

const KNOWN_FIELDS = ['bootstrapServers', 'properties', 'propertiesFile', 'readOnly', 'description']

/** Refuses names that no option could give, or that mean something else. */
export function requireName(name: string): string {
  if (/^[^\s\p{C}-][^\s\p{C}]*$/u.test(name)) return name
  throw new UsageError(`'${name}' cannot be the name of a context: no blanks, and no dash at its start`)
}

/** Writes a context down, in place of one of that name. */
export function withContext(json: Json, name: string, entry: ContextEntry): Json {
  const contexts = contextsOf(json)
  const before = (contexts.find(([known]) => known === name)?.[1] ?? {}) as Json
  const unknown = Object.entries(before).filter(([field]) => !KNOWN_FIELDS.includes(field))
  const { readOnly, properties, ...texts } = entry
  const written = {
    ...texts,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(readOnly ? { readOnly } : {}),
    ...Object.fromEntries(unknown),
  }
  const isNew = !contexts.some(([known]) => known === name)
  const changed = contexts.map(([known, value]) => [known, known === name ? written : value] as const)
  return { ...json, contexts: Object.fromEntries(isNew ? [...changed, [name, written]] : changed) }
}

/** Forgets a context, also as the current one. */
export function withoutContext(json: Json, name: string): Json {
  const { current, ...rest } = json
  const contexts = Object.fromEntries(contextsOf(json).filter(([known]) => known !== name))
  return { ...(current === undefined || current === name ? {} : { current }), ...rest, contexts }
}

/** Null for none. */
export function withCurrent(json: Json, name: string | null): Json {
  const { current: _, ...rest } = json
  return name === null ? rest : { current: name, ...rest }
}

const contextsOf = ({ contexts }: Json): [string, unknown][] => Object.entries(contexts ?? {})
