import type { Cluster } from '../../client/cluster.ts'
import { clusterOptions } from '../../client/config/common-config.ts'
import type { BatchReport } from '../../client/produce/deliveries.ts'
import { Producer } from '../../client/produce/producer.ts'
import { type ProducerSettings, producerSettings } from '../../client/produce/producer-config.ts'
import type { TransactionalProducer } from '../../client/produce/transactions.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import type { Values } from '../option-spec.ts'
import { FigurePrinter } from './figure-printer.ts'
import { metricsText } from './metrics.ts'
import { ChosenPayloads, MonotonicPayloads, type Payloads, RandomPayloads, readPayloads } from './payloads.ts'
import { SEND_COLUMNS, SendFigures } from './send-figures.ts'
import { SendMetrics } from './send-metrics.ts'
import { checkSendNumbers, type SEND_OPTIONS } from './send-options.ts'
import { SendRun, type TransactionPace } from './send-run.ts'
import { sendServer, transactionOf } from './send-settings.ts'

type Options = Values<typeof SEND_OPTIONS>

export async function runSendTest(options: Options, context: Context): Promise<void> {
  checkSendNumbers(options)
  const warmup = Math.max(options.warmupRecords, 0)
  const payloads = await payloadsOf(options, context)
  const server = sendServer(options)
  const { properties } = await context.settings(server)
  if (!properties.has('client.id')) properties.set('client.id', 'perf-producer-client')
  const { isTransactional, durationMs } = transactionOf(options, properties, context.io)
  const settings = producerSettings(properties)
  const cluster = await context.cluster(server, clusterOptions(settings))
  const metrics = new SendMetrics()
  const onBatch = (report: BatchReport): void => {
    run.onBatch(report)
    metrics.count(report)
  }
  const { producer, transactions } = await openProducer(cluster, settings, isTransactional, onBatch)
  await producer.prepare(options.topic)
  const printer = new FigurePrinter(context, SEND_COLUMNS)
  if (warmup > 0) {
    context.warn(
      `Warmup first ${warmup} records. Steady state results will print after the complete test summary.`,
    )
  }
  const figures = (isSteady: boolean, startMs: number): SendFigures =>
    new SendFigures({
      isSteady,
      startMs,
      intervalMs: options.reportingInterval,
      onInterval: (text, row) => printer.add(text, row),
      onSteady: () => context.warn('In steady state.'),
    })
  const startMs = cluster.clock.monotonicMs()
  const total = figures(false, startMs)
  const run = new SendRun(
    cluster,
    {
      topic: options.topic,
      count: options.numRecords,
      warmup,
      payloads,
      perSecond: options.throughput,
      transaction: transactions && paceOf(transactions, durationMs),
    },
    total,
    (nowMs) => figures(true, nowMs),
  )
  try {
    await run.send(producer, startMs)
    if (transactions?.isOpen) await transactions.commit()
  } catch (error) {
    throw await abandon(transactions, error)
  }
  const counts = await producer.close()
  run.check()
  const endMs = cluster.clock.monotonicMs()
  printer.add(total.totalText(endMs), total.totalRow(endMs))
  if (run.steady) printer.add(run.steady.totalText(endMs), run.steady.totalRow(endMs))
  await printer.end()
  if (options.printMetrics) context.warn(metricsText(metrics.metrics(settings, options.topic)).trimEnd())
  if (counts.failed === 0) return
  const { failed, firstError } = counts
  throw new Failure(
    `${failed} of ${options.numRecords} records were not acknowledged: ${firstError?.message}`,
    { code: firstError instanceof KafkaError ? firstError.code : undefined, cause: firstError },
  )
}

async function openProducer(
  cluster: Cluster,
  settings: ProducerSettings,
  isTransactional: boolean,
  onBatch: (report: BatchReport) => void,
): Promise<{ producer: Producer; transactions: TransactionalProducer | null }> {
  if (!isTransactional)
    return { producer: await Producer.create(cluster, settings, onBatch), transactions: null }
  const { TransactionalProducer } = await import('../../client/produce/transactions.ts')
  const transactions = await TransactionalProducer.open(cluster, settings, onBatch)
  return { producer: transactions.producer, transactions }
}

/**
 * Aborts what cannot be committed: an open transaction would hold back readers of committed records until its time is
 * over. Gives what is to be told; the coordinator knows best what a leader's refusal means.
 */
async function abandon(transactions: TransactionalProducer | null, error: unknown): Promise<unknown> {
  if (!transactions?.isOpen) return error
  try {
    await transactions.abort()
    return error
  } catch (later) {
    return later instanceof KafkaError ? later : error
  }
}

/** Transactions that are committed when they have lasted long enough. */
function paceOf(transactions: TransactionalProducer, durationMs: number): TransactionPace {
  let startMs = 0
  return {
    before(nowMs) {
      if (transactions.isOpen) return
      transactions.begin()
      startMs = nowMs
    },
    isDue: (nowMs) => durationMs <= nowMs - startMs,
    commit: () => transactions.commit(),
  }
}

async function payloadsOf(options: Options, context: Context): Promise<Payloads> {
  if (options.payloadMonotonic) return new MonotonicPayloads()
  if (options.payloadFile === undefined) return new RandomPayloads(options.recordSize!, options.numRecords)
  // Shells pass on backslash and n, which Kafka's tool takes for a newline, as its regular expression would.
  return new ChosenPayloads(
    await readPayloads(options.payloadFile, options.payloadDelimiter, (line) => context.warn(line)),
  )
}
