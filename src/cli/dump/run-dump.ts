import { statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Context } from '../context.ts'
import { UsageError } from '../failures.ts'
import type { Values } from '../option-spec.ts'
import type { Json } from '../records/exact-json.ts'
import * as decoders from './decoders.ts'
import type { DumpEvent } from './dump-event.ts'
import { dumpOffsetIndex, dumpTimeIndex } from './index-file.ts'
import { dumpLogFile } from './log-file.ts'
import { type DUMP_OPTIONS, STRING_DECODER } from './options.ts'
import { DumpPrinter } from './printer.ts'
import { Problems } from './problems.ts'
import { dumpProducerSnapshot, dumpTransactionIndex } from './state-files.ts'

type Options = Values<typeof DUMP_OPTIONS>

/** The exit code: 1 where something is wrong with a file. */
export async function runDump(options: Options, context: Context): Promise<number> {
  const decode = chooseDecoder(options, !context.isText)
  const printer = new DumpPrinter(context, options.skipRecordMetadata)
  const log = {
    decode,
    isDeep: options.deepIteration || decode !== null,
    maxBytes: options.maxBytes,
    written: () => printer.written(),
  }
  const index = { checksOnly: options.indexSanityCheck, verifiesOnly: options.verifyIndexOnly }
  const problems = new Problems()
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
}

function chooseDecoder(options: Options, isLossless: boolean): decoders.Decode | null {
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
