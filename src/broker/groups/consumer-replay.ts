// Reads the records of consumer groups back as the changes that they keep.
import { MalformedError, type Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import {
  ConsumerGroupCurrentMemberAssignmentKey,
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataKey,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupMetadataKey,
  ConsumerGroupMetadataValue,
  ConsumerGroupPartitionMetadataKey,
  ConsumerGroupRegularExpressionKey,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberKey,
  ConsumerGroupTargetAssignmentMemberValue,
  ConsumerGroupTargetAssignmentMetadataKey,
  ConsumerGroupTargetAssignmentMetadataValue,
} from '../../protocol/messages/stored-consumer-groups.ts'
import type { Decoded, Fields, Message, RecordOf } from '../../protocol/schema.ts'
import { type DatedAssignment, toAssignment } from './assignment.ts'
import type { ConsumerChange } from './consumer-change.ts'
import type { MemberOwnership, MemberProfile, MemberState } from './consumer-member.ts'
import { STATE_NUMBERS } from './consumer-records.ts'

const STATES = new Map(Object.entries(STATE_NUMBERS).map(([state, number]) => [number, state as MemberState]))

export interface ReplayedChange {
  readonly groupId: string
  readonly change: ConsumerChange
}

/** Reads the key behind the kind of record, and the value with its version in front. */
export type ReadChange = (key: Reader, value: Reader | null) => ReplayedChange

/** Keys and values have only one version. */
const VERSION = 0

interface Kind<F extends Fields> {
  readonly message: Message<F>
}

const readKey = <K extends Fields>({ message }: Kind<K>, key: Reader): Decoded<K> =>
  codec(message, VERSION).decode(key)

function readValue<V extends Fields, T>(
  { message }: Kind<V>,
  value: Reader | null,
  convert: (stored: Decoded<V>) => T,
): T | null {
  if (!value) return null
  const version = value.int16()
  if (version !== VERSION) throw new MalformedError(`${message.name} has no version ${version}`)
  return convert(codec(message, version).decode(value))
}

/** How the records of each kind are read. */
export const CONSUMER_CHANGES: ReadonlyMap<number, ReadChange> = new Map<number, ReadChange>([
  [
    ConsumerGroupMetadataKey.apiKey,
    (key, value) => ({
      ...readKey(ConsumerGroupMetadataKey, key),
      change: { of: 'group', value: readValue(ConsumerGroupMetadataValue, value, (group) => group) },
    }),
  ],
  [
    ConsumerGroupPartitionMetadataKey.apiKey,
    (key, value) => ({
      ...readKey(ConsumerGroupPartitionMetadataKey, key),
      change: { of: 'partitions', value: value ? true : null },
    }),
  ],
  [
    ConsumerGroupMemberMetadataKey.apiKey,
    (key, value) => {
      const { groupId, memberId } = readKey(ConsumerGroupMemberMetadataKey, key)
      const profile = readValue(ConsumerGroupMemberMetadataValue, value, readProfile)
      return { groupId, change: { of: 'profile', memberId, value: profile } }
    },
  ],
  [
    ConsumerGroupTargetAssignmentMetadataKey.apiKey,
    (key, value) => {
      const { groupId } = readKey(ConsumerGroupTargetAssignmentMetadataKey, key)
      const assignment = readValue(ConsumerGroupTargetAssignmentMetadataValue, value, (stored) => ({
        epoch: stored.assignmentEpoch,
        timestamp: stored.assignmentTimestamp,
      }))
      return { groupId, change: { of: 'assignment', value: assignment } }
    },
  ],
  [
    ConsumerGroupTargetAssignmentMemberKey.apiKey,
    (key, value) => {
      const { groupId, memberId } = readKey(ConsumerGroupTargetAssignmentMemberKey, key)
      const target = readValue(ConsumerGroupTargetAssignmentMemberValue, value, ({ topicPartitions }) =>
        toAssignment(topicPartitions),
      )
      return { groupId, change: { of: 'target', memberId, value: target } }
    },
  ],
  [
    ConsumerGroupCurrentMemberAssignmentKey.apiKey,
    (key, value) => {
      const { groupId, memberId } = readKey(ConsumerGroupCurrentMemberAssignmentKey, key)
      const ownership = readValue(ConsumerGroupCurrentMemberAssignmentValue, value, readOwnership)
      return { groupId, change: { of: 'ownership', memberId, value: ownership } }
    },
  ],
  [
    ConsumerGroupRegularExpressionKey.apiKey,
    (key, value) => {
      const { groupId, regularExpression: regex } = readKey(ConsumerGroupRegularExpressionKey, key)
      const resolved = readValue(ConsumerGroupRegularExpressionValue, value, ({ topics, ...when }) => ({
        ...when,
        topics: new Set(topics),
      }))
      return { groupId, change: { of: 'regex', regex, value: resolved } }
    },
  ],
])

function readProfile(stored: RecordOf<typeof ConsumerGroupMemberMetadataValue>): MemberProfile {
  const { classicMemberMetadata: classic, subscribedTopicNames, subscribedTopicRegex, ...profile } = stored
  return {
    ...profile,
    subscribedTopicNames: new Set(subscribedTopicNames),
    subscribedTopicRegex: subscribedTopicRegex ?? '',
    classic: classic && {
      sessionTimeoutMs: classic.sessionTimeoutMs,
      // The bytes are views on what is being read.
      supportedProtocols: classic.supportedProtocols.map(({ name, metadata }) => ({
        name,
        metadata: Buffer.from(metadata),
      })),
    },
  }
}

type StoredOwnership = RecordOf<typeof ConsumerGroupCurrentMemberAssignmentValue>

const readOwnership = (stored: StoredOwnership): MemberOwnership => ({
  state: STATES.get(stored.state) ?? 'UNKNOWN',
  memberEpoch: stored.memberEpoch,
  previousMemberEpoch: stored.previousMemberEpoch,
  assigned: readDated(stored.assignedPartitions, stored.memberEpoch),
  revoking: readDated(stored.partitionsPendingRevocation, stored.memberEpoch),
})

/** Kafka before 4.3 did not write since when a member has a partition: its epoch is the best that is known. */
function readDated(list: StoredOwnership['assignedPartitions'], memberEpoch: number): DatedAssignment {
  const unknown = Math.max(memberEpoch, 0)
  return new Map(
    list.map(({ topicId, partitions, assignmentEpochs: epochs }) => {
      const isComplete = epochs?.length === partitions.length
      const dates = partitions.map((partition, index) => {
        return [partition, isComplete ? epochs[index]! : unknown] as const
      })
      return [topicId, new Map(dates)]
    }),
  )
}
