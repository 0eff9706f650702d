import { clusterOptions } from '../../client/config/common-config.ts'
import type { FetchedRecords } from '../../client/fetch/fetched-records.ts'
import { defineCommand } from '../command.ts'
import { selectPattern, selectTopic } from '../consume/selection.ts'
import { UsageError } from '../failures.ts'
import { javaDateFormat } from '../java/date-format.ts'
import { FigurePrinter } from '../perf/figure-printer.ts'
import { metricsText } from '../perf/metrics.ts'
import { Polls } from '../perf/polls.ts'
import { READ_COLUMNS, ReadFigures, readHeader } from '../perf/read-figures.ts'
import { ReadMetrics } from '../perf/read-metrics.ts'
import { checkReadOptions, READ_OPTIONS } from '../perf/read-options.ts'
import { readServer, readSettings } from '../perf/read-settings.ts'

export const consumerPerfTest = defineCommand({
  name: 'consumer-perf-test',
  options: READ_OPTIONS,
  subjects: ['topic'],
  formats: ['text', 'table', 'json', 'jsonl', 'csv'],
  failure: { badAddress: 'Failed to construct kafka consumer' },
  check: checkReadOptions,
  examples: [
    'consumer-perf-test --topic orders --num-records 10 --timeout 2000',
    'consumer-perf-test --topic orders --num-records 10 --show-detailed-stats --reporting-interval 100 --timeout 2000',
    'consumer-perf-test --topic orders --num-records 10 --timeout 2000 -o json',
  ],
  async run(options, context) {
    if (options.reportingInterval <= 0) throw new UsageError('Reporting interval must be greater than 0.')
    const wanted = options.numRecords ?? options.messages!
    // The option may stand without its value.
    const timeoutMs = typeof options.timeout === 'number' ? options.timeout : 10_000
    const isDetailed = options.showDetailedStats
    const formatTime = javaDateFormat(options.dateFormat)
    const server = readServer(options)
    const { properties } = await context.settings(server)
    const { fetch, group } = readSettings(options, properties, context.io)
    const { topic, include } = options
    const selection =
      topic === undefined ? await selectPattern(include!) : selectTopic(topic, undefined, fetch)
    const cluster = await context.cluster(server, clusterOptions(fetch))
    const { clock } = cluster
    // The time of day at the start, and what has passed since: a clock that is set must not change the figures.
    const offsetMs = clock.now() - clock.monotonicMs()
    const now = (): number => clock.monotonicMs() + offsetMs
    const figures = new ReadFigures(now(), formatTime)
    // A header promises figures, so it waits until somebody answers.
    await cluster.reach(cluster.deadline(timeoutMs))
    if (topic !== undefined) await selection(cluster)
    if (!options.hideHeader && context.isText) context.io.out(readHeader(isDetailed))
    const metrics = new ReadMetrics()
    const printer = new FigurePrinter(context, READ_COLUMNS)
    const { openGroupReader } = await import('../consume/group-reader.ts')
    const consumer = openGroupReader(
      cluster,
      {
        group,
        fetch,
        topic,
        selection,
        onAssigned: (partitions) => figures.assigned(partitions.length, now()),
        onRevoked: (partitions) => figures.revoked(partitions.length, now()),
      },
      context,
    )
    // A tool that is interrupted leaves its group.
    context.onClose(() => consumer.close())
    const count = ({ cursor: { keyBytes, valueBytes } }: FetchedRecords): void => {
      figures.bytes += Math.max(0, keyBytes) + Math.max(0, valueBytes)
    }
    const polls = new Polls(consumer, group['max.poll.records'])
    try {
      while (figures.records < wanted) {
        const poll = await polls.next(timeoutMs, count)
        if (poll === null) break
        figures.records += poll.count
        metrics.count(poll)
        if (figures.intervalMs(now()) < options.reportingInterval) continue
        const { text, row } = figures.interval(now())
        if (isDetailed) printer.add(text, row)
      }
      const endMs = now()
      metrics.assigned = figures.assignedPartitions
      if (figures.records < wanted) {
        context.warn(
          `WARNING: Exiting before consuming the expected number of records: timeout (${timeoutMs} ms) exceeded. You can use the --timeout option to increase the timeout.`,
        )
      }
      await consumer.close()
      const { text, row } = figures.total(endMs)
      if (!isDetailed || !context.isText) printer.add(text, row)
      await printer.end()
      if (options.printMetrics) context.warn(metricsText(metrics.metrics(fetch['client.id'])).trimEnd())
    } finally {
      await consumer.close()
    }
  },
})
