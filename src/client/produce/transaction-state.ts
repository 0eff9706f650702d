// What a producer and its transaction know of each other: under which id records go out, which partitions are part of
// the transaction, and whether it can still be committed.

import type { ApiVersions } from '../../protocol/messages/metadata.ts'
import { EndTxn, InitProducerId } from '../../protocol/messages/transactions.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import type { Cluster } from '../cluster.ts'
import { findCoordinator, requestCoordinator } from '../coordinators.ts'
import type { PartitionQueue } from './partition-queue.ts'
import type { ProducerIdentity } from './producer-batch.ts'
import type { Identities } from './producer-identity.ts'
import { asFatal, isFatal } from './transaction-errors.ts'
import { TransactionPartitions } from './transaction-partitions.ts'

/** Brokers add partitions to transactions by themselves from this version of Produce on (KIP-890). */
const IMPLICIT_PRODUCE_VERSION = 12
/** The level of the feature transaction.version from which they do so. */
const IMPLICIT_LEVEL = 2

export class TransactionState implements Identities {
  readonly transactionalId: string
  readonly #cluster: Cluster
  readonly #timeoutMs: number
  readonly #maxBlockMs: number
  readonly #partitions: TransactionPartitions
  #current: ProducerIdentity | null = null
  #isImplicit = false
  #isOpen = false
  #failure: Error | null = null
  #fatal: Error | null = null

  constructor(cluster: Cluster, transactionalId: string, timeoutMs: number, maxBlockMs: number) {
    this.#cluster = cluster
    this.transactionalId = transactionalId
    this.#timeoutMs = timeoutMs
    this.#maxBlockMs = maxBlockMs
    this.#partitions = new TransactionPartitions(cluster, transactionalId, maxBlockMs)
  }

  get current(): ProducerIdentity | null {
    return this.#current
  }

  /** Why the transaction can only be aborted, or nothing can be done any more; null when all is well. */
  get failure(): Error | null {
    return this.#fatal ?? this.#failure
  }

  /** Why this producer is of no use any more. */
  get fatal(): Error | null {
    return this.#fatal
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Whether the broker knows of the transaction. */
  get hasPartitions(): boolean {
    return this.#partitions.hasAny
  }

  /** Resolves when the broker is not being told of partitions any more. */
  settled(): Promise<void> {
    return this.#partitions.settled()
  }

  /** Whether each transaction has an epoch of its own, which the broker gives (transaction.version 2). */
  get isImplicit(): boolean {
    return this.#isImplicit
  }

  get maxProduceVersion(): number {
    return this.#isImplicit ? Infinity : IMPLICIT_PRODUCE_VERSION - 1
  }

  /** Gets an id from the coordinator, which ends whatever an earlier producer of this name left open. */
  async initialize(): Promise<void> {
    const timeoutMs = this.#maxBlockMs
    await this.#requireTransactions()
    const { producerId = -1, producerEpoch = -1 } = this.#current ?? {}
    const answer = await this.asCoordinator(() =>
      requestCoordinator(
        this.#cluster,
        'transaction',
        this.transactionalId,
        InitProducerId,
        (version) => ({
          transactionalId: this.transactionalId,
          transactionTimeoutMs: this.#timeoutMs,
          ...(version >= 3 ? { producerId, producerEpoch } : {}),
        }),
        { timeoutMs },
      ),
    )
    const coordinator = await findCoordinator(this.#cluster, 'transaction', this.transactionalId, {
      timeoutMs,
    })
    const { apiVersions } = await this.#cluster.connectionTo(coordinator)
    this.#isImplicit = finalizedLevel(apiVersions, 'transaction.version') >= IMPLICIT_LEVEL
    this.adopt(answer)
  }

  /** Throws when the brokers have no transactions at all, which the first requests would not tell. */
  async #requireTransactions(): Promise<void> {
    const cluster = this.#cluster
    const connection = await cluster.retrying(cluster.deadline(this.#maxBlockMs), () =>
      cluster.connections.any(),
    )
    connection.version(EndTxn)
  }

  begin(): void {
    this.check()
    if (this.#isOpen) throw new Error('a transaction is open already')
    this.#isOpen = true
    this.#failure = null
  }

  /** The transaction is over. */
  end(): void {
    this.#isOpen = false
    this.#failure = null
    this.#partitions.clear()
  }

  /** Goes on under another identity. */
  adopt({ producerId, producerEpoch }: ProducerIdentity): void {
    this.#current = { producerId, producerEpoch, isTransactional: true }
  }

  /** Throws when this producer is of no use any more. */
  check(): void {
    if (this.#fatal !== null) throw this.#fatal
  }

  /** A record will not arrive, so the transaction cannot be committed. */
  failed(error: Error): void {
    if (isFatal(error)) this.#fatal ??= asFatal(error)
    else this.#failure ??= error
  }

  /** Runs what asks the coordinator; being fenced there is final. */
  async asCoordinator<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (!isFatal(error, 'coordinator')) throw error
      this.#fatal ??= asFatal(error)
      throw this.#fatal
    }
  }

  /** Whether a batch may go to this partition; calls back when that may have changed. */
  includes({ topic, partition }: PartitionQueue, wake: () => void): boolean {
    if (this.failure !== null || this.#current === null) return false
    if (!this.#isOpen) {
      this.failed(new Error('records can be sent within a transaction only'))
      wake()
      return false
    }
    if (this.#isImplicit) {
      this.#partitions.note(topic, partition)
      return true
    }
    return this.#partitions.includes(topic, partition, this.#current, (error) => {
      if (error !== null && isFatal(error, 'coordinator')) this.#fatal ??= asFatal(error)
      else if (error !== null) this.#failure ??= error
      wake()
    })
  }

  /** It was obtained before anything could be sent. */
  async obtain(): Promise<void> {
    this.check()
  }

  /** A gap fails the transaction, and the next one brings an identity of its own. */
  next(previous: ProducerIdentity): ProducerIdentity | null {
    return this.#current ?? previous
  }

  reject(): void {}
}

function finalizedLevel(versions: DecodedResponseOf<typeof ApiVersions>, feature: string): number {
  return versions.finalizedFeatures.find(({ name }) => name === feature)?.maxVersionLevel ?? 0
}
