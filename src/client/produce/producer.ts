import type { Int64 } from '../../bytes/int64.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { Produce } from '../../protocol/messages/produce.ts'
import { CODECS, loadCodec } from '../../records/compression.ts'
import type { RecordHeader } from '../../records/record.ts'
import type { Cluster } from '../cluster.ts'
import { SettingError } from '../config/setting-error.ts'
import { requireReadable } from '../read-only.ts'
import { QUIET_MS } from '../retry.ts'
import { type BatchReport, Deliveries } from './deliveries.ts'
import type { Delivery, OnDelivery } from './producer-batch.ts'
import type { ProducerSettings } from './producer-config.ts'
import { RecordAccumulator, type TopicQueue } from './record-accumulator.ts'
import { Sender } from './sender.ts'
import type { TransactionState } from './transaction-state.ts'

export interface ProducerRecord {
  readonly topic: string
  readonly key?: Uint8Array | null | undefined
  readonly value: Uint8Array | null
  readonly headers?: readonly RecordHeader[] | undefined
  readonly timestampMs?: Int64 | undefined
  readonly partition?: number | undefined
}

export interface ProducerCounts {
  readonly acknowledged: number
  /** Records that were not acknowledged and will not be sent again. */
  readonly failed: number
  readonly firstError: Error | null
}

/**
 * Sends records in batches, idempotently unless told otherwise. Records that cannot be delivered are counted, and
 * reported to who asked; nothing is lost silently.
 */
export class Producer {
  readonly #cluster: Cluster
  readonly #settings: ProducerSettings
  readonly #accumulator: RecordAccumulator
  readonly #deliveries: Deliveries
  readonly #sender: Sender
  #roomWaiters: (() => void)[] = []
  #lastTopic: TopicQueue | null = null

