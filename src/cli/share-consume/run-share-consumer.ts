import { randomUuid } from '../../bytes/uuid.ts'
import { clusterOptions } from '../../client/config/common-config.ts'
import { ShareConsumer } from '../../client/share/share-consumer.ts'
import { limitsOf, printRecords, type Reading } from '../consume/read-loop.ts'
import { closedEarly, reportStall, tally } from '../consume/reports.ts'
import { selectTopic } from '../consume/selection.ts'
import { formatterProperties } from '../consume/settings.ts'
import type { Context } from '../context.ts'
import { ConditionNotMet } from '../failures.ts'
import { OutputClosed } from '../io.ts'
import type { Values } from '../option-spec.ts'
import { formatterOf } from '../records/formatters.ts'
import { JsonFormatter } from '../records/record-json.ts'
import { MAX_PRINTED, RecordOutput } from '../records/record-output.ts'
import type { SHARE_CONSUMER_OPTIONS } from './options.ts'
import { shareConsumerSettings, shareServer } from './settings.ts'
import { SharePrinter } from './share-printer.ts'

type Options = Values<typeof SHARE_CONSUMER_OPTIONS>

export async function runShareConsumer(options: Options, context: Context): Promise<void> {
  const { io, interrupted } = context
  const server = shareServer(options)
  const settings = shareConsumerSettings(options, await context.settings(server))
  const formatter = context.isText
    ? await formatterOf(options.formatter, formatterProperties(options), (line) => context.say(line))
    : new JsonFormatter(context.format === 'json')
  const cluster = await context.cluster(server, clusterOptions(settings))
  const output = new RecordOutput(io)
  const printer = new SharePrinter({
    formatter,
    output,
    acknowledgeType: options.reject ? 'reject' : options.release ? 'release' : 'accept',
    onError: (error) => {
      if (!options.rejectMessageOnError) throw error
      context.say(`${error.name}: ${error.message}`)
    },
  })
  const selection = selectTopic(options.topic!, undefined, settings)
  const reader = new ShareConsumer(cluster, {
    settings,
    topics: [options.topic!],
    memberId: randomUuid((size) => io.randomBytes(size)),
    lookForTopics: () => selection(cluster),
    onAcknowledgeFailure: (error) =>
      context.say(`WARN: not acknowledged, and so to come again: ${error.message}`),
    usedUpTo: (records) => output.acceptedUpTo(records),
  })
  let reading: Reading
  try {
    reading = await printRecords({
      reader,
      printer,
      output,
      limits: limitsOf(options),
      most: MAX_PRINTED,
      isGentle: true,
      cluster,
      stop: interrupted,
    })
    if (!reading.isStalled) {
      formatter.end?.(output.bytes)
      output.bytes.flush()
    }
  } catch (error) {
    const isClosed = error instanceof OutputClosed
    context.say(isClosed ? closedEarly(printer, output, 'acknowledged') : tally(printer, output))
    throw error
  } finally {
    await reader.close()
  }
  context.say(tally(printer, output))
  const { stop, isStalled } = reading
  if (isStalled) return reportStall(stop, options, context)
  if (options.enableSystestEvents) io.out('shutdown_complete\n')
  if (options.expectCount !== undefined && printer.count < options.expectCount && !interrupted.aborted) {
    throw new ConditionNotMet(`${options.expectCount} records were expected, ${printer.count} were read`)
  }
}
