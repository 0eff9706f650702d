// The records of consumer groups in __consumer_offsets: one for each change.
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
import type { Encodable, Fields, Message, RecordOf } from '../../protocol/schema.ts'
import { type DatedAssignment, toTopicPartitions } from './assignment.ts'
import type { ConsumerChange } from './consumer-change.ts'
import type { MemberOwnership, MemberProfile, MemberState } from './consumer-member.ts'
import { type GroupRecord, prefixed } from './group-records.ts'

/** Keys and values have only one version. */
const VERSION = 0

export const STATE_NUMBERS: Readonly<Record<MemberState, number>> = {
  STABLE: 0,
  UNREVOKED_PARTITIONS: 1,
  UNRELEASED_PARTITIONS: 2,
  UNKNOWN: 127,
}
interface Kind<K extends Fields = Fields> {
  readonly apiKey: number
  readonly message: Message<K>
}

function key<K extends Fields>({ apiKey, message }: Kind<K>, value: Encodable<K>): Buffer {
  return prefixed(apiKey, message, VERSION, value)
}

function value<V extends Fields, T>(
  { message }: Kind<V>,
  stored: T | null,
  encode: (stored: T) => Encodable<V>,
): Buffer | null {
  return stored === null ? null : prefixed(VERSION, message, VERSION, encode(stored))
}

/** The record that keeps a change. */
export function changeRecord(groupId: string, change: ConsumerChange): GroupRecord {
  switch (change.of) {
    case 'group':
      return {
        key: key(ConsumerGroupMetadataKey, { groupId }),
        value: value(ConsumerGroupMetadataValue, change.value, (group) => group),
      }
    case 'profile': {
      const { memberId } = change
      return {
        key: key(ConsumerGroupMemberMetadataKey, { groupId, memberId }),
        value: value(ConsumerGroupMemberMetadataValue, change.value, storedProfile),
      }
    }
    case 'ownership': {
      const { memberId } = change
      return {
        key: key(ConsumerGroupCurrentMemberAssignmentKey, { groupId, memberId }),
        value: value(ConsumerGroupCurrentMemberAssignmentValue, change.value, storedOwnership),
      }
    }
    case 'target': {
      const { memberId } = change
      return {
        key: key(ConsumerGroupTargetAssignmentMemberKey, { groupId, memberId }),
        value: value(ConsumerGroupTargetAssignmentMemberValue, change.value, (target) => ({
          topicPartitions: mutable(toTopicPartitions(target)),
        })),
      }
    }
    case 'assignment':
      return {
        key: key(ConsumerGroupTargetAssignmentMetadataKey, { groupId }),
        value: value(ConsumerGroupTargetAssignmentMetadataValue, change.value, ({ epoch, timestamp }) => ({
          assignmentEpoch: epoch,
          assignmentTimestamp: timestamp,
        })),
      }
    case 'regex':
      return {
        key: key(ConsumerGroupRegularExpressionKey, { groupId, regularExpression: change.regex }),
        value: value(ConsumerGroupRegularExpressionValue, change.value, ({ topics, ...when }) => ({
          ...when,
          topics: [...topics].sort(),
        })),
      }
    case 'partitions':
      // Nobody writes them any more.
      return { key: key(ConsumerGroupPartitionMetadataKey, { groupId }), value: null }
  }
}

const mutable = (list: ReturnType<typeof toTopicPartitions>) =>
  list.map(({ topicId, partitions }) => ({ topicId, partitions: [...partitions] }))

type StoredProfile = RecordOf<typeof ConsumerGroupMemberMetadataValue>
type StoredOwnership = RecordOf<typeof ConsumerGroupCurrentMemberAssignmentValue>

function storedProfile({ classic, ...profile }: MemberProfile): StoredProfile {
  return {
    ...profile,
    subscribedTopicNames: [...profile.subscribedTopicNames].sort(),
    classicMemberMetadata: classic && {
      sessionTimeoutMs: classic.sessionTimeoutMs,
      supportedProtocols: classic.supportedProtocols.map((protocol) => ({ ...protocol })),
    },
  }
}

const storedOwnership = ({ state, assigned, revoking, ...epochs }: MemberOwnership): StoredOwnership => ({
  ...epochs,
  state: STATE_NUMBERS[state],
  assignedPartitions: storedDated(assigned),
  partitionsPendingRevocation: storedDated(revoking),
})

const storedDated = (assignment: DatedAssignment): StoredOwnership['assignedPartitions'] =>
  [...assignment].map(([topicId, partitions]) => ({
    topicId,
    partitions: [...partitions.keys()],
    assignmentEpochs: [...partitions.values()],
  }))
