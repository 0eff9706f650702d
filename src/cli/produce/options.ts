import type { Int64 } from '../../bytes/int64.ts'
import { UsageError } from '../failures.ts'
import type { Given } from '../option-spec.ts'
import { BadValue, type OptionSpecs } from '../option-spec.ts'
import { forbidTogether, int, long, SERVER_OPTIONS } from '../options.ts'
import { MOMENT_FORMS, parseMoment } from '../records/moment.ts'

const olderProperty = (old: string, now: string): string =>
  `Warning: --${old} is deprecated and will be removed in a future version. Use --${now} instead.`

/** Kafka's options of console-producer, and ktool's own. */
export const PRODUCER_OPTIONS = {
  bootstrapServer: SERVER_OPTIONS.bootstrapServer,
  context: SERVER_OPTIONS.context,
  topic: {
    flags: '-t, --topic <topic>',
    help: 'Where the records go. Required, but for --input jsonl.',
    section: 'Which records',
  },
  sync: {
    flags: '--sync',
    help: 'Send each record by itself, and wait for its acknowledgement.',
    section: 'How they are sent',
  },
  compressionCodec: {
    flags: '--compression-codec [codec]',
    help: 'none, gzip, snappy, lz4 or zstd; gzip without a value.',
    section: 'How they are sent',
    completes: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
  },
  batchSize: {
    flags: '--batch-size <bytes>',
    help: 'Size of a batch, 262144.',
    parse: int,
    details: 'The setting batch.size.',
    section: 'How they are sent',
  },
  maxPartitionMemoryBytes: {
    flags: '--max-partition-memory-bytes <bytes>',
    help: 'As --batch-size.',
    parse: int,
    deprecated:
      'Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.',
  },
  messageSendMaxRetries: {
    flags: '--message-send-max-retries <count>',
    help: 'How often a batch is sent again, 3.',
    parse: int,
    details: 'The setting retries.',
    section: 'How they are sent',
  },
  retryBackoffMs: {
    flags: '--retry-backoff-ms <ms>',
    help: 'Pause before that, 100.',
    parse: long,
    details: 'The setting retry.backoff.ms.',
    section: 'How they are sent',
    rare: true,
  },
  timeout: {
    flags: '--timeout <ms>',
    help: 'How long a record waits for a full batch, 1000.',
    parse: long,
    details: 'The setting linger.ms.',
    section: 'How they are sent',
  },
  requestRequiredAcks: {
    flags: '--request-required-acks <acks>',
    help: 'Who must have a record: all or -1, 1, 0; all.',
    details: 'The setting acks.',
    section: 'How they are sent',
    completes: ['all', '-1', '1', '0'],
  },
  requestTimeoutMs: {
    flags: '--request-timeout-ms <ms>',
    help: 'How long a request may take, 1500.',
    parse: int,
    details: 'The setting request.timeout.ms.',
    section: 'How they are sent',
    rare: true,
  },
  metadataExpiryMs: {
    flags: '--metadata-expiry-ms <ms>',
    help: 'Age at which leaders are asked for again, 300000.',
    parse: long,
    details: 'The setting metadata.max.age.ms.',
    section: 'How they are sent',
    rare: true,
  },
  maxBlockMs: {
    flags: '--max-block-ms <ms>',
    help: 'How long to wait for the topic or for memory, 60000.',
    parse: long,
    details: 'The setting max.block.ms.',
    section: 'How they are sent',
    rare: true,
  },
  maxMemoryBytes: {
    flags: '--max-memory-bytes <bytes>',
    help: 'Memory for records that wait, 33554432.',
    parse: long,
    details: 'The setting buffer.memory.',
    section: 'How they are sent',
    rare: true,
  },
  socketBufferSize: {
    flags: '--socket-buffer-size <bytes>',
    help: 'Size of the TCP buffer, 102400; taken for compatibility.',
    parse: int,
    details: 'The setting send.buffer.bytes.',
    section: 'How they are sent',
    rare: true,
  },
  lineReader: {
    flags: '--line-reader <class>',
    help: 'The only one is org.apache.kafka.tools.LineMessageReader.',
    default: 'org.apache.kafka.tools.LineMessageReader',
    section: 'How lines are read',
    rare: true,
  },
  readerProperty: {
    flags: '--reader-property <name=value>',
    help: 'parse.key, key.separator, parse.headers, null.marker, …',
    repeatable: true,
    details:
      'parse.key (off), key.separator (tab), parse.headers (off), headers.delimiter (tab), headers.separator (,), headers.key.separator (:), null.marker, ignore.error (off). A line reads headers, key, value.',
    section: 'How lines are read',
  },
  readerConfig: {
    flags: '--reader-config <file>',
    help: 'The same, as a Java properties file.',
    section: 'How lines are read',
  },
  property: {
    flags: '--property <name=value>',
    help: 'As --reader-property.',
    repeatable: true,
    deprecated: olderProperty('property', 'reader-property'),
  },
  commandProperty: {
    flags: '--command-property <name=value>',
    help: "Setting of the producer, under Kafka's name.",
    repeatable: true,
    section: 'Connection',
  },
  commandConfig: {
    flags: '--command-config <file>',
    help: 'The same, as a Java properties file.',
    section: 'Connection',
  },
  producerProperty: {
    flags: '--producer-property <name=value>',
    help: 'As --command-property.',
    repeatable: true,
    deprecated: olderProperty('producer-property', 'command-property'),
  },
  'producer.config': {
    flags: '--producer.config <file>',
    help: 'As --command-config.',
    deprecated: olderProperty('producer.config', 'command-config'),
  },
  input: {
    flags: '-i, --input <format>',
    help: 'lines, or jsonl as console-consumer -o jsonl and kcat -J write.',
    parse: inputFormat,
    default: 'lines',
    own: true,
    details: 'Records read as jsonl bring topic, key, value, headers and timestamp.',
    section: 'How lines are read',
    completes: ['lines', 'jsonl'],
  },
  key: {
    flags: '--key <text>',
    help: 'The key of every record that brings none.',
    own: true,
    section: 'Which records',
  },
  header: {
    flags: '--header <name=value>',
    help: 'A header of every record; without = it has no value.',
    repeatable: true,
    own: true,
    section: 'Which records',
  },
  partition: {
    flags: '--partition <number>',
    help: 'The partition of every record.',
    parse: partitionNumber,
    own: true,
    section: 'Which records',
  },
  keepPartition: {
    flags: '--keep-partition',
    help: 'With -i jsonl: the partition that each record names.',
    own: true,
    section: 'Which records',
  },
  timestamp: {
    flags: '--timestamp <time>',
    help: 'The timestamp of every record: ms, a date, or -1h.',
    parse: timestamp,
    own: true,
    section: 'Which records',
  },
  tombstone: {
    flags: '--tombstone',
    help: 'One record with --key and no value; reads no input.',
    own: true,
    section: 'Which records',
  },
  rate: {
    flags: '--rate <number>',
    help: 'Records a second at most.',
    parse: positive,
    own: true,
    section: 'How they are sent',
  },
  report: {
    flags: '--report',
    help: 'Print partition and offset of each record.',
    own: true,
    section: 'Output',
  },
} as const satisfies OptionSpecs

