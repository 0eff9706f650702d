import { basename, resolve } from 'node:path'
import { addInt64, type Int64, maxInt64, parseInt64 } from '../../bytes/int64.ts'
import * as batchOf from '../../records/batch.ts'
import { codecName, loadCodec } from '../../records/compression.ts'
import { type KafkaRecord, readRecords } from '../../records/record.ts'
import { Failure } from '../failures.ts'
import { readControlRecord } from './control-record.ts'
import type { Decode } from './decoders.ts'
import type { Emit, RecordEvent } from './dump-event.ts'
import { LogBatches, type StoredBatch } from './log-batches.ts'
import { UNLIMITED_BYTES } from './options.ts'
import type { Problems } from './problems.ts'

export interface LogFileOptions {
  /** Looks into the batches. */
  isDeep: boolean
  /** Shows keys and values; null leaves them out. */
  decode: Decode | null
  maxBytes: number
  /** Awaited after each batch: resolves when what was emitted is written. */
  written: () => Promise<void>
}

/** Dumps a segment or a snapshot of the metadata log. */
export async function dumpLogFile(
  file: string,
  options: LogFileOptions,
  problems: Problems,
  emit: Emit,
): Promise<void> {
  emit(openingOf(basename(file)))
  const isLimited = options.maxBytes !== UNLIMITED_BYTES
  const log = new LogBatches(file, isLimited ? options.maxBytes : undefined)
  try {
    let previousOffset: Int64 = -1
    let validBytes = 0
    for (const batch of log.from(0)) {
      emit(describeBatch(batch))
      if (options.isDeep) {
        for (const event of await readEvents(batch, options.decode)) {
          if (event.offset !== addInt64(previousOffset, 1))
            problems.nonConsecutive(resolve(file), previousOffset, event.offset)
          previousOffset = event.offset
          emit(event)
        }
      }
      validBytes = batch.position + batch.size
      await options.written()
    }
    const trailing = log.sizeInBytes - validBytes
    if (trailing > 0 && !isLimited) emit({ type: 'trailingBytes', count: trailing, name: basename(file) })
  } finally {
    log.close()
  }
}

function openingOf(name: string): Parameters<Emit>[0] {
  if (name.endsWith('.log')) return { type: 'log', startOffset: startOffsetIn(name) }
  if (name === 'bootstrap.checkpoint') return { type: 'bootstrap' }
  const [, endOffset, epoch] = /^(\d{20})-(\d{10})\.checkpoint$/.exec(name) ?? []
  if (endOffset === undefined) throw new Error(`${name} is not the name of a snapshot`)
  return { type: 'snapshot', endOffset: parseInt64(endOffset)!, epoch: Number(epoch) }
}

/** The offset that a segment's files are named by; Kafka's sentence when there is none. */
export function startOffsetIn(name: string): Int64 {
  const start = name.split('.')[0]!
  const offset = parseInt64(start)
  if (offset === null) {
    const hint = 'files of a log are named by the offset that they start with, as 00000000000000000000.log'
    throw new Failure(`For input string: "${start}"`, { hint })
  }
  return offset
}

function describeBatch({ buffer, at, size, position }: StoredBatch): Parameters<Emit>[0] {
  return {
    type: 'batch',
    baseOffset: batchOf.baseOffset(buffer, at),
    lastOffset: batchOf.lastOffset(buffer, at),
    count: batchOf.recordCount(buffer, at),
    baseSequence: batchOf.baseSequence(buffer, at),
    lastSequence: batchOf.lastSequence(buffer, at),
    producerId: batchOf.producerId(buffer, at),
    producerEpoch: batchOf.producerEpoch(buffer, at),
    partitionLeaderEpoch: batchOf.partitionLeaderEpoch(buffer, at),
    isTransactional: batchOf.isTransactional(buffer, at),
    isControl: batchOf.isControl(buffer, at),
    deleteHorizonMs: batchOf.hasDeleteHorizon(buffer, at) ? batchOf.baseTimestamp(buffer, at) : null,
    position,
    timestampType: batchOf.timestampType(buffer, at),
    timestamp: batchOf.maxTimestamp(buffer, at),
    size,
    magic: batchOf.magic(buffer, at),
    compression: codecName(batchOf.compressionId(buffer, at)),
    crc: batchOf.storedCrc(buffer, at),
    isValid: batchOf.computeCrc(buffer, at) === batchOf.storedCrc(buffer, at),
  }
}

async function readEvents({ buffer, at }: StoredBatch, decode: Decode | null): Promise<RecordEvent[]> {
  await loadCodec(batchOf.compressionId(buffer, at))
  const isControl = batchOf.isControl(buffer, at)
  const timestampType = batchOf.timestampType(buffer, at)
  return readRecords(buffer, at).map(
    (record): RecordEvent => ({
      type: 'record',
      offset: record.offset,
      timestampType,
      timestamp: record.timestamp,
      keySize: record.key?.length ?? -1,
      valueSize: record.value?.length ?? -1,
      sequence: record.sequence,
      headerKeys: record.headers.map(([name]) => name),
      ...(isControl ? controlOf(record) : decode?.(record)),
    }),
  )
}

function controlOf({ key, value }: KafkaRecord): Pick<RecordEvent, 'control'> {
  return { control: readControlRecord(key ?? Buffer.alloc(0), value ?? Buffer.alloc(0)) }
}

/** The largest timestamp of the records in a batch. */
export async function largestTimestamp({ buffer, at }: StoredBatch): Promise<Int64> {
  await loadCodec(batchOf.compressionId(buffer, at))
  return readRecords(buffer, at).reduce<Int64>(
    (largest, { timestamp }) => maxInt64(largest, timestamp),
    batchOf.NO_TIMESTAMP,
  )
}
