import type { Int64 } from '../../bytes/int64.ts'
import type { GroupRecord } from './group-records.ts'
import type { CommittedOffset } from './offset-store.ts'

/** What the protocols call it, in ListGroups too. */
export type GroupType = 'classic' | 'consumer'

/** Who commits, as its request says. */
export interface Committer {
  readonly memberId: string
  readonly groupInstanceId: string | null
  /** The generation of a classic group, the epoch of a member in a consumer group; negative without membership. */
  readonly generationIdOrMemberEpoch: number
}

/** Throws KafkaError unless the member may commit this partition; then nothing else is committed either. */
export type CommitCheck = (topicId: string, partition: number) => void

/** A group of either protocol, as those see it who do not speak its protocol. */
export interface Group {
  readonly id: string
  readonly type: GroupType
  /** In Kafka's words, as ListGroups tells. */
  readonly stateName: string
  /** Null for a group that only has offsets. */
  readonly protocolType: string | null
  readonly isEmpty: boolean
  /**
   * Throws KafkaError when the commit must be refused as a whole. A commit that is let through counts as a sign of
   * life. Gives the check of the single partitions where there is one.
   */
  admitCommit(committer: Committer, version: number): CommitCheck | null
  /** Throws KafkaError unless the member may see the offsets. */
  checkFetch(memberId: string | null, memberEpoch: number): void
  /** Throws KafkaError unless offsets of the group may be deleted. */
  checkOffsetDelete(): void
  /** Throws KafkaError unless the group may be deleted. */
  checkDelete(): void
  isSubscribedTo(topic: string): boolean
  /** Since when the retention of its offsets counts; null while none of them may expire. */
  retentionStart(): ((offset: CommittedOffset) => Int64) | null
  /** The records that delete the group. */
  tombstones(): GroupRecord[]
  /** Stops its time; whoever waits is told to look for the coordinator again. */
  unload(): void
}
