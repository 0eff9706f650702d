import { defineCommand } from '../command.ts'
import { checkShareConsumerOptions, SHARE_CONSUMER_OPTIONS } from '../share-consume/options.ts'

export const consoleShareConsumer = defineCommand({
  name: 'console-share-consumer',
  options: SHARE_CONSUMER_OPTIONS,
  subjects: ['topic'],
  formats: ['text', 'json', 'jsonl'],
  failure: { exit: 0, badAddress: 'Failed to construct Kafka share consumer' },
  check: checkShareConsumerOptions,
  endsOnInterrupt: true,
  needsKafka: true,
  examples: [
    'console-share-consumer --topic orders --group billing-share --timeout-ms 2000',
    'console-share-consumer --topic orders --max-messages 10 --timeout-ms 2000 -o jsonl',
    'console-share-consumer --topic orders --reject --timeout-ms 2000 --formatter-property print.delivery=true',
  ],
  async run(options, context) {
    const { runShareConsumer } = await import('../share-consume/run-share-consumer.ts')
    await runShareConsumer(options, context)
  },
})
