import { UsageError } from '../failures.ts'
import type { Given } from '../option-spec.ts'
import { BadValue, type OptionSpecs } from '../option-spec.ts'
import { forbidTogether, int, long, SERVER_OPTIONS } from '../options.ts'

const olderProperty = (old: string, now: string): string =>
  `Warning: --${old} is deprecated and will be removed in a future version. Use --${now} instead.`

/** Kafka's options of console-producer, and ktool's own. */
export const PRODUCER_OPTIONS = {
  bootstrapServer: SERVER_OPTIONS.bootstrapServer,
  context: SERVER_OPTIONS.context,
  topic: { flags: '-t, --topic <topic>', help: 'Where the records go. Required, but for --input jsonl.' },
  sync: { flags: '--sync', help: 'Send each record by itself, and wait for its acknowledgement.' },
  compressionCodec: {
    flags: '--compression-codec [codec]',
    help: 'none, gzip, snappy, lz4 or zstd; gzip without a value.',
  },
  batchSize: { flags: '--batch-size <bytes>', help: 'Size of a batch (batch.size), 262144.', parse: int },
  maxPartitionMemoryBytes: {
    flags: '--max-partition-memory-bytes <bytes>',
    help: 'As --batch-size.',
    parse: int,
    deprecated:
      'Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.',
  },
  messageSendMaxRetries: {
    flags: '--message-send-max-retries <count>',
    help: 'How often a batch is sent again (retries), 3.',
    parse: int,
  },
  retryBackoffMs: {
    flags: '--retry-backoff-ms <ms>',
    help: 'Pause before that (retry.backoff.ms), 100.',
    parse: long,
  },
  timeout: {
    flags: '--timeout <ms>',
    help: 'How long a record waits for others to fill its batch (linger.ms), 1000.',
    parse: long,
  },
  requestRequiredAcks: {
    flags: '--request-required-acks <acks>',
    help: 'Who must have a record: all or -1, 1, 0 (acks), -1.',
  },
  requestTimeoutMs: {
    flags: '--request-timeout-ms <ms>',
    help: 'How long a request may take (request.timeout.ms), 1500.',
    parse: int,
  },
  metadataExpiryMs: {
    flags: '--metadata-expiry-ms <ms>',
    help: 'Age at which leaders are asked for again (metadata.max.age.ms), 300000.',
    parse: long,
  },
  maxBlockMs: {
    flags: '--max-block-ms <ms>',
    help: 'How long to wait for the topic or for memory (max.block.ms), 60000.',
    parse: long,
  },
  maxMemoryBytes: {
    flags: '--max-memory-bytes <bytes>',
    help: 'Memory for records that wait (buffer.memory), 33554432.',
    parse: long,
  },
  socketBufferSize: {
    flags: '--socket-buffer-size <bytes>',
    help: 'Size of the TCP buffer (send.buffer.bytes), 102400; taken for compatibility.',
    parse: int,
  },
  lineReader: {
    flags: '--line-reader <class>',
    help: 'How lines are read; org.apache.kafka.tools.LineMessageReader is the only one.',
    default: 'org.apache.kafka.tools.LineMessageReader',
  },
  readerProperty: {
    flags: '--reader-property <name=value>',
    help: 'Setting of the line reader: parse.key, key.separator (tab), parse.headers, headers.delimiter (tab), headers.separator (,), headers.key.separator (:), null.marker, ignore.error. A line reads headers, key, value.',
    repeatable: true,
  },
  readerConfig: { flags: '--reader-config <file>', help: 'The same, as a Java properties file.' },
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
  },
  commandConfig: { flags: '--command-config <file>', help: 'The same, as a Java properties file.' },
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
    help: 'How standard input is read: lines, or jsonl for what console-consumer -o jsonl and kcat -J write. Such records bring topic, key, value, headers and timestamp.',
    parse: inputFormat,
    default: 'lines',
    own: true,
  },
  key: { flags: '--key <text>', help: 'The key of every record.', own: true },
  header: { flags: '--header <name=value>', help: 'A header of every record.', repeatable: true, own: true },
  partition: {
    flags: '--partition <number>',
    help: 'The partition of every record.',
    parse: partitionNumber,
    own: true,
  },
  timestamp: { flags: '--timestamp <ms>', help: 'The timestamp of every record.', parse: long, own: true },
  tombstone: {
    flags: '--tombstone',
    help: 'Write one record with --key and without a value; standard input is not read.',
    own: true,
  },
  rate: { flags: '--rate <number>', help: 'Records a second at most.', parse: positive, own: true },
  report: { flags: '--report', help: 'Print partition and offset of each record.', own: true },
} as const satisfies OptionSpecs

function inputFormat(text: string): 'lines' | 'jsonl' {
  if (text === 'lines' || text === 'jsonl') return text
  throw new BadValue(`--input: '${text}' is not one of lines, jsonl`, { isWhole: true })
}

function partitionNumber(text: string): number {
  const value = int(text)
  if (value < 0) throw new BadValue('a partition is not negative')
  return value
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
  if (given.has('tombstone') && !given.has('key')) throw new UsageError('--tombstone needs --key')
}
