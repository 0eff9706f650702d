import type { Clock } from '../../client/clock.ts'
import { clusterOptions } from '../../client/config/common-config.ts'
import { Producer } from '../../client/produce/producer.ts'
import { producerSettings } from '../../client/produce/producer-config.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../failures.ts'
import type { Values } from '../option-spec.ts'
import { type Header, type InputRecord, LineReader, type RecordParser } from '../records/line-reader.ts'
import { maxLineBytes } from '../records/line-splitter.ts'
import { parseRecordJson } from '../records/record-json.ts'
import { DeliveryPrinter } from './delivery-printer.ts'
import { inputChunks } from './input-chunks.ts'
import { type WatchedInput, watchInput } from './input-progress.ts'
import type { PRODUCER_OPTIONS } from './options.ts'
import { RecordSender } from './record-sender.ts'
import { type FixedParts, readRecords } from './record-source.ts'
import { producerProperties, producerServer, readerProperties } from './settings.ts'

const LINE_READER = 'org.apache.kafka.tools.LineMessageReader'

type Options = Values<typeof PRODUCER_OPTIONS>

export async function runProducer(options: Options, context: Context): Promise<void> {
  if (![LINE_READER, 'LineMessageReader'].includes(options.lineReader)) {
    throw new UsageError(`--line-reader: ktool has no '${options.lineReader}', only ${LINE_READER}`)
  }
  const reader = await parserOf(options)
  const server = producerServer(options)
  const { properties } = await context.settings(server)
  const settings = producerSettings(producerProperties(options, properties))
  const cluster = await context.cluster(server, clusterOptions(settings))
  const printer = options.report ? new DeliveryPrinter(context) : null
  const producer = await Producer.create(cluster, settings)
  const longest = maxLineBytes(settings['max.request.size'])
  const sender = new RecordSender(producer, {
    topic: options.topic,
    partition: options.partition,
    keepsPartition: options.keepPartition,
    timestamp: options.timestamp?.(cluster.clock.now()),
    isSync: options.sync,
    rate: options.rate,
    onDelivery: printer?.report,
    maxLineBytes: longest,
    clock: cluster.clock,
  })
  // Whoever types lines learns at once that nobody listens.
  await cluster.reach()
  const { progress, chunks } = inputOf(options, context, cluster.clock, producer)
  try {
    if (isPlain(options, reader) && sender.takesPlainLines && !isPrompted(context)) {
      await sender.sendLines(chunks, context.interrupted)
    } else {
      for await (const records of recordsOf(options, reader, chunks, context, longest)) {
        await sender.send(records)
        printer?.check()
        if (printer) await context.io.output.drained()
      }
    }
  } catch (error) {
    // What came before it is still sent.
    const outcome = await sender.finish()
    progress?.stop()
    if (outcome && !options.sync) context.say(outcome.message)
    throw error
  }
  const outcome = await sender.finish()
  progress?.stop()
  if (outcome) throw outcome
  printer?.check()
}

function inputOf(
  { report, tombstone }: Options,
  context: Context,
  clock: Clock,
  producer: Producer,
): WatchedInput {
  const { io, interrupted } = context
  const chunks = inputChunks(io.in, interrupted)
  // Reports on the same terminal show how far it is.
  if (tombstone || (report && io.isTerminal.out)) return { chunks, progress: null }
  return watchInput(chunks, io, clock, () => producer.counts)
}

async function parserOf(options: Options): Promise<RecordParser> {
  const lines = await LineReader.open(readerProperties(options))
  return options.input === 'jsonl' ? { parse: parseRecordJson } : lines
}

const isPlain = ({ key, header, tombstone }: Options, reader: RecordParser): boolean =>
  reader instanceof LineReader && reader.isPlain && key === undefined && header.length === 0 && !tombstone

const isPrompted = ({ io }: Context): boolean => io.isTerminal.in && io.isTerminal.out

/** `name=value`; without the sign the header has no value. */
function headerOf(text: string): Header {
  const at = text.indexOf('=')
  return at < 0 ? [text, null] : [text.slice(0, at), Buffer.from(text.slice(at + 1))]
}

async function* recordsOf(
  options: Options,
  reader: RecordParser,
  chunks: AsyncIterable<Buffer>,
  context: Context,
  maxBytes: number,
): AsyncGenerator<InputRecord[], void, undefined> {
  const fixed: FixedParts = {
    key: options.key === undefined ? null : Buffer.from(options.key),
    headers: options.header.map(headerOf),
  }
  if (options.tombstone) {
    yield [{ key: fixed.key, value: null, headers: [...fixed.headers] }]
    return
  }
  const { io, interrupted } = context
  const hasPrompt = isPrompted(context)
  if (hasPrompt) io.out('>')
  for await (const records of readRecords(chunks, reader, fixed, interrupted, maxBytes)) {
    yield records
    if (hasPrompt) io.out('>')
  }
}
