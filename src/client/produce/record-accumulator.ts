import type { Int64 } from '../../bytes/int64.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { BATCH_OVERHEAD } from '../../records/batch.ts'
import { BatchBuilder, type RecordHeader } from '../../records/record.ts'
import type { TopicMetadata } from '../metadata.ts'
import { PartitionQueue } from './partition-queue.ts'
import { partitionForKey, StickyPartitioner } from './partitioner.ts'
import { type OnDelivery, ProducerBatch } from './producer-batch.ts'
import type { ProducerSettings } from './producer-config.ts'

/** The most a record takes beside its key, value and headers. */
const MAX_RECORD_OVERHEAD = 21
const MAX_HEADER_OVERHEAD = 10
/** Builders kept for the next batches; each holds a buffer of batch.size. */
const MAX_SPARE_BUILDERS = 16

/** In place of a partition: wherever records without a key go at the moment. */
const STICKY = -1

/** A topic as a producer sees it. */
export class TopicQueue {
  readonly name: string
  topicId = ''
  learnedMs = 0
  readonly partitions: PartitionQueue[] = []
  /** The leader of each partition; -1 when there is none. */
  leaders: number[] = []
  /** Partitions to choose from for records without a key. */
  available: number[] = []
  readonly sticky: StickyPartitioner

  constructor(name: string, sticky: StickyPartitioner) {
    this.name = name
    this.sticky = sticky
  }

  update({ topicId, partitions }: TopicMetadata, nowMs: number): void {
    this.topicId = topicId
    this.learnedMs = nowMs
    while (this.partitions.length < partitions.length) {
      this.partitions.push(new PartitionQueue(this.name, this.partitions.length))
    }
    this.leaders = partitions.map(({ leader }) => leader)
    const led = partitions.filter(({ leader }) => leader >= 0).map(({ partition }) => partition)
    this.available = led.length > 0 ? led : partitions.map(({ partition }) => partition)
    this.sticky.leave()
  }
}

/** Sorts records into batches, and counts the memory they take until they are delivered. */
export class RecordAccumulator {
  readonly #settings: ProducerSettings
  readonly #random: () => number
  readonly #monotonicMs: () => number
  readonly #onBatch: (queue: PartitionQueue, isFull: boolean) => void
  readonly #builders: BatchBuilder[] = []
  readonly topics = new Map<string, TopicQueue>()
  readonly #maxRecordBytes: number
  readonly #ignoresKeys: boolean
  heldBytes = 0
  /** How much smaller compression makes batches, so that they are filled up to batch.size after it. */
  #ratio = 1
  /** When a batch is full, before compression. */
  #batchBytes: number

  /** `onBatch` is told when a batch begins and when one is full. */
  constructor(
    settings: ProducerSettings,
    random: () => number,
    monotonicMs: () => number,
    onBatch: (queue: PartitionQueue, isFull: boolean) => void,
  ) {
    this.#settings = settings
    this.#random = random
    this.#monotonicMs = monotonicMs
    this.#onBatch = onBatch
    const most = Math.min(settings['max.request.size'], settings['buffer.memory'])
    this.#maxRecordBytes = most - BATCH_OVERHEAD
    this.#ignoresKeys = settings['partitioner.ignore.keys']
    this.#batchBytes = settings['batch.size']
  }

  get isFull(): boolean {
    return this.heldBytes >= this.#settings['buffer.memory']
  }

