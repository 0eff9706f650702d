// Records of the coordinators' own topics. A key is an int16 that says what it is, then the message; a value is an
// int16 version, then the message.

import { Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import * as consumerGroups from '../../protocol/messages/stored-consumer-groups.ts'
import * as offsets from '../../protocol/messages/stored-offsets.ts'
import * as shareGroups from '../../protocol/messages/stored-share-groups.ts'
import * as streamsGroups from '../../protocol/messages/stored-streams-groups.ts'
import * as transactions from '../../protocol/messages/stored-transactions.ts'
import type { StoredMessage } from '../../protocol/schema.ts'
import type { Json } from './exact-json.ts'
import { messageToJson } from './message-json.ts'

/** The key and value messages of each record type of one topic. */
export type RecordKinds = ReadonlyMap<number, { key: StoredMessage; value: StoredMessage }>

export interface CoordinatorRecord {
  type: number
  key: Json
  /** Null when the record deletes what the key names. */
  value: { version: number; data: Json } | null
}

function kindsOf(declared: Record<string, unknown>): RecordKinds {
  const kinds = new Map<number, { key: StoredMessage; value: StoredMessage }>()
  for (const [name, key] of Object.entries(declared)) {
    const value = declared[name.replace(/Key$/, 'Value')] as StoredMessage | undefined
    if (name.endsWith('Key') && value) kinds.set(value.apiKey, { key: key as StoredMessage, value })
  }
  return kinds
}

const { ShareSnapshotKey, ShareSnapshotValue, ShareUpdateKey, ShareUpdateValue, ...shareGroupRecords } =
  shareGroups

/** What is kept in __consumer_offsets. */
export const GROUP_RECORDS: RecordKinds = kindsOf({
  ...offsets,
  ...consumerGroups,
  ...shareGroupRecords,
  ...streamsGroups,
})
/** What is kept in __transaction_state. */
export const TRANSACTION_RECORDS: RecordKinds = kindsOf({ ...transactions })
/** What is kept in __share_group_state. */
export const SHARE_STATE_RECORDS: RecordKinds = kindsOf({
  ShareSnapshotKey,
  ShareSnapshotValue,
  ShareUpdateKey,
  ShareUpdateValue,
})

/** Reads one record; null when its type is not known. Throws MalformedError or RangeError on what cannot be read. */
export function readCoordinatorRecord(
  kinds: RecordKinds,
  key: Buffer,
  value: Buffer | null,
): CoordinatorRecord | null {
  const keyReader = new Reader(key)
  const type = keyReader.int16()
  const kind = kinds.get(type)
  if (!kind) return null
  const keyJson = messageToJson(kind.key.message, 0, codec(kind.key.message, 0).decode(keyReader))
  if (value === null) return { type, key: keyJson, value: null }
  const valueReader = new Reader(value)
  const version = valueReader.int16()
  const decoded = codec(kind.value.message, version).decode(valueReader)
  return { type, key: keyJson, value: { version, data: messageToJson(kind.value.message, version, decoded) } }
}
