import { UsageError } from '../failures.ts'
import type { Given, OptionSpecs } from '../option-spec.ts'
import { forbid, int, long, SERVER_OPTIONS } from '../options.ts'

const RECORDS = 'Which records'
const PRINTED = 'What is told'
const GROUP = 'The member'

/** Kafka's options of consumer-perf-test. */
export const READ_OPTIONS = {
  topic: { flags: '-t, --topic <topic>', help: 'The topic to read.', section: RECORDS },
  include: {
    flags: '--include <regex>',
    help: 'The topics to read, as a Java regular expression.',
    section: RECORDS,
  },
  numRecords: {
    flags: '--num-records <count>',
    help: 'How many records to read.',
    parse: long,
    section: RECORDS,
  },
  messages: {
    flags: '--messages <count>',
    help: 'As --num-records.',
    parse: long,
    deprecated: 'Warning: --messages is deprecated. Use --num-records instead.',
    section: RECORDS,
  },
  fromLatest: {
    flags: '--from-latest',
    help: 'Without a committed offset, start with the newest record.',
    section: RECORDS,
  },
  timeout: {
    flags: '--timeout [ms]',
    help: 'Stop when no record came for this long.',
    parse: long,
    default: 10_000,
    section: RECORDS,
  },
  group: {
    flags: '-g, --group <group>',
    help: 'The group to read as a member of; else one of its own.',
    section: GROUP,
  },
  fetchSize: {
    flags: '--fetch-size <bytes>',
    help: 'The most to fetch from a partition at a time.',
    parse: int,
    default: 1_048_576,
    section: GROUP,
  },
  socketBufferSize: {
    flags: '--socket-buffer-size <bytes>',
    help: 'Size of the TCP buffer; taken for compatibility.',
    parse: int,
    default: 2_097_152,
    section: GROUP,
  },
  showDetailedStats: {
    flags: '--show-detailed-stats',
    help: 'Tell the figures of each interval.',
    section: PRINTED,
  },
  reportingInterval: {
    flags: '--reporting-interval <ms>',
    help: 'How long an interval is.',
    parse: long,
    default: 5000,
    section: PRINTED,
  },
  dateFormat: {
    flags: '--date-format <pattern>',
    help: "How times are told, as Java's SimpleDateFormat has it.",
    default: 'yyyy-MM-dd HH:mm:ss:SSS',
    section: PRINTED,
  },
  hideHeader: { flags: '--hide-header', help: 'Leave out the names of the columns.', section: PRINTED },
  printMetrics: { flags: '--print-metrics', help: 'Tell what the client counted, too.', section: PRINTED },
  bootstrapServer: SERVER_OPTIONS.bootstrapServer,
  context: SERVER_OPTIONS.context,
  commandProperty: {
    flags: '--command-property <name=value>',
    help: 'Setting of the consumer.',
    repeatable: true,
    section: 'Connection',
  },
  commandConfig: SERVER_OPTIONS.commandConfig,
  'consumer.config': {
    flags: '--consumer.config <file>',
    help: 'As --command-config.',
    deprecated: 'Warning: --consumer.config is deprecated. Use --command-config instead.',
    section: 'Connection',
  },
} as const satisfies OptionSpecs

type Key = keyof typeof READ_OPTIONS

/** Refuses what does not go together, in Kafka's order and words. */
export function checkReadOptions(given: Given<Key>): void {
  requireOne(given, ['messages', 'numRecords'], '[messages], [num-records]')
  requireOne(given, ['topic', 'include'], '[topic], [include]')
  forbid(given, 'consumer.config', ['commandConfig'])
}

function requireOne(given: Given<Key>, keys: readonly Key[], names: string): void {
  if (keys.filter((key) => given.has(key)).length === 1) return
  throw new UsageError(`Exactly one of the following arguments is required: ${names}`)
}
