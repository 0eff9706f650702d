import { KafkaError } from '../protocol/errors.ts'
import { BATCH_OVERHEAD } from '../records/batch.ts'
import { BatchBuilder, type RecordHeader } from '../records/record.ts'
import type { TopicMetadata } from './metadata.ts'
import { PartitionQueue } from './partition-queue.ts'
import { partitionForKey, StickyPartitioner } from './partitioner.ts'
import { type OnDelivery, ProducerBatch } from './producer-batch.ts'
import type { ProducerSettings } from './producer-config.ts'

/** The most a record takes beside its key, value and headers. */
const MAX_RECORD_OVERHEAD = 21
const MAX_HEADER_OVERHEAD = 10
/** Builders kept for the next batches; each holds a buffer of batch.size. */
const MAX_SPARE_BUILDERS = 16

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
  readonly #now: () => number
  readonly #onBatch: (queue: PartitionQueue, isFull: boolean) => void
  readonly #builders: BatchBuilder[] = []
  readonly topics = new Map<string, TopicQueue>()
  readonly #maxRecordBytes: number
  heldBytes = 0
  /** How much smaller compression makes batches, so that they are filled up to batch.size after it. */
  #ratio = 1

  /** `onBatch` is told when a batch begins and when one is full. */
  constructor(
    settings: ProducerSettings,
    random: () => number,
    now: () => number,
    onBatch: (queue: PartitionQueue, isFull: boolean) => void,
  ) {
    this.#settings = settings
    this.#random = random
    this.#now = now
    this.#onBatch = onBatch
    const most = Math.min(settings['max.request.size'], settings['buffer.memory'])
    this.#maxRecordBytes = most - BATCH_OVERHEAD
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
    topic.update(metadata, this.#now())
    return topic
  }

  append(
    topic: TopicQueue,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[] | undefined,
    timestampMs: number,
    partition: number | undefined,
    onDelivery: OnDelivery | undefined,
  ): void {
    const maxBytes = maxRecordBytes(key, value, headers)
    if (maxBytes > this.#maxRecordBytes) this.#refuse(maxBytes)
    const isSticky = partition === undefined && (key === null || this.#settings['partitioner.ignore.keys'])
    let queue = this.#queueFor(topic, key, partition, isSticky)
    const limit = this.#settings['batch.size'] / this.#ratio
    if (queue.open !== null && queue.open.sizeBytes + maxBytes > limit) {
      this.#close(queue)
      if (isSticky) {
        topic.sticky.leave()
        queue = this.#queueFor(topic, key, partition, isSticky)
      }
    }
    const batch = queue.open ?? this.#open(queue)
    const before = batch.sizeBytes
    const size = batch.append(timestampMs, key, value, headers, onDelivery)
    batch.heldBytes += size - before
    this.heldBytes += size - before
    if (size >= limit) this.#close(queue)
    if (isSticky) topic.sticky.wrote(size - before, queue.open === null, topic.available)
  }

  /** Gives a builder back that `ProducerBatch.build` is done with. */
  reuse(builder: BatchBuilder): void {
    if (this.#builders.length < MAX_SPARE_BUILDERS) this.#builders.push(builder)
  }

  /** Learns from a batch how well this producer's records compress (as Kafka's CompressionRatioEstimator). */
  observeRatio(ratio: number): void {
    this.#ratio =
      ratio > this.#ratio
        ? Math.min(1, Math.max(this.#ratio + 0.05, ratio))
        : Math.max(this.#ratio - 0.005, ratio)
  }

  #queueFor(
    topic: TopicQueue,
    key: Uint8Array | null,
    partition: number | undefined,
    isSticky: boolean,
  ): PartitionQueue {
    const count = topic.partitions.length
    const chosen = isSticky
      ? topic.sticky.current(topic.available)
      : (partition ?? partitionForKey(key!, count))
    const queue = topic.partitions[chosen]
    if (queue !== undefined) return queue
    const detail = `Topic ${topic.name} has no partition ${chosen}, only ${count}`
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', detail)
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

  #open(queue: PartitionQueue): ProducerBatch {
    const builder = this.#builders.pop() ?? new BatchBuilder(this.#settings['batch.size'] + 64)
    const batch = new ProducerBatch(this.#now(), builder)
    queue.open = batch
    this.#onBatch(queue, false)
    return batch
  }

  #close(queue: PartitionQueue): void {
    queue.closeOpen()
    this.#onBatch(queue, true)
  }
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
