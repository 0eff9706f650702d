// Records of groups in a partition of __consumer_offsets that their ids do not hash to, since the number of partitions
// was changed after they were written. Nothing finds them there, so they are moved to the partition where they belong.

import { Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import { LegacyOffsetCommitKey, OffsetCommitKey } from '../../protocol/messages/stored-offsets.ts'
import type { RecordCursor } from '../../records/record-cursor.ts'
import type { GroupRecord } from './group-records.ts'
import type { GroupShard } from './group-shard.ts'
import { offsetsPartition } from './offsets-partition.ts'
import { replayBytes } from './replay.ts'

interface MisplacedRecord extends GroupRecord {
  readonly group: string
}

interface KnownGroup {
  readonly id: string
  /** Its id in a key, with its length. */
  readonly prefix: Buffer
  readonly isMisplaced: boolean
}

const KIND_BYTES = 2
const GROUP_AT = KIND_BYTES + 2
const KEY_VERSION = 0
const OFFSET_KINDS: readonly number[] = [LegacyOffsetCommitKey.apiKey, OffsetCommitKey.apiKey]

/** The misplaced records of one partition, by their keys: the last one of each, in the order of these. */
export class MisplacedRecords {
  readonly #partition: number
  readonly #partitionCount: number
  readonly #byKey = new Map<string, MisplacedRecord>()
  /** The group of the last record: most records follow one of the same group. */
  #last: KnownGroup | null = null

  constructor(partition: number, partitionCount: number) {
    this.#partition = partition
    this.#partitionCount = partitionCount
  }

  /** Keeps the record that the cursor stands on if its group belongs elsewhere; false if it does not. */
  take(cursor: RecordCursor): boolean {
    const { buffer, keyAt, keyBytes, valueAt, valueBytes } = cursor
    const group = this.#groupOf(buffer.subarray(keyAt, keyAt + Math.max(0, keyBytes)))
    if (!group?.isMisplaced) return false
    const key = Buffer.from(buffer.subarray(keyAt, keyAt + keyBytes))
    const value = valueBytes < 0 ? null : Buffer.from(buffer.subarray(valueAt, valueAt + valueBytes))
    const name = key.toString('latin1')
    this.#byKey.delete(name)
    this.#byKey.set(name, { group: group.id, key, value })
    return true
  }

  /** Keys of all kinds start with the kind and the id of the group, a string; null for a key that does not. */
  #groupOf(key: Buffer): KnownGroup | null {
    if (this.#last?.prefix.equals(key.subarray(KIND_BYTES, KIND_BYTES + this.#last.prefix.length))) {
      return this.#last
    }
    const length = key.length < GROUP_AT ? -1 : key.readInt16BE(KIND_BYTES)
    if (length < 0 || GROUP_AT + length > key.length) return null
    const id = key.toString('utf8', GROUP_AT, GROUP_AT + length)
    const prefix = Buffer.from(key.subarray(KIND_BYTES, GROUP_AT + length))
    const isMisplaced = offsetsPartition(id, this.#partitionCount) !== this.#partition
    this.#last = { prefix, id, isMisplaced }
    return this.#last
  }

  /** By the partition where they belong; deleted ones are left out. */
  byHome(): Map<number, MisplacedRecord[]> {
    const homes = new Map<number, MisplacedRecord[]>()
    for (const record of this.#byKey.values()) {
      if (record.value === null) continue
      const home = offsetsPartition(record.group, this.#partitionCount)
      const records = homes.get(home)
      if (records) records.push(record)
      else homes.set(home, [record])
    }
    return homes
  }
}

/** Where misplaced records go. */
export interface Homes {
  /** Null for a partition that is not available. */
  shard(partition: number): GroupShard | null
  /** Returns once what was written to the partition is on the disk. */
  sync(partition: number): void
}

/**
 * Moves the records to the shards where they belong; gives the ids of their groups. What the disk does not take stays
 * where it was as well, for the next start. Throws KafkaError or StorageError when that happened.
 */
export function moveMisplaced(source: GroupShard, misplaced: MisplacedRecords, homes: Homes): Set<string> {
  const groups = new Set<string>()
  const failures: unknown[] = []
  for (const [partition, records] of misplaced.byHome()) {
    const home = homes.shard(partition)
    if (home === null) continue
    const wanted = recordsToKeep(home, records)
    try {
      home.write(wanted)
      homes.sync(partition)
      // Last, so that a crash in between leaves the records twice rather than never.
      source.write(records.map(({ key }) => ({ key, value: null })))
    } catch (error) {
      failures.push(error)
    }
    for (const { key, value } of wanted) replayBytes(home, key, value)
    for (const { group } of records) groups.add(group)
  }
  if (failures.length > 0) throw failures[0]
  return groups
}

/** Those that say more than what the group has where it belongs, which is newer: of such a group, offsets that it lacks. */
function recordsToKeep(home: GroupShard, records: readonly MisplacedRecord[]): MisplacedRecord[] {
  const known = new Set(
    records.map(({ group }) => group).filter((id) => home.groups.has(id) || home.offsets.has(id)),
  )
  return records.filter(({ group, key }) => {
    if (!known.has(group)) return true
    const reader = new Reader(key)
    if (!OFFSET_KINDS.includes(reader.int16())) return false
    const { topic, partition } = codec(OffsetCommitKey.message, KEY_VERSION).decode(reader)
    return home.offsets.get(group, topic, partition) === undefined
  })
}
