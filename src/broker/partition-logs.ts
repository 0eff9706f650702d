import type { FoundPartition } from '../log/found-partitions.ts'
import type { LogDir } from '../log/log-dir.ts'
import type { NewStart } from '../log/log-rounds.ts'
import { partitionFolder } from '../log/partition-folder.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { inSlices, type Work } from '../log/slices.ts'
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
  /** Partitions of deleted topics whose folders are still there, by their folders. */
  readonly #doomed = new Map<string, { readonly topic: string; readonly partition: number }>()
  #removals: Promise<void> | null = null

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

  /**
   * Opens the log of every partition of the image, removes the folders of deleted topics, and sets folders aside that no
   * topic claims. Throws LOG_CORRUPT when the metadata cannot be right.
   */
  open(image: MetadataImage, removedTopics: ReadonlySet<string>): void {
    const found = this.#dir.found().filter(({ topic }) => topic !== METADATA_TOPIC)
    this.#checkMetadata(found, image, removedTopics)
    for (const { topic, partition, topicId, hasRecords } of found) {
      const state = image.partition(topic, partition)
      if (state && (topicId === null || topicId === state.topic.id)) continue
      if (topicId !== null && removedTopics.has(topicId)) {
        this.#dir.deletePartition(topic, partition)
        continue
      }
      // The broker was stopped while it made the partition.
      if (!state && !hasRecords()) {
        this.#dir.discardPartition(topic, partition)
        continue
      }
      const aside = this.#dir.setAside(topic, partition)
      this.#logger.warn(`${topic}-${partition} belongs to no topic: its folder is now ${aside}`)
    }
    this.#dir.forgetUnknown((topic, partition) => image.partition(topic, partition) !== undefined)
    for (const topic of image.topics.values()) for (const state of topic.partitions) this.#open(state)
  }

  /**
   * A topic is in the metadata log before it has records. So folders with records of topics that the log never knew show
   * that it lost some; setting all of them aside would start a broker without its topics.
   */
  #checkMetadata(
    found: readonly FoundPartition[],
    image: MetadataImage,
    removedTopics: ReadonlySet<string>,
  ): void {
    const unknown = found.filter(
      ({ topicId, hasRecords }) =>
        topicId !== null && !image.topicsById.has(topicId) && !removedTopics.has(topicId) && hasRecords(),
    )
    const [first] = unknown
    if (first === undefined) return
    const folder = `${this.folder}/${METADATA_TOPIC}-0`
    const what = `'${folder}' does not know ${unknown.length} of the partitions in '${this.folder}', such as ${first.topic}-${first.partition}`
    const [kept] = this.#dir.partition(METADATA_TOPIC, 0)?.opening.keptFiles ?? []
    if (kept !== undefined) {
      const way = `restore the folder from a backup, or move '${folder}/${kept}' away to start without these partitions`
      throw new StorageError('LOG_CORRUPT', `${what}, since its end was cut off: ${way}`)
    }
    if (image.topics.size > 0) return
    const way = 'restore the folder from a backup, or move the partitions away to start without topics'
    throw new StorageError('LOG_CORRUPT', `${what}; it was emptied or replaced: ${way}`)
  }

  /** One log that cannot be opened must not keep the others from being served. */
  #open(state: PartitionState): void {
    try {
      this.#create(state)
    } catch (error) {
      if (isLossOfFolder(error)) throw error
      const { topic, partition } = state
      const report = this.#dir.report.partition(topic.name, partition)
      report.unavailable(`${this.folder}/${partitionFolder(topic.name, partition)}`, messageOf(error))
    }
  }

  /**
   * Makes the logs of partitions before their topic is committed, all of them or none; a topic whose folders cannot be
   * made must not exist. Returns the work that takes them back, for a commit that fails.
   */
  *prepare(partitions: readonly NewPartition[]): Work<() => Work<void>> {
    const made: NewPartition[] = []
    const dir = this.#dir
    function* undo(): Work<void> {
      for (const { topic, partition } of made) {
        dir.discardPartition(topic, partition)
        yield
      }
    }
    try {
      for (const next of partitions) {
        const { topic, topicId, partition, leaderEpoch } = next
        this.#removeIfDoomed(topic, partition)
        const log = dir.createPartition(topic, partition, topicId)
        made.push(next)
        log.startEpoch(leaderEpoch)
        yield
      }
      return undo
    } catch (error) {
      yield* undo()
      throw error
    }
  }

  /** Follows a committed change of the metadata. Logs of deleted topics are gone at once, their folders soon: see `removals`. */
  apply(changes: MetadataChanges): void {
    for (const topic of changes.deletedTopics) {
      this.#byTopic.delete(topic.name)
      for (const { partition } of topic.partitions) {
        this.#doomed.set(partitionFolder(topic.name, partition), { topic: topic.name, partition })
      }
    }
    if (this.#doomed.size > 0 && this.#removals === null) this.#startRemovals()
    for (const state of changes.createdPartitions) this.#create(state)
    for (const state of changes.changedPartitions) this.#startEpoch(state)
  }

  /** Resolves when the folders of deleted topics are out of the way; null when they are. */
  get removals(): Promise<void> | null {
    return this.#removals
  }

  #startRemovals(): void {
    const work = inSlices(this.#removeDoomed())
    if (!(work instanceof Promise)) return
    this.#removals = work.finally(() => {
      this.#removals = null
    })
  }

  *#removeDoomed(): Work<void> {
    for (const { topic, partition } of this.#doomed.values()) {
      this.#removeIfDoomed(topic, partition)
      yield
    }
    this.#dir.forgetDeleted()
  }

  // The topic is deleted, whatever happens here: the next start sets aside what was left of it.
  #removeIfDoomed(topic: string, partition: number): void {
    if (!this.#doomed.delete(partitionFolder(topic, partition))) return
    try {
      this.#dir.deletePartition(topic, partition)
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      reportFailure(error, this.#logger, `removing ${topic}-${partition} failed`)
    }
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

  /** Moves the starts of logs, also across a crash; all of them or none. */
  deleteRecordsBefore(starts: readonly NewStart[]): Work<void> {
    return this.#dir.deleteRecordsBefore(starts)
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

const isLossOfFolder = (error: unknown): boolean =>
  error instanceof StorageError && (error.code === 'FOLDER_LOCKED' || error.code === 'FOLDER_LOST')

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
