import { type Int64, parseInt64, toSafeNumber } from '../bytes/int64.ts'
import { UsageError } from './failures.ts'
import type { Given } from './option-spec.ts'
import { BadValue } from './option-spec.ts'

/** What every tool takes besides its own options. */
export const GLOBAL_OPTIONS = {
  help: { flags: '--help', help: 'Print this text.' },
  version: { flags: '--version', help: 'Print the version of ktool.' },
  noColor: { flags: '--no-color', help: 'No colour, also on a terminal.', own: true },
  debug: { flags: '--debug', help: 'With a failure, print where it came from.', own: true },
  compatExitCodes: {
    flags: '--compat-exit-codes',
    help: "Exit with the codes of Kafka's tools (also KTOOL_COMPAT_EXIT=1).",
    own: true,
  },
} as const

export const OUTPUT_OPTION = (formats: readonly string[]) =>
  ({
    output: {
      flags: '-o, --output <format>',
      help: `How to print data: ${formats.join(', ')}.`,
      parse: (text: string) => {
        if (formats.includes(text)) return text
        throw new BadValue(`--output: '${text}' is not one of ${formats.join(', ')}`, { isWhole: true })
      },
      default: 'text',
      own: true,
      section: 'Output',
      completes: formats,
    },
  }) as const

/** The options of every tool that talks to a cluster. */
export const SERVER_OPTIONS = {
  bootstrapServer: {
    flags: '-b, --bootstrap-server <host:port>',
    help: 'Brokers to ask first, as a:9092,b:9092.',
    details:
      'Left out: KTOOL_CONTEXT, KTOOL_BOOTSTRAP_SERVERS, KAFKA_BOOTSTRAP_SERVERS, the current context, localhost:9092.',
    section: 'Connection',
  },
  context: {
    flags: '--context <name>',
    help: 'The named cluster to talk to (ktool context list); - for none.',
    own: true,
    section: 'Connection',
    completes: 'context',
  },
  commandConfig: {
    flags: '--command-config <file>',
    help: 'Client settings, as a Java properties file.',
    section: 'Connection',
  },
} as const

/** For tools whose requests the controllers of a KRaft cluster answer, too. */
export const CONTROLLER_OPTION = {
  flags: '--bootstrap-controller <host:port>',
  help: 'Controllers to ask in place of brokers.',
  section: 'Connection',
} as const

/** Refuses --bootstrap-controller beside --bootstrap-server. */
export function checkServerChoice(
  given: Pick<Given, 'has'>,
  message = 'Only one of --bootstrap-server or --bootstrap-controller can be specified',
): void {
  if (given.has('bootstrapController') && given.has('bootstrapServer')) throw new UsageError(message)
}

export const DRY_RUN = {
  flags: '--dry-run',
  help: 'Say what would be done, and do nothing.',
  own: true,
} as const

const INTEGER = /^[+-]?\d+$/

/** Java's int. */
export function int(text: string): number {
  const value = Number(text)
  if (INTEGER.test(text) && value >= -(2 ** 31) && value < 2 ** 31) return value
  throw new BadValue(`could not convert '${text}' to Integer (For input string: "${text}")`)
}

/** Java's long: an offset, a time, an id. */
export function int64(text: string): Int64 {
  const value = parseInt64(text)
  if (value !== null) return value
  throw new BadValue(`could not convert '${text}' to Long (For input string: "${text}")`)
}

/** Java's long of which a number is good enough: a count, a size, a duration. */
export const long = (text: string): number => toSafeNumber(int64(text))

/** The long name of the option with this key: `all-groups` of `allGroups`. */
export const nameOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** A time that is not nothing. */
export function positiveMs(text: string): number {
  const value = long(text)
  if (value > 0) return value
  throw new BadValue(`'${text}' is not a positive number of milliseconds`, { isWhole: true })
}

/** Refuses a command line without one of `keys`. */
export function requireOptions<K extends string>(given: Given<K>, ...keys: K[]): void {
  for (const key of keys) {
    if (!given.has(key)) throw new UsageError(`Missing required argument "[${nameOf(key)}]"`)
  }
}

/** Refuses `used` beside any of `others`. */
export function forbid<K extends string>(given: Given<K>, used: K, others: readonly K[]): void {
  if (!given.has(used)) return
  for (const other of others) {
    if (given.has(other))
      throw new UsageError(`Option "[${nameOf(used)}]" can't be used with option "[${nameOf(other)}]"`)
  }
}

/** Refuses two options that say the same. */
export function forbidTogether<K extends string>(given: Given<K>, one: K, other: K): void {
  if (!given.has(one) || !given.has(other)) return
  throw new UsageError(`Options --${nameOf(one)} and --${nameOf(other)} cannot be specified together.`)
}

/** The one of `actions` that is given. */
export function exactlyOne<K extends string, A extends K>(
  given: Given<K>,
  actions: readonly A[],
  message: string,
): A {
  const chosen = actions.filter((action) => given.has(action))
  if (chosen.length !== 1) throw new UsageError(message)
  return chosen[0]!
}
