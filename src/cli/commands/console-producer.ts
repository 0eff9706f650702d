import { clusterOptions } from '../../client/common-config.ts'
import { Producer } from '../../client/producer.ts'
import { producerSettings } from '../../client/producer-config.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../failures.ts'
import { nameValues } from '../name-value.ts'
import type { Values } from '../option-spec.ts'
import { DeliveryPrinter } from '../produce/delivery-printer.ts'
import { checkProducerOptions, PRODUCER_OPTIONS } from '../produce/options.ts'
import { RecordSender } from '../produce/record-sender.ts'
import { chunksOf, type FixedParts, readRecords } from '../produce/record-source.ts'
import { producerProperties, readerProperties } from '../produce/settings.ts'
import { type InputRecord, LineReader } from '../records/line-reader.ts'

const LINE_READER = 'org.apache.kafka.tools.LineMessageReader'

type Options = Values<typeof PRODUCER_OPTIONS>

export const consoleProducer = defineCommand({
  name: 'console-producer',
  options: PRODUCER_OPTIONS,
  formats: ['text', 'jsonl'],
  failure: { exit: 0, noServer: 'Error while validating the bootstrap address' },
  check: checkProducerOptions,
  endsOnInterrupt: true,
  examples: [
    'console-producer --topic orders < orders.txt',
    'console-producer --topic orders --reader-property parse.key=true --reader-property key.separator=:',
    'console-producer --topic orders --key 17 --tombstone --report',
  ],
  async run(options, context) {
    if (![LINE_READER, 'LineMessageReader'].includes(options.lineReader)) {
      throw new UsageError(`--line-reader: ktool has no '${options.lineReader}', only ${LINE_READER}`)
    }
    const reader = new LineReader(readerProperties(options))
    const settings = producerSettings(producerProperties(options))
    const cluster = await context.cluster(
      {
        bootstrapServer: options.bootstrapServer,
        commandConfig: options.commandConfig ?? options['producer.config'],
      },
      clusterOptions(settings),
    )
    const printer = options.report ? new DeliveryPrinter(context) : null
    const producer = await Producer.create(cluster, settings)
    const sender = new RecordSender(producer, {
      topic: options.topic,
      partition: options.partition,
      timestamp: options.timestamp,
      isSync: options.sync,
      rate: options.rate,
      onDelivery: printer?.report,
      clock: cluster.clock,
    })
    try {
      for await (const records of recordsOf(options, reader, context)) {
        await sender.send(records)
        printer?.check()
      }
    } finally {
      await sender.finish()
    }
    printer?.check()
  },
})

async function* recordsOf(
  options: Options,
  reader: LineReader,
  { io, interrupted }: Context,
): AsyncGenerator<InputRecord[], void, undefined> {
  const fixed: FixedParts = {
    key: options.key === undefined ? null : Buffer.from(options.key),
    headers: nameValues(options.header).map(([name, value]) => [name, Buffer.from(value)]),
  }
  if (options.tombstone) {
    yield [{ key: fixed.key, value: null, headers: [...fixed.headers] }]
    return
  }
  const hasPrompt = io.isTerminal.in && io.isTerminal.out
  if (hasPrompt) io.out('>')
  for await (const records of readRecords(chunksOf(io.in, interrupted), reader, fixed)) {
    yield records
    if (hasPrompt) io.out('>')
  }
}
