import {
  array,
  bool,
  defineApi,
  int8,
  int16,
  int32,
  int64,
  string,
  struct,
  structs,
  uint16,
} from '../schema.ts'

const keyValue = {
  key: string(),
  value: string(),
}

const topicInfo = {
  name: string(),
  partitions: int32(),
  replicationFactor: int16(),
  topicConfigs: structs(keyValue),
}

const taskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
}

const endpoint = {
  host: string(),
  port: uint16(),
}

const taskOffset = {
  subtopologyId: string(),
  partition: int32(),
  offset: int64(),
}

const status = {
  statusCode: int8(),
  statusDetail: string(),
}

const topicPartition = {
  topic: string(),
  partitions: array(int32()),
}

export const StreamsGroupHeartbeat = defineApi({
  key: 88,
  name: 'StreamsGroupHeartbeat',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    endpointInformationEpoch: int32(),
    instanceId: string({ nullable: '0+', default: null }),
    rackId: string({ nullable: '0+', default: null }),
    rebalanceTimeoutMs: int32({ default: -1 }),
    topology: struct(
      {
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
      { nullable: '0+', default: null },
    ),
    activeTasks: structs(taskIds, { nullable: '0+', default: null }),
    standbyTasks: structs(taskIds, { nullable: '0+', default: null }),
    warmupTasks: structs(taskIds, { nullable: '0+', default: null }),
    processId: string({ nullable: '0+', default: null }),
    userEndpoint: struct(endpoint, { nullable: '0+', default: null }),
    clientTags: structs(keyValue, { nullable: '0+', default: null }),
    taskOffsets: structs(taskOffset, { nullable: '0+', default: null }),
    taskEndOffsets: structs(taskOffset, { nullable: '0+', default: null }),
    shutdownApplication: bool({ default: false }),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    errorCode: int16(),
    errorMessage: string({ nullable: '0+', default: null }),
    memberId: string(),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    acceptableRecoveryLag: int32(),
    taskOffsetIntervalMs: int32(),
    status: structs(status, { nullable: '0+' }),
    activeTasks: structs(taskIds, { nullable: '0+', default: null }),
    standbyTasks: structs(taskIds, { nullable: '0+', default: null }),
    warmupTasks: structs(taskIds, { nullable: '0+', default: null }),
    endpointInformationEpoch: int32(),
    partitionsByUserEndpoint: structs(
      {
        userEndpoint: struct(endpoint),
        activePartitions: structs(topicPartition),
        standbyPartitions: structs(topicPartition),
      },
      { nullable: '0+', default: null },
    ),
  },
})

const assignment = {
  activeTasks: structs(taskIds),
  standbyTasks: structs(taskIds),
  warmupTasks: structs(taskIds),
}

export const StreamsGroupDescribe = defineApi({
  key: 89,
  name: 'StreamsGroupDescribe',
  versions: '0',
  flexible: '0+',
  request: {
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    groups: structs({
      errorCode: int16(),
      errorMessage: string({ nullable: '0+', default: null }),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      topology: struct(
        {
          epoch: int32(),
          subtopologies: structs(
            {
              subtopologyId: string(),
              sourceTopics: array(string()),
              repartitionSinkTopics: array(string()),
              stateChangelogTopics: structs(topicInfo),
              repartitionSourceTopics: structs(topicInfo),
            },
            { nullable: '0+', default: null },
          ),
        },
        { nullable: '0+', default: null },
      ),
      members: structs({
        memberId: string(),
        memberEpoch: int32(),
        instanceId: string({ nullable: '0+', default: null }),
        rackId: string({ nullable: '0+', default: null }),
        clientId: string(),
        clientHost: string(),
        topologyEpoch: int32(),
        processId: string(),
        userEndpoint: struct(endpoint, { nullable: '0+', default: null }),
        clientTags: structs(keyValue),
        taskOffsets: structs(taskOffset),
        taskEndOffsets: structs(taskOffset),
        assignment: struct(assignment),
        targetAssignment: struct(assignment),
        isClassic: bool(),
      }),
      authorizedOperations: int32({ default: -2147483648 }),
    }),
  },
})
