import { setImmediate as nextTurn } from 'node:timers/promises'

import type { Cluster } from '../../client/cluster.ts'
import type { BatchReport } from '../../client/produce/deliveries.ts'
import type { Producer } from '../../client/produce/producer.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Payloads } from './payloads.ts'
import type { SendFigures } from './send-figures.ts'
import { Throttle } from './throttle.ts'

export interface SendRunOptions {
  readonly topic: string
  readonly count: number
  /** How many of the first are not part of the steady state. */
  readonly warmup: number
  readonly payloads: Payloads
  readonly perSecond: number
  /** Called before each record; null without transactions. */
  readonly transaction: TransactionPace | null
}

export interface TransactionPace {
  /** Before a record is sent at this time. */
  before(nowMs: number): void
  /** Whether the transaction is to be committed after a record that was sent at this time. */
  isDue(nowMs: number): boolean
  commit(): Promise<void>
}

/** Appends records as fast as is allowed, and counts what is acknowledged from its time of sending on. */
export class SendRun {
  readonly #cluster: Cluster
  readonly #options: SendRunOptions
  readonly #total: SendFigures
  readonly #startSteady: (nowMs: number) => SendFigures
  #failure: { readonly error: unknown } | null = null
  steady: SendFigures | null = null

  constructor(
    cluster: Cluster,
    options: SendRunOptions,
    total: SendFigures,
    startSteady: (nowMs: number) => SendFigures,
  ) {
    this.#cluster = cluster
    this.#options = options
    this.#total = total
    this.#startSteady = startSteady
  }

  /** What cannot be printed stops the run, and not the client that reports a batch: `check` throws it. */
  readonly onBatch = (report: BatchReport): void => {
    try {
      this.#count(report)
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  /** Throws what went wrong while batches were reported. */
  check(): void {
    if (this.#failure !== null) throw this.#failure.error
  }

  // A tag is the time a record was sent at; below 0 for records of the steady state.
  #count({ runs, error }: BatchReport): void {
    if (error !== null || runs === null) return
    const nowMs = this.#cluster.clock.monotonicMs()
    for (const { tag, count, valueBytes } of runs) {
      const latencyMs = nowMs - Math.abs(tag)
      this.#total.acknowledged(latencyMs, count, valueBytes, nowMs)
      if (tag < 0) this.steady!.acknowledged(latencyMs, count, valueBytes, nowMs)
    }
  }

  async send(producer: Producer, startMs: number): Promise<void> {
    const { clock } = this.#cluster
    const { topic, count, warmup, payloads, perSecond, transaction } = this.#options
    const throttle = new Throttle(clock, perSecond, startMs)
    let lastTurnMs = startMs
    let lastReadMs = -1
    let timestampMs = 0
    for (let i = 0; i < count; i++) {
      this.check()
      payloads.next(i)
      const nowMs = clock.monotonicMs()
      // Reading one clock for each record is dear enough.
      if (nowMs !== lastReadMs) {
        timestampMs = clock.now()
        lastReadMs = nowMs
      }
      transaction?.before(nowMs)
      if (warmup > 0 && i === warmup) {
        this.steady = this.#startSteady(nowMs)
        this.#total.isQuiet = true
      }
      const tag = this.steady === null ? nowMs : -nowMs
      const { buffer, from, to } = payloads
      let hasRoom = true
      try {
        hasRoom = producer.appendRange(topic, buffer, -1, -1, from, to, timestampMs, tag)
      } catch (error) {
        // The producer has counted a record that it refuses.
        if (!(error instanceof KafkaError)) throw error
      }
      if (!hasRoom) await producer.room()
      if (transaction?.isDue(nowMs)) await transaction.commit()
      if (throttle.isAhead(i, nowMs)) await throttle.wait()
      else if (nowMs !== lastTurnMs) {
        // Sockets get their turn every millisecond.
        await nextTurn()
        lastTurnMs = nowMs
      }
    }
  }
}
