// What the records of the metadata log add up to: topics, settings, features, brokers and producer ids. replay.ts
// is the only place that changes it; everyone else reads.

import type { Int64 } from '../../bytes/int64.ts'
import type { PartitionRecord, RegisterBrokerRecord } from '../../protocol/messages/stored-metadata.ts'
import type { RecordOf } from '../../protocol/schema.ts'
import { collisionName } from '../topic-names.ts'

/** A partition as its records left it. */
export interface PartitionState extends Omit<RecordOf<typeof PartitionRecord>, 'topicId' | 'partitionId'> {
  readonly topic: TopicState
  readonly partition: number
}

export interface TopicState {
  readonly name: string
  readonly id: string
  /** By partition number. */
  readonly partitions: PartitionState[]
}

export type BrokerState = RecordOf<typeof RegisterBrokerRecord>

/** The kinds of resources that have settings, with their numbers on the wire. */
export const RESOURCE_TYPES = {
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
  CLIENT_METRICS: 16,
  GROUP: 32,
} as const

export interface ConfigResource {
  readonly type: number
  readonly name: string
}

export class MetadataImage {
  readonly topics = new Map<string, TopicState>()
  readonly topicsById = new Map<string, TopicState>()
  readonly brokers = new Map<number, BrokerState>()
  /** Finalized features that are on, with their levels. */
  readonly features = new Map<string, number>()
  readonly #configs = new Map<number, Map<string, Map<string, string>>>()
  /** The first producer id that no broker has been given yet. */
  nextProducerId: Int64 = 0
  /** The offset of the last record replayed; -1 before the first. */
  lastOffset = -1

  partition(topic: string, partition: number): PartitionState | undefined {
    return this.topics.get(topic)?.partitions[partition]
  }

  /** A topic whose name metrics could not tell from this one (a.b and a_b), but not the name itself. */
  collidingTopic(name: string): string | undefined {
    const wanted = collisionName(name)
    if (wanted === name && !name.includes('_')) return undefined
    for (const other of this.topics.keys()) {
      if (other !== name && collisionName(other) === wanted) return other
    }
    return undefined
  }

  /** The settings given to a resource, by name; empty when it has none. */
  configsOf(type: number, name: string): ReadonlyMap<string, string> {
    return this.#configs.get(type)?.get(name) ?? NO_CONFIGS
  }

  /** Names of the resources of a type that have settings. */
  configuredNames(type: number): string[] {
    return [...(this.#configs.get(type)?.keys() ?? [])]
  }

  setConfig(resource: ConfigResource, name: string, value: string | null): void {
    const { type, name: owner } = resource
    const byName = this.#configs.get(type) ?? new Map<string, Map<string, string>>()
    const configs = byName.get(owner) ?? new Map<string, string>()
    if (value === null) configs.delete(name)
    else configs.set(name, value)
    if (configs.size > 0) byName.set(owner, configs)
    else byName.delete(owner)
    this.#configs.set(type, byName)
  }

  dropConfigs({ type, name }: ConfigResource): void {
    this.#configs.get(type)?.delete(name)
  }
}

const NO_CONFIGS: ReadonlyMap<string, string> = new Map()
