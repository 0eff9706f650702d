import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { defineCommand } from '../command.ts'
import { Failure, UsageError } from '../failures.ts'
import { int, int64, long, SERVER_OPTIONS } from '../options.ts'
import { includeList } from '../patterns/names.ts'
import type { ReplicatedPartition } from '../replicas/fetch.ts'

export const replicaVerification = defineCommand({
  name: 'replica-verification',
  options: {
    brokerList: {
      flags: '-b, --broker-list <host:port>',
      help: 'Brokers to ask first, as a:9092,b:9092.',
      details: SERVER_OPTIONS.bootstrapServer.details,
      section: 'Connection',
    },
    context: SERVER_OPTIONS.context,
    topicsInclude: {
      flags: '--topics-include <regex>',
      help: 'The topics, as a Java regular expression.',
    },
    time: {
      flags: '--time <ms>',
      help: 'From when on; -1 for the end, -2 for the start.',
      parse: int64,
      default: -1,
    },
    fetchSize: {
      flags: '--fetch-size <bytes>',
      help: 'How much to read at a time.',
      parse: int,
      default: 1_048_576,
    },
    maxWaitMs: {
      flags: '--max-wait-ms <ms>',
      help: 'How long a broker may wait for records.',
      parse: int,
      default: 1000,
    },
    reportIntervalMs: {
      flags: '--report-interval-ms <ms>',
      help: 'How often to tell how far it is.',
      parse: long,
      default: 30_000,
    },
    once: {
      flags: '--once',
      help: 'End when everything that was there is compared.',
      own: true,
    },
  },
  subjects: ['topicsInclude'],
  formats: ['text', 'jsonl'],
  failure: { noServer: 'Missing required argument "[broker-list]"' },
  examples: [
    'replica-verification orders --time -2 --once',
    'replica-verification --topics-include orders,payments --time -2 --once -o jsonl',
    { line: 'replica-verification --report-interval-ms 5000', goesOn: true },
  ],
  endsOnInterrupt: true,
  async run({ brokerList: bootstrapServer, context: named, ...options }, context) {
    context.say('This tool is deprecated and may be removed in a future major release.')
    const [{ ReplicaComparison, reportListing }, { fetchReplicas }, { javaDateFormat }] = await Promise.all([
      import('../replicas/compare.ts'),
      import('../replicas/fetch.ts'),
      import('../java/date-format.ts'),
    ])
    const dateText = javaDateFormat('yyyy-MM-dd HH:mm:ss,SSS')
    const { io, interrupted } = context
    const isIncluded = await topicFilter(options.topicsInclude)
    const cluster = await context.cluster({ bootstrapServer, context: named })
    const partitions = await choosePartitions(cluster, isIncluded)
    const starts = await startsOf(cluster, partitions, options.time)
    const comparison = new ReplicaComparison(starts, (what) => context.warn(`${dateText(io.now())}: ${what}`))
    context.warn(`${dateText(io.now())}: verification process is started`)
    const { clock } = cluster
    let reportedMs = clock.monotonicMs()
    for (;;) {
      const data = await fetchReplicas(cluster, partitions, (at) => comparison.offsetOf(at), options)
      const lag = comparison.compare(data)
      const isAnswered = [...data.values()].flat().every(({ highWatermark }) => highWatermark >= 0)
      const isDone = options.once && isAnswered && lag.maxLag <= 0
      if (isDone || clock.monotonicMs() - reportedMs > options.reportIntervalMs) {
        const { partitionCount, mismatches } = comparison
        await context.print(reportListing({ ...lag, timeMs: io.now(), partitionCount, mismatches }, dateText))
        reportedMs = clock.monotonicMs()
      }
      const found = comparison.mismatches > 0 ? 1 : undefined
      if (isDone || interrupted.aborted) return found
    }
  },
})

async function topicFilter(text: string | undefined): Promise<(topic: string) => boolean> {
  if (text === undefined) return () => true
  try {
    return await includeList(text)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new UsageError(`${text} is an invalid regex`, { hint: error.hint })
  }
}

async function choosePartitions(
  cluster: Cluster,
  isIncluded: (topic: string) => boolean,
): Promise<ReplicatedPartition[]> {
  const topics = [...(await cluster.allTopics()).values()].filter(({ name }) => isIncluded(name))
  if (topics.length === 0) {
    throw new Failure(
      'No topics found. [topics-include] if specified, is either filtering out all topics or there is no topic.',
    )
  }
  return topics.flatMap(({ name: topic, topicId, partitions }) =>
    partitions.map(({ partition, replicas }) => ({ topic, topicId, partition, replicas })),
  )
}

async function startsOf(cluster: Cluster, partitions: readonly ReplicatedPartition[], timestamp: Int64) {
  const { OFFSET_SPECS, offsetsAt } = await import('../../client/offsets.ts')
  const ask = async (asked: readonly ReplicatedPartition[], time: Int64) => {
    const offsets = await offsetsAt(cluster, asked, time)
    return asked.map(({ topic, partition }, at) => ({ topic, partition, offset: offsets[at]! }))
  }
  const starts = await ask(partitions, timestamp)
  // Nothing is that young: the end then.
  const late = partitions.filter((_, at) => starts[at]!.offset < 0)
  if (late.length === 0) return starts
  return [...starts.filter(({ offset }) => offset >= 0), ...(await ask(late, OFFSET_SPECS.latest))]
}
