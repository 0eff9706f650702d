import { parseInt64 } from '../../bytes/int64.ts'
import type { Place } from '../../client/fetch/read-range.ts'
import { UsageError } from '../failures.ts'
import type { Given } from '../option-spec.ts'
import { BadValue, type OptionSpecs } from '../option-spec.ts'
import { forbidTogether, int, long, SERVER_OPTIONS } from '../options.ts'
import { parseCondition } from '../where/condition.ts'
import { parseExpectation } from './expectation.ts'
import { parseFrom, parseUntil } from './place.ts'

/** The notice about an older spelling. */
export const olderOption = (old: string, now: string): string =>
  `Option --${old} is deprecated and will be removed in a future version. Use --${now} instead.`

const FORMATTER_SETTINGS =
  'print.timestamp, print.key, print.offset, print.partition, print.headers, print.value (all but the last are off), ' +
  'key.separator (tab), line.separator (newline), headers.separator (,), null.literal (null), key.deserializer, ' +
  'value.deserializer, headers.deserializer.'

/** Kafka's options of console-consumer. */
export const CONSUMER_OPTIONS = {
  bootstrapServer: SERVER_OPTIONS.bootstrapServer,
  context: SERVER_OPTIONS.context,
  topic: {
    flags: '-t, --topic <topic>',
    help: 'The topic to read; it must exist.',
    section: 'Which records',
  },
  include: {
    flags: '--include <regex>',
    help: 'The topics to read, as a Java regular expression.',
    section: 'Which records',
  },
  partition: {
    flags: '--partition <number>',
    help: 'The one partition to read.',
    parse: int,
    section: 'Which records',
  },
  offset: {
    flags: '--offset <offset>',
    help: 'Where to start in the partition: earliest, latest, an offset.',
    parse: startOffset,
    section: 'Where to start and stop',
    completes: ['earliest', 'latest'],
  },
  fromBeginning: {
    flags: '--from-beginning',
    help: 'Start with the oldest record, not with the next one.',
    section: 'Where to start and stop',
  },
  maxMessages: {
    flags: '--max-messages <count>',
    help: 'Stop after this many records.',
    parse: int,
    default: -1,
    section: 'Where to start and stop',
  },
  timeoutMs: {
    flags: '--timeout-ms <ms>',
    help: 'Stop when no record came for this long.',
    parse: long,
    section: 'Where to start and stop',
  },
  group: {
    flags: '-g, --group <group>',
    help: 'Read as a member of a consumer group, and commit.',
    section: 'Which records',
  },
  isolationLevel: {
    flags: '--isolation-level <level>',
    help: 'read_committed leaves out what transactions did not commit.',
    details:
      'read_uncommitted is the default; read_committed leaves out records of open and of aborted transactions.',
    section: 'Which records',
    completes: ['read_uncommitted', 'read_committed'],
  },
  formatter: {
    flags: '--formatter <class>',
    help: 'A class of org.apache.kafka.tools.consumer.',
    default: 'org.apache.kafka.tools.consumer.DefaultMessageFormatter',
    details:
      'DefaultMessageFormatter, LoggingMessageFormatter, NoOpMessageFormatter, OffsetsMessageFormatter, GroupMetadataMessageFormatter, TransactionLogMessageFormatter, ShareGroupMessageFormatter or ShareGroupStateMessageFormatter.',
    section: 'How they are printed',
  },
  formatterProperty: {
    flags: '--formatter-property <name=value>',
    help: 'print.key, print.timestamp, key.separator, …',
    repeatable: true,
    details: FORMATTER_SETTINGS,
    section: 'How they are printed',
  },
  formatterConfig: {
    flags: '--formatter-config <file>',
    help: 'The same, as a Java properties file.',
    section: 'How they are printed',
  },
  property: {
    flags: '--property <name=value>',
    help: 'As --formatter-property.',
    repeatable: true,
    deprecated: olderOption('property', 'formatter-property'),
  },
  keyDeserializer: {
    flags: '--key-deserializer <class>',
    help: 'How keys become text: a class of Kafka.',
    details: 'Such as org.apache.kafka.common.serialization.LongDeserializer.',
    section: 'How they are printed',
  },
  valueDeserializer: {
    flags: '--value-deserializer <class>',
    help: 'How values become text.',
    section: 'How they are printed',
  },
  skipMessageOnError: {
    flags: '--skip-message-on-error',
    help: 'Go on after a record that cannot be printed.',
    section: 'How they are printed',
  },
  enableSystestEvents: {
    flags: '--enable-systest-events',
    help: 'Print `shutdown_complete` at the end.',
    section: 'How they are printed',
    rare: true,
  },
  commandProperty: {
    flags: '--command-property <name=value>',
    help: "Setting of the consumer, under Kafka's name.",
    repeatable: true,
    section: 'Connection',
  },
  commandConfig: {
    flags: '--command-config <file>',
    help: 'The same, as a Java properties file.',
    section: 'Connection',
  },
  consumerProperty: {
    flags: '--consumer-property <name=value>',
    help: 'As --command-property.',
    repeatable: true,
    deprecated: olderOption('consumer-property', 'command-property'),
  },
  'consumer.config': {
    flags: '--consumer.config <file>',
    help: 'As --command-config.',
    deprecated: olderOption('consumer.config', 'command-config'),
  },
  from: {
    flags: '--from <place>',
    help: 'In every partition: earliest, latest, offset, -N, @TIME, @-1h.',
    details:
      '-N is so many records before the end; a time is milliseconds since 1970, a date, or a duration before now such as -1h.',
    section: 'Where to start and stop',
    parse: parseFrom,
    own: true,
  },
  until: {
    flags: '--until <place>',
    help: 'end (as it is now), an offset, +N after the start, @TIME.',
    details: 'In every partition, at the latest where it ends now.',
    section: 'Where to start and stop',
    parse: parseUntil,
    own: true,
  },
  where: {
    flags: '--where <condition>',
    help: "By key, value or header: 'key=order-*', 'value.$.id=17'.",
    details:
      "Also with a regular expression, and negated: 'header.source!=/^web/i', 'value.$.customer.id=17'.",
    section: 'Which records',
    parse: parseCondition,
    repeatable: true,
    own: true,
  },
  deadlineMs: {
    flags: '--deadline-ms <ms>',
    help: 'Stop after this long; exit with 3 if --until is not reached.',
    section: 'Where to start and stop',
    parse: atLeastZero,
    own: true,
  },
  expectCount: {
    flags: '--expect-count <count>',
    help: 'Exit with 3 when fewer records were printed.',
    section: 'What to expect',
    parse: int,
    own: true,
  },
  expectMatch: {
    flags: '--expect-match <regex>',
    help: 'Exit with 3 when no value or key printed matches.',
    section: 'What to expect',
    parse: parseExpectation,
    repeatable: true,
    own: true,
  },
} as const satisfies OptionSpecs

