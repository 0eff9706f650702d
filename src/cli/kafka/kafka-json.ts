import { type Int64, MAX_INT64, MIN_INT64 } from '../../bytes/int64.ts'
import { Failure } from '../failures.ts'
import { type Json, jsonText, parseExactJson } from '../records/exact-json.ts'

// JSON files as Kafka's tools read them (org.apache.kafka.server.util.json), with its sentences.

export type JsonObject = Readonly<Record<string, unknown>>

const wrongType = (expected: string, value: unknown): Failure =>
  new Failure(`Expected ${expected}, received ${jsonText(value as Json)}`)

/** The value that a text stands for; Failure with `refusal` when it is no JSON. */
export function parseJson(text: string, refusal = 'The input string is not a valid JSON'): unknown {
  try {
    return parseExactJson(text)
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

/** Java's long. */
export function jsonLong(value: unknown): Int64 {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (typeof value === 'bigint' && value >= MIN_INT64 && value <= MAX_INT64) return value
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
