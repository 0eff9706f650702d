import { CONSUMER_OPTIONS, olderOption } from '../consume/options.ts'
import { UsageError } from '../failures.ts'
import type { Given, OptionSpecs } from '../option-spec.ts'
import { forbidTogether, int } from '../options.ts'

/** Kafka's options of console-share-consumer; those that console-consumer has as well are the same. */
export const SHARE_CONSUMER_OPTIONS = {
  bootstrapServer: CONSUMER_OPTIONS.bootstrapServer,
  context: CONSUMER_OPTIONS.context,
  topic: CONSUMER_OPTIONS.topic,
  group: {
    flags: '-g, --group <group>',
    help: 'The share group; console-share-consumer when left out.',
    section: 'Which records',
    completes: 'group',
  },
  maxMessages: CONSUMER_OPTIONS.maxMessages,
  timeoutMs: { ...CONSUMER_OPTIONS.timeoutMs, parse: int },
  deadlineMs: { ...CONSUMER_OPTIONS.deadlineMs, help: 'Stop after this long, however many records come.' },
  reject: {
    flags: '--reject',
    help: 'Reject records: nobody gets them again.',
    section: 'What becomes of them',
  },
  release: {
    flags: '--release',
    help: 'Release records: the group gets them again.',
    section: 'What becomes of them',
  },
  rejectMessageOnError: {
    flags: '--reject-message-on-error',
    help: 'Reject a record that cannot be printed, and go on.',
    section: 'What becomes of them',
  },
  formatter: CONSUMER_OPTIONS.formatter,
  formatterProperty: {
    ...CONSUMER_OPTIONS.formatterProperty,
    details: `${CONSUMER_OPTIONS.formatterProperty.details} And print.delivery: how often a record was given out.`,
  },
  formatterConfig: CONSUMER_OPTIONS.formatterConfig,
  property: CONSUMER_OPTIONS.property,
  keyDeserializer: CONSUMER_OPTIONS.keyDeserializer,
  valueDeserializer: CONSUMER_OPTIONS.valueDeserializer,
  enableSystestEvents: CONSUMER_OPTIONS.enableSystestEvents,
  commandProperty: CONSUMER_OPTIONS.commandProperty,
  commandConfig: CONSUMER_OPTIONS.commandConfig,
  consumerProperty: CONSUMER_OPTIONS.consumerProperty,
  consumerConfig: {
    flags: '--consumer-config <file>',
    help: 'As --command-config.',
    deprecated: olderOption('consumer-config', 'command-config'),
  },
  expectCount: CONSUMER_OPTIONS.expectCount,
} as const satisfies OptionSpecs

/** Refuses what makes no sense before values are looked at, in Kafka's order. */
export function checkShareConsumerOptions(given: Given<keyof typeof SHARE_CONSUMER_OPTIONS>): void {
  if (!given.has('topic')) throw new UsageError('--topic is a required argument')
  if (given.has('reject') && given.has('release')) {
    throw new UsageError('At most one of --reject and --release may be specified.')
  }
  forbidTogether(given, 'consumerProperty', 'commandProperty')
  forbidTogether(given, 'consumerConfig', 'commandConfig')
  forbidTogether(given, 'property', 'formatterProperty')
}
