// What Kafka keeps of the topics that a group reads, to find out after a restart whether they have changed: XXH3 over
// each topic, and over those in the order of their names.

import { type Int64, toInt64 } from '../../bytes/int64.ts'
import { writeUuid } from '../../bytes/uuid.ts'
import { xxh3 } from '../../bytes/xxh3.ts'
import type { MetadataImage, PartitionState, TopicState } from '../metadata/image.ts'

const FORMAT = 0
const NOTHING = 0

interface KnownHash {
  readonly partitionCount: number
  readonly hash: bigint
}

/** Topics rarely change, and are asked for with every member that comes or goes. */
const known = new WeakMap<TopicState, KnownHash>()

export function metadataHash(topics: readonly TopicState[], image: MetadataImage): Int64 {
  if (topics.length === 0) return NOTHING
  const sorted = [...topics].sort((one, other) => (one.name < other.name ? -1 : 1))
  const bytes = Buffer.alloc(sorted.length * 8)
  for (const [index, topic] of sorted.entries()) bytes.writeBigUInt64LE(topicHash(topic, image), index * 8)
  return toInt64(xxh3(bytes))
}

function topicHash(topic: TopicState, image: MetadataImage): bigint {
  const partitionCount = topic.partitions.length
  const earlier = known.get(topic)
  if (earlier?.partitionCount === partitionCount) return earlier.hash
  const hash = xxh3(Buffer.concat([...topicBytes(topic, image)]))
  known.set(topic, { partitionCount, hash })
  return hash
}

function* topicBytes({ id, name, partitions }: TopicState, image: MetadataImage): Iterable<Buffer> {
  yield Buffer.from([FORMAT])
  // Two numbers that Java reads big-endian and hashes little-endian.
  const uuid = Buffer.alloc(16)
  writeUuid(id, uuid, 0)
  yield uuid.swap64()
  yield text(name)
  yield int32(partitions.length)
  for (const [index, partition] of partitions.entries()) {
    yield int32(index)
    for (const rack of racks(partition, image)) {
      yield int32(rack.length)
      yield text(rack)
    }
  }
}

const racks = ({ replicas }: PartitionState, image: MetadataImage): string[] =>
  replicas.flatMap((node) => image.brokers.get(node)?.rack ?? []).sort()

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32LE(value)
  return buffer
}

const text = (value: string): Buffer => Buffer.concat([Buffer.from(value, 'utf16le'), int32(value.length)])
