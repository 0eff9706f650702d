import { defineCommand } from '../command.ts'
import { checkProducerOptions, PRODUCER_OPTIONS } from '../verifiable/producer-options.ts'

export const verifiableProducer = defineCommand({
  name: 'verifiable-producer',
  style: 'argparse',
  options: PRODUCER_OPTIONS,
  subjects: ['topic'],
  failure: {
    exit: 0,
    noServer: 'error: one of the arguments --bootstrap-server is required',
    badAddress: 'Failed to construct kafka producer',
  },
  check: checkProducerOptions,
  endsOnInterrupt: true,
  examples: [
    'verifiable-producer --topic orders --max-messages 10',
    'verifiable-producer --topic orders --max-messages 10 --repeating-keys 3 --value-prefix 7',
    'verifiable-producer --topic orders --max-messages 20 --throughput 50 --acks 1',
  ],
  async run(options, context) {
    const { runVerifiableProducer } = await import('../verifiable/run-verifiable-producer.ts')
    await runVerifiableProducer(options, context)
  },
})
