import type { ConfigResource, PartitionState, TopicState } from './image.ts'

/** What a replayed transaction changed, for the parts of the broker that must act on it. */
export class MetadataChanges {
  readonly createdPartitions: PartitionState[] = []
  /** Partitions whose leader, replicas or epochs are different now. */
  readonly changedPartitions = new Set<PartitionState>()
  readonly deletedTopics: TopicState[] = []
  readonly changedConfigs: ConfigResource[] = []
  featuresChanged = false
}

/** Told after each transaction, when the image already has it. */
export type MetadataListener = (changes: MetadataChanges) => void
