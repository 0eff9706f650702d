import { Reader } from '../../bytes/reader.ts'
import { Writer } from '../../bytes/writer.ts'
import { codec } from '../../protocol/compile.ts'
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
} from '../../protocol/messages/stored-offsets.ts'
import { byTopic, type TopicPartition } from '../topic-partition.ts'

// What members of a classic group tell each other through the coordinator. Each text begins with its version; a later
// version only adds fields behind those of an earlier one.
const VERSION = 3

/** What is read: all there is for assignors that look at topics alone, and kafkajs writes no more in any version. */
const READ_VERSION = 0

/** What a member says of itself when it joins. */
export function encodeSubscription(topics: readonly string[]): Buffer {
  const writer = versioned()
  codec(ConsumerProtocolSubscription.message, VERSION).encode(writer, { topics: [...topics] })
  return writer.takeBytes()
}

/** The topics that a member wants; MalformedError when it does not say it in a way that can be read. */
export function decodeSubscription(bytes: Buffer): string[] {
  const reader = new Reader(bytes)
  reader.int16()
  return codec(ConsumerProtocolSubscription.message, READ_VERSION).decode(reader).topics
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const writer = versioned()
  const assignedPartitions = byTopic(partitions, ({ partition }) => partition).map(
    ({ name, partitions: ofTopic }) => ({ topic: name, partitions: ofTopic }),
  )
  codec(ConsumerProtocolAssignment.message, VERSION).encode(writer, { assignedPartitions })
  return writer.takeBytes()
}

/** The partitions a member got; none when the leader had nothing for it. */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return []
  const reader = new Reader(bytes)
  reader.int16()
  return codec(ConsumerProtocolAssignment.message, READ_VERSION)
    .decode(reader)
    .assignedPartitions.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    )
}

function versioned(): Writer {
  const writer = new Writer()
  writer.int16(VERSION)
  return writer
}
