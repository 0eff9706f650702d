import { ZERO_UUID } from '../../bytes/uuid.ts'
import { type FieldSpec, type Fields, isIn, type Message } from '../../protocol/schema.ts'
import type { Json } from './exact-json.ts'

/**
 * A decoded message as Kafka's generated JsonConverter classes write it: fields in the order of the definition, bytes
 * as base64, tagged fields only when they differ from their default.
 */
export function messageToJson(message: Message, version: number, value: object): Json {
  return structToJson(message.fields, version, value as Record<string, unknown>)
}

function structToJson(fields: Fields, version: number, value: Record<string, unknown>): Json {
  const json: { [name: string]: Json } = {}
  for (const [name, field] of Object.entries(fields)) {
    if (!isIn(field.versions, version)) continue
    if (field.tag !== null && isDefault(field, value[name])) continue
    json[name] = fieldToJson(field, version, value[name])
  }
  return json
}

function fieldToJson(field: FieldSpec, version: number, value: unknown): Json {
  if (value === null || value === undefined) return null
  switch (field.kind) {
    case 'struct':
      return structToJson(field.fields!, version, value as Record<string, unknown>)
    case 'array':
      return (value as unknown[]).map((item) => fieldToJson(field.element!, version, item))
    case 'bytes':
    case 'records':
      return (value as Buffer).toString('base64')
    default:
      return value as Json
  }
}

function isDefault(field: FieldSpec, value: unknown): boolean {
  if (value === null || field.default === null) return value === field.default
  if (field.kind === 'array' || field.kind === 'bytes') return (value as { length: number }).length === 0
  if (field.kind === 'uuid') return value === ZERO_UUID
  return value === field.default
}
