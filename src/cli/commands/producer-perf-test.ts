import { defineCommand } from '../command.ts'
import { checkSendOptions, SEND_OPTIONS } from '../perf/send-options.ts'

export const producerPerfTest = defineCommand({
  name: 'producer-perf-test',
  style: 'argparse',
  options: SEND_OPTIONS,
  subjects: ['topic'],
  formats: ['text', 'table', 'json', 'jsonl', 'csv'],
  failure: {
    noServer:
      'error: At least one of --bootstrap-server, --command-property, --producer-props, --producer.config or --command-config must be specified.',
    badAddress: 'Failed to construct kafka producer',
  },
  check: checkSendOptions,
  examples: [
    'producer-perf-test --topic orders --num-records 100000 --record-size 100 --throughput -1',
    'producer-perf-test --topic orders --num-records 1000 --payload-monotonic --throughput 2000 -o json',
    'producer-perf-test --topic orders --num-records 1000 --record-size 50 --throughput -1 --command-property acks=1 linger.ms=10',
  ],
  async run(options, context) {
    const { runSendTest } = await import('../perf/run-send-test.ts')
    await runSendTest(options, context)
  },
})