  private constructor(
    cluster: Cluster,
    settings: ProducerSettings,
    codec: Awaited<ReturnType<typeof loadCodec>>,
    onBatch?: (report: BatchReport) => void,
    transaction: TransactionState | null = null,
  ) {
    this.#cluster = cluster
    this.#settings = settings
    const monotonicMs = () => cluster.clock.monotonicMs()
    this.#accumulator = new RecordAccumulator(settings, cluster.random, monotonicMs, (queue, isFull) => {
      if (!isFull) this.#deliveries.begin(queue, queue.open!)
      this.#sender.batchReady(queue, isFull)
    })
    const onFailure = transaction === null ? undefined : (error: Error) => transaction.failed(error)
    this.#deliveries = new Deliveries((bytes) => this.#released(bytes), onBatch, onFailure)
    this.#sender = new Sender({
      cluster,
      settings,
      accumulator: this.#accumulator,
      deliveries: this.#deliveries,
      codec,
      compressionLevel: compressionLevel(settings),
      transaction,
    })
  }

  /**
   * `onBatch` is told of every batch that was delivered or given up; like all that deliveries are reported to, it must
   * not throw. The cluster stays the caller's to close.
   */
  static async create(
    cluster: Cluster,
    settings: ProducerSettings,
    onBatch?: (report: BatchReport) => void,
    transaction: TransactionState | null = null,
  ): Promise<Producer> {
    requireReadable(Produce, cluster.readOnly)
    if (transaction === null && settings['transactional.id'] !== '') {
      throw new SettingError(
        `the property 'transactional.id' is not supported here: nothing would begin and commit transactions`,
      )
    }
    const codec = await loadCodec(CODECS[settings['compression.type']].id)
    return new Producer(cluster, settings, codec, onBatch, transaction)
  }

  get counts(): ProducerCounts {
    const { acknowledged, failed, firstError } = this.#deliveries
    return { acknowledged, failed, firstError }
  }

  /** Finds out about a topic, which must be done before records are appended to it; waits max.block.ms for it. */
  async prepare(topic: string): Promise<{ partitionCount: number }> {
    const maxBlockMs = this.#settings['max.block.ms']
    const deadline = this.#cluster.deadline(maxBlockMs)
    const quiet = this.#cluster.deadline(QUIET_MS)
    let missing: KafkaError | null = null
    const absent = (): KafkaError => {
      const detail = `Topic ${topic} not present in metadata after ${maxBlockMs} ms.`
      return new KafkaError('REQUEST_TIMED_OUT', detail, { cause: missing })
    }
    for (;;) {
      const options = { refresh: true, allowAutoTopicCreation: true, timeoutMs: deadline.leftMs }
      const found = await this.#cluster.topics([topic], options).catch((error: unknown) => {
        throw missing !== null && deadline.isOver ? absent() : error
      })
      const metadata = found.get(topic)
      if (metadata?.error === 'NONE' && metadata.partitions.length > 0) {
        this.#accumulator.learn(metadata)
        return { partitionCount: metadata.partitions.length }
      }
      missing = new KafkaError(metadata?.error ?? 'UNKNOWN_TOPIC_OR_PARTITION')
      if (!missing.retriable) throw missing
      if (this.#cluster.retryBackoffMs >= deadline.leftMs) throw absent()
      if (quiet.isOver) this.#cluster.notice(`waiting for topic '${topic}': ${missing.message}`)
      await this.#cluster.lifetime.sleep(this.#cluster.retryBackoffMs)
    }
  }

  /**
   * Adds a record to a batch; true while there is room for more. After false the caller must await `room()`.
   * A record that cannot be sent at all (too large, no such partition) throws, and counts as failed.
   */
  append(
    topic: string,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers?: readonly RecordHeader[],
    timestampMs: Int64 = this.#cluster.clock.now(),
    partition?: number,
    onDelivery?: OnDelivery,
  ): boolean {
    const queue = this.#topic(topic)
    try {
      this.#accumulator.append(queue, key, value, headers, timestampMs, partition, onDelivery)
    } catch (error) {
      this.#refused(error)
    }
    return this.#hasRoom()
  }

  /**
   * As append for a record whose parts lie in a larger buffer, which is faster than making views of them; a start
   * of -1 stands for null. The report of the batch gives the tags back.
   */
  appendRange(
    topic: string,
    source: Uint8Array,
    keyFrom: number,
    keyTo: number,
    valueFrom: number,
    valueTo: number,
    timestampMs: Int64 = this.#cluster.clock.now(),
    tag?: number,
  ): boolean {
    const queue = this.#topic(topic)
    try {
      this.#accumulator.appendRange(queue, source, keyFrom, keyTo, valueFrom, valueTo, timestampMs, tag)
    } catch (error) {
      this.#refused(error)
    }
    return this.#hasRoom()
  }

  /** Resolves when buffer.memory has room; KafkaError REQUEST_TIMED_OUT when it has none within max.block.ms. */
  async room(): Promise<void> {
    const maxBlockMs = this.#settings['max.block.ms']
    const deadline = this.#cluster.deadline(maxBlockMs)
    const late = (): Error => {
      const detail = `Failed to allocate memory within the configured max blocking time ${maxBlockMs} ms.`
      return this.#sender.timedOut(detail)
    }
    while (this.#accumulator.isFull) {
      if (deadline.isOver) throw late()
      const hasRoom = new Promise<void>((resolve) => this.#roomWaiters.push(resolve))
      await this.#cluster.lifetime.within(deadline, hasRoom, late)
    }
  }

  /** Sends one record and resolves when it was acknowledged; rejects when it was not. */
  async send(record: ProducerRecord): Promise<Delivery> {
    const { topic, key = null, value, headers, timestampMs, partition } = record
    if (!this.#accumulator.topics.has(topic)) await this.prepare(topic)
    await this.room()
    return await new Promise((resolve, reject) => {
      this.append(topic, key, value, headers, timestampMs, partition, (delivery) => {
        if (delivery.error === null) resolve(delivery)
        else reject(delivery.error)
      })
    })
  }

  /**
   * Sends what is waiting without delay; resolves when every record appended so far has an outcome. Gives all of them up
   * after `timeoutMs`, and when the run that ends has no time left.
   */
  async flush(timeoutMs = Infinity): Promise<void> {
    const { lifetime } = this.#cluster
    const release = lifetime.holdUp(() => {
      const { outstanding } = this.#deliveries
      return `${outstanding} unacknowledged record${outstanding === 1 ? '' : 's'}`
    })
    this.#sender.flushing++
    this.#sender.wake()
    if (!(await lifetime.untilOver(this.#deliveries.settled(), timeoutMs))) {
      await this.#sender.abandon(this.#sender.timedOut('Producer is closed forcefully.'))
    }
    this.#sender.flushing--
    release()
  }

  /** Waits until nothing is under way, and lets all partitions begin anew; what is appended meanwhile is not lost. */
  restart(): Promise<void> {
    return this.#sender.restart()
  }

  /** Flushes for at most `timeoutMs`, gives up the rest, and stops. */
  async close(timeoutMs = Infinity): Promise<ProducerCounts> {
    await this.flush(timeoutMs)
    this.#sender.stop()
    return this.counts
  }

  #topic(name: string): TopicQueue {
    if (this.#lastTopic !== null && this.#lastTopic.name === name) return this.#lastTopic
    const topic = this.#accumulator.topics.get(name)
    if (topic === undefined) throw new Error(`prepare('${name}') was not awaited`)
    this.#lastTopic = topic
    return topic
  }

  #hasRoom(): boolean {
    if (!this.#accumulator.isFull) return true
    this.#sender.wake()
    return false
  }

  #refused(error: unknown): never {
    if (error instanceof Error) this.#deliveries.refuse(error)
    throw error
  }

  #released(bytes: number): void {
    this.#accumulator.heldBytes -= bytes
    if (this.#accumulator.isFull || this.#roomWaiters.length === 0) return
    for (const resume of this.#roomWaiters.splice(0)) resume()
  }
}

function compressionLevel(settings: ProducerSettings): number | undefined {
  const type = settings['compression.type']
  if (type === 'gzip') return settings['compression.gzip.level']
  if (type === 'lz4') return settings['compression.lz4.level']
  return type === 'zstd' ? settings['compression.zstd.level'] : undefined
}
