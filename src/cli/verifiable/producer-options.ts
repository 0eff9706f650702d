import { UsageError } from '../failures.ts'
import { BadValue, type Given, type OptionSpecs } from '../option-spec.ts'
import { int, int64, SERVER_OPTIONS } from '../options.ts'

const ACKS = [0, 1, -1]

/** Kafka's options of verifiable-producer. */
export const PRODUCER_OPTIONS = {
  topic: { flags: '-t, --topic <topic>', help: 'Where the records go.', required: true },
  maxMessages: {
    flags: '--max-messages <count>',
    help: 'How many records to send; -1: until it is interrupted.',
    parse: int,
    default: -1,
  },
  throughput: {
    flags: '--throughput <per-second>',
    help: 'How many a second at most; -1: as many as can be.',
    parse: int,
    default: -1,
  },
  acks: {
    flags: '--acks <acks>',
    help: 'Who must have a record: -1 (all), 1 or 0.',
    parse: (text: string): number => {
      const value = int(text)
      if (ACKS.includes(value)) return value
      throw new BadValue(`invalid choice: '${text}' (choose from {${ACKS.join(',')}})`)
    },
    default: -1,
  },
  messageCreateTime: {
    flags: '--message-create-time <ms>',
    help: 'The time of the first record; -1: as it is.',
    parse: int64,
    default: -1,
  },
  valuePrefix: {
    flags: '--value-prefix <number>',
    help: 'Put this and a dot before each value.',
    parse: int,
  },
  repeatingKeys: {
    flags: '--repeating-keys <count>',
    help: 'Use so many keys, 0, 1 and so on, in turn.',
    parse: int,
  },
  bootstrapServer: SERVER_OPTIONS.bootstrapServer,
  context: SERVER_OPTIONS.context,
  commandConfig: SERVER_OPTIONS.commandConfig,
  'producer.config': {
    flags: '--producer.config <file>',
    help: 'As --command-config.',
    deprecated:
      'Option --producer.config has been deprecated and will be removed in a future version. Use --command-config instead.',
    section: 'Connection',
  },
} as const satisfies OptionSpecs

export function checkProducerOptions(given: Given<keyof typeof PRODUCER_OPTIONS>): void {
  if (!given.has('topic')) throw new UsageError('error: argument --topic is required')
  if (given.has('producer.config') && given.has('commandConfig')) {
    throw new UsageError('error: Options --producer.config and --command-config are mutually exclusive.')
  }
}
