import { type Int64, MAX_INT64, parseInt64, subtractInt64, toSafeNumber } from '../../bytes/int64.ts'
import { Secret } from '../security/secret.ts'
import { SettingError } from './setting-error.ts'

/** Reads the text of one property; throws SettingError in the words of Kafka's ConfigDef. */
export type PropertyType<T> = (name: string, text: string) => T

const INT_MAX = 2_147_483_647

const invalid = (name: string, text: string, reason: string): SettingError =>
  new SettingError(`Invalid value ${text} for configuration ${name}: ${reason}`)

function integer(type: 'INT' | 'LONG', limit: Int64, min: number, max: number): PropertyType<number> {
  return (name, text) => {
    const trimmed = text.trim()
    const value = parseInt64(trimmed)
    if (value === null || value > limit || value < subtractInt64(-1, limit)) {
      throw invalid(name, trimmed, `Not a number of type ${type}`)
    }
    if (value < min) throw invalid(name, trimmed, `Value must be at least ${min}`)
    if (value > max) throw invalid(name, trimmed, `Value must be no more than ${max}`)
    // All of them are sizes and durations: past 2^53 the nearest number is as good.
    return toSafeNumber(value)
  }
}

export const int = (min = -INT_MAX - 1, max = INT_MAX): PropertyType<number> =>
  integer('INT', INT_MAX, min, max)

export const long = (min = Number.MIN_SAFE_INTEGER): PropertyType<number> =>
  integer('LONG', MAX_INT64, min, Infinity)

export const bool: PropertyType<boolean> = (name, text) => {
  const value = text.trim().toLowerCase()
  if (value !== 'true' && value !== 'false') {
    throw invalid(name, text, 'Expected value to be either true or false')
  }
  return value === 'true'
}

export const text: PropertyType<string> = (_, value) => value.trim()

/** Nothing where nothing is set, which is not the same as an empty text. */
export const optionalText: PropertyType<string | undefined> = text

export const secret: PropertyType<Secret | undefined> = (_, value) => new Secret(value.trim())

export const oneOf =
  <const T extends string>(...choices: readonly T[]): PropertyType<T> =>
  (name, value) => {
    const found = choices.find((choice) => choice === value.trim())
    if (found === undefined) {
      throw invalid(name, value, `String must be one of: ${choices.join(', ')}`)
    }
    return found
  }

export const oneOfAnyCase =
  <const T extends string>(...choices: readonly T[]): PropertyType<T> =>
  (name, value) => {
    const found = choices.find((choice) => choice === value.trim().toUpperCase())
    if (found === undefined) {
      throw invalid(name, value, `String must be one of (case insensitive): ${choices.join(', ')}`)
    }
    return found
  }
