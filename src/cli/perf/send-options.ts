import { UsageError } from '../failures.ts'
import { BadValue, type Given, type OptionSpecs } from '../option-spec.ts'
import { long, SERVER_OPTIONS } from '../options.ts'

const PAYLOAD = 'What to send'
const PACE = 'How fast'
const TRANSACTIONS = 'Transactions'
const CONNECTION = 'Connection'

/** Java's double, as argparse4j reads it. */
export function double(text: string): number {
  const value = Number(text)
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[df]?$/i.test(text))
    return Number.isNaN(value) ? Number(text.slice(0, -1)) : value
  throw new BadValue(`could not convert '${text}' to Double (For input string: "${text}")`)
}

const deprecated = (old: string, now: string): string =>
  `Option --${old} has been deprecated and will be removed in a future version. Use --${now} instead.`

/** Kafka's options of producer-perf-test. */
export const SEND_OPTIONS = {
  topic: { flags: '-t, --topic <topic>', help: 'Where the records go.', required: true, section: PAYLOAD },
  numRecords: {
    flags: '--num-records <count>',
    help: 'How many records to send.',
    parse: long,
    required: true,
    section: PAYLOAD,
  },
  recordSize: {
    flags: '--record-size <bytes>',
    help: 'Send random letters, so many in a record.',
    parse: long,
    section: PAYLOAD,
  },
  payloadFile: {
    flags: '--payload-file <file>',
    help: 'Send values drawn at random from those in a file.',
    section: PAYLOAD,
  },
  payloadDelimiter: {
    flags: '--payload-delimiter <regex>',
    help: 'What ends a value in the file.',
    default: '\\n',
    section: PAYLOAD,
  },
  payloadMonotonic: { flags: '--payload-monotonic', help: 'Send 0, 1, 2 and so on.', section: PAYLOAD },
  throughput: {
    flags: '--throughput <per-second>',
    help: 'How many records a second at most; -1: as many as can be.',
    parse: double,
    required: true,
    section: PACE,
  },
  warmupRecords: {
    flags: '--warmup-records <count>',
    help: 'Leave the first records out of a second summary.',
    parse: long,
    default: 0,
    section: PACE,
  },
  reportingInterval: {
    flags: '--reporting-interval <ms>',
    help: 'How often to tell the figures.',
    parse: long,
    default: 5000,
    section: PACE,
  },
  printMetrics: { flags: '--print-metrics', help: 'Tell what the client counted, too.', section: PACE },
  transactionalId: {
    flags: '--transactional-id <id>',
    help: 'Send in transactions, under this name.',
    section: TRANSACTIONS,
  },
  transactionDurationMs: {
    flags: '--transaction-duration-ms <ms>',
    help: 'Commit after this long (3000 with an id).',
    parse: long,
    section: TRANSACTIONS,
  },
  bootstrapServer: SERVER_OPTIONS.bootstrapServer,
  context: SERVER_OPTIONS.context,
  commandProperty: {
    flags: '--command-property <name=value...>',
    help: 'Settings of the producer.',
    repeatable: true,
    section: CONNECTION,
  },
  commandConfig: SERVER_OPTIONS.commandConfig,
  producerProps: {
    flags: '--producer-props <name=value...>',
    help: 'As --command-property.',
    repeatable: true,
    deprecated: deprecated('producer-props', 'command-property'),
    section: CONNECTION,
  },
  'producer.config': {
    flags: '--producer.config <file>',
    help: 'As --command-config.',
    deprecated: deprecated('producer.config', 'command-config'),
    section: CONNECTION,
  },
} as const satisfies OptionSpecs

const PAYLOADS = ['recordSize', 'payloadFile', 'payloadMonotonic'] as const
type Payload = (typeof PAYLOADS)[number]
const PAYLOAD_NAMES: Record<Payload, string> = {
  recordSize: '--record-size',
  payloadFile: '--payload-file',
  payloadMonotonic: '--payload-monotonic',
}

type Key = keyof typeof SEND_OPTIONS

/** Refuses what does not go together, in the words of argparse4j and of Kafka's tool. */
export function checkSendOptions(given: Given<Key>): void {
  const chosen = given.order.filter((key): key is Payload => PAYLOADS.some((payload) => payload === key))
  const [first, second] = [...new Set(chosen)]
  if (second !== undefined && first !== undefined) {
    throw usage(`argument ${PAYLOAD_NAMES[second]}: not allowed with argument ${PAYLOAD_NAMES[first]}`)
  }
  for (const key of ['topic', 'numRecords', 'throughput'] as const) {
    if (!given.has(key)) throw usage(`argument --${key === 'numRecords' ? 'num-records' : key} is required`)
  }
  if (first === undefined) {
    throw usage('one of the arguments --record-size --payload-file --payload-monotonic is required')
  }
  if (given.has('producerProps') && given.has('commandProperty')) {
    throw usage('--command-property and --producer-props cannot be specified together.')
  }
  if (given.has('producer.config') && given.has('commandConfig')) {
    throw usage('--command-config and --producer.config cannot be specified together.')
  }
}

/** Refuses numbers that make no sense together. */
export function checkSendNumbers(options: {
  readonly numRecords: number
  readonly warmupRecords: number
  readonly recordSize: number | undefined
  readonly reportingInterval: number
  readonly transactionDurationMs: number | undefined
}): void {
  requirePositive('num-records', options.numRecords)
  if (options.warmupRecords >= options.numRecords) {
    throw usage(
      'The value for --warmup-records must be strictly fewer than the number of records in the test, --num-records.',
    )
  }
  requirePositive('record-size', options.recordSize)
  requirePositive('transaction-duration-ms', options.transactionDurationMs)
  requirePositive('reporting-interval', options.reportingInterval)
}

function requirePositive(name: string, value: number | undefined): void {
  if (value !== undefined && value <= 0) throw usage(`--${name} should be greater than zero.`)
}

const usage = (reason: string): UsageError => new UsageError(`error: ${reason}`)
