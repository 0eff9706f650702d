// The types of settings and the canonical text of their values: what Kafka prints after reading a value.

import { type Int64, parseInt64, toSafeNumber } from '../../bytes/int64.ts'
import { invalidValue } from './config-error.ts'

/** Type names as Kafka's ConfigDef has them, with their numbers in DescribeConfigs answers. */
export const SETTING_TYPES = {
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
} as const

export type SettingType = keyof typeof SETTING_TYPES

const INTEGER_BITS = { INT: 32, SHORT: 16, LONG: 64 } as const

/** The value as Kafka prints it after reading; throws ConfigError when it is not of the type. */
export function canonicalText(type: SettingType, name: string, value: string): string {
  const trimmed = value.trim()
  switch (type) {
    case 'BOOLEAN':
      return booleanText(name, trimmed)
    case 'INT':
    case 'SHORT':
    case 'LONG':
      return integerText(type, name, trimmed)
    case 'DOUBLE':
      return doubleText(name, trimmed)
    case 'LIST':
      return listItems(trimmed).join(',')
    default:
      return trimmed
  }
}

function booleanText(name: string, value: string): string {
  const lower = value.toLowerCase()
  if (lower === 'true' || lower === 'false') return lower
  throw invalidValue(name, value, 'Expected value to be either true or false')
}

function integerText(type: keyof typeof INTEGER_BITS, name: string, value: string): string {
  if (/^[+-]?\d+$/.test(value)) {
    const number = BigInt(value.replace('+', ''))
    if (BigInt.asIntN(INTEGER_BITS[type], number) === number) return number.toString()
  }
  throw invalidValue(name, value, `Not a number of type ${type}`)
}

function doubleText(name: string, value: string): string {
  if (/^[+-]?(NaN|Infinity)$/.test(value)) return value.replace('+', '')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?$/.test(value)) {
    throw invalidValue(name, value, 'Not a number of type DOUBLE')
  }
  return javaDouble(Number.parseFloat(value))
}

/** A double in the notation of Java's Double.toString, which is what Kafka shows. */
function javaDouble(value: number): string {
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e7))
    return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}

/** The items of a list value; an empty value has none. */
export function listItems(value: string): string[] {
  return value === '' ? [] : value.trim().split(/\s*,\s*/)
}

/** The value of an INT, SHORT or LONG in canonical text. */
export function longValue(canonical: string): Int64 {
  const value = parseInt64(canonical)
  if (value === null) throw new RangeError(`'${canonical}' is not an integer of 64 bits`)
  return value
}

/** As longValue, for sizes, counts and durations: past 2^53, where all values mean "no limit", the nearest number. */
export const integerValue = (canonical: string): number => toSafeNumber(longValue(canonical))
