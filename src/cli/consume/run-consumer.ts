import type { Cluster } from '../../client/cluster.ts'
import { clusterOptions } from '../../client/config/common-config.ts'
import type { Place, ReadRange } from '../../client/fetch/read-range.ts'
import type { Context } from '../context.ts'
import { ConditionNotMet, Failure } from '../failures.ts'
import { OutputClosed } from '../io.ts'
import type { Values } from '../option-spec.ts'
import { formatterOf } from '../records/formatters.ts'
import { JsonFormatter } from '../records/record-json.ts'
import { MAX_PRINTED, RecordOutput } from '../records/record-output.ts'
import { Expectations } from './expectation.ts'
import type { GroupReaderOptions } from './group-reader.ts'
import type { CONSUMER_OPTIONS } from './options.ts'
import { limitsOf, printRecords, type Reading, type RecordSource } from './read-loop.ts'
import { RecordPrinter } from './record-printer.ts'
import { RecordReader } from './record-reader.ts'
import { closedEarly, reportStall, tally } from './reports.ts'
import { selectPattern, selectTopic } from './selection.ts'
import { consumerServer, consumerSettings, formatterProperties } from './settings.ts'

type Options = Values<typeof CONSUMER_OPTIONS>

export async function runConsumer(options: Options, context: Context): Promise<void> {
  const { io, interrupted } = context
  const server = consumerServer(options)
  const { fetch: settings, group } = consumerSettings(options, await context.settings(server))
  const formatter = context.isText
    ? await formatterOf(options.formatter, formatterProperties(options), (line) => context.say(line))
    : new JsonFormatter(context.format === 'json')
  const selection =
    options.topic === undefined
      ? await selectPattern(options.include!)
      : selectTopic(options.topic, options.partition, settings, sayOnce(context, options.topic))
  const cluster = await context.cluster(server, clusterOptions(settings))
  const output = new RecordOutput(io)
  const expectations = await Expectations.of(options.expectMatch)
  const conditions = await Promise.all(options.where.map((condition) => condition.load()))
  const printer = new RecordPrinter({
    formatter,
    output,
    onError: (error) => {
      if (!options.skipMessageOnError || error instanceof OutputClosed) throw error
      context.say(`${error.name}: ${error.message}`)
    },
    keeps: conditions.length === 0 ? undefined : (record) => conditions.every((holds) => holds(record)),
    onRecord: options.expectMatch.length === 0 ? undefined : (record) => expectations.see(record),
  })
  const range = rangeOf(options, settings['auto.offset.reset'], cluster.clock.now())
  const reader = group
    ? await groupReader(
        cluster,
        {
          group,
          fetch: settings,
          topic: options.topic,
          selection,
          usedUpTo: (records) => output.acceptedUpTo(records),
        },
        context,
      )
    : new RecordReader(cluster, settings, selection, range)
  let reading: Reading
  try {
    reading = await printRecords({
      reader,
      printer,
      output,
      limits: limitsOf(options),
      most: Math.min(MAX_PRINTED, group?.['max.poll.records'] ?? MAX_PRINTED),
      isGentle: group !== null,
      cluster,
      stop: interrupted,
    })
    if (!reading.isStalled) {
      formatter.end?.(output.bytes)
      output.bytes.flush()
    }
    context.say(tally(printer, output))
  } catch (error) {
    // Without a group nobody is interested in what `head` left unread.
    if (!(error instanceof OutputClosed)) context.say(tally(printer, output))
    else if (group !== null) context.say(closedEarly(printer, output, 'committed'))
    throw error
  } finally {
    await reader.close()
  }
  const { stop, isStalled } = reading
  if (isStalled) return reportStall(stop, options, context)
  if (options.enableSystestEvents) io.out('shutdown_complete\n')
  if (interrupted.aborted) return
  const isBounded = reader instanceof RecordReader && options.until !== undefined
  if ((stop === 'deadline' || stop === 'idle') && reader instanceof RecordReader && !reader.hasLooked) {
    throw unanswered(cluster, stop === 'deadline' ? options.deadlineMs! : options.timeoutMs!)
  }
  const unmet = unmetConditions(options, printer, expectations)
  if (isBounded && !reader.isDone && (stop === 'deadline' || stop === 'idle'))
    unmet.unshift(unfinished(options, stop))
  if (unmet.length > 0) throw new ConditionNotMet(unmet.join('; '))
}

/** Kafka's tool does not see a difference between no records and no brokers. */
function unanswered(cluster: Cluster, timeoutMs: number): Failure {
  const { message } = cluster.late(cluster.deadline(timeoutMs))
  return new Failure(`the brokers did not answer within ${timeoutMs} ms: ${message}`, { kafkaExit: 0 })
}

function unmetConditions(
  { expectCount }: Options,
  { count }: RecordPrinter,
  { missing }: Expectations,
): string[] {
  const unmet = missing.map((text) => `no record matched '${text}'`)
  if (expectCount !== undefined && count < expectCount) {
    unmet.unshift(`${expectCount} records were expected, ${count} were read`)
  }
  return unmet
}

const unfinished = ({ deadlineMs, timeoutMs }: Options, stop: 'deadline' | 'idle'): string =>
  stop === 'deadline'
    ? `the end was not reached within ${deadlineMs} ms`
    : `the end was not reached, no record came for ${timeoutMs} ms`

/** Members are loaded by those who read as one. */
async function groupReader(
  cluster: Cluster,
  options: GroupReaderOptions,
  context: Context,
): Promise<RecordSource> {
  const { openGroupReader } = await import('../consume/group-reader.ts')
  return openGroupReader(cluster, options, context)
}

function rangeOf(options: Options, reset: 'earliest' | 'latest' | 'none', nowMs: number): ReadRange {
  return { from: options.from?.(nowMs) ?? startOf(options, reset), until: options.until?.(nowMs) }
}

function startOf(options: Options, reset: 'earliest' | 'latest' | 'none'): Place {
  if (options.offset !== undefined) return options.offset
  if (options.partition !== undefined) return options.fromBeginning ? 'earliest' : 'latest'
  return reset === 'none' ? 'latest' : reset
}

/** A mistyped name would otherwise create a topic without notice. */
function sayOnce(context: Context, topic: string): () => void {
  let isSaid = false
  return () => {
    if (!isSaid) context.say(`WARN: there is no topic '${topic}' yet`)
    isSaid = true
  }
}
