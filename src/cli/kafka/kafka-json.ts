import { Failure } from '../failures.ts'

// JSON files as Kafka's tools read them (org.apache.kafka.server.util.json), with its sentences.

export type JsonObject = Readonly<Record<string, unknown>>

const wrongType = (expected: string, value: unknown): Failure =>
  new Failure(`Expected ${expected}, received ${JSON.stringify(value)}`)

/** The value that a text stands for; Failure with `refusal` when it is no JSON. */
export function parseJson(text: string, refusal = 'The input string is not a valid JSON'): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure(refusal, { cause: error })
  }
}

export function jsonObject(value: unknown): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw wrongType('JSON object', value)
}

export function jsonArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw wrongType('JSON array', value)
}

/** The value of a field that must be there. */
export function jsonField(object: JsonObject, name: string): unknown {
  if (name in object) return object[name]
  throw new Failure(`No such field exists: \`${name}\``)
}

export function jsonString(value: unknown): string {
  if (typeof value === 'string') return value
  throw wrongType('`String` value', value)
}

export function jsonInt(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31) return value
  throw wrongType('`Integer` value', value)
}

/** Java's long, as far as a number is exact. */
export function jsonLong(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw wrongType('`Long` value', value)
}

/** The elements of a list that `read` understands; Kafka names the list when it does not. */
export function jsonList<T>(value: unknown, read: (element: unknown) => T): T[] {
  if (!Array.isArray(value)) throw wrongType('`JSON array` value', value)
  return value.map(read)
}

/** What occurs more than once, each once. */
export function duplicates<T>(items: readonly T[]): T[] {
  const once = new Set<T>()
  const twice = new Set<T>()
  for (const item of items) (once.has(item) ? twice : once).add(item)
  return [...twice]
}
