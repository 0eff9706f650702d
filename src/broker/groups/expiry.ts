// Offsets that go without anybody deleting them: their time is up (offsets.retention.minutes), or their topic is gone.
import { type Int64, subtractInt64 } from '../../bytes/int64.ts'
import type { Group } from './group.ts'
import { type GroupRecord, offsetTombstone } from './group-records.ts'
import type { GroupShard } from './group-shard.ts'
import type { CommittedOffset } from './offset-store.ts'

const MINUTE_MS = 60_000
const NO_EXPIRY = -1

/** Deletes the offsets whose time is up, and empty groups that have none left. */
export function expireOffsets(shard: GroupShard): void {
  const retentionMs = shard.settings.number('offsets.retention.minutes') * MINUTE_MS
  const nowMs = shard.clock.now()
  for (const group of [...shard.groups.values()]) {
    const { expired, isAll } = expiredOffsets(shard, group, nowMs, retentionMs)
    const goes = isAll && group.isEmpty
    if (goes) deleteGroup(shard, group)
    else deleteOffsets(shard, group.id, expired)
  }
}

type OffsetPlace = readonly [topic: string, partition: number]

function expiredOffsets(shard: GroupShard, group: Group, nowMs: number, retentionMs: number) {
  const expired: OffsetPlace[] = []
  const start = group.retentionStart()
  let isAll = true
  for (const [topic, partitions] of shard.offsets.of(group.id)) {
    const mayExpire = start !== null && !group.isSubscribedTo(topic)
    for (const [partition, offset] of partitions) {
      if (mayExpire && isExpired(offset, start, nowMs, retentionMs)) expired.push([topic, partition])
      else isAll = false
    }
  }
  return { expired, isAll }
}

function isExpired(
  offset: CommittedOffset,
  start: (offset: CommittedOffset) => Int64,
  nowMs: number,
  retentionMs: number,
): boolean {
  const { expireTimestamp } = offset
  return expireTimestamp === NO_EXPIRY
    ? subtractInt64(nowMs, start(offset)) >= retentionMs
    : nowMs >= expireTimestamp
}

/** Writes that the offsets are gone, and forgets them. */
export function deleteOffsets(shard: GroupShard, groupId: string, places: readonly OffsetPlace[]): void {
  shard.write(places.map(([topic, partition]) => offsetTombstone(groupId, topic, partition)))
  for (const [topic, partition] of places) shard.offsets.remove(groupId, topic, partition)
}

/** Deletes a group with everything that it has committed. */
export function deleteGroup(shard: GroupShard, group: Group): void {
  const places: OffsetPlace[] = []
  for (const [topic, partitions] of shard.offsets.of(group.id)) {
    for (const [partition] of partitions) places.push([topic, partition])
  }
  const tombstones = places.map(([topic, partition]) => offsetTombstone(group.id, topic, partition))
  shard.write([...tombstones, ...group.tombstones()])
  for (const [topic, partition] of places) shard.offsets.remove(group.id, topic, partition)
  group.unload()
  shard.groups.delete(group.id)
}

/** Deletes what was committed for a topic that is gone. */
export function forgetTopic(shard: GroupShard, name: string, id: string): void {
  const found: { groupId: string; partition: number }[] = []
  shard.offsets.forTopic(name, id, (groupId, partition) => found.push({ groupId, partition }))
  const tombstones: GroupRecord[] = found.map(({ groupId, partition }) =>
    offsetTombstone(groupId, name, partition),
  )
  shard.write(tombstones)
  for (const { groupId, partition } of found) shard.offsets.remove(groupId, name, partition)
}
