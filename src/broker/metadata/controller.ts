// Decides about the cluster's metadata, as Kafka's controller does: what handlers ask for becomes records of the
// metadata log, and the image is what they add up to.

import { atOnce, type Work, waitFor } from '../../log/slices.ts'
import {
  ConfigRecord,
  PartitionRecord,
  RemoveTopicRecord,
  TopicRecord,
} from '../../protocol/messages/stored-metadata.ts'
import type { Clock } from '../clock.ts'
import { BrokerConfig } from '../config/broker-config.ts'
import { TopicConfigs } from '../config/topic-config.ts'
import { type RandomBytes, Replicas } from '../replicas.ts'
import {
  clusterMinInsyncReplicas,
  initialFeatures,
  leaderChange,
  type NodeRegistration,
  registrationRecords,
} from './bootstrap.ts'
import type { MetadataListener } from './changes.ts'
import { type MetadataImage, RESOURCE_TYPES } from './image.ts'
import { encodeChange, MetadataLog, type MetadataStart, type MetadataStore } from './metadata-log.ts'
import { encodeMetadataRecord, isRecordOf, type MetadataRecord } from './record.ts'

/** A partition that a change of the metadata makes. */
export interface NewPartition {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly leaderEpoch: number
}

/** Makes what new partitions need before they exist; returns the work that takes it back. */
export type Prepare = (partitions: readonly NewPartition[]) => Work<() => Work<void>>

// biome-ignore lint/correctness/useYield: there is nothing to make.
const prepareNothing: Prepare = function* () {
  return function* () {}
}

/** Runs a change that frees space, if need be with space that is kept back for it. */
export type SpendReserve = (change: () => void) => void

export interface ControllerOptions {
  /** The log of __cluster_metadata-0. */
  readonly store: MetadataStore
  /** What the data folder holds beside that log. */
  readonly start: MetadataStart
  /** The directory.id of the data folder. */
  readonly directoryId: string
  /** The settings given at start, by broker id; at least one broker. */
  readonly statics: ReadonlyMap<number, ReadonlyMap<string, string>>
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  /** For changes that free space; without it they need space as others do. */
  readonly spendReserve?: SpendReserve
}

export class Controller {
  readonly image: MetadataImage
  readonly replicas: Replicas
  readonly topicConfigs: TopicConfigs
  readonly randomBytes: RandomBytes
  readonly #log: MetadataLog
  readonly #directoryId: string
  readonly #configs: ReadonlyMap<number, BrokerConfig>
  readonly #spendReserve: SpendReserve
  #prepare: Prepare = prepareNothing
  /** Ends with the change of topics that is under way. */
  #topicChange: Promise<void> | null = null

