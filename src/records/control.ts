// Control batches hold one record each (or a few, in a snapshot) that no consumer is shown. The key is a version
// and a type, both int16; the value is a message of protocol/messages/stored-control.ts. Values start with their
// version, too: as a prefix in end-transaction markers, as the first field of the message in KRaft's records.

import type { Int64 } from '../bytes/int64.ts'
import { MalformedError, Reader } from '../bytes/reader.ts'
import { Writer } from '../bytes/writer.ts'
import { codec } from '../protocol/compile.ts'
import { EndTxnMarker } from '../protocol/messages/stored-control.ts'
import type { Encodable, Fields, Message } from '../protocol/schema.ts'
import type { BatchOptions } from './batch-header.ts'
import { BatchBuilder } from './record.ts'
import { RecordsError } from './records-error.ts'

const CONTROL_TYPES = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
] as const

export type ControlType = (typeof CONTROL_TYPES)[number]

const KEY_VERSION = 0
const KEY_BYTES = 4
const END_TXN_VERSION = 0

/** The key of a control record. */
export function controlKey(type: ControlType): Buffer {
  const key = Buffer.alloc(KEY_BYTES)
  key.writeInt16BE(KEY_VERSION, 0)
  key.writeInt16BE(CONTROL_TYPES.indexOf(type), 2)
  return key
}

/** What a control record's key says; UNKNOWN for types of a later Kafka, which readers must pass over. */
export function controlType(key: Buffer | null): ControlType | 'UNKNOWN' {
  if (key === null || key.length < KEY_BYTES) {
    throw new RecordsError('BATCH_CORRUPT', `a control record has a key of ${key?.length ?? 0} bytes`)
  }
  return CONTROL_TYPES[key.readInt16BE(2)] ?? 'UNKNOWN'
}

export interface EndTxnMarkerOptions {
  readonly type: 'COMMIT' | 'ABORT'
  readonly producerId: Int64
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly timestampMs: Int64
  readonly leaderEpoch?: number
}

/** The batch that ends a transaction in one partition. */
export function buildEndTxnMarker(options: EndTxnMarkerOptions): Buffer {
  const { type, producerId, producerEpoch, coordinatorEpoch, timestampMs, leaderEpoch = -1 } = options
  const writer = new Writer()
  writer.int16(END_TXN_VERSION)
  codec(EndTxnMarker.message, END_TXN_VERSION).encode(writer, { coordinatorEpoch })
  const builder = new BatchBuilder(128)
  builder.append(timestampMs, controlKey(type), writer.takeBytes())
  return builder.build({ producerId, producerEpoch, leaderEpoch, isTransactional: true, isControl: true })
}

/** The coordinator epoch in the value of a COMMIT or ABORT record. */
export function readEndTxnMarker(value: Buffer | null): { coordinatorEpoch: number } {
  try {
    const reader = new Reader(value ?? Buffer.alloc(0))
    // Later versions may only add to the end, and Kafka reads them as the latest it knows.
    if (reader.int16() < 0) throw new MalformedError('its version is negative')
    return codec(EndTxnMarker.message, END_TXN_VERSION).decode(reader)
  } catch (cause) {
    if (!(cause instanceof MalformedError)) throw cause
    throw new RecordsError('BATCH_CORRUPT', `an end-transaction marker is corrupt: ${cause.message}`, {
      cause,
    })
  }
}

/** A batch of one KRaft control record; `body.version` is `version` again, so that readers can tell. */
export function buildControlBatch<S extends Fields>(
  type: Exclude<ControlType, 'COMMIT' | 'ABORT'>,
  message: Message<S>,
  version: number,
  body: Encodable<S>,
  timestampMs: number,
  options: Pick<BatchOptions, 'baseOffset' | 'leaderEpoch'> = {},
): Buffer {
  const writer = new Writer()
  codec(message, version).encode(writer, body)
  const builder = new BatchBuilder(1024)
  builder.append(timestampMs, controlKey(type), writer.takeBytes())
  return builder.build({ ...options, isControl: true })
}
