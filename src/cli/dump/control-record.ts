// The key of a record in a control batch is [int16 version][int16 type]; the value is a message of that type.

import { Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import {
  EndTxnMarker,
  KRaftVersionRecord,
  LeaderChangeMessage,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
} from '../../protocol/messages/stored-control.ts'
import type { Message } from '../../protocol/schema.ts'
import { type Json, messageToJson } from '../records/message-json.ts'
import type { RecordEvent } from './dump-event.ts'

const TYPES: readonly (readonly [name: string, message: Message])[] = [
  ['ABORT', EndTxnMarker.message],
  ['COMMIT', EndTxnMarker.message],
  ['LEADER_CHANGE', LeaderChangeMessage.message],
  ['SNAPSHOT_HEADER', SnapshotHeaderRecord.message],
  ['SNAPSHOT_FOOTER', SnapshotFooterRecord.message],
  ['KRAFT_VERSION', KRaftVersionRecord.message],
  ['KRAFT_VOTERS', VotersRecord.message],
]

/** What a control record says; throws MalformedError when it is cut off. */
export function readControlRecord(key: Buffer, value: Buffer): NonNullable<RecordEvent['control']> {
  const keyReader = new Reader(key)
  keyReader.int16()
  const typeId = keyReader.int16()
  const type = TYPES[typeId]
  if (!type) return { name: 'UNKNOWN', typeId, data: null }
  const [name, message] = type
  return {
    name,
    typeId,
    data: name === 'ABORT' || name === 'COMMIT' ? readMarker(value) : read(message, value),
  }
}

function readMarker(value: Buffer): Json {
  const reader = new Reader(value)
  reader.int16()
  return messageToJson(EndTxnMarker.message, 0, codec(EndTxnMarker.message, 0).decode(reader))
}

// These messages hold their version as their first field; a newer one is read as the newest that is known.
function read(message: Message, value: Buffer): Json {
  const version = Math.min(new Reader(value).int16(), message.versions.to)
  return messageToJson(message, version, codec(message, version).decode(new Reader(value)))
}
