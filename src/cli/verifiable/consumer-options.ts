import { UsageError } from '../failures.ts'
import { BadValue, type Given, type OptionSpecs } from '../option-spec.ts'
import { int, SERVER_OPTIONS } from '../options.ts'

const MEMBER = 'The member'

/** Kafka's options of verifiable-consumer. */
export const CONSUMER_OPTIONS = {
  topic: { flags: '-t, --topic <topic>', help: 'The topic to read.', required: true },
  maxMessages: {
    flags: '--max-messages <count>',
    help: 'How many records to read; -1: until it is interrupted.',
    parse: int,
    default: -1,
  },
  verbose: { flags: '--verbose', help: 'Tell of each record, too.' },
  enableAutocommit: {
    flags: '--enable-autocommit',
    help: 'Commit from time to time, and not after each read.',
  },
  resetPolicy: {
    flags: '--reset-policy <policy>',
    help: 'Where to start without a committed offset: earliest, latest, none.',
    default: 'earliest',
  },
  groupId: { flags: '-g, --group-id <group>', help: 'The group.', required: true, section: MEMBER },
  groupProtocol: {
    flags: '--group-protocol <protocol>',
    help: 'classic, or consumer for the one of KIP-848.',
    parse: (text: string): 'classic' | 'consumer' => {
      const lower = text.toLowerCase()
      if (lower === 'classic' || lower === 'consumer') return lower
      const name = text.toUpperCase()
      throw new BadValue(`No enum constant org.apache.kafka.clients.consumer.GroupProtocol.${name}`, {
        isWhole: true,
      })
    },
    default: 'classic',
    section: MEMBER,
  },
  groupRemoteAssignor: {
    flags: '--group-remote-assignor <name>',
    help: "The broker's assignor; with protocol consumer only.",
    section: MEMBER,
  },
  groupInstanceId: {
    flags: '--group-instance-id <id>',
    help: 'A name by which the member keeps its partitions.',
    section: MEMBER,
  },
  sessionTimeout: {
    flags: '--session-timeout <ms>',
    help: 'When a silent member counts as gone; with protocol classic only.',
    parse: int,
    section: MEMBER,
  },
  assignmentStrategy: {
    flags: '--assignment-strategy <class>',
    help: 'RangeAssignor or RoundRobinAssignor; with protocol classic only.',
    default: 'org.apache.kafka.clients.consumer.RangeAssignor',
    section: MEMBER,
  },
  bootstrapServer: SERVER_OPTIONS.bootstrapServer,
  context: SERVER_OPTIONS.context,
  commandConfig: SERVER_OPTIONS.commandConfig,
  'consumer.config': {
    flags: '--consumer.config <file>',
    help: 'As --command-config.',
    deprecated:
      'Option --consumer.config has been deprecated and will be removed in a future version. Use --command-config instead.',
    section: 'Connection',
  },
} as const satisfies OptionSpecs

export function checkConsumerOptions(given: Given<keyof typeof CONSUMER_OPTIONS>): void {
  if (!given.has('topic')) throw new UsageError('error: argument --topic is required')
  if (!given.has('groupId')) throw new UsageError('error: argument --group-id is required')
  if (given.has('consumer.config') && given.has('commandConfig')) {
    throw new UsageError('error: Options --consumer.config and --command-config are mutually exclusive.')
  }
}
