import { type FieldSpec, type Fields, isIn } from '../../src/protocol/schema.ts'

/** The value of a field by its path, as `topics.partitions.offset`; undefined for what a plain message has there. */
export type Choose = (path: string, field: FieldSpec) => unknown

/**
 * A message of one version with one element in each list, and defaults for all that `choose` leaves alone: a request or
 * an answer that says as little as possible.
 */
export function plainMessage(fields: Fields, version: number, choose: Choose): Record<string, unknown> {
  const oneOf = (path: string, field: FieldSpec): unknown => {
    const chosen = choose(path, field)
    if (chosen !== undefined) return chosen
    if (field.kind === 'struct') return field.default === null ? null : structOf(field.fields!, `${path}.`)
    if (field.kind === 'array') return [oneOf(path, field.element!)]
    return field.default
  }
  const structOf = (of: Fields, prefix: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(of)
        .filter(([, field]) => isIn(field.versions, version))
        .map(([name, field]) => [name, oneOf(`${prefix}${name}`, field)]),
    )
  return structOf(fields, '')
}

/** Where the numbers of 64 bits of a message are. */
export function* int64Paths(fields: Fields, version: number, prefix = ''): Generator<string> {
  for (const [name, field] of Object.entries(fields)) {
    if (!isIn(field.versions, version)) continue
    const path = `${prefix}${name}`
    const inner = field.fields ?? field.element?.fields
    if (field.kind === 'int64' || field.element?.kind === 'int64') yield path
    else if (inner) yield* int64Paths(inner, version, `${path}.`)
  }
}

export const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1)
