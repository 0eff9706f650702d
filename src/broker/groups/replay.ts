// What the records of __consumer_offsets do to the groups of their partition, one row per kind of record.
import { MalformedError, Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import {
  GroupMetadataKey,
  GroupMetadataValue,
  LegacyOffsetCommitKey,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../../protocol/messages/stored-offsets.ts'
import type { Message } from '../../protocol/schema.ts'
import type { RecordCursor } from '../../records/record-cursor.ts'
import { ClassicGroup } from './classic-group.ts'
import { restoreGroup } from './classic-records.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { CONSUMER_CHANGES, type ReadChange } from './consumer-replay.ts'
import type { GroupShard } from './group-shard.ts'

/** Takes in one record: its key behind the kind, its value with the version in front, null where there is none. */
export type Replay = (shard: GroupShard, key: Reader, value: Reader | null) => void

const KEY_VERSION = 0

export const REPLAY: ReadonlyMap<number, Replay> = new Map<number, Replay>([
  [LegacyOffsetCommitKey.apiKey, replayOffset],
  [OffsetCommitKey.apiKey, replayOffset],
  [GroupMetadataKey.apiKey, replayClassicGroup],
  ...[...CONSUMER_CHANGES].map(([kind, read]) => [kind, replayConsumerGroup(read)] as const),
])

function replayOffset(shard: GroupShard, keyBytes: Reader, value: Reader | null): void {
  const { group, topic, partition } = codec(OffsetCommitKey.message, KEY_VERSION).decode(keyBytes)
  if (!value) {
    shard.offsets.remove(group, topic, partition)
    return
  }
  const version = readVersion(value, OffsetCommitValue.message)
  shard.offsets.put(group, topic, partition, codec(OffsetCommitValue.message, version).decode(value))
  if (!shard.groups.has(group)) shard.groups.set(group, new ClassicGroup(shard, group))
}

function replayClassicGroup(shard: GroupShard, keyBytes: Reader, value: Reader | null): void {
  const { group } = codec(GroupMetadataKey.message, KEY_VERSION).decode(keyBytes)
  if (!value) {
    shard.groups.delete(group)
    return
  }
  const version = readVersion(value, GroupMetadataValue.message)
  const stored = codec(GroupMetadataValue.message, version).decode(value)
  shard.groups.set(group, restoreGroup(shard, group, stored))
}

function replayConsumerGroup(read: ReadChange): Replay {
  return (shard, key, value) => {
    const { groupId, change } = read(key, value)
    const known = shard.groups.get(groupId)
    const group = known instanceof ConsumerGroup ? known : null
    if (change.value === null && (change.of === 'group' || !group)) {
      if (group) shard.groups.delete(groupId)
      return
    }
    const changed = group ?? new ConsumerGroup(shard, groupId)
    shard.groups.set(groupId, changed)
    changed.apply(change)
  }
}

/** The version in front of a value; throws MalformedError when it is not one that can be read. */
export function readVersion(value: Reader, { name, versions }: Message): number {
  const version = value.int16()
  if (version < versions.from || version > versions.to) {
    throw new MalformedError(`${name} has no version ${version}`)
  }
  return version
}

/** Replays the record that the cursor is at. One that cannot be read is reported with its place, and skipped. */
export function replayRecord(shard: GroupShard, cursor: RecordCursor, place: () => string): void {
  const { buffer, keyAt, keyBytes, valueAt, valueBytes } = cursor
  const value = valueBytes < 0 ? null : new Reader(buffer, valueAt, valueAt + valueBytes)
  replay(shard, new Reader(buffer, keyAt, keyAt + Math.max(0, keyBytes)), value, place)
}

/** As replayRecord, for a record in pieces. */
export const replayBytes = (shard: GroupShard, key: Buffer, value: Buffer | null): void =>
  replay(shard, new Reader(key), value && new Reader(value), () => 'the records to be moved')

function replay(shard: GroupShard, key: Reader, value: Reader | null, place: () => string): void {
  try {
    const kind = key.int16()
    const apply = REPLAY.get(kind)
    // As in Kafka: a newer version may have written it before a downgrade.
    if (!apply) shard.logger.warn(`skipped a record of unknown kind ${kind} in ${place()}`)
    else apply(shard, key, value)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    shard.logger.error(`skipped a record that cannot be read in ${place()}`, error)
  }
}