function inputFormat(text: string): 'lines' | 'jsonl' {
  if (text === 'lines' || text === 'jsonl') return text
  throw new BadValue(`--input: '${text}' is not one of lines, jsonl`, { isWhole: true })
}

function partitionNumber(text: string): number {
  const value = int(text)
  if (value < 0) throw new BadValue(`--partition: '${text}' is negative`, { isWhole: true })
  return value
}

function timestamp(text: string): (nowMs: number) => Int64 {
  const moment = parseMoment(text)
  if (moment) return moment
  throw new BadValue(`--timestamp: '${text}' is not ${MOMENT_FORMS}`, { isWhole: true })
}

function positive(text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new BadValue(`--rate: '${text}' is not a positive number`, { isWhole: true })
}

type Key = keyof typeof PRODUCER_OPTIONS

// As org.apache.kafka.common.utils.Utils.getPort.
const HOST_AND_PORT = /^(?:[0-9a-zA-Z\-%._]*:\/\/)?\[?[0-9a-zA-Z\-%._:]*\]?:\d+$/

/** Refuses what makes no sense before anything else is looked at. */
export function checkProducerOptions(given: Given<Key>): void {
  forbidTogether(given, 'commandConfig', 'producer.config')
  forbidTogether(given, 'commandProperty', 'producerProperty')
  forbidTogether(given, 'readerProperty', 'property')
  const namesTopics = given.texts('input').includes('jsonl')
  if (!given.has('topic') && !namesTopics) throw new UsageError('Missing required argument "[topic]"')
  const addresses = given.texts('bootstrapServer').join(',')
  if (given.has('bootstrapServer') && addresses.split(',').some((text) => !HOST_AND_PORT.test(text.trim()))) {
    throw new UsageError('Please provide valid host:port like host1:9091,host2:9092')
  }
  if (given.has('keepPartition')) {
    if (!namesTopics) throw new UsageError('--keep-partition needs --input jsonl')
    if (given.has('partition'))
      throw new UsageError('--partition and --keep-partition cannot be given together')
  }
  if (given.has('tombstone') && !given.has('key')) throw new UsageError('--tombstone needs --key')
}
