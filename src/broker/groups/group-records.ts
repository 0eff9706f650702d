// The records of __consumer_offsets. A key is an int16 that says which kind of record it is, and a message; a value is
// the version of its message as an int16, and the message. A record without a value deletes what has its key.

import { Writer } from '../../bytes/writer.ts'
import { codec } from '../../protocol/compile.ts'
import {
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../../protocol/messages/stored-offsets.ts'
import type { Encodable, Fields, Message, RecordOf } from '../../protocol/schema.ts'
import type { CommittedOffset } from './offset-store.ts'

export interface GroupRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** Kafka 4 writes this version, with the id of the topic. */
const OFFSET_VERSION = 4
/** The only version with a time of expiry, which clients before OffsetCommit 5 could ask for. */
const EXPIRING_OFFSET_VERSION = 1
const GROUP_VERSION = 3
const KEY_VERSION = 0
const NO_EXPIRY = -1

/** A message behind an int16: the kind of record in a key, the version in a value. */
export function prefixed<F extends Fields>(
  prefix: number,
  message: Message<F>,
  version: number,
  value: Encodable<F>,
): Buffer {
  const writer = new Writer(128)
  writer.int16(prefix)
  codec(message, version).encode(writer, value)
  return writer.takeBytes()
}

const offsetKey = (group: string, topic: string, partition: number): Buffer =>
  prefixed(OffsetCommitKey.apiKey, OffsetCommitKey.message, KEY_VERSION, { group, topic, partition })

export function offsetRecord(
  group: string,
  topic: string,
  partition: number,
  committed: CommittedOffset,
): GroupRecord {
  const version = committed.expireTimestamp === NO_EXPIRY ? OFFSET_VERSION : EXPIRING_OFFSET_VERSION
  return {
    key: offsetKey(group, topic, partition),
    value: prefixed(version, OffsetCommitValue.message, version, committed),
  }
}

export const offsetTombstone = (group: string, topic: string, partition: number): GroupRecord => ({
  key: offsetKey(group, topic, partition),
  value: null,
})

const groupKey = (group: string): Buffer =>
  prefixed(GroupMetadataKey.apiKey, GroupMetadataKey.message, KEY_VERSION, { group })

/** A classic group as it is after a rebalance. */
export const classicGroupRecord = (
  group: string,
  value: RecordOf<typeof GroupMetadataValue>,
): GroupRecord => ({
  key: groupKey(group),
  value: prefixed(GROUP_VERSION, GroupMetadataValue.message, GROUP_VERSION, value),
})

export const classicGroupTombstone = (group: string): GroupRecord => ({ key: groupKey(group), value: null })
