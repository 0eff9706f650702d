// Takes batches out of the queues and brings them to the leaders: a few requests at a time to each broker, one batch
// for each partition in a request, until all are acknowledged or given up.

import type { Int64 } from '../../bytes/int64.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { Produce } from '../../protocol/messages/produce.ts'
import type { Codec } from '../../records/codec.ts'
import { Alarm } from '../alarm.ts'
import type { Cluster } from '../cluster.ts'
import { Interrupted } from '../lifetime.ts'
import { backoffMs, isRetriable } from '../retry.ts'
import { BrokerLane } from '../wire/broker-lane.ts'
import type { Connection } from '../wire/connection.ts'
import { ConnectionError } from '../wire/connection-error.ts'
import type { Deliveries } from './deliveries.ts'
import type { PartitionQueue } from './partition-queue.ts'
import { judge, mayBeWritten } from './produce-failures.ts'
import { answersFor, failureOf, maxProduceVersion, type Outgoing, produceRequest } from './produce-request.ts'
import type { ProducerBatch } from './producer-batch.ts'
import type { ProducerSettings } from './producer-config.ts'
import { type Identities, IdentitySource } from './producer-identity.ts'
import type { RecordAccumulator, TopicQueue } from './record-accumulator.ts'
import type { TransactionState } from './transaction-state.ts'

/** With acks 0 nothing holds the producer back but the socket. */
const MAX_UNSENT_BYTES = 1024 * 1024

export interface SenderParts {
  readonly cluster: Cluster
  readonly settings: ProducerSettings
  readonly accumulator: RecordAccumulator
  readonly deliveries: Deliveries
  readonly codec: Codec
  readonly compressionLevel: number | undefined
  /** Null for a producer without transactions. */
  readonly transaction: TransactionState | null
}

export class Sender {
  readonly #parts: SenderParts
  readonly #identities: Identities | null
  readonly #acks: number
  readonly #lanes = new Map<number, BrokerLane>()
  readonly #active = new Set<PartitionQueue>()
  readonly #refreshing = new Set<TopicQueue>()
  readonly #alarm: Alarm
  #isScheduled = false
  #idleWaiters: (() => void)[] = []
  #lastError: Error | null = null
  /** While above 0, batches are sent without waiting for more records. */
  flushing = 0

  constructor(parts: SenderParts) {
    const { acks, 'enable.idempotence': isIdempotent } = parts.settings
    this.#parts = parts
    this.#alarm = new Alarm(parts.cluster.clock, () => this.#drain())
    this.#acks = acks === 'all' ? -1 : Number(acks)
    this.#identities = parts.transaction ?? (isIdempotent ? new IdentitySource(parts.cluster) : null)
  }

