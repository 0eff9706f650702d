// What values a setting may have, beyond its type. Each check throws ConfigError in the words of Kafka's validators.

import { ConfigError, invalidValue } from './config-error.ts'
import { listItems } from './setting-type.ts'

/** Throws ConfigError unless the value, in canonical text, is allowed. */
export type Check = (name: string, value: string) => void

const refuse =
  (isWrong: (value: string) => boolean, problem: string): Check =>
  (name, value) => {
    if (isWrong(value)) throw invalidValue(name, value, problem)
  }

/** Numbers from `least` up. */
export const atLeast = (least: number): Check =>
  refuse((value) => Number(value) < least, `Value must be at least ${least}`)

/** Numbers from `least` to `most`, both allowed. */
export function between(least: number, most: number): Check {
  const tooMuch = refuse((value) => Number(value) > most, `Value must be no more than ${most}`)
  return every(atLeast(least), tooMuch)
}

const every =
  (...checks: Check[]): Check =>
  (name, value) => {
    for (const check of checks) check(name, value)
  }

export const oneOf = (...allowed: string[]): Check =>
  refuse((value) => !allowed.includes(value), `String must be one of: ${allowed.join(', ')}`)

export const oneOfIgnoringCase = (...allowed: string[]): Check =>
  refuse(
    (value) => !allowed.includes(value.toUpperCase()),
    `String must be one of (case insensitive): ${allowed.join(', ')}`,
  )

export const nonEmpty: Check = refuse((value) => value === '', 'String must be non-empty')

export const gzipLevel: Check = refuse(
  (value) => value !== '-1' && (Number(value) < 1 || Number(value) > 9),
  'Value must be between 1 and 9 or equal to -1',
)

/** Lists without repeated or empty items. */
export const distinct: Check = (name, value) => {
  const items = listItems(value)
  if (new Set(items).size !== items.length) {
    throw new ConfigError(`Configuration '${name}' values must not be duplicated.`)
  }
  if (items.includes('')) throw new ConfigError(`Configuration '${name}' values must not be empty.`)
}

/** As `distinct`, with items from a fixed set. */
export const distinctOf = (...allowed: string[]): Check =>
  every(distinct, (name, value) => {
    for (const item of listItems(value)) oneOf(...allowed)(name, item)
  })

const notEmpty =
  (allowed: string): Check =>
  (name, value) => {
    if (value !== '') return
    throw new ConfigError(`Configuration '${name}' must not be empty. Valid values include: ${allowed}`)
  }

/** As `distinct`, with at least one item. */
export const someDistinct: Check = every(notEmpty('any non-empty value'), distinct)

/** As `distinctOf`, with at least one item. */
export const someDistinctOf = (...allowed: string[]): Check =>
  every(notEmpty(`[${allowed.join(', ')}]`), distinctOf(...allowed))

/** `*`, or replicas written as partition:broker. */
export const throttledReplicas: Check = (name, value) => {
  const items = listItems(value)
  if (value === '*' || items.every((item) => /^\d+:\d+$/.test(item))) return
  const form = '[partitionId]:[brokerId],[partitionId]:[brokerId],...'
  const problem = `${name} must be the literal '*' or a list of replicas in the following format: ${form}`
  throw invalidValue(name, `[${items.join(', ')}]`, problem)
}

/** KRaft voters, written as id@host:port. */
export const quorumVoters: Check = (name, value) => {
  if (listItems(value).every((item) => /^\d+@.+:\d+$/.test(item))) return
  throw new ConfigError(
    `Invalid configuration value for ${name}. Each entry should be in the form \`{id}@{host}:{port}\`.`,
  )
}

/** Addresses written as host:port. */
export const bootstrapServers: Check = (name, value) => {
  const wrong = listItems(value).find((item) => !/^.+:\d+$/.test(item))
  if (wrong === undefined) return
  throw new ConfigError(
    `Failed to parse host name from ${wrong} for the configuration ${name}. ` +
      'Each entry should be in the form "{host}:{port}"',
  )
}

/** Where a share group starts: earliest, latest, or by_duration: and an ISO 8601 duration. */
export const offsetReset: Check = (name, value) => {
  const duration = /^by_duration:P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$/i
  if (value === 'earliest' || value === 'latest' || duration.test(value)) return
  const problem =
    `Invalid value \`${value}\` for configuration ${name}. The value must be either 'earliest', 'latest' or ` +
    "of the format 'by_duration:<PnDTnHnMn.nS>'."
  throw invalidValue(name, value, problem)
}

/** Limits for single addresses, written as address:count. */
export const addressLimits: Check = (name, value) => {
  const wrong = listItems(value).find((item) => !/^.+:\d+$/.test(item))
  if (wrong === undefined) return
  throw new ConfigError(`Error parsing configuration property '${name}': '${wrong}' is not address:count`)
}
