import { array, defineStored, int8, int16, int32, int64, string, struct, structs, uint16 } from '../schema.ts'

export const StreamsGroupMetadataKey = defineStored({
  apiKey: 17,
  name: 'StreamsGroupMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

const lastAssignmentConfig = {
  key: string(),
  value: string(),
}

// Kafka's definition gives lastAssignmentConfigs a default of null, but its generator takes that for no default:
// a tag that is absent means an empty list, and null is written out.
export const StreamsGroupMetadataValue = defineStored({
  apiKey: 17,
  name: 'StreamsGroupMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    metadataHash: int64(),
    validatedTopologyEpoch: int32({ tag: 0, default: -1 }),
    lastAssignmentConfigs: structs(lastAssignmentConfig, { nullable: '0+', tag: 1 }),
  },
})

export const StreamsGroupMemberMetadataKey = defineStored({
  apiKey: 19,
  name: 'StreamsGroupMemberMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

const endpoint = {
  host: string(),
  port: uint16(),
}

export const StreamsGroupMemberMetadataValue = defineStored({
  apiKey: 19,
  name: 'StreamsGroupMemberMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string({ nullable: '0+' }),
    rackId: string({ nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    rebalanceTimeoutMs: int32({ default: -1 }),
    topologyEpoch: int32(),
    processId: string(),
    userEndpoint: struct(endpoint, { nullable: '0+', default: null }),
    clientTags: structs(lastAssignmentConfig),
  },
})

export const StreamsGroupTargetAssignmentMetadataKey = defineStored({
  apiKey: 20,
  name: 'StreamsGroupTargetAssignmentMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

export const StreamsGroupTargetAssignmentMetadataValue = defineStored({
  apiKey: 20,
  name: 'StreamsGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: int64({ tag: 0, default: 0, ignorable: true }),
  },
})

export const StreamsGroupTargetAssignmentMemberKey = defineStored({
  apiKey: 21,
  name: 'StreamsGroupTargetAssignmentMemberKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

const taskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
}

export const StreamsGroupTargetAssignmentMemberValue = defineStored({
  apiKey: 21,
  name: 'StreamsGroupTargetAssignmentMemberValue',
  versions: '0',
  flexible: '0+',
  fields: {
    activeTasks: structs(taskIds),
    standbyTasks: structs(taskIds),
    warmupTasks: structs(taskIds),
  },
})

export const StreamsGroupCurrentMemberAssignmentKey = defineStored({
  apiKey: 22,
  name: 'StreamsGroupCurrentMemberAssignmentKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
})

// Kafka's definition gives assignmentEpochs a default of null, but its generator takes that for no default:
// a tag that is absent means an empty list, and null is written out.
const streamsGroupCurrentMemberAssignmentValueTaskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
  assignmentEpochs: array(int32(), { nullable: '0+', tag: 0 }),
}

export const StreamsGroupCurrentMemberAssignmentValue = defineStored({
  apiKey: 22,
  name: 'StreamsGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    activeTasks: structs(streamsGroupCurrentMemberAssignmentValueTaskIds),
    standbyTasks: structs(streamsGroupCurrentMemberAssignmentValueTaskIds),
    warmupTasks: structs(streamsGroupCurrentMemberAssignmentValueTaskIds),
    activeTasksPendingRevocation: structs(streamsGroupCurrentMemberAssignmentValueTaskIds),
    standbyTasksPendingRevocation: structs(streamsGroupCurrentMemberAssignmentValueTaskIds),
    warmupTasksPendingRevocation: structs(streamsGroupCurrentMemberAssignmentValueTaskIds),
  },
})

export const StreamsGroupTopologyKey = defineStored({
  apiKey: 23,
  name: 'StreamsGroupTopologyKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
})

const topicInfo = {
  name: string(),
  partitions: int32(),
  replicationFactor: int16(),
  topicConfigs: structs(lastAssignmentConfig),
}

export const StreamsGroupTopologyValue = defineStored({
  apiKey: 23,
  name: 'StreamsGroupTopologyValue',
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    subtopologies: structs({
      subtopologyId: string(),
      sourceTopics: array(string()),
      sourceTopicRegex: array(string()),
      stateChangelogTopics: structs(topicInfo),
      repartitionSinkTopics: array(string()),
      repartitionSourceTopics: structs(topicInfo),
      copartitionGroups: structs({
        sourceTopics: array(int16()),
        sourceTopicRegex: array(int16()),
        repartitionSourceTopics: array(int16()),
      }),
    }),
  },
})
