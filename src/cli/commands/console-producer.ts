import { defineCommand } from '../command.ts'
import { checkProducerOptions, PRODUCER_OPTIONS } from '../produce/options.ts'

export const consoleProducer = defineCommand({
  name: 'console-producer',
  options: PRODUCER_OPTIONS,
  subjects: ['topic'],
  formats: ['text', 'jsonl'],
  failure: {
    exit: 0,
    noServer: 'Error while validating the bootstrap address',
    badAddress: 'Failed to construct kafka producer',
  },
  check: checkProducerOptions,
  endsOnInterrupt: true,
  examples: [
    'console-producer --topic orders < orders.txt',
    'console-producer --topic orders --reader-property parse.key=true --reader-property key.separator=: < keyed.txt',
    'console-producer --topic orders --key 17 --tombstone --report',
  ],
  async run(options, context) {
    const { runProducer } = await import('../produce/run-producer.ts')
    await runProducer(options, context)
  },
})
