import { array, bytes, defineStored, int8, int32, int64, string, struct, structs, uuid } from '../schema.ts'

export const ConsumerGroupMetadataKey = defineStored({
  apiKey: 3,
  name: 'ConsumerGroupMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

export const ConsumerGroupMetadataValue = defineStored({
  apiKey: 3,
  name: 'ConsumerGroupMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    metadataHash: int64({ tag: 0, default: 0 }),
  },
})

export const ConsumerGroupPartitionMetadataKey = defineStored({
  apiKey: 4,
  name: 'ConsumerGroupPartitionMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

export const ConsumerGroupPartitionMetadataValue = defineStored({
  apiKey: 4,
  name: 'ConsumerGroupPartitionMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topics: structs({
      topicId: uuid(),
      topicName: string(),
      numPartitions: int32(),
      partitionMetadata: structs({
        partition: int32(),
        racks: array(string()),
      }),
    }),
  },
})

export const ConsumerGroupMemberMetadataKey = defineStored({
  apiKey: 5,
  name: 'ConsumerGroupMemberMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

// Kafka's definition gives classicMemberMetadata a default of null, but its generator takes that for no default:
// a tag that is absent means empty metadata, and null is written out.
export const ConsumerGroupMemberMetadataValue = defineStored({
  apiKey: 5,
  name: 'ConsumerGroupMemberMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string({ nullable: '0+' }),
    rackId: string({ nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
    subscribedTopicRegex: string({ nullable: '0+' }),
    rebalanceTimeoutMs: int32({ default: -1 }),
    serverAssignor: string({ nullable: '0+' }),
    classicMemberMetadata: struct(
      {
        sessionTimeoutMs: int32(),
        supportedProtocols: structs({
          name: string(),
          metadata: bytes(),
        }),
      },
      { nullable: '0+', tag: 0 },
    ),
  },
})

export const ConsumerGroupTargetAssignmentMetadataKey = defineStored({
  apiKey: 6,
  name: 'ConsumerGroupTargetAssignmentMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

export const ConsumerGroupTargetAssignmentMetadataValue = defineStored({
  apiKey: 6,
  name: 'ConsumerGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: int64({ tag: 0, default: 0, ignorable: true }),
  },
})

export const ConsumerGroupTargetAssignmentMemberKey = defineStored({
  apiKey: 7,
  name: 'ConsumerGroupTargetAssignmentMemberKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

export const ConsumerGroupTargetAssignmentMemberValue = defineStored({
  apiKey: 7,
  name: 'ConsumerGroupTargetAssignmentMemberValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: structs({
      topicId: uuid(),
      partitions: array(int32()),
    }),
  },
})

export const ConsumerGroupCurrentMemberAssignmentKey = defineStored({
  apiKey: 8,
  name: 'ConsumerGroupCurrentMemberAssignmentKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

// Kafka's definition gives assignmentEpochs a default of null, but its generator takes that for no default:
// a tag that is absent means an empty list, and null is written out.
const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
  assignmentEpochs: array(int32(), { nullable: '0+', tag: 0 }),
}

export const ConsumerGroupCurrentMemberAssignmentValue = defineStored({
  apiKey: 8,
  name: 'ConsumerGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: structs(topicPartitions),
    partitionsPendingRevocation: structs(topicPartitions),
  },
})

export const ConsumerGroupRegularExpressionKey = defineStored({
  apiKey: 16,
  name: 'ConsumerGroupRegularExpressionKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    regularExpression: string(),
  },
})

export const ConsumerGroupRegularExpressionValue = defineStored({
  apiKey: 16,
  name: 'ConsumerGroupRegularExpressionValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array(string()),
    version: int64(),
    timestamp: int64(),
  },
})