  /** Replays the metadata log, and starts it if it is empty. */
  constructor(options: ControllerOptions) {
    const { store, start, directoryId, statics, clock, randomBytes } = options
    this.#spendReserve = options.spendReserve ?? ((change) => change())
    this.#log = new MetadataLog(store, clock, start.snapshot)
    this.#directoryId = directoryId
    this.image = this.#log.image
    this.randomBytes = randomBytes
    this.replicas = new Replicas(this.image, directoryId, randomBytes)
    this.#configs = new Map(
      [...statics].map(([node, values]) => [node, new BrokerConfig(node, values, this.image)]),
    )
    this.topicConfigs = new TopicConfigs(this.image, this.config)
    this.#log.listen((changes) => {
      if (changes.changedConfigs.some(({ type }) => type === RESOURCE_TYPES.BROKER)) {
        for (const config of this.#configs.values()) config.forget()
      }
      this.topicConfigs.update(changes)
    })
    if (this.#log.isEmpty) this.#bootstrap(start)
  }

  #bootstrap({ bootstrap }: MetadataStart): void {
    // It may be there already, when the first start ended before the records.
    if (this.#log.nextOffset === 0) this.#log.appendControl('LEADER_CHANGE', leaderChange(this.config.node))
    const records = bootstrap ?? initialFeatures()
    this.#log.append([...records, clusterMinInsyncReplicas(this.config)])
  }

  /** The leader epoch of the metadata log. */
  get epoch(): number {
    return this.#log.epoch
  }

  /**
   * The settings that count for the whole process.
   * Differs: virtual brokers share it, so where they are given different settings, those of the first count.
   */
  get config(): BrokerConfig {
    return this.#configs.values().next().value!
  }

  /** The settings of one broker; undefined when this process does not show it. */
  configOf(node: number): BrokerConfig | undefined {
    return this.#configs.get(node)
  }

  /** Ids of topics that were deleted before this start. */
  get removedTopics(): ReadonlySet<string> {
    return this.#log.removedTopics
  }

  /** Where the log stands: the epoch that ApiVersions tells with the finalized features. */
  get lastOffset(): number {
    return this.image.lastOffset
  }

  listen(listener: MetadataListener): void {
    this.#log.listen(listener)
  }

  /** From now on runs `prepare` before new partitions are committed; what it throws prevents the change. */
  prepareWith(prepare: Prepare): void {
    this.#prepare = prepare
  }

  /** Makes the change, on disk first. What this throws was not done, and is not done after a restart either. */
  commit(records: readonly MetadataRecord[]): void {
    atOnce(this.commitInSlices(records))
  }

  /** As commit, with others served while many partitions are made. Nothing of it is seen before all of it is done. */
  *commitInSlices(records: readonly MetadataRecord[]): Work<void> {
    if (records.length === 0) return
    const change = yield* encodeChange(records)
    const undo = yield* this.#prepare(newPartitions(records, this.image))
    try {
      if (records.every(freesSpace)) this.#spendReserve(() => this.#log.commit(change))
      else this.#log.commit(change)
    } catch (error) {
      yield* undo()
      throw error
    }
  }

  /** Resolves when no change of topics is under way. */
  async settled(): Promise<void> {
    while (this.#topicChange !== null) await this.#topicChange
  }

  /** Plans and makes a change of topics while no other is under way: a plan holds for the topics it was made for. */
  *changeTopics<Result>(change: () => Work<Result>): Work<Result> {
    while (this.#topicChange !== null) yield* waitFor(this.#topicChange)
    let end = () => {}
    this.#topicChange = new Promise((resolve) => {
      end = resolve
    })
    try {
      return yield* change()
    } finally {
      this.#topicChange = null
      end()
    }
  }

  /**
   * Writes down where the brokers of this process can be reached, fences those it no longer shows, and lets live
   * brokers lead. After a crash every partition gets a new leader epoch.
   */
  registerBrokers(nodes: readonly NodeRegistration[], wasClean: boolean): void {
    const context = { image: this.image, directoryId: this.#directoryId, randomBytes: this.randomBytes }
    this.#log.append(registrationRecords(nodes, context, this.#log.nextOffset).map(encodeMetadataRecord))
    // Differs: Kafka waits for leader.imbalance.check.interval.seconds; here all brokers come back at once.
    const rebalance = this.config.boolean('auto.leader.rebalance.enable')
    this.commit(this.replicas.elections({ rebalance }))
    if (!wasClean) this.commit(this.replicas.newEpochs())
  }
}

/** The partitions that the records make. */
function newPartitions(records: readonly MetadataRecord[], image: MetadataImage): NewPartition[] {
  const names = new Map<string, string>()
  const partitions: NewPartition[] = []
  for (const record of records) {
    if (isRecordOf(record, TopicRecord)) names.set(record.value.topicId, record.value.name)
    if (!isRecordOf(record, PartitionRecord)) continue
    const { topicId, partitionId = -1, leaderEpoch = -1 } = record.value
    const topic = names.get(topicId) ?? image.topicsById.get(topicId)?.name
    if (topic !== undefined) partitions.push({ topic, topicId, partition: partitionId, leaderEpoch })
  }
  return partitions
}

/** Deleting a topic frees space, and a smaller retention does. */
const freesSpace = (record: MetadataRecord): boolean =>
  isRecordOf(record, RemoveTopicRecord) || isRecordOf(record, ConfigRecord)
