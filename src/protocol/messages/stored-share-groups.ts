import { array, defineStored, int8, int16, int32, int64, string, structs, uuid } from '../schema.ts'

export const ShareGroupMetadataKey = defineStored({
  apiKey: 11,
  name: 'ShareGroupMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

export const ShareGroupMetadataValue = defineStored({
  apiKey: 11,
  name: 'ShareGroupMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    metadataHash: int64(),
  },
})

export const ShareGroupMemberMetadataKey = defineStored({
  apiKey: 10,
  name: 'ShareGroupMemberMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

export const ShareGroupMemberMetadataValue = defineStored({
  apiKey: 10,
  name: 'ShareGroupMemberMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    rackId: string({ nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
  },
})

export const ShareGroupTargetAssignmentMetadataKey = defineStored({
  apiKey: 12,
  name: 'ShareGroupTargetAssignmentMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

export const ShareGroupTargetAssignmentMetadataValue = defineStored({
  apiKey: 12,
  name: 'ShareGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: int64({ tag: 0, default: 0, ignorable: true }),
  },
})

export const ShareGroupTargetAssignmentMemberKey = defineStored({
  apiKey: 13,
  name: 'ShareGroupTargetAssignmentMemberKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

export const ShareGroupTargetAssignmentMemberValue = defineStored({
  apiKey: 13,
  name: 'ShareGroupTargetAssignmentMemberValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: structs({
      topicId: uuid(),
      partitions: array(int32()),
    }),
  },
})

export const ShareGroupCurrentMemberAssignmentKey = defineStored({
  apiKey: 14,
  name: 'ShareGroupCurrentMemberAssignmentKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
}

export const ShareGroupCurrentMemberAssignmentValue = defineStored({
  apiKey: 14,
  name: 'ShareGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: structs(topicPartitions),
  },
})

export const ShareGroupStatePartitionMetadataKey = defineStored({
  apiKey: 15,
  name: 'ShareGroupStatePartitionMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

const topicPartitionsInfo = {
  topicId: uuid(),
  topicName: string(),
  partitions: array(int32()),
}

const topicInfo = {
  topicId: uuid(),
  topicName: string(),
}

export const ShareGroupStatePartitionMetadataValue = defineStored({
  apiKey: 15,
  name: 'ShareGroupStatePartitionMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    initializingTopics: structs(topicPartitionsInfo),
    initializedTopics: structs(topicPartitionsInfo),
    deletingTopics: structs(topicInfo),
  },
})

export const ShareSnapshotKey = defineStored({
  apiKey: 0,
  name: 'ShareSnapshotKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    topicId: uuid(),
    partition: int32(),
  },
})

export const ShareSnapshotValue = defineStored({
  apiKey: 0,
  name: 'ShareSnapshotValue',
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32(),
    stateEpoch: int32(),
    leaderEpoch: int32(),
    startOffset: int64(),
    deliveryCompleteCount: int32({ tag: 0, default: -1 }),
    createTimestamp: int64(),
    writeTimestamp: int64(),
    stateBatches: structs({
      firstOffset: int64(),
      lastOffset: int64(),
      deliveryState: int8(),
      deliveryCount: int16(),
    }),
  },
})

export const ShareUpdateKey = defineStored({
  apiKey: 1,
  name: 'ShareUpdateKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    topicId: uuid(),
    partition: int32(),
  },
})

export const ShareUpdateValue = defineStored({
  apiKey: 1,
  name: 'ShareUpdateValue',
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32(),
    leaderEpoch: int32(),
    startOffset: int64(),
    deliveryCompleteCount: int32({ tag: 0, default: -1 }),
    stateBatches: structs({
      firstOffset: int64(),
      lastOffset: int64(),
      deliveryState: int8(),
      deliveryCount: int16(),
    }),
  },
})
