import { defineCommand } from '../command.ts'
import { UsageError } from '../failures.ts'
import { javaDouble } from '../java/double.ts'
import { checkLatencyOptions, LATENCY_OPTIONS, shapeOf } from '../perf/latency-options.ts'

export const e2eLatency = defineCommand({
  name: 'e2e-latency',
  options: LATENCY_OPTIONS,
  subjects: ['bootstrapServer', 'topic', 'numRecords', 'producerAcks', 'recordSize', 'commandConfig'],
  formats: ['text', 'table', 'json', 'jsonl', 'csv'],
  failure: { badAddress: 'Failed to construct kafka consumer' },
  check: checkLatencyOptions,
  examples: [
    'e2e-latency --topic latency --num-records 100 --producer-acks all --record-size 100',
    'e2e-latency --topic latency --num-records 20 --producer-acks 1 --record-size 10 --record-key-size 8 --num-headers 2',
    'e2e-latency --topic latency --num-records 100 --producer-acks all --record-size 100 -o json',
  ],
  async run(options, context) {
    if (context.args[0]?.startsWith('-') === false) {
      context.warn(
        'WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0. Please use named arguments instead: --bootstrap-server, --topic, --num-records, --producer-acks, --record-size, --command-config',
      )
    }
    const { topic, numRecords, producerAcks } = options
    if (numRecords! <= 0) throw new UsageError('Value for --num-records must be a positive integer.')
    const shape = shapeOf(options)
    if (producerAcks !== '1' && producerAcks !== 'all') {
      throw new UsageError(
        "Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use '1' or 'all'.",
      )
    }
    const server = {
      bootstrapServer: options.bootstrapServer,
      context: options.context,
      commandConfig: typeof options.commandConfig === 'string' ? options.commandConfig : undefined,
    }
    const [{ clusterOptions, commonSettings }, { createTopic, LatencyRun }, { latencyListing }] =
      await Promise.all([
        import('../../client/config/common-config.ts'),
        import('../perf/latency-run.ts'),
        import('../perf/latency-listing.ts'),
      ])
    const { properties } = await context.settings(server)
    const cluster = await context.cluster(server, clusterOptions(commonSettings(properties)))
    const found = (await cluster.topics([topic!])).get(topic!)
    if (found?.error === 'UNKNOWN_TOPIC_OR_PARTITION') {
      context.warn(
        `Topic "${topic}" does not exist. Will create topic with 1 partition(s) and replication factor = 1`,
      )
      await createTopic(cluster, topic!)
    }
    const run = await LatencyRun.open(cluster, properties, topic!, producerAcks, shape)
    try {
      await run.send(numRecords!, (index, latencyMs) => {
        if (context.isText) context.io.out(`${index}\t${javaDouble(latencyMs)}\n`)
      })
    } finally {
      await run.close()
    }
    await context.print(latencyListing(run.latencies))
  },
})
