import { errorName, KafkaError } from '../../protocol/errors.ts'
import { InitProducerId } from '../../protocol/messages/transactions.ts'
import type { Cluster } from '../cluster.ts'
import type { ProducerIdentity } from './producer-batch.ts'

const MAX_EPOCH = 0x7fff

/** Where a producer gets its id, and how it goes on when what it wrote has gaps. */
export interface Identities {
  /** Null until `obtain` has brought one. */
  readonly current: ProducerIdentity | null
  /** Asks a broker for an id unless there is one; rejects with what will not pass. */
  obtain(): Promise<void>
  /**
   * The identity for a new sequence after `previous` had a gap; null when a new id is needed, which `obtain` brings.
   */
  next(previous: ProducerIdentity): ProducerIdentity | null
  /** The broker no longer accepts this identity. */
  reject(identity: ProducerIdentity): void
}

/** Where an idempotent producer gets its id, and the epochs under which partitions begin new sequences. */
export class IdentitySource implements Identities {
  readonly #cluster: Cluster
  #current: ProducerIdentity | null = null
  #asking: Promise<void> | null = null

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  get current(): ProducerIdentity | null {
    return this.#current
  }

  obtain(): Promise<void> {
    if (this.#current !== null) return Promise.resolve()
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /** Brokers take a higher epoch without being asked; a new id is needed only when the epochs are used up. */
  next(previous: ProducerIdentity): ProducerIdentity | null {
    const current = this.#current
    if (current === null) return null
    if (current.producerId !== previous.producerId || current.producerEpoch > previous.producerEpoch) {
      return current
    }
    if (current.producerEpoch >= MAX_EPOCH) {
      this.#current = null
      return null
    }
    this.#current = { ...current, producerEpoch: current.producerEpoch + 1 }
    return this.#current
  }

  reject(identity: ProducerIdentity): void {
    if (identity.producerId === this.#current?.producerId) this.#current = null
  }

  async #ask(): Promise<void> {
    // Not through Cluster.request: batches must not wait longer for an id than they may wait at all.
    const connection = await this.#cluster.connections.any()
    const { errorCode, producerId, producerEpoch } = await connection.request(InitProducerId, {
      transactionalId: null,
      // Java's producer sends this when it has no transactions.
      transactionTimeoutMs: 0x7fff_ffff,
    })
    if (errorCode !== 0) throw new KafkaError(errorName(errorCode))
    this.#current = { producerId, producerEpoch }
  }
}
