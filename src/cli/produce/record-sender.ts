import type { Int64 } from '../../bytes/int64.ts'
import { type Clock, sleep } from '../../client/clock.ts'
import type { Producer } from '../../client/produce/producer.ts'
import type { Delivery } from '../../client/produce/producer-batch.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { Failure } from '../failures.ts'
import type { InputRecord } from '../records/line-reader.ts'
import { LineSplitter } from '../records/line-splitter.ts'

export interface SendOptions {
  /** Undefined where each record names its own. */
  readonly topic: string | undefined
  readonly partition: number | undefined
  /** Each record goes to the partition that it names itself. */
  readonly keepsPartition?: boolean
  readonly timestamp: Int64 | undefined
  /** Each record is acknowledged before the next is sent. */
  readonly isSync: boolean
  /** Records a second at most. */
  readonly rate: number | undefined
  readonly onDelivery: ((delivery: Delivery) => void) | undefined
  /** Longer lines are not kept. */
  readonly maxLineBytes?: number | undefined
  readonly clock: Clock
}

/** Sends records one after the other, as fast as memory, rate and acknowledgements allow. */
export class RecordSender {
  readonly #producer: Producer
  readonly #options: SendOptions
  readonly #prepared = new Set<string>()
  #startedMs = 0
  #count = 0

  constructor(producer: Producer, options: SendOptions) {
    this.#producer = producer
    this.#options = options
  }

  /** Whether lines can be sent as they lie in their chunk, without an object for each record. */
  get takesPlainLines(): boolean {
    const { partition, isSync, rate, onDelivery } = this.#options
    return !isSync && partition === undefined && rate === undefined && onDelivery === undefined
  }

  /** Sends each line of the input as a value. */
  async sendLines(chunks: AsyncIterable<Buffer>, stop: AbortSignal): Promise<void> {
    const { timestamp, clock } = this.#options
    const topic = this.#options.topic!
    const producer = this.#producer
    let hasRoom = true
    let nowMs: Int64 = 0
    const splitter = new LineSplitter(
      (buffer, from, to) => {
        try {
          hasRoom = producer.appendRange(topic, buffer, -1, -1, from, to, nowMs)
        } catch (error) {
          passIfCounted(error)
        }
      },
      { maxBytes: this.#options.maxLineBytes },
    )
    for await (const chunk of chunks) {
      await this.#prepare(topic)
      nowMs = timestamp ?? clock.now()
      splitter.push(chunk)
      if (!hasRoom) await producer.room()
    }
    // A line that was cut off is no record.
    if (!stop.aborted) splitter.end()
  }

  async send(records: readonly InputRecord[]): Promise<void> {
    const { isSync, rate, onDelivery, clock } = this.#options
    const nowMs = rate === undefined ? clock.now() : undefined
    for (const record of records) {
      const topic = this.#topicOf(record)
      if (!this.#prepared.has(topic)) await this.#prepare(topic)
      const timestamp = this.#options.timestamp ?? record.timestamp ?? nowMs
      if (rate !== undefined) await this.#pace(rate)
      this.#count++
      if (isSync) {
        await this.#sendAlone(record, topic, timestamp)
        continue
      }
      const { key, value, headers } = record
      const partition = this.#partitionOf(record)
      let hasRoom = true
      try {
        hasRoom = this.#producer.append(topic, key, value, headers, timestamp, partition, onDelivery)
      } catch (error) {
        passIfCounted(error)
      }
      if (!hasRoom) await this.#producer.room()
    }
  }

  /** Waits for the outcome of all that was sent; gives a Failure when some of it was not acknowledged. */
  async finish(): Promise<Failure | null> {
    const { acknowledged, failed, firstError } = await this.#producer.close()
    if (failed === 0) return null
    const total = acknowledged + failed
    return new Failure(
      `${failed} of ${total} ${total === 1 ? 'record was' : 'records were'} not acknowledged: ${firstError?.message}`,
      { code: codeOf(firstError), cause: firstError },
    )
  }

  // The topic is looked up, and so perhaps created, only once there is a record for it.
  async #prepare(topic: string): Promise<void> {
    if (this.#prepared.has(topic)) return
    await this.#producer.prepare(topic)
    if (this.#prepared.size === 0) this.#startedMs = this.#options.clock.monotonicMs()
    this.#prepared.add(topic)
  }

  #topicOf({ topic }: InputRecord): string {
    const chosen = this.#options.topic ?? topic
    if (chosen === undefined) throw new Failure('a record names no topic, and there is no --topic')
    return chosen
  }

  #partitionOf({ partition }: InputRecord): number | undefined {
    return this.#options.keepsPartition ? partition : this.#options.partition
  }

  async #sendAlone(record: InputRecord, topic: string, timestamp: Int64 | undefined): Promise<void> {
    const { key, value, headers } = record
    const { onDelivery } = this.#options
    const partition = this.#partitionOf(record)
    const sent = new Promise<Delivery>((resolve, reject) => {
      this.#producer.append(topic, key, value, headers, timestamp, partition, (delivery) => {
        if (delivery.error === null) resolve(delivery)
        else reject(delivery.error)
      })
    })
    // Without the flush it would wait for linger.ms, although there is nothing it could be sent with.
    const [outcome] = await Promise.allSettled([sent, this.#producer.flush()])
    if (outcome.status === 'fulfilled') {
      onDelivery?.(outcome.value)
      return
    }
    const { acknowledged } = this.#producer.counts
    const error = outcome.reason as Error
    throw new Failure(error.message, {
      hint: `the record was not acknowledged; ${acknowledged} before it ${acknowledged === 1 ? 'was' : 'were'}`,
      code: codeOf(error),
      cause: error,
    })
  }

  async #pace(rate: number): Promise<void> {
    const dueMs = this.#startedMs + (this.#count * 1000) / rate
    const waitMs = dueMs - this.#options.clock.monotonicMs()
    if (waitMs > 0) await sleep(this.#options.clock, waitMs)
  }
}

/** The producer counts a record that it refuses as failed, and the others are sent. */
function passIfCounted(error: unknown): void {
  if (!(error instanceof KafkaError)) throw error
}

const codeOf = (error: Error | null): string | undefined =>
  error instanceof KafkaError ? error.code : undefined
