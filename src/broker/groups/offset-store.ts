import { ZERO_UUID } from '../../bytes/uuid.ts'
import type { OffsetCommitValue } from '../../protocol/messages/stored-offsets.ts'
import type { RecordOf } from '../../protocol/schema.ts'
import { TimelineMap } from './timeline-map.ts'

/** A committed position, with the fields of the record that keeps it. */
export type CommittedOffset = Readonly<RecordOf<typeof OffsetCommitValue>>

type ByPartition = TimelineMap<number, CommittedOffset>
type ByTopic = TimelineMap<string, ByPartition>

const NOTHING: ByTopic = new TimelineMap()

/** The committed offsets of the groups of one partition of __consumer_offsets, as the log has them. */
export class OffsetStore {
  readonly #byGroup = new Map<string, ByTopic>()

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#byGroup.get(group)?.get(topic)?.get(partition)
  }

  /** By topic and partition. */
  of(group: string): ByTopic {
    return this.#byGroup.get(group) ?? NOTHING
  }

  has(group: string): boolean {
    return this.#byGroup.has(group)
  }

  put(group: string, topic: string, partition: number, committed: CommittedOffset): void {
    const topics = this.#byGroup.get(group) ?? new TimelineMap<string, ByPartition>()
    const partitions = topics.get(topic) ?? new TimelineMap<number, CommittedOffset>()
    if (topics.size === 0) this.#byGroup.set(group, topics)
    if (partitions.size === 0) topics.set(topic, partitions)
    partitions.set(partition, committed)
  }

  remove(group: string, topic: string, partition: number): void {
    const topics = this.#byGroup.get(group)
    const partitions = topics?.get(topic)
    if (!topics || !partitions?.delete(partition)) return
    if (partitions.size === 0) topics.delete(topic)
    if (topics.size === 0) this.#byGroup.delete(group)
  }

  /** Calls back for every offset of the topic that was committed for it, and not for another of the same name. */
  forTopic(name: string, id: string, found: (group: string, partition: number) => void): void {
    for (const [group, topics] of this.#byGroup) {
      for (const [partition, committed] of topics.get(name) ?? []) {
        if (!isOfAnotherTopic(committed, id)) found(group, partition)
      }
    }
  }
}

/** Whether the offset was committed for a deleted topic of the same name; commits of old clients do not say. */
export const isOfAnotherTopic = (committed: CommittedOffset, topicId: string): boolean =>
  committed.topicId !== ZERO_UUID && topicId !== ZERO_UUID && committed.topicId !== topicId
