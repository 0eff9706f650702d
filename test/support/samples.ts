import { type Int64, MAX_INT64, MIN_INT64 } from '../../src/bytes/int64.ts'
import { type FieldSpec, type Fields, isIn, type Message } from '../../src/protocol/schema.ts'
import { randomBytes, randomInteger } from './random.ts'

const INT64_ENDS: readonly Int64[] = [
  ...[MIN_INT64, -(2n ** 53n) - 1n, -(2n ** 53n), Number.MIN_SAFE_INTEGER, -1, 0, 1],
  ...[Number.MAX_SAFE_INTEGER, 2n ** 53n, 2n ** 53n + 1n, MAX_INT64],
]

const INTEGERS: Partial<Record<FieldSpec['kind'], [from: number, to: number]>> = {
  int8: [-128, 128],
  int16: [-32768, 32768],
  uint16: [0, 65536],
  int32: [-(2 ** 31), 2 ** 31],
}

/** A random value of one version of a message: every field that it has, nulls and tags among them. */
export function sample(message: Message, version: number, random: () => number): Record<string, unknown> {
  return sampleStruct(message.fields, version, random)
}

function sampleStruct(fields: Fields, version: number, random: () => number): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    value[name] = isIn(field.versions, version)
      ? sampleField(field, version, random)
      : absentValue(field, version)
  }
  return value
}

/** What decoding gives for a field that the version lacks. */
export function absentValue(field: FieldSpec, version: number): unknown {
  if (field.kind !== 'struct' || field.default === null) return field.default
  return Object.fromEntries(
    Object.entries(field.fields!).map(([name, part]) => [name, absentValue(part, version)]),
  )
}

function sampleField(field: FieldSpec, version: number, random: () => number): unknown {
  if (isIn(field.nullable, version) && random() < 0.2) return null
  if (field.tag !== null && random() < 0.3) return absentValue(field, version)
  const range = INTEGERS[field.kind]
  if (range)
    return random() < 0.2 ? pick([range[0], range[1] - 1, 0, 1], random) : randomInteger(random, ...range)
  switch (field.kind) {
    case 'bool':
      return random() < 0.5
    case 'int64':
      return random() < 0.5 ? pick(INT64_ENDS, random) : randomInteger(random, -(2 ** 52), 2 ** 52)
    case 'float64':
      return (random() - 0.5) * 1e9
    case 'uuid':
      return randomBytes(random, 16).toString('base64url')
    case 'string':
      return pick(['', 'orders', 'naïve-日本語', 'x'.repeat(randomInteger(random, 0, 300))], random)
    case 'bytes':
    case 'records':
      return randomBytes(random, pick([0, 1, 40, 9000], random))
    case 'array':
      return Array.from({ length: randomInteger(random, 0, 4) }, () =>
        sampleField(field.element!, version, random),
      )
    default:
      return sampleStruct(field.fields!, version, random)
  }
}

const pick = <Value>(values: readonly Value[], random: () => number): Value =>
  values[Math.floor(random() * values.length)]!
