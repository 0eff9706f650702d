import { array, bytes, defineStored, int32, int64, string, structs, uuid } from '../schema.ts'

export const OffsetCommitKey = defineStored({
  apiKey: 1,
  name: 'OffsetCommitKey',
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
    topic: string(),
    partition: int32(),
  },
})

// v1 adds expireTimestamp. v2 drops expireTimestamp. v3 adds leaderEpoch. v4 adds topicId and is flexible.
export const OffsetCommitValue = defineStored({
  apiKey: 1,
  name: 'OffsetCommitValue',
  versions: '0-4',
  flexible: '4+',
  fields: {
    offset: int64(),
    leaderEpoch: int32({ versions: '3+', default: -1, ignorable: true }),
    metadata: string(),
    commitTimestamp: int64(),
    expireTimestamp: int64({ versions: '1', default: -1, ignorable: true }),
    topicId: uuid({ versions: '4+', tag: 0, ignorable: true }),
  },
})

export const LegacyOffsetCommitKey = defineStored({
  apiKey: 0,
  name: 'LegacyOffsetCommitKey',
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
    topic: string(),
    partition: int32(),
  },
})

export const LegacyOffsetCommitValue = defineStored({
  apiKey: 0,
  name: 'LegacyOffsetCommitValue',
  versions: '0',
  flexible: 'none',
  fields: {
    offset: int64(),
    metadata: string(),
    commitTimestamp: int64(),
  },
})

export const GroupMetadataKey = defineStored({
  apiKey: 2,
  name: 'GroupMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
  },
})

const memberMetadata = {
  memberId: string(),
  groupInstanceId: string({ versions: '3+', nullable: '0+', default: null, ignorable: true }),
  clientId: string(),
  clientHost: string(),
  rebalanceTimeout: int32({ versions: '1+', default: -1, ignorable: true }),
  sessionTimeout: int32(),
  subscription: bytes(),
  assignment: bytes(),
}

// v1 adds rebalanceTimeout. v2 adds currentStateTimestamp. v3 adds groupInstanceId. v4 is flexible.
export const GroupMetadataValue = defineStored({
  apiKey: 2,
  name: 'GroupMetadataValue',
  versions: '0-4',
  flexible: '4+',
  fields: {
    protocolType: string(),
    generation: int32(),
    protocol: string({ nullable: '0+' }),
    leader: string({ nullable: '0+' }),
    currentStateTimestamp: int64({ versions: '2+', default: -1, ignorable: true }),
    members: structs(memberMetadata),
  },
})

// v1 adds ownedPartitions. v2 adds generationId. v3 adds rackId.
export const ConsumerProtocolSubscription = defineStored({
  name: 'ConsumerProtocolSubscription',
  versions: '0-3',
  flexible: 'none',
  fields: {
    topics: array(string()),
    userData: bytes({ nullable: '0+', default: null }),
    ownedPartitions: structs(
      {
        topic: string(),
        partitions: array(int32()),
      },
      { versions: '1+', ignorable: true },
    ),
    generationId: int32({ versions: '2+', default: -1, ignorable: true }),
    rackId: string({ versions: '3+', nullable: '0+', default: null, ignorable: true }),
  },
})

export const ConsumerProtocolAssignment = defineStored({
  name: 'ConsumerProtocolAssignment',
  versions: '0-3',
  flexible: 'none',
  fields: {
    assignedPartitions: structs({
      topic: string(),
      partitions: array(int32()),
    }),
    userData: bytes({ nullable: '0+', default: null }),
  },
})
