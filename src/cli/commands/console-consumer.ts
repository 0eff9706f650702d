import { defineCommand } from '../command.ts'
import { CONSUMER_OPTIONS, checkConsumerOptions } from '../consume/options.ts'

export const consoleConsumer = defineCommand({
  name: 'console-consumer',
  options: CONSUMER_OPTIONS,
  subjects: ['topic'],
  formats: ['text', 'json', 'jsonl'],
  failure: { exit: 0, badAddress: 'Failed to construct kafka consumer' },
  check: checkConsumerOptions,
  endsOnInterrupt: true,
  examples: [
    'console-consumer --topic orders --from-beginning --timeout-ms 1000',
    'console-consumer --topic orders --from @-1h --until end -o jsonl | ktool produce -i jsonl --topic copy',
    'console-consumer --topic orders --partition 0 --offset 2 --max-messages 1 --formatter-property print.key=true',
  ],
  async run(options, context) {
    const { runConsumer } = await import('../consume/run-consumer.ts')
    await runConsumer(options, context)
  },
})
