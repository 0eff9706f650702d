// What consumers of the classic protocol put into it: an int16 with a version, and a subscription or an assignment.
import { Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
} from '../../protocol/messages/stored-offsets.ts'
import type { RecordOf } from '../../protocol/schema.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { Assignment, DatedAssignment } from './assignment.ts'
import { prefixed } from './group-records.ts'

const NEWEST = ConsumerProtocolSubscription.message.versions.to

/** A later version begins with what is in the newest that is known. */
const readableVersion = (version: number): number => Math.min(version, NEWEST)

/** What a member wants; the bytes in it are views. Throws MalformedError. */
export function readSubscription(metadata: Buffer): RecordOf<typeof ConsumerProtocolSubscription> {
  const reader = new Reader(metadata)
  const version = readableVersion(reader.int16())
  return codec(ConsumerProtocolSubscription.message, version).decode(reader)
}

/** What a member was given; nothing for no bytes. Throws MalformedError. */
export function readAssignment(bytes: Buffer): RecordOf<typeof ConsumerProtocolAssignment> {
  if (bytes.length === 0) return { assignedPartitions: [], userData: null }
  const reader = new Reader(bytes)
  const version = readableVersion(reader.int16())
  return codec(ConsumerProtocolAssignment.message, version).decode(reader)
}

/** An assignment in the version that the member with this subscription speaks; deleted topics are left out. */
export function writeAssignment(
  assignment: Assignment | DatedAssignment,
  metadata: Buffer,
  { topicsById }: MetadataImage,
): Buffer {
  const version = readableVersion(new Reader(metadata).int16())
  const assignedPartitions = []
  for (const [topicId, partitions] of assignment) {
    const topic = topicsById.get(topicId)?.name
    if (topic !== undefined) assignedPartitions.push({ topic, partitions: [...partitions.keys()] })
  }
  return prefixed(version, ConsumerProtocolAssignment.message, version, {
    assignedPartitions,
    userData: null,
  })
}
