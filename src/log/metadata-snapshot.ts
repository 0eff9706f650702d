// A snapshot of the metadata log, `<end offset, 20 digits>-<epoch, 10 digits>.checkpoint`, also the format of
// bootstrap.checkpoint: a control batch with a header (and, for a quorum whose voters are in the log, its version and
// voters), the records, and a control batch with a footer.
//
// To change the format: Kafka owns it. Header and footer carry a version; write the one that the newest Kafka reads.

import { Writer } from '../bytes/writer.ts'
import { codec } from '../protocol/compile.ts'
import {
  KRaftVersionRecord,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
} from '../protocol/messages/stored-control.ts'
import type { Encodable, Fields, StoredMessage } from '../protocol/schema.ts'
import { batches, checkBatch, isControl } from '../records/batch.ts'
import { type ControlType, controlKey, controlType } from '../records/control.ts'
import { BatchBuilder, readRecords } from '../records/record.ts'
import { RecordsError } from '../records/records-error.ts'
import { StorageError } from './storage-error.ts'

/** The snapshot that a new metadata log starts from. */
export const FIRST_SNAPSHOT = snapshotName(0, 0)
export const BOOTSTRAP_FILE = 'bootstrap.checkpoint'
const FRAME_VERSION = 1

/** A record of the metadata log. */
export interface SnapshotRecord {
  readonly type: StoredMessage
  readonly value: object
}

/** A member of the metadata quorum. */
export interface Voter {
  nodeId: number
  host: string
  port: number
  directoryId: string
}

export interface Quorum {
  readonly kraftVersion: number
  readonly voters: readonly Voter[]
  readonly listenerName: string
}

export interface SnapshotParts {
  /** Time of the last record in the log that the snapshot stands for. */
  readonly lastContainedLogTimestamp: number
  readonly quorum?: Quorum
  readonly records: readonly SnapshotRecord[]
}

/** The bytes of a snapshot; `now` is asked for the time of each batch. */
export function encodeSnapshot(
  { lastContainedLogTimestamp, quorum, records }: SnapshotParts,
  now: () => number,
): Buffer {
  const builder = new BatchBuilder()
  const batches: Buffer[] = []
  let nextOffset = 0
  const close = (isControl: boolean): void => {
    const count = builder.recordCount
    batches.push(builder.build({ baseOffset: nextOffset, leaderEpoch: 0, isControl }))
    nextOffset += count
  }
  const control = (timestamp: number, type: ControlType, value: Buffer): void => {
    builder.append(timestamp, controlKey(type), value)
  }
  const headAt = now()
  control(headAt, 'SNAPSHOT_HEADER', encode(SnapshotHeaderRecord, { version: 0, lastContainedLogTimestamp }))
  if (quorum) {
    for (const { type, value } of encodeQuorum(quorum)) control(headAt, type, value)
  }
  close(true)
  if (records.length > 0) {
    const recordsAt = now()
    for (const { type, value } of records) builder.append(recordsAt, null, encodeFramed(type, value))
    close(false)
  }
  control(now(), 'SNAPSHOT_FOOTER', encode(SnapshotFooterRecord, { version: 0 }))
  close(true)
  return Buffer.concat(batches)
}

function encode<S extends Fields>({ message }: StoredMessage<S>, value: Encodable<S>): Buffer {
  const writer = new Writer()
  codec(message, 0).encode(writer, value)
  return writer.takeBytes()
}

function encodeFramed({ apiKey, message }: StoredMessage, value: object): Buffer {
  const writer = new Writer()
  writer.uvarint(FRAME_VERSION)
  writer.uvarint(apiKey)
  writer.uvarint(0)
  codec(message, 0).encode(writer, value as Encodable<Fields>)
  return writer.takeBytes()
}

/** The control records that say who may vote, as they stand at the start of a log or snapshot. */
export function encodeQuorum({
  kraftVersion,
  voters,
  listenerName,
}: Quorum): { type: ControlType; value: Buffer }[] {
  const version = encode(KRaftVersionRecord, { version: 0, kRaftVersion: kraftVersion })
  const members = encode(VotersRecord, {
    version: 0,
    voters: voters.map(({ nodeId, directoryId, host, port }) => ({
      voterId: nodeId,
      voterDirectoryId: directoryId,
      endpoints: [{ name: listenerName, host, port }],
      kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
    })),
  })
  return [
    { type: 'KRAFT_VERSION', value: version },
    { type: 'KRAFT_VOTERS', value: members },
  ]
}

/** The records of a snapshot, framed as in the metadata log; throws LOG_CORRUPT for one that is not whole. */
export function decodeSnapshot(bytes: Buffer, path: string): Buffer[] {
  const faults = checkSnapshot(bytes)
  if (faults.length > 0) throw new StorageError('LOG_CORRUPT', `'${path}': ${faults[0]}`)
  return [...batches(bytes)]
    .filter((at) => !isControl(bytes, at))
    .flatMap((at) => readRecords(bytes, at).flatMap(({ value }) => value ?? []))
}

/** What is wrong with a snapshot: a line per fault. */
export function checkSnapshot(bytes: Buffer): string[] {
  const types: string[] = []
  try {
    for (const at of batches(bytes)) {
      checkBatch(bytes, at)
      if (isControl(bytes, at)) types.push(...readRecords(bytes, at).map(({ key }) => controlType(key)))
    }
  } catch (error) {
    if (error instanceof RecordsError) return [error.message]
    throw error
  }
  const faults: string[] = []
  if (types[0] !== 'SNAPSHOT_HEADER') faults.push('a snapshot must start with a header')
  if (types.at(-1) !== 'SNAPSHOT_FOOTER') faults.push('the footer is missing: the snapshot was not finished')
  return faults
}

/** The name of the snapshot that stands for the log before `endOffset`. */
export function snapshotName(endOffset: number, epoch: number): string {
  return `${String(endOffset).padStart(20, '0')}-${String(epoch).padStart(10, '0')}.checkpoint`
}

/** Null for the name of another file. */
export function parseSnapshotName(name: string): { endOffset: number; epoch: number } | null {
  const [, endOffset, epoch] = /^(\d{20})-(\d{10})\.checkpoint$/.exec(name) ?? []
  return endOffset === undefined ? null : { endOffset: Number(endOffset), epoch: Number(epoch) }
}
