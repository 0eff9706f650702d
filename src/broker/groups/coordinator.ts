// The coordinator of all groups of this process. Each group lives in the partition of __consumer_offsets that its id
// falls into, and the broker that leads the partition answers for it. The brokers of one process share the state, so
// that a change of leadership moves nothing.

import { KafkaError } from '../../protocol/errors.ts'
import { codecById, loadCodec } from '../../records/compression.ts'
import type { Clock } from '../clock.ts'
import { toKafkaError } from '../failures.ts'
import type { LeveledLogger } from '../leveled-logger.ts'
import type { MetadataChanges } from '../metadata/changes.ts'
import type { Controller } from '../metadata/controller.ts'
import type { TopicState } from '../metadata/image.ts'
import type { PartitionLogs } from '../partition-logs.ts'
import { ClassicGroup } from './classic-group.ts'
import { resumeGroup } from './classic-rebalance.ts'
import { resumeMembers } from './consumer-expiry.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { Deadline } from './deadline.ts'
import { expireOffsets, forgetTopic } from './expiry.ts'
import type { Group } from './group.ts'
import { GroupShard } from './group-shard.ts'
import { loadShard } from './load.ts'
import { MisplacedRecords, moveMisplaced } from './misplaced.ts'
import { OFFSETS_TOPIC, offsetsPartition } from './offsets-partition.ts'

export interface GroupCoordinatorOptions {
  readonly controller: Controller
  readonly logs: PartitionLogs
  readonly clock: Clock
  readonly logger: LeveledLogger
}

