import { randomUuid } from '../../bytes/uuid.ts'
import { clusterOptions } from '../../client/config/common-config.ts'
import { ShareConsumer } from '../../client/share/share-consumer.ts'
import { limitsOf, printRecords } from '../consume/record-printer.ts'
import { formatterProperties } from '../consume/settings.ts'
import type { Context } from '../context.ts'
import { ConditionNotMet } from '../failures.ts'
import { OutputClosed } from '../io.ts'
import type { Values } from '../option-spec.ts'
import { ByteOutput } from '../records/byte-output.ts'
import { formatterOf } from '../records/formatters.ts'
import { JsonFormatter } from '../records/record-json.ts'
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
  const output = new ByteOutput((bytes) => io.out(bytes))
  const printer = new SharePrinter({
    formatter,
    output,
    acknowledgeType: options.reject ? 'reject' : options.release ? 'release' : 'accept',
    onError: (error) => {
      if (!options.rejectMessageOnError) throw error
      context.say(`${error.name}: ${error.message}`)
    },
  })
  const reader = new ShareConsumer(cluster, {
    settings,
    topics: [options.topic!],
    memberId: randomUuid((size) => io.randomBytes(size)),
    onAcknowledgeFailure: (error) =>
      context.say(`WARN: not acknowledged, and so to come again: ${error.message}`),
  })
  context.onInterrupt(() => reader.close())
  let hasReader = true
  try {
    await printRecords(reader, printer, limitsOf(options), cluster, io.output)
    formatter.end?.(output)
    output.flush()
  } catch (error) {
    hasReader = !(error instanceof OutputClosed)
    throw error
  } finally {
    await reader.close()
    // Whoever closed the output is not interested in the count either.
    if (hasReader) context.say(`Processed a total of ${printer.count} messages`)
  }
  if (options.enableSystestEvents) io.out('shutdown_complete\n')
  if (options.expectCount !== undefined && printer.count < options.expectCount && !interrupted.aborted) {
    throw new ConditionNotMet(`${options.expectCount} records were expected, ${printer.count} were read`)
  }
}
