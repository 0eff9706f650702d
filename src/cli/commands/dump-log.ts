import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { defineCommand } from '../command.ts'
import * as decoders from '../dump/decoders.ts'
import type { DumpEvent } from '../dump/dump-event.ts'
import { dumpOffsetIndex, dumpTimeIndex } from '../dump/index-file.ts'
import { dumpLogFile, UNLIMITED_BYTES } from '../dump/log-file.ts'
import { DumpPrinter } from '../dump/printer.ts'
import { Problems } from '../dump/problems.ts'
import { dumpProducerSnapshot, dumpTransactionIndex } from '../dump/state-files.ts'
import { UsageError } from '../failures.ts'
import type { Values } from '../option-spec.ts'
import { int } from '../options.ts'
import type { Json } from '../records/message-json.ts'

const STRING_DECODER = 'org.apache.kafka.tools.api.StringDecoder'

const OPTIONS = {
  files: {
    flags: '--files <file,...>',
    help: '.log, .index, .timeindex, .snapshot, .txnindex, .checkpoint.',
    required: true,
    section: 'Which files',
    completes: 'file',
  },
  printDataLog: {
    flags: '--print-data-log',
    help: 'Show keys and values. Any decoder option implies it.',
    section: 'What to show',
  },
  deepIteration: {
    flags: '--deep-iteration',
    help: 'Show the records in the batches.',
    details: '--print-data-log implies it.',
    section: 'What to show',
  },
  indexSanityCheck: {
    flags: '--index-sanity-check',
    help: 'Only check whether a broker would use the index.',
    details: 'As it is, when the broker starts.',
    section: 'What to show',
  },
  verifyIndexOnly: {
    flags: '--verify-index-only',
    help: 'Compare an index with its log; print no entries.',
    section: 'What to show',
  },
  maxMessageSize: {
    flags: '--max-message-size <bytes>',
    help: 'Size of the largest batch; taken for compatibility, any size is read.',
    parse: int,
    default: 5_242_880,
    section: 'Which files',
    rare: true,
  },
  maxBytes: {
    flags: '--max-bytes <bytes>',
    help: 'Read no further than this into each .log file.',
    parse: int,
    default: UNLIMITED_BYTES,
    section: 'Which files',
  },
  keyDecoderClass: {
    flags: '--key-decoder-class [class]',
    help: 'How to show keys; text without it.',
    details: `${STRING_DECODER}, IntegerDecoder, LongDecoder or DefaultDecoder, of the same package.`,
    section: 'What records are',
  },
  valueDecoderClass: {
    flags: '--value-decoder-class [class]',
    help: 'How to show values; text without it.',
    section: 'What records are',
  },
  offsetsDecoder: {
    flags: '--offsets-decoder',
    help: 'The files are of __consumer_offsets.',
    section: 'What records are',
  },
  transactionLogDecoder: {
    flags: '--transaction-log-decoder',
    help: 'The files are of __transaction_state.',
    section: 'What records are',
  },
  clusterMetadataDecoder: {
    flags: '--cluster-metadata-decoder',
    help: 'The files are of __cluster_metadata.',
    section: 'What records are',
  },
  remoteLogMetadataDecoder: {
    flags: '--remote-log-metadata-decoder',
    help: 'The files are of __remote_log_metadata.',
    section: 'What records are',
  },
  shareGroupStateDecoder: {
    flags: '--share-group-state-decoder',
    help: 'The files are of __share_group_state.',
    section: 'What records are',
  },
  skipRecordMetadata: {
    flags: '--skip-record-metadata',
    help: 'Keys and values without offset, timestamp and sizes.',
    details: 'Control records are blank lines.',
    section: 'What to show',
  },
} as const

export const dumpLog = defineCommand({
  name: 'dump-log',
  options: OPTIONS,
  subjects: ['files'],
  formats: ['text', 'json', 'jsonl'],
  failure: { exit: 0 },
  examples: [
    'dump-log --files orders-0/00000000000000000000.log --print-data-log',
    'dump-log --files orders-0/00000000000000000000.index --verify-index-only',
    'dump-log --files __consumer_offsets-0/00000000000000000000.log --offsets-decoder -o jsonl',
  ],
  async run(options, context) {
    const decode = chooseDecoder(options, !context.isText)
    const log = {
      decode,
      isDeep: options.deepIteration || decode !== null,
      maxBytes: options.maxBytes,
    }
    const index = { checksOnly: options.indexSanityCheck, verifiesOnly: options.verifyIndexOnly }
    const problems = new Problems()
    const printer = new DumpPrinter(context, options.skipRecordMetadata)
    try {
      for (const file of options.files.split(',')) {
        printer.print({ type: 'file', file }, file)
        const emit = (event: DumpEvent): void => printer.print(event, file)
        switch (/\.[^.]*$/.exec(basename(file))?.[0]) {
          case '.log':
          case '.checkpoint':
            await dumpLogFile(file, log, problems, emit)
            break
          case '.index':
            dumpOffsetIndex(file, index, problems, emit)
            break
          case '.timeindex':
            await dumpTimeIndex(file, index, problems, emit)
            break
          case '.snapshot':
            dumpProducerSnapshot(file, emit)
            break
          case '.txnindex':
            dumpTransactionIndex(file, emit)
            break
          default:
            context.say(`Ignoring unknown file ${file}`)
            if (isFolder(file)) context.say(`hint: it is a folder; its files are named, as ${file}/*.log`)
        }
      }
    } finally {
      printer.end()
    }
    for (const line of problems.lines()) context.say(line)
    return problems.hasFaults ? 1 : 0
  },
})

function chooseDecoder(options: Values<typeof OPTIONS>, isLossless: boolean): decoders.Decode | null {
  if (options.offsetsDecoder) return decoders.decodeOffsets
  if (options.transactionLogDecoder) return decoders.decodeTransactionLog
  if (options.clusterMetadataDecoder) return decoders.decodeClusterMetadata
  if (options.remoteLogMetadataDecoder) return decoders.decodeRemoteLogMetadata
  if (options.shareGroupStateDecoder) return decoders.decodeShareGroupState
  const { keyDecoderClass: key, valueDecoderClass: value } = options
  if (!options.printDataLog && key === undefined && value === undefined) return null
  return decoders.decodeBytes(
    namedDecoder('--key-decoder-class', key, isLossless),
    namedDecoder('--value-decoder-class', value, isLossless),
  )
}

function namedDecoder(
  flag: string,
  given: string | true | undefined,
  isLossless: boolean,
): (bytes: Buffer) => Json {
  const name = typeof given === 'string' ? given : STRING_DECODER
  const found = decoders.byteDecoder(name, isLossless)
  if (!found) throw new UsageError(`${flag}: ktool has no decoder '${name}'`)
  return found
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