export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions
  readonly #shards = new Map<number, GroupShard>()
  /** Why the groups of a partition are not known, by partition. */
  readonly #unavailable = new Map<number, string>()
  readonly #nextExpiry: Deadline

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options
    this.#nextExpiry = new Deadline(options.clock)
  }

  /** Takes in what the logs say, and lets the time of members and offsets run. */
  async open(): Promise<void> {
    const { config } = this.#options.controller
    await loadCodec(config.number('offsets.topic.compression.codec'))
    const partitions = this.#topic?.partitions ?? []
    const misplaced: [GroupShard, MisplacedRecords][] = []
    for (const { partition } of partitions) {
      const records = new MisplacedRecords(partition, partitions.length)
      const shard = await this.#load(partition, records)
      if (shard !== null) misplaced.push([shard, records])
    }
    this.#moveMisplaced(misplaced)
    for (const group of this.all()) resume(group)
    this.#scheduleExpiry()
  }

  /**
   * The groups of a partition, null when it is empty or not available: groups that cannot be read must not keep those
   * of other partitions from being served.
   */
  async #load(partition: number, misplaced: MisplacedRecords): Promise<GroupShard | null> {
    const { logs, logger } = this.#options
    const name = `${OFFSETS_TOPIC}-${partition}`
    const log = logs.get(OFFSETS_TOPIC, partition)
    if (log !== undefined && log.startOffset === log.endOffset) return null
    try {
      if (log === undefined) throw new Error('its log could not be opened')
      const shard = this.#shardOf(partition)
      await loadShard(shard, log, misplaced)
      return shard
    } catch (error) {
      this.#shards.get(partition)?.unload()
      this.#shards.delete(partition)
      const reason = error instanceof Error ? error.message : String(error)
      this.#unavailable.set(partition, `the groups of ${name} cannot be read: ${reason}`)
      logger.error(`the groups of ${name} are not available`, error)
      return null
    }
  }

  /** Why a group is not available; null when it is. */
  failureOf(groupId: string): string | null {
    const count = this.#topic?.partitions.length ?? 0
    return count === 0 ? null : (this.#unavailable.get(offsetsPartition(groupId, count)) ?? null)
  }

  /**
   * The shard that a group belongs to; throws NOT_COORDINATOR when broker `node` does not lead its partition, and, as
   * Kafka does, when the partition cannot be read.
   */
  shard(groupId: string, node: number): GroupShard {
    const partitions = this.#topic?.partitions ?? []
    const state = partitions[offsetsPartition(groupId, partitions.length)]
    if (!state || state.leader !== node) throw new KafkaError('NOT_COORDINATOR')
    const failure = this.#unavailable.get(state.partition)
    if (failure !== undefined) throw new KafkaError('NOT_COORDINATOR', failure)
    return this.#shardOf(state.partition)
  }

  /** All shards are read by now, so that it is known which groups are newer where they belong. */
  #moveMisplaced(misplaced: readonly [GroupShard, MisplacedRecords][]): void {
    const { logs, logger } = this.#options
    const homes = {
      shard: (partition: number) => (this.#unavailable.has(partition) ? null : this.#shardOf(partition)),
      sync: (partition: number) => logs.get(OFFSETS_TOPIC, partition)?.flush(),
    }
    const moved = new Set<string>()
    for (const [shard, records] of misplaced) {
      try {
        for (const group of moveMisplaced(shard, records, homes)) moved.add(group)
      } catch (error) {
        const { message } = toKafkaError(error, logger, 'moving groups')
        logger.warn(
          `moving groups to their partitions of ${OFFSETS_TOPIC} failed: ${message}; the next start tries again`,
        )
      }
    }
    if (moved.size === 0) return
    const what = moved.size === 1 ? '1 group was' : `${moved.size} groups were`
    logger.warn(`${what} moved to another partition of ${OFFSETS_TOPIC}: their number was changed`)
  }

  /** The groups that broker `node` answers for; all when none is named. */
  *all(node?: number): Iterable<Group> {
    for (const [partition, { groups }] of this.#shards) {
      if (node === undefined || this.#topic?.partitions[partition]?.leader === node) yield* groups.values()
    }
  }

  /** Follows a committed change of the metadata. */
  apply({ createdPartitions, deletedTopics }: MetadataChanges): void {
    if (createdPartitions.length > 0 || deletedTopics.length > 0) {
      const hasNewTopics = createdPartitions.some(({ partition }) => partition === 0)
      for (const group of this.all()) if (group instanceof ConsumerGroup) group.expectTopics(hasNewTopics)
    }
    for (const { name, id } of deletedTopics) {
      if (name === OFFSETS_TOPIC) this.#unload()
      else for (const shard of this.#shards.values()) this.#attempt(() => forgetTopic(shard, name, id))
    }
  }

  /** Stops the time; whoever waits is told to look for the coordinator again. */
  close(): void {
    this.#nextExpiry.clear()
    this.#unload()
  }

  #unload(): void {
    for (const shard of this.#shards.values()) shard.unload()
    this.#shards.clear()
    this.#unavailable.clear()
  }

  get #topic(): TopicState | undefined {
    return this.#options.controller.image.topics.get(OFFSETS_TOPIC)
  }

  #shardOf(partition: number): GroupShard {
    let shard = this.#shards.get(partition)
    if (!shard) {
      shard = this.#makeShard(partition)
      this.#shards.set(partition, shard)
    }
    return shard
  }

  #makeShard(partition: number): GroupShard {
    const { controller, logs, clock, logger } = this.#options
    const { image, randomBytes, config: settings } = controller
    const host = { clock, logger, settings, image, randomBytes }
    return new GroupShard(host, {
      append(batches) {
        const log = logs.get(OFFSETS_TOPIC, partition)
        const leaderEpoch = image.partition(OFFSETS_TOPIC, partition)?.leaderEpoch
        if (!log || leaderEpoch === undefined) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
        log.append(batches, { leaderEpoch, origin: 'coordinator' })
      },
      get maxBatchBytes() {
        return controller.topicConfigs.of(OFFSETS_TOPIC).maxMessageBytes
      },
      get codec() {
        const id = settings.number('offsets.topic.compression.codec')
        return id === 0 ? null : codecById(id)
      },
    })
  }

  #scheduleExpiry(): void {
    const { config } = this.#options.controller
    this.#nextExpiry.set(config.number('offsets.retention.check.interval.ms'), () => {
      for (const shard of this.#shards.values()) this.#attempt(() => expireOffsets(shard))
      this.#scheduleExpiry()
    })
  }

  /** What nobody asked for must not fail those who did something else; the next look at it tries again. */
  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      this.#options.logger.error('looking after committed offsets failed', error)
    }
  }
}

function resume(group: Group): void {
  if (group instanceof ClassicGroup) resumeGroup(group)
  else if (group instanceof ConsumerGroup) resumeMembers(group)
}
