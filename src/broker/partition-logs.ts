import type { LogDir } from '../log/log-dir.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { StorageError } from '../log/storage-error.ts'
import { reportFailure } from './failures.ts'
import type { Logger } from './logger.ts'
import type { MetadataChanges } from './metadata/changes.ts'
import type { NewPartition } from './metadata/controller.ts'
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
    this.#dir.forgetUnknown((topic, partition) => image.partition(topic, partition) !== undefined)
    for (const topic of image.topics.values()) for (const state of topic.partitions) this.#create(state)
  }

  /**
   * Makes the logs of partitions before their topic is committed, all of them or none; a topic whose folders cannot be
   * made must not exist. Returns the function that takes them back, for a commit that fails.
   */
  prepare(partitions: readonly NewPartition[]): () => void {
    const made: NewPartition[] = []
    const undo = () => {
      for (const { topic, partition } of made) this.#dir.discardPartition(topic, partition)
    }
    try {
      for (const next of partitions) {
        const { topic, topicId, partition, leaderEpoch } = next
        const log = this.#dir.createPartition(topic, partition, topicId)
        made.push(next)
        log.startEpoch(leaderEpoch)
      }
      return undo
    } catch (error) {
      undo()
      throw error
    }
  }

  /** Follows a committed change of the metadata. */
  apply(changes: MetadataChanges): void {
    for (const topic of changes.deletedTopics) {
      this.#byTopic.delete(topic.name)
      for (const { partition } of topic.partitions) this.#dir.deletePartition(topic.name, partition)
    }
    for (const state of changes.createdPartitions) this.#create(state)
    for (const state of changes.changedPartitions) this.#startEpoch(state)
  }

  // The change is committed, whatever happens here: the next append writes the epoch down, or fails.
  #startEpoch({ topic, partition, leaderEpoch }: PartitionState): void {
    try {
      this.get(topic.name, partition)?.startEpoch(leaderEpoch)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      reportFailure(error, this.#logger, `starting epoch ${leaderEpoch} of ${topic.name}-${partition} failed`)
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
