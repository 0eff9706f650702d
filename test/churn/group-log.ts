// What __consumer_offsets says of a group, read from the files of a broker that has ended.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Int64 } from '../../src/bytes/int64.ts'
import { Reader } from '../../src/bytes/reader.ts'
import { codec } from '../../src/protocol/compile.ts'
import {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
} from '../../src/protocol/messages/stored-consumer-groups.ts'
import {
  ConsumerProtocolAssignment,
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../../src/protocol/messages/stored-offsets.ts'
import { batches } from '../../src/records/batch.ts'
import { readRecords } from '../../src/records/record.ts'

/** Where in the log something stands; everything of one batch was written at once. */
interface Place {
  readonly batch: number
  readonly offset: Int64
}

export interface Commit extends Place {
  readonly group: string
  readonly partition: number
  /** null where it was deleted. */
  readonly committed: Int64 | null
  /** Members of two kinds put their name here. */
  readonly metadata: string
}

/** A classic group after a rebalance. */
export interface Generation extends Place {
  readonly group: string
  readonly generation: number
  readonly owners: ReadonlyMap<string, readonly number[]>
}

/** What a member of a consumer group owns, also what it has yet to give up; null where it is gone. */
export interface Ownership extends Place {
  readonly group: string
  readonly memberId: string
  readonly epoch: number | null
  readonly partitions: readonly number[]
}

export class GroupLog {
  readonly commits: Commit[] = []
  readonly generations: Generation[] = []
  readonly ownerships: Ownership[] = []

  constructor(dataDir: string) {
    for (const folder of readdirSync(dataDir)) {
      if (!folder.startsWith('__consumer_offsets-')) continue
      const segments = readdirSync(join(dataDir, folder)).filter((name) => name.endsWith('.log'))
      const log = Buffer.concat(segments.sort().map((name) => readFileSync(join(dataDir, folder, name))))
      for (const batch of batches(log)) {
        for (const { offset, key, value } of readRecords(log, batch)) {
          this.#take({ batch, offset }, new Reader(key!), value && new Reader(value))
        }
      }
    }
  }

  #take(place: Place, key: Reader, value: Reader | null): void {
    const kind = key.int16()
    const version = value?.int16() ?? 0
    if (kind === OffsetCommitKey.apiKey) {
      const { group, partition } = codec(OffsetCommitKey.message, 0).decode(key)
      const stored = value && codec(OffsetCommitValue.message, version).decode(value)
      const { offset: committed = null, metadata = '' } = stored ?? {}
      this.commits.push({ ...place, group, partition, committed, metadata })
    } else if (kind === GroupMetadataKey.apiKey && value) {
      const { group } = codec(GroupMetadataKey.message, 0).decode(key)
      const { generation, members } = codec(GroupMetadataValue.message, version).decode(value)
      const owners = new Map(members.map((member) => [member.memberId, assignedTo(member.assignment)]))
      this.generations.push({ ...place, group, generation, owners })
    } else if (kind === ConsumerGroupCurrentMemberAssignmentKey.apiKey) {
      const { groupId, memberId } = codec(ConsumerGroupCurrentMemberAssignmentKey.message, 0).decode(key)
      const stored = value && codec(ConsumerGroupCurrentMemberAssignmentValue.message, version).decode(value)
      const owned = stored ? [...stored.assignedPartitions, ...stored.partitionsPendingRevocation] : []
      const partitions = owned.flatMap((topic) => topic.partitions)
      this.ownerships.push({
        ...place,
        group: groupId,
        memberId,
        epoch: stored?.memberEpoch ?? null,
        partitions,
      })
    }
  }
}

function assignedTo(assignment: Buffer): number[] {
  if (assignment.length === 0) return []
  const reader = new Reader(assignment)
  const { assignedPartitions } = codec(ConsumerProtocolAssignment.message, reader.int16()).decode(reader)
  return assignedPartitions.flatMap(({ partitions }) => partitions).sort((one, other) => one - other)
}
