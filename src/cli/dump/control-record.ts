import { Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import {
  KRaftVersionRecord,
  LeaderChangeMessage,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
} from '../../protocol/messages/stored-control.ts'
import type { Message } from '../../protocol/schema.ts'
import { controlType, readEndTxnMarker } from '../../records/control.ts'
import type { Json } from '../records/exact-json.ts'
import { messageToJson } from '../records/message-json.ts'
import type { RecordEvent } from './dump-event.ts'

const KRAFT_MESSAGES: Readonly<Record<string, Message>> = {
  LEADER_CHANGE: LeaderChangeMessage.message,
  SNAPSHOT_HEADER: SnapshotHeaderRecord.message,
  SNAPSHOT_FOOTER: SnapshotFooterRecord.message,
  KRAFT_VERSION: KRaftVersionRecord.message,
  KRAFT_VOTERS: VotersRecord.message,
}

/** What a control record says; throws MalformedError or RecordsError when it is cut off. */
export function readControlRecord(key: Buffer, value: Buffer): NonNullable<RecordEvent['control']> {
  const name = controlType(key)
  const message = KRAFT_MESSAGES[name]
  const isMarker = name === 'ABORT' || name === 'COMMIT'
  const data = isMarker ? readEndTxnMarker(value) : message ? read(message, value) : null
  return { name, typeId: key.readInt16BE(2), data }
}

// These messages hold their version as their first field; a newer one is read as the newest that is known.
function read(message: Message, value: Buffer): Json {
  const version = Math.min(new Reader(value).int16(), message.versions.to)
  return messageToJson(message, version, codec(message, version).decode(new Reader(value)))
}
