import { setImmediate as nextTurn } from 'node:timers/promises'
import { addInt64, type Int64 } from '../../bytes/int64.ts'

import type { Clock } from '../../client/clock.ts'
import type { Producer } from '../../client/produce/producer.ts'
import type { Delivery } from '../../client/produce/producer-batch.ts'
import { exceptionName, KafkaError } from '../../protocol/errors.ts'
import { Throttle } from '../perf/throttle.ts'
import type { EventPrinter } from './events.ts'

export interface NumberOptions {
  readonly topic: string
  /** Below 0: until it is stopped. */
  readonly count: number
  readonly perSecond: number
  readonly valuePrefix: number | undefined
  /** How many keys there are; none when undefined. */
  readonly keys: number | undefined
  /** The time of the first record; undefined: as it is. */
  readonly createMs: Int64 | undefined
}

/** Sends numbers that go up, and tells of each what became of it. */
export class NumberSender {
  readonly #producer: Producer
  readonly #options: NumberOptions
  readonly #events: EventPrinter
  readonly #clock: Clock
  readonly #startMs: number
  #createMs: Int64 | undefined
  sent = 0
  acked = 0
  #failure: unknown = null

  constructor(producer: Producer, options: NumberOptions, events: EventPrinter, clock: Clock) {
    this.#producer = producer
    this.#options = options
    this.#events = events
    this.#clock = clock
    this.#startMs = clock.monotonicMs()
    this.#createMs = options.createMs
  }

  async send(stop: AbortSignal): Promise<void> {
    const { topic, count, perSecond } = this.#options
    const limit = count < 0 ? Infinity : count
    if (limit > 0) await this.#prepare(topic)
    const throttle = new Throttle(this.#clock, perSecond, this.#clock.monotonicMs())
    let lastTurnMs = 0
    for (let i = 0; i < limit && !stop.aborted; i++) {
      const nowMs = this.#clock.monotonicMs()
      if (!this.#sendOne(i, nowMs)) await this.#producer.room()
      // What could not be printed ends the tool, and not the client that it was reported by.
      if (this.#failure !== null) throw this.#failure
      await this.#events.written()
      if (throttle.isAhead(i, nowMs)) await throttle.wait(stop)
      else if (nowMs !== lastTurnMs) {
        await nextTurn()
        lastTurnMs = nowMs
      }
    }
  }

  /** Records acknowledged a second since the start. */
  get perSecond(): number {
    return (1000 * this.acked) / Math.max(1, this.#clock.monotonicMs() - this.#startMs)
  }

  async #prepare(topic: string): Promise<void> {
    try {
      await this.#producer.prepare(topic)
    } catch (error) {
      this.sent++
      this.#failed(this.#keyOf(0), this.#valueOf(0), error)
      throw error
    }
  }

  /** Whether there is room for more. */
  #sendOne(index: number, nowMs: number): boolean {
    const key = this.#keyOf(index)
    const value = this.#valueOf(index)
    const timestampMs = this.#createMs ?? this.#clock.now()
    // As in Kafka's tool, by which times run away faster the longer it runs.
    if (this.#createMs !== undefined) this.#createMs = addInt64(this.#createMs, nowMs - this.#startMs)
    const onDelivery = (delivery: Delivery): void => {
      try {
        this.#delivered(key, value, delivery)
      } catch (error) {
        this.#failure ??= error
      }
    }
    this.sent++
    const keyBytes = key === null ? null : Buffer.from(key)
    try {
      return this.#producer.append(
        this.#options.topic,
        keyBytes,
        Buffer.from(value),
        undefined,
        timestampMs,
        undefined,
        onDelivery,
      )
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      this.#failed(key, value, error)
      return true
    }
  }

  #keyOf(index: number): string | null {
    const { keys } = this.#options
    return keys === undefined ? null : String(keys > 0 ? index % keys : index)
  }

  #valueOf(index: number): string {
    const { valuePrefix } = this.#options
    return valuePrefix === undefined ? String(index) : `${valuePrefix}.${index}`
  }

  #delivered(key: string | null, value: string, { topic, partition, offset, error }: Delivery): void {
    if (error !== null) {
      this.#failed(key, value, error)
      return
    }
    this.acked++
    this.#events.print('producer_send_success', { key, value, offset, topic, partition })
  }

  #failed(key: string | null, value: string, error: unknown): void {
    const name = error instanceof KafkaError ? exceptionName(error.code) : 'NetworkException'
    const message = error instanceof Error ? error.message : String(error)
    const exception = `class org.apache.kafka.common.errors.${name}`
    this.#events.print('producer_send_error', { topic: this.#options.topic, key, value, exception, message })
  }
}
