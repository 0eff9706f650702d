// A record of the metadata log: [frame version uvarint = 1][record type uvarint][record version uvarint][message],
// as KRaft writes them (org.apache.kafka.server.common.serialization.AbstractApiMessageSerde).

import { Reader } from '../../bytes/reader.ts'
import { Writer } from '../../bytes/writer.ts'
import { codec } from '../../protocol/compile.ts'
import type { Encodable, Fields, StoredMessage } from '../../protocol/schema.ts'

const FRAME_VERSION = 1

/** One change of the cluster's metadata, ready to be appended. */
export interface MetadataRecord {
  readonly type: StoredMessage
  readonly version: number
  readonly value: unknown
}

/** A record in the given version of its message, or in the newest. */
export function metadataRecord<S extends Fields>(
  type: StoredMessage<S>,
  value: Encodable<S>,
  version = type.message.versions.to,
): MetadataRecord {
  return { type: type as unknown as StoredMessage, version, value }
}

/** Whether the record is of the type, and so its value. */
export function isRecordOf<S extends Fields>(
  record: MetadataRecord,
  type: StoredMessage<S>,
): record is MetadataRecord & { readonly value: Encodable<S> } {
  return record.type.apiKey === type.apiKey
}

/** The record's bytes, frame included. */
export function encodeMetadataRecord({ type, version, value }: MetadataRecord): Buffer {
  const writer = new Writer()
  writer.uvarint(FRAME_VERSION)
  writer.uvarint(type.apiKey)
  writer.uvarint(version)
  codec(type.message, version).encode(writer, value as Encodable<Fields>)
  return writer.takeBytes()
}

/** Type and version of a record, with a reader that stands at its message. */
export function openMetadataRecord(bytes: Buffer): { apiKey: number; version: number; reader: Reader } {
  const reader = new Reader(bytes)
  const frame = reader.uvarint()
  if (frame !== FRAME_VERSION) throw new RangeError(`metadata record with unknown frame version ${frame}`)
  return { apiKey: reader.uvarint(), version: reader.uvarint(), reader }
}
