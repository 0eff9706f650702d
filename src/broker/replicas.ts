// Which brokers hold, lead and follow a partition. One process shows itself as several brokers that share their logs,
// so a follower here is an address that answers "not me"; this module is the only one that knows.

import { KafkaError } from '../protocol/errors.ts'
import { PartitionChangeRecord, PartitionRecord } from '../protocol/messages/stored-metadata.ts'
import type { MetadataImage, PartitionState } from './metadata/image.ts'
import { type MetadataRecord, metadataRecord } from './metadata/record.ts'
import { hasDirectories, partitionRecordVersion } from './metadata/record-versions.ts'

export type RandomBytes = (size: number) => Buffer

interface PartitionChange {
  readonly leader?: number
  readonly isr?: number[]
  readonly eligibleLeaderReplicas?: number[]
  readonly lastKnownElr?: number[]
}

/** No broker leads the partition: none of its replicas is alive. */
const NO_LEADER = -1

export class Replicas {
  readonly #image: MetadataImage
  readonly #directoryId: string
  readonly #randomBytes: RandomBytes

  constructor(image: MetadataImage, directoryId: string, randomBytes: RandomBytes) {
    this.#image = image
    this.#directoryId = directoryId
    this.#randomBytes = randomBytes
  }

  isLive(node: number): boolean {
    return this.#image.brokers.get(node)?.fenced === false
  }

  /** Ids of the brokers that take requests, ascending. */
  liveNodes(): number[] {
    return [...this.#image.brokers.keys()].filter((node) => this.isLive(node)).sort((a, b) => a - b)
  }

  /** As place, with the reason in the words in which Kafka refuses a new topic or partition. */
  placeOrExplain(partitions: number, replicationFactor: number): number[][] {
    try {
      return this.place(partitions, replicationFactor)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      const what = `Unable to replicate the partition ${replicationFactor} time(s)`
      throw new KafkaError(error.code, `${what}: ${error.message}`, { cause: error })
    }
  }

  /**
   * Replicas for that many partitions, as Kafka's StripedReplicaPlacer spreads them: a random broker first, and for each
   * further partition the next one. Throws INVALID_REPLICATION_FACTOR when there are too few brokers.
   */
  place(partitions: number, replicationFactor: number): number[][] {
    const nodes = this.liveNodes()
    if (replicationFactor > nodes.length) {
      throw new KafkaError('INVALID_REPLICATION_FACTOR', tooFewBrokers(replicationFactor, nodes.length))
    }
    const start = this.#randomBytes(4).readUInt32BE(0)
    return Array.from({ length: partitions }, (_, partition) =>
      Array.from(
        { length: replicationFactor },
        (_, replica) => nodes[(start + partition + replica) % nodes.length]!,
      ),
    )
  }

  /** The record of a new partition; its leader is the first replica that is alive. */
  newPartition(topicId: string, partitionId: number, replicas: number[]): MetadataRecord {
    const isr = replicas.filter((node) => this.isLive(node))
    const fields = {
      partitionId,
      topicId,
      replicas,
      isr,
      removingReplicas: [],
      addingReplicas: [],
      leader: isr[0] ?? NO_LEADER,
      leaderEpoch: 0,
      partitionEpoch: 0,
      directories: hasDirectories(this.#image) ? replicas.map(() => this.#directoryId) : [],
    }
    return metadataRecord(PartitionRecord, fields, partitionRecordVersion(this.#image))
  }

  /**
   * The changes that make every partition led by a live broker, if it has one, and all its live replicas in sync.
   * With `rebalance`, the first replica leads again as soon as it is alive.
   */
  elections({ rebalance }: { rebalance: boolean }): MetadataRecord[] {
    return this.#partitions().flatMap((partition) => this.#election(partition, rebalance) ?? [])
  }

  #election(partition: PartitionState, rebalance: boolean): MetadataRecord | undefined {
    const live = partition.replicas.filter((node) => this.isLive(node))
    const [preferred] = partition.replicas
    const mayStay = live.includes(partition.leader) && !(rebalance && live[0] === preferred)
    // Differs: replicas share their log, so a live one has every record, whether it was in the ISR or not.
    const leader = mayStay ? partition.leader : (live[0] ?? NO_LEADER)
    // The last in-sync replica stays in the list when it dies: nobody else may lead without losing records.
    const isr = live.length > 0 ? live : partition.isr
    const sameIsr = isr.length === partition.isr.length && isr.every((node) => partition.isr.includes(node))
    if (leader === partition.leader && sameIsr) return undefined
    return this.#change(partition, {
      ...(leader === partition.leader ? {} : { leader }),
      ...(sameIsr ? {} : { isr }),
      // Who is in sync again needs no second list of who may lead (KIP-966).
      ...(partition.eligibleLeaderReplicas?.length ? { eligibleLeaderReplicas: [] } : {}),
      ...(partition.lastKnownElr?.length ? { lastKnownElr: [] } : {}),
    })
  }

  /** Names every leader again, for a new leader epoch each: after a crash, clients must not trust offsets they saw. */
  newEpochs(): MetadataRecord[] {
    return this.#partitions()
      .filter((partition) => partition.leader !== NO_LEADER)
      .map((partition) => this.#change(partition, { leader: partition.leader }))
  }

  #change(partition: PartitionState, change: PartitionChange): MetadataRecord {
    const fields = { partitionId: partition.partition, topicId: partition.topic.id, ...change }
    return metadataRecord(PartitionChangeRecord, fields, partitionRecordVersion(this.#image))
  }

  #partitions(): PartitionState[] {
    return [...this.#image.topics.values()].flatMap((topic) => topic.partitions)
  }
}

// Kafka's sentence: clients of all kinds print it.
function tooFewBrokers(replicationFactor: number, nodes: number): string {
  return (
    `The target replication factor of ${replicationFactor} cannot be reached because only ${nodes} broker(s) are ` +
    'registered or some brokers have all their log directories cordoned.'
  )
}
