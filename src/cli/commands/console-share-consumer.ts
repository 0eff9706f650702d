import { randomUuid } from '../../bytes/uuid.ts'
import { clusterOptions } from '../../client/config/common-config.ts'
import { ShareConsumer } from '../../client/share/share-consumer.ts'
import { defineCommand } from '../command.ts'
import { limitsOf, printRecords } from '../consume/record-printer.ts'
import { formatterProperties } from '../consume/settings.ts'
import { ConditionNotMet } from '../failures.ts'
import { OutputClosed } from '../io.ts'
import { ByteOutput } from '../records/byte-output.ts'
import { formatterOf } from '../records/formatters.ts'
import { JsonFormatter } from '../records/record-json.ts'
import { checkShareConsumerOptions, SHARE_CONSUMER_OPTIONS } from '../share-consume/options.ts'
import { shareConsumerSettings, shareServer } from '../share-consume/settings.ts'
import { SharePrinter } from '../share-consume/share-printer.ts'

export const consoleShareConsumer = defineCommand({
  name: 'console-share-consumer',
  options: SHARE_CONSUMER_OPTIONS,
  subjects: ['topic'],
  formats: ['text', 'json', 'jsonl'],
  failure: { exit: 0 },
  check: checkShareConsumerOptions,
  endsOnInterrupt: true,
  needsKafka: true,
  examples: [
    'console-share-consumer --topic orders --group billing-share --timeout-ms 2000',
    'console-share-consumer --topic orders --max-messages 10 --timeout-ms 2000 -o jsonl',
    'console-share-consumer --topic orders --reject --timeout-ms 2000 --formatter-property print.delivery=true',
  ],
  async run(options, context) {
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
    interrupted.addEventListener('abort', () => void reader.close())
    let hasReader = true
    try {
      await printRecords(reader, printer, limitsOf(options), cluster)
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
  },
})
