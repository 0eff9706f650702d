import { ZERO_UUID } from '../bytes/uuid.ts'
import { checkError, type ErrorName, errorName } from '../protocol/errors.ts'
import { Metadata } from '../protocol/messages/metadata.ts'
import type { DecodedResponseOf } from '../protocol/schema.ts'
import type { Clock } from './clock.ts'
import type { Controllers } from './controllers.ts'
import type { Connection } from './wire/connection.ts'
import type { Connections } from './wire/connections.ts'

export interface PartitionMetadata {
  readonly partition: number
  /** The broker that leads it; -1 when there is none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
  readonly error: ErrorName
}

export interface TopicMetadata {
  readonly name: string
  /** ZERO_UUID when the broker is too old to know. */
  readonly topicId: string
  readonly isInternal: boolean
  /** NONE when the topic exists and may be seen. */
  readonly error: ErrorName
  /** By partition number. */
  readonly partitions: readonly PartitionMetadata[]
}

type Answer = DecodedResponseOf<typeof Metadata>
type TopicAnswer = Answer['topics'][number]

/** What is known of topics, their ids and leaders; asked for again when it is too old or turned out wrong. */
export class MetadataCache {
  readonly #connections: Connections
  readonly #clock: Clock
  readonly #maxAgeMs: number
  readonly #topics = new Map<string, { topic: TopicMetadata; learnedMs: number }>()
  clusterId: string | null = null
  controllerId = -1

  constructor(connections: Connections, clock: Clock, maxAgeMs: number) {
    this.#connections = connections
    this.#clock = clock
    this.#maxAgeMs = maxAgeMs
  }

  /** The topic as last seen; undefined when it is unknown, wrong or too old. */
  get(name: string): TopicMetadata | undefined {
    const known = this.#topics.get(name)
    if (known === undefined || this.#clock.monotonicMs() - known.learnedMs > this.#maxAgeMs) return undefined
    return known.topic
  }

  /** Says that something known of this topic proved wrong, so the next use must ask again. */
  invalidate(name: string): void {
    const known = this.#topics.get(name)
    if (known !== undefined) known.learnedMs = -Infinity
  }

  /** Asks for these topics (null: every topic) and the brokers; topics that have an error are not kept. */
  async ask(
    connection: Connection,
    names: readonly string[] | null,
    allowAutoTopicCreation: boolean,
  ): Promise<Map<string, TopicMetadata>> {
    const topics = names === null ? null : names.map((name) => ({ name }))
    const answer = await connection.request(Metadata, { topics, allowAutoTopicCreation })
    checkError(answer.errorCode)
    return this.#learn(answer)
  }

  /** The controllers take the place of the brokers. */
  learnControllers({ clusterId, activeId, nodes }: Controllers): void {
    this.#connections.learn(nodes)
    this.clusterId = clusterId
    this.controllerId = activeId
  }

  #learn(answer: Answer): Map<string, TopicMetadata> {
    this.#connections.learn(answer.brokers)
    this.clusterId = answer.clusterId
    this.controllerId = answer.controllerId
    const topics = new Map<string, TopicMetadata>()
    for (const described of answer.topics) {
      const name = described.name ?? ''
      const topic = this.#keepNewest(readTopic(name, described))
      topics.set(name, topic)
      if (topic.error === 'NONE') this.#topics.set(name, { topic, learnedMs: this.#clock.monotonicMs() })
      else this.#topics.delete(name)
    }
    return topics
  }

  /** A broker that lags behind must not bring back a leader that was already replaced. */
  #keepNewest(topic: TopicMetadata): TopicMetadata {
    const known = this.#topics.get(topic.name)?.topic
    if (known === undefined || known.topicId !== topic.topicId || topic.topicId === ZERO_UUID) return topic
    const partitions = topic.partitions.map((partition, at) => {
      const before = known.partitions[at]
      return before !== undefined && before.leaderEpoch > partition.leaderEpoch ? before : partition
    })
    return { ...topic, partitions }
  }
}

function readTopic(name: string, described: TopicAnswer): TopicMetadata {
  const partitions = described.partitions
    .map((partition) => ({
      partition: partition.partitionIndex,
      leader: partition.leaderId,
      leaderEpoch: partition.leaderEpoch,
      replicas: partition.replicaNodes,
      isr: partition.isrNodes,
      offlineReplicas: partition.offlineReplicas,
      error: errorName(partition.errorCode),
    }))
    .sort((a, b) => a.partition - b.partition)
  const { topicId, isInternal, errorCode } = described
  return { name, topicId, isInternal, error: errorName(errorCode), partitions }
}