  /** Takes over what is known of a topic. */
  learn(metadata: TopicMetadata): TopicQueue {
    let topic = this.topics.get(metadata.name)
    if (topic === undefined) {
      const sticky = new StickyPartitioner(this.#settings['batch.size'], this.#random)
      topic = new TopicQueue(metadata.name, sticky)
      this.topics.set(metadata.name, topic)
    }
    topic.update(metadata, this.#monotonicMs())
    return topic
  }

  append(
    topic: TopicQueue,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[] | undefined,
    timestampMs: Int64,
    partition: number | undefined,
    onDelivery: OnDelivery | undefined,
  ): void {
    const maxBytes = maxRecordBytes(key, value, headers)
    const isSticky = partition === undefined && (key === null || this.#ignoresKeys)
    const chosen = isSticky ? STICKY : (partition ?? partitionForKey(key!, topic.partitions.length))
    const queue = this.#makeRoom(topic, chosen, maxBytes)
    const before = queue.open!.sizeBytes
    queue.open!.append(timestampMs, key, value, headers, onDelivery)
    this.#grown(topic, queue, before, isSticky)
  }

  /** As append for parts of a larger buffer, so that no views are made; a start of -1 stands for null. */
  appendRange(
    topic: TopicQueue,
    source: Uint8Array,
    keyFrom: number,
    keyTo: number,
    valueFrom: number,
    valueTo: number,
    timestampMs: Int64,
    tag?: number,
  ): void {
    const maxBytes = MAX_RECORD_OVERHEAD + (keyFrom < 0 ? 0 : keyTo - keyFrom) + (valueTo - valueFrom)
    const isSticky = keyFrom < 0 || this.#ignoresKeys
    const count = topic.partitions.length
    const chosen = isSticky ? STICKY : partitionForKey(source, count, keyFrom, keyTo)
    const queue = this.#makeRoom(topic, chosen, maxBytes)
    const before = queue.open!.sizeBytes
    queue.open!.appendRange(timestampMs, source, keyFrom, keyTo, valueFrom, valueTo, tag)
    this.#grown(topic, queue, before, isSticky)
  }

  /** Gives a builder back that `ProducerBatch.build` is done with. */
  reuse(builder: BatchBuilder): void {
    if (this.#builders.length < MAX_SPARE_BUILDERS) this.#builders.push(builder)
  }

  /** Learns from a batch how well this producer's records compress (as Kafka's CompressionRatioEstimator). */
  observeRatio(ratio: number): void {
    const changed =
      ratio > this.#ratio ? Math.max(this.#ratio + 0.05, ratio) : Math.max(this.#ratio - 0.005, ratio)
    this.#ratio = Math.min(1, changed)
    this.#batchBytes = this.#settings['batch.size'] / this.#ratio
  }

  /** The queue for the next record, with an open batch that has room for it. */
  #makeRoom(topic: TopicQueue, partition: number, maxBytes: number): PartitionQueue {
    if (maxBytes > this.#maxRecordBytes) this.#refuse(maxBytes)
    let queue = queueOf(topic, partition)
    if (queue.open !== null && queue.open.sizeBytes + maxBytes > this.#batchBytes) {
      this.#close(queue)
      if (partition === STICKY) {
        topic.sticky.leave()
        queue = queueOf(topic, partition)
      }
    }
    if (queue.open === null) this.#open(queue)
    return queue
  }

  /** Counts what a record added to the open batch, and closes it when it is full. */
  #grown(topic: TopicQueue, queue: PartitionQueue, bytesBefore: number, isSticky: boolean): void {
    const batch = queue.open!
    const bytes = batch.sizeBytes - bytesBefore
    batch.heldBytes += bytes
    this.heldBytes += bytes
    if (batch.sizeBytes >= this.#batchBytes) this.#close(queue)
    if (isSticky) topic.sticky.wrote(bytes, queue.open === null, topic.available)
  }

  #refuse(recordBytes: number): never {
    const bytes = recordBytes + BATCH_OVERHEAD
    const limit = this.#settings['max.request.size']
    const reason =
      bytes > limit
        ? `${limit}, which is the value of the max.request.size configuration.`
        : 'the total memory buffer you have configured with the buffer.memory configuration.'
    const detail = `The message is ${bytes} bytes when serialized which is larger than ${reason}`
    throw new KafkaError('MESSAGE_TOO_LARGE', detail)
  }

  #open(queue: PartitionQueue): void {
    const builder = this.#builders.pop() ?? new BatchBuilder(this.#settings['batch.size'] + 64)
    queue.open = new ProducerBatch(this.#monotonicMs(), builder)
    this.#onBatch(queue, false)
  }

  #close(queue: PartitionQueue): void {
    queue.closeOpen()
    this.#onBatch(queue, true)
  }
}

function queueOf(topic: TopicQueue, partition: number): PartitionQueue {
  const chosen = partition === STICKY ? topic.sticky.current(topic.available) : partition
  const queue = topic.partitions[chosen]
  if (queue !== undefined) return queue
  const detail = `Topic ${topic.name} has no partition ${chosen}, only ${topic.partitions.length}`
  throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', detail)
}

function maxRecordBytes(
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: readonly RecordHeader[] | undefined,
): number {
  let bytes = MAX_RECORD_OVERHEAD + (key === null ? 0 : key.length) + (value === null ? 0 : value.length)
  if (headers !== undefined) {
    // Three bytes are the most that one UTF-16 unit takes in UTF-8.
    for (const [name, content] of headers)
      bytes += MAX_HEADER_OVERHEAD + name.length * 3 + (content?.length ?? 0)
  }
  return bytes
}