  /** Looks, a little later, what can be sent. */
  wake(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.#drain()
    })
  }

  /** A batch was begun or filled. */
  batchReady(queue: PartitionQueue, isFull: boolean): void {
    this.#active.add(queue)
    const lingerMs = this.#parts.settings['linger.ms']
    if (isFull || this.flushing > 0 || lingerMs === 0) this.wake()
    else this.#alarm.set(queue.open!.createdMs + lingerMs)
  }

  stop(): void {
    this.#alarm.clear()
  }

  /** Resolves when no request is under way, and all partitions begin new sequences then. */
  async restart(): Promise<void> {
    while ([...this.#lanes.values()].some(({ inFlight }) => inFlight > 0)) {
      await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
    }
    for (const { partitions } of this.#parts.accumulator.topics.values()) {
      for (const queue of partitions) queue.forgetSequence()
    }
  }

  /** Gives up everything; what is in flight may still arrive. */
  async abandon(error: Error): Promise<void> {
    for (const queue of this.#active) queue.removeAll()
    await this.#parts.deliveries.failAll(error)
  }

  /** REQUEST_TIMED_OUT in Kafka's sentence, followed by what stood in the way. */
  timedOut(sentence: string): KafkaError {
    const cause = this.#lastError
    const message = cause === null ? sentence : `${sentence.replace(/\.$/, '')}: ${cause.message}`
    return new KafkaError('REQUEST_TIMED_OUT', message, { cause })
  }

  #note(error: Error): void {
    // What an interrupt cut short is tried again.
    if (!(error instanceof Interrupted)) this.#lastError = error
  }

  #drain(): void {
    const nowMs = this.#parts.cluster.clock.monotonicMs()
    const failure = this.#parts.transaction?.failure ?? null
    for (const queue of this.#active) {
      // The rest of a transaction that failed is not sent.
      if (failure !== null) this.#giveUp(queue, queue.removeAll(), () => failure)
      else this.#expire(queue, nowMs)
      if (queue.isEmpty) this.#active.delete(queue)
    }
    if (this.#active.size === 0) return
    if (this.#identities !== null && this.#identities.current === null) this.#obtainIdentity()
    while (this.#sendOnce(nowMs)) {
      // As long as brokers take another request and there is something for it.
    }
  }

  /** Sends at most one request to each broker; whether it sent any. */
  #sendOnce(nowMs: number): boolean {
    const requests = new Map<BrokerLane, { outgoing: Outgoing[]; bytes: number }>()
    for (const queue of [...this.#active]) {
      const topic = this.#parts.accumulator.topics.get(queue.topic)!
      const batch = this.#nextBatch(queue, nowMs)
      const lane = batch === undefined ? null : this.#laneFor(topic, queue)
      if (batch === undefined || lane === null) continue
      const request = requests.get(lane) ?? { outgoing: [], bytes: 0 }
      const bytes = request.bytes + batch.sizeBytes
      if (request.outgoing.length > 0 && bytes > this.#parts.settings['max.request.size']) continue
      request.bytes = bytes
      this.#take(queue, batch, lane.connection!)
      request.outgoing.push({ topic, queue, batch })
      requests.set(lane, request)
      // The next request begins with the others.
      this.#active.delete(queue)
      this.#active.add(queue)
    }
    for (const [lane, { outgoing }] of requests) void this.#send(lane, lane.connection!, outgoing)
    return requests.size > 0
  }

  /** The batch of this partition that is due. */
  #nextBatch(queue: PartitionQueue, nowMs: number): ProducerBatch | undefined {
    if (queue.isRecovering || !this.#hasIdentity(queue) || !this.#isInTransaction(queue)) return undefined
    const { open } = queue
    const dueMs = open === null ? Infinity : open.createdMs + this.#parts.settings['linger.ms']
    const isDue = nowMs >= dueMs || this.flushing > 0 || this.#parts.accumulator.isFull
    const batch = queue.peek(isDue)
    // Something else holds back what is due, and its end wakes the sender.
    if (batch === undefined) this.#alarm.set(isDue ? Infinity : dueMs)
    else if (batch.retryAtMs > nowMs) this.#alarm.set(batch.retryAtMs)
    else return batch
    return undefined
  }

  #hasIdentity(queue: PartitionQueue): boolean {
    if (this.#identities === null || !queue.needsSequence) return true
    const { current } = this.#identities
    const identity = queue.identity === null ? current : this.#identities.next(queue.identity)
    if (identity === null) this.#obtainIdentity()
    else this.#giveUp(queue, queue.startSequence(identity), adriftError)
    return identity !== null
  }

  #isInTransaction(queue: PartitionQueue): boolean {
    return this.#parts.transaction?.includes(queue, () => this.wake()) ?? true
  }

  #laneFor(topic: TopicQueue, queue: PartitionQueue): BrokerLane | null {
    const leader = topic.leaders[queue.partition] ?? -1
    const { clock } = this.#parts.cluster
    if (leader < 0 || clock.monotonicMs() - topic.learnedMs > this.#parts.settings['metadata.max.age.ms']) {
      this.#refresh(topic)
      if (leader < 0) return null
    }
    let lane = this.#lanes.get(leader)
    if (lane === undefined) {
      lane = new BrokerLane(this.#parts.cluster, leader, 'produce')
      this.#lanes.set(leader, lane)
    }
    const { connection } = lane
    if (connection !== null) {
      const isBusy = lane.inFlight >= this.#parts.settings['max.in.flight.requests.per.connection']
      const isFull = this.#acks === 0 && connection.unsentBytes > MAX_UNSENT_BYTES
      return isBusy || isFull || queue.isElsewhere(connection) ? null : lane
    }
    lane.open((error) => {
      if (error instanceof ConnectionError && !isRetriable(error)) {
        void this.abandon(error)
      } else if (error !== null) {
        this.#note(error)
        this.#refresh(topic)
      }
      this.wake()
    })
    this.#alarm.set(lane.retryAtMs)
    return null
  }

  #take(queue: PartitionQueue, batch: ProducerBatch, route: Connection): void {
    const { accumulator, codec, compressionLevel } = this.#parts
    queue.take(batch, route)
    const rawBytes = batch.sizeBytes
    const builder = batch.build(codec, compressionLevel, queue.identity)
    if (builder !== null) {
      accumulator.reuse(builder)
      if (codec.id !== 0) accumulator.observeRatio(batch.sizeBytes / rawBytes)
    }
  }

  async #send(lane: BrokerLane, connection: Connection, outgoing: readonly Outgoing[]): Promise<void> {
    lane.inFlight++
    for (const { batch } of outgoing) batch.attempts++
    try {
      const { transaction } = this.#parts
      const atMost = maxProduceVersion(outgoing.map(({ topic }) => topic))
      const version = connection.version(Produce, Math.min(atMost, transaction?.maxProduceVersion ?? atMost))
      const timeoutMs = this.#parts.settings['request.timeout.ms']
      const body = produceRequest(outgoing, this.#acks, timeoutMs, transaction?.transactionalId ?? null)
      if (this.#acks === 0) await this.#post(connection, outgoing, body, version)
      else {
        const answers = answersFor(outgoing, await connection.request(Produce, body, { version, timeoutMs }))
        outgoing.forEach((sent, i) => {
          const failure = failureOf(answers[i])
          if (failure !== null) this.#failed(sent, failure)
          else this.#delivered(sent, answers[i]!.baseOffset, answers[i]!.logAppendTimeMs)
        })
      }
    } catch (error) {
      // Whatever went wrong, each batch must get an outcome: one without would be waited for for ever.
      const reason = error instanceof Error ? error : new Error(String(error))
      for (const sent of outgoing) if (sent.queue.inFlight.includes(sent.batch)) this.#failed(sent, reason)
    }
    lane.inFlight--
    for (const resume of this.#idleWaiters.splice(0)) resume()
    this.wake()
  }

  async #post(
    connection: Connection,
    outgoing: readonly Outgoing[],
    body: ReturnType<typeof produceRequest>,
    version: number,
  ): Promise<void> {
    connection.post(Produce, body, version)
    await connection.drained()
    if (!connection.isOpen) {
      throw new ConnectionError(
        'closed',
        connection.address,
        'the connection was lost while records were sent',
      )
    }
    for (const sent of outgoing) this.#delivered(sent, -1, -1)
  }

  #delivered({ queue, batch }: Outgoing, baseOffset: Int64, logAppendTimeMs: Int64): void {
    queue.acknowledge(batch)
    this.#parts.deliveries.succeed(queue, batch, baseOffset, logAppendTimeMs)
  }

  #failed(sent: Outgoing, error: Error): void {
    const { cluster, settings, codec, compressionLevel, deliveries } = this.#parts
    const { topic, queue, batch } = sent
    const nowMs = cluster.clock.monotonicMs()
    this.#lastError = error
    const isLate =
      nowMs - batch.createdMs >= settings['delivery.timeout.ms'] ||
      (this.#parts.transaction?.failure ?? null) !== null
    batch.mayBeWritten = mayBeWritten(error, batch.mayBeWritten)
    if (error instanceof ConnectionError) batch.isAdrift = true
    const verdict = judge(error, queue, batch, settings.retries, isLate)
    if (verdict === 'delivered') this.#delivered(sent, -1, -1)
    else if (verdict === 'give up') {
      queue.drop(batch, !isRetriable(error))
      deliveries.fail(queue, batch, error)
    } else if (verdict === 'split') {
      const parts = batch.split(codec, compressionLevel, queue.identity)
      deliveries.replace(queue, batch, parts)
      queue.retry(batch, parts)
    } else {
      if (verdict === 'new identity') this.#identities?.reject(queue.identity!)
      if (verdict !== 'retry') queue.hasGap = true
      batch.retryAtMs = nowMs + retryDelayMs(error, batch, cluster)
      queue.retry(batch)
      this.#refresh(topic)
    }
  }

  #expire(queue: PartitionQueue, nowMs: number): void {
    const timeoutMs = this.#parts.settings['delivery.timeout.ms']
    const oldest = queue.retries[0] ?? queue.closed[0] ?? queue.open
    if (oldest === undefined || oldest === null) return
    if (nowMs - oldest.createdMs < timeoutMs) {
      this.#alarm.set(oldest.createdMs + timeoutMs)
      return
    }
    this.#giveUp(queue, queue.removeOlder(nowMs - timeoutMs), (batch) => {
      const what = `${batch.recordCount} record(s) for ${queue.topic}-${queue.partition}`
      const detail = `Expiring ${what}:${timeoutMs} ms has passed since batch creation`
      return this.timedOut(detail)
    })
  }

  #giveUp(
    queue: PartitionQueue,
    batches: readonly ProducerBatch[],
    reason: (batch: ProducerBatch) => Error,
  ): void {
    for (const batch of batches) this.#parts.deliveries.fail(queue, batch, reason(batch))
  }

  #obtainIdentity(): void {
    const { cluster } = this.#parts
    this.#identities!.obtain().then(
      () => this.wake(),
      (error: Error) => {
        this.#note(error)
        if (isRetriable(error)) this.#alarm.set(cluster.clock.monotonicMs() + cluster.retryBackoffMs)
        else void this.abandon(error)
      },
    )
  }

  /** Asks who leads the topic's partitions now, unless that was done just before. */
  #refresh(topic: TopicQueue): void {
    if (this.#refreshing.has(topic)) return
    this.#refreshing.add(topic)
    const { cluster, accumulator } = this.#parts
    const learn = async (): Promise<void> => {
      const found = await cluster.topics([topic.name], { refresh: true, timeoutMs: cluster.requestTimeoutMs })
      const metadata = found.get(topic.name)
      if (metadata?.error === 'NONE') accumulator.learn(metadata)
      else this.#lastError = new KafkaError(metadata?.error ?? 'UNKNOWN_TOPIC_OR_PARTITION')
    }
    const again = (): void => {
      this.#refreshing.delete(topic)
      this.wake()
    }
    learn()
      .catch((error: Error) => this.#note(error))
      .finally(() => {
        this.wake()
        cluster.clock.after(cluster.retryBackoffMs, again)
      })
  }
}

/** The transaction before this one is being completed, which takes a moment; Java's producer waits as long. */
const CONCURRENT_TRANSACTIONS_MS = 20

function retryDelayMs(error: Error, { attempts }: ProducerBatch, cluster: Cluster): number {
  const delayMs = backoffMs(attempts, cluster, cluster.random)
  const isConcurrent = error instanceof KafkaError && error.code === 'CONCURRENT_TRANSACTIONS'
  return isConcurrent ? Math.min(delayMs, CONCURRENT_TRANSACTIONS_MS) : delayMs
}

function adriftError({ recordCount }: ProducerBatch): KafkaError {
  const detail = `${recordCount} record(s) may yet be written by a broker that did not answer, as may those before them`
  return new KafkaError('REQUEST_TIMED_OUT', detail)
}