function atLeastZero(text: string): number {
  const value = long(text)
  if (value < 0) throw new BadValue(`--deadline-ms: '${text}' is negative`, { isWhole: true })
  return value
}

function startOffset(text: string): Place {
  const lower = text.toLowerCase()
  if (lower === 'earliest' || lower === 'latest') return lower
  const offset = /^\d+$/.test(text) ? parseInt64(text) : null
  if (offset !== null) return { offset }
  throw new BadValue(
    `The provided offset value '${text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`,
    { isWhole: true },
  )
}

type Key = keyof typeof CONSUMER_OPTIONS

/** Refuses what makes no sense before values are looked at, in Kafka's order. */
export function checkConsumerOptions(given: Given<Key>): void {
  if (given.has('topic') === given.has('include')) {
    throw new UsageError('Exactly one of the following arguments is required: [topic], [include]')
  }
  if (given.has('partition')) {
    if (!given.has('topic')) throw new UsageError('The topic is required when partition is specified.')
    if (given.has('fromBeginning') && given.has('offset')) {
      throw new UsageError('Options from-beginning and offset cannot be specified together.')
    }
    if (given.has('group')) throw new UsageError('Options group and partition cannot be specified together.')
  } else if (given.has('offset')) {
    throw new UsageError('The partition is required when offset is specified.')
  }
  for (const key of ['offset', 'fromBeginning'] as const) {
    if (given.has('from') && given.has(key)) {
      throw new UsageError(
        `--from and --${key === 'offset' ? 'offset' : 'from-beginning'} cannot be given together`,
      )
    }
  }
  forbidTogether(given, 'consumerProperty', 'commandProperty')
  forbidTogether(given, 'consumer.config', 'commandConfig')
  forbidTogether(given, 'property', 'formatterProperty')
}
