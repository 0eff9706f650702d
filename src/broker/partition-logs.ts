import type { LogDir } from '../log/log-dir.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { Logger } from './logger.ts'
import type { MetadataChanges } from './metadata/changes.ts'
import type { MetadataImage, PartitionState } from './metadata/image.ts'
import { METADATA_TOPIC } from './metadata/metadata-log.ts'

/** The logs of all partitions, kept in step with what the metadata says exists. */
export class PartitionLogs {
  readonly #dir: LogDir
  readonly #logger: Logger
  readonly #byTopic = new Map<string, PartitionLog[]>()

  constructor(dir: LogDir, logger: Logger) {
    this.#dir = dir
    this.#logger = logger
  }

  get folder(): string {
    return this.#dir.folder
  }

  get(topic: string, partition: number): PartitionLog | undefined {
    return this.#byTopic.get(topic)?.[partition]
  }

  /** Opens the log of every partition of the image, and sets folders aside that no topic claims. */
  open(image: MetadataImage): void {
    for (const { topic, partition, topicId } of this.#dir.found()) {
      if (topic === METADATA_TOPIC) continue
      const state = image.partition(topic, partition)
      if (state && (topicId === null || topicId === state.topic.id)) continue
      const aside = this.#dir.setAside(topic, partition)
      this.#logger.warn(`${topic}-${partition} belongs to no topic: its folder is now ${aside}`)
    }
    for (const topic of image.topics.values()) for (const state of topic.partitions) this.#create(state)
  }

  /** Follows a committed change of the metadata. */
  apply(changes: MetadataChanges): void {
    for (const topic of changes.deletedTopics) {
      this.#byTopic.delete(topic.name)
      for (const { partition } of topic.partitions) this.#dir.deletePartition(topic.name, partition)
    }
    for (const state of changes.createdPartitions) this.#create(state)
    for (const state of changes.changedPartitions) {
      this.get(state.topic.name, state.partition)?.startEpoch(state.leaderEpoch)
    }
  }

  /** Moves the start of a log, also across a crash. */
  deleteRecordsBefore(log: PartitionLog, offset: number): void {
    this.#dir.deleteRecordsBefore(log, offset)
  }

  /** Size and free room of the disk that holds the logs, in bytes. */
  diskSpace(): { totalBytes: number; usableBytes: number } {
    return this.#dir.diskSpace()
  }

  #create({ topic, partition, leaderEpoch }: PartitionState): void {
    const log = this.#dir.createPartition(topic.name, partition, topic.id)
    log.startEpoch(leaderEpoch)
    const logs = this.#byTopic.get(topic.name) ?? []
    logs[partition] = log
    this.#byTopic.set(topic.name, logs)
  }
}
