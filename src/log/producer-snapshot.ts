// <offset>.snapshot: the producers as they were before `offset`. Big-endian:
//
//   0 int16   version, 1
//   2 uint32  CRC-32C of the bytes from 6 on
//   6 int32   number of producers, then for each of them 46 bytes:
//
//      0 int64  producerId              26 int64  timestamp of the last batch
//      8 int16  producerEpoch           34 int32  coordinatorEpoch, -1 without a marker
//     10 int32  lastSequence            38 int64  currentTxnFirstOffset, -1 without a transaction
//     14 int64  lastOffset of its last batch
//     22 int32  offsetDelta of its last batch
//
// To change the format: raise the version, decode by version, check both, and write the new one.

import { crc32c } from '../bytes/crc32c.ts'
import type { Int64 } from '../bytes/int64.ts'
import { Reader } from '../bytes/reader.ts'
import { Writer } from '../bytes/writer.ts'
import { StorageError } from './storage-error.ts'

const VERSION = 1
const HEADER_BYTES = 10
const ENTRY_BYTES = 46
const CRC_FROM = 6

export interface ProducerSnapshotEntry {
  producerId: Int64
  producerEpoch: number
  lastSequence: number
  lastOffset: Int64
  offsetDelta: number
  timestamp: Int64
  coordinatorEpoch: number
  currentTxnFirstOffset: Int64
}

export function encodeProducerSnapshot(entries: readonly ProducerSnapshotEntry[]): Buffer {
  const writer = new Writer(HEADER_BYTES + entries.length * ENTRY_BYTES)
  writer.int16(VERSION)
  writer.uint32(0)
  writer.int32(entries.length)
  for (const entry of entries) {
    writer.int64(entry.producerId)
    writer.int16(entry.producerEpoch)
    writer.int32(entry.lastSequence)
    writer.int64(entry.lastOffset)
    writer.int32(entry.offsetDelta)
    writer.int64(entry.timestamp)
    writer.int32(entry.coordinatorEpoch)
    writer.int64(entry.currentTxnFirstOffset)
  }
  const bytes = writer.takeBytes()
  bytes.writeUInt32BE(crc32c(bytes.subarray(CRC_FROM)), 2)
  return bytes
}

/** What is wrong with the bytes of a snapshot: a line per fault. */
export function checkProducerSnapshot(bytes: Buffer): string[] {
  if (bytes.length < HEADER_BYTES) return [`${bytes.length} bytes are too few`]
  const version = bytes.readInt16BE(0)
  if (version !== VERSION) return [`version ${version} is not known`]
  const computed = crc32c(bytes.subarray(CRC_FROM))
  if (computed !== bytes.readUInt32BE(2))
    return [`has CRC ${bytes.readUInt32BE(2)}, its bytes give ${computed}`]
  const count = bytes.readInt32BE(6)
  const length = HEADER_BYTES + count * ENTRY_BYTES
  return length === bytes.length ? [] : [`${count} producers need ${length} bytes, ${bytes.length} are there`]
}

/** The producers in a snapshot; throws LOG_CORRUPT where the bytes make no sense. */
export function decodeProducerSnapshot(bytes: Buffer, path: string): ProducerSnapshotEntry[] {
  const faults = checkProducerSnapshot(bytes)
  if (faults.length > 0) throw new StorageError('LOG_CORRUPT', `'${path}': ${faults[0]}`)
  const reader = new Reader(bytes, 6)
  const entries: ProducerSnapshotEntry[] = []
  for (let left = reader.int32(); left > 0; left--) {
    entries.push({
      producerId: reader.int64(),
      producerEpoch: reader.int16(),
      lastSequence: reader.int32(),
      lastOffset: reader.int64(),
      offsetDelta: reader.int32(),
      timestamp: reader.int64(),
      coordinatorEpoch: reader.int32(),
      currentTxnFirstOffset: reader.int64(),
    })
  }
  return entries
}
