// A producer whose records become visible together or not at all. What readers of committed records see is decided by
// the last request of a transaction: all records have an outcome before it is sent.

import { EndTxn } from '../../protocol/messages/transactions.ts'
import type { Cluster } from '../cluster.ts'
import { requestCoordinator } from '../coordinators.ts'
import type { BatchReport } from './deliveries.ts'
import { Producer } from './producer.ts'
import type { ProducerSettings } from './producer-config.ts'
import { TransactionState } from './transaction-state.ts'

/** With this version a coordinator answers with the epoch of the next transaction; only where that is in force. */
const IMPLICIT_END_VERSION = 5

export class TransactionalProducer {
  readonly producer: Producer
  readonly #cluster: Cluster
  readonly #state: TransactionState
  readonly #maxBlockMs: number

  private constructor(cluster: Cluster, producer: Producer, state: TransactionState, maxBlockMs: number) {
    this.#cluster = cluster
    this.producer = producer
    this.#state = state
    this.#maxBlockMs = maxBlockMs
  }

  /** Registers under transactional.id, which fences every earlier producer of that name. */
  static async open(
    cluster: Cluster,
    settings: ProducerSettings,
    onBatch?: (report: BatchReport) => void,
  ): Promise<TransactionalProducer> {
    const maxBlockMs = settings['max.block.ms']
    const state = new TransactionState(
      cluster,
      settings['transactional.id'],
      settings['transaction.timeout.ms'],
      maxBlockMs,
    )
    await state.initialize()
    const producer = await Producer.create(cluster, settings, onBatch, state)
    return new TransactionalProducer(cluster, producer, state, maxBlockMs)
  }

  get isOpen(): boolean {
    return this.#state.isOpen
  }

  begin(): void {
    this.#state.begin()
  }

  /**
   * Sends what is waiting, and makes the transaction visible. Throws why it cannot be: then it is still open, to be
   * aborted, or this producer is fenced and of no further use.
   */
  async commit(): Promise<void> {
    await this.producer.flush()
    const { failure } = this.#state
    if (failure !== null) throw failure
    await this.#end(true)
    if (this.#state.isImplicit) await this.producer.restart()
  }

  /** Gives up what is waiting, and has readers of committed records pass over the transaction. */
  async abort(): Promise<void> {
    this.#state.check()
    const hadFailed = this.#state.failure !== null
    if (!hadFailed) this.#state.failed(new Error('the transaction was aborted'))
    await this.producer.flush()
    await this.producer.restart()
    // What is being added would open the transaction again once it had been ended.
    await this.#state.settled()
    this.#state.check()
    await this.#end(false)
    // Before, one epoch serves many transactions, and a batch that got lost may still be on its way under it.
    if (!this.#state.isImplicit) await this.#state.initialize()
  }

  async #end(committed: boolean): Promise<void> {
    const state = this.#state
    if (state.hasPartitions) {
      const { producerId, producerEpoch } = state.current!
      const answer = await state.asCoordinator(() =>
        requestCoordinator(
          this.#cluster,
          'transaction',
          state.transactionalId,
          EndTxn,
          { transactionalId: state.transactionalId, producerId, producerEpoch, committed },
          {
            timeoutMs: this.#maxBlockMs,
            ...(state.isImplicit ? {} : { maxVersion: IMPLICIT_END_VERSION - 1 }),
          },
        ),
      )
      if (state.isImplicit) state.adopt(answer)
    }
    state.end()
  }
}
