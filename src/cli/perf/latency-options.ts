import { UsageError } from '../failures.ts'
import type { Given, OptionSpecs } from '../option-spec.ts'
import { int, requireOptions, SERVER_OPTIONS } from '../options.ts'

const SHAPE = 'What a record is like'

/** Kafka's options of e2e-latency. */
export const LATENCY_OPTIONS = {
  topic: {
    flags: '-t, --topic <topic>',
    help: 'Where records go and come from; created if missing.',
    section: 'What to do',
  },
  numRecords: {
    flags: '--num-records <count>',
    help: 'How many records to send, one after the other.',
    parse: int,
    section: 'What to do',
  },
  producerAcks: {
    flags: '--producer-acks <acks>',
    help: 'Who must have a record: 1 or all.',
    section: 'What to do',
  },
  recordSize: { flags: '--record-size <bytes>', help: 'Size of the value.', parse: int, section: SHAPE },
  recordKeySize: {
    flags: '--record-key-size [bytes]',
    help: 'Size of the key; none when 0.',
    parse: int,
    default: 0,
    section: SHAPE,
  },
  numHeaders: {
    flags: '--num-headers [count]',
    help: 'How many headers a record has.',
    parse: int,
    default: 0,
    section: SHAPE,
  },
  recordHeaderKeySize: {
    flags: '--record-header-key-size [bytes]',
    help: "Size of a header's name.",
    parse: int,
    default: 0,
    section: SHAPE,
  },
  recordHeaderSize: {
    flags: '--record-header-size [bytes]',
    help: "Size of a header's value.",
    parse: int,
    default: 0,
    section: SHAPE,
  },
  bootstrapServer: SERVER_OPTIONS.bootstrapServer,
  context: SERVER_OPTIONS.context,
  commandConfig: { ...SERVER_OPTIONS.commandConfig, flags: '--command-config [file]' },
} as const satisfies OptionSpecs

type Key = keyof typeof LATENCY_OPTIONS

export function checkLatencyOptions(given: Given<Key>): void {
  requireOptions(given, 'topic', 'numRecords', 'producerAcks', 'recordSize')
}

export interface RecordShape {
  readonly valueBytes: number
  readonly keyBytes: number
  readonly headers: number
  readonly headerKeyBytes: number
  readonly headerValueBytes: number
}

/** The sizes asked for, an option without its value counting as left out; UsageError in Kafka's words for others. */
export function shapeOf(options: {
  readonly recordSize: number | undefined
  readonly recordKeySize: number | true
  readonly numHeaders: number | true
  readonly recordHeaderKeySize: number | true
  readonly recordHeaderSize: number | true
}): RecordShape {
  const size = (name: string, value: number | true): number => {
    if (value === true) return 0
    if (value < 0) throw new UsageError(`Value for --${name} must be a non-negative integer.`)
    return value
  }
  return {
    valueBytes: size('record-size', options.recordSize!),
    keyBytes: size('record-key-size', options.recordKeySize),
    headers: size('num-headers', options.numHeaders),
    headerKeyBytes: size('record-header-key-size', options.recordHeaderKeySize),
    headerValueBytes: size('record-header-size', options.recordHeaderSize),
  }
}
