import {
  array,
  bool,
  defineStored,
  int8,
  int16,
  int32,
  int64,
  string,
  structs,
  uint16,
  uuid,
} from '../schema.ts'

export const TopicRecord = defineStored({
  apiKey: 2,
  name: 'TopicRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    topicId: uuid(),
  },
})

// v1 adds directories. v2 adds eligibleLeaderReplicas, lastKnownElr.
export const PartitionRecord = defineStored({
  apiKey: 3,
  name: 'PartitionRecord',
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32({ default: -1 }),
    topicId: uuid(),
    replicas: array(int32()),
    isr: array(int32()),
    removingReplicas: array(int32()),
    addingReplicas: array(int32()),
    leader: int32({ default: -1 }),
    leaderRecoveryState: int8({ tag: 0, default: 0 }),
    leaderEpoch: int32({ default: -1 }),
    partitionEpoch: int32({ default: -1 }),
    directories: array(uuid(), { versions: '1+' }),
    eligibleLeaderReplicas: array(int32(), { versions: '2+', nullable: '0+', tag: 1, default: null }),
    lastKnownElr: array(int32(), { versions: '2+', nullable: '0+', tag: 2, default: null }),
  },
})

// v1 adds directories. v2 adds eligibleLeaderReplicas, lastKnownElr.
export const PartitionChangeRecord = defineStored({
  apiKey: 5,
  name: 'PartitionChangeRecord',
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32({ default: -1 }),
    topicId: uuid(),
    isr: array(int32(), { nullable: '0+', tag: 0, default: null }),
    leader: int32({ tag: 1, default: -2 }),
    replicas: array(int32(), { nullable: '0+', tag: 2, default: null }),
    removingReplicas: array(int32(), { nullable: '0+', tag: 3, default: null }),
    addingReplicas: array(int32(), { nullable: '0+', tag: 4, default: null }),
    leaderRecoveryState: int8({ tag: 5, default: -1 }),
    directories: array(uuid(), { versions: '1+', nullable: '0+', tag: 8, default: null }),
    eligibleLeaderReplicas: array(int32(), { versions: '2+', nullable: '0+', tag: 6, default: null }),
    lastKnownElr: array(int32(), { versions: '2+', nullable: '0+', tag: 7, default: null }),
  },
})

export const RemoveTopicRecord = defineStored({
  apiKey: 9,
  name: 'RemoveTopicRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    topicId: uuid(),
  },
})

export const ConfigRecord = defineStored({
  apiKey: 4,
  name: 'ConfigRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    resourceType: int8(),
    resourceName: string(),
    name: string(),
    value: string({ nullable: '0+' }),
  },
})

export const FeatureLevelRecord = defineStored({
  apiKey: 12,
  name: 'FeatureLevelRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    featureLevel: int16(),
  },
})

// v1 adds inControlledShutdown. v2 adds isMigratingZkBroker. v3 adds logDirs. v4 adds cordonedLogDirs.
export const RegisterBrokerRecord = defineStored({
  apiKey: 0,
  name: 'RegisterBrokerRecord',
  versions: '0-4',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    isMigratingZkBroker: bool({ versions: '2+', default: false }),
    incarnationId: uuid(),
    brokerEpoch: int64(),
    endPoints: structs({
      name: string(),
      host: string(),
      port: uint16(),
      securityProtocol: int16(),
    }),
    features: structs({
      name: string(),
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
    rack: string({ nullable: '0+' }),
    fenced: bool({ default: true }),
    inControlledShutdown: bool({ versions: '1+', default: false }),
    logDirs: array(uuid(), { versions: '3+', tag: 0 }),
    cordonedLogDirs: array(uuid(), { versions: '4+', nullable: '0+', tag: 1, default: null }),
  },
})

export const UnregisterBrokerRecord = defineStored({
  apiKey: 1,
  name: 'UnregisterBrokerRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    brokerEpoch: int64(),
  },
})

// v1 adds inControlledShutdown. v2 adds logDirs. v3 adds cordonedLogDirs.
export const BrokerRegistrationChangeRecord = defineStored({
  apiKey: 17,
  name: 'BrokerRegistrationChangeRecord',
  versions: '0-3',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    brokerEpoch: int64(),
    fenced: int8({ tag: 0 }),
    inControlledShutdown: int8({ versions: '1+', tag: 1 }),
    logDirs: array(uuid(), { versions: '2+', tag: 2 }),
    cordonedLogDirs: array(uuid(), { versions: '3+', nullable: '0+', tag: 3, default: null }),
  },
})

export const FenceBrokerRecord = defineStored({
  apiKey: 7,
  name: 'FenceBrokerRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32(),
    epoch: int64(),
  },
})

export const UnfenceBrokerRecord = defineStored({
  apiKey: 8,
  name: 'UnfenceBrokerRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32(),
    epoch: int64(),
  },
})

export const ProducerIdsRecord = defineStored({
  apiKey: 15,
  name: 'ProducerIdsRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    brokerEpoch: int64({ default: -1 }),
    nextProducerId: int64(),
  },
})

export const RegisterControllerRecord = defineStored({
  apiKey: 27,
  name: 'RegisterControllerRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    controllerId: int32(),
    incarnationId: uuid(),
    zkMigrationReady: bool(),
    endPoints: structs({
      name: string(),
      host: string(),
      port: uint16(),
      securityProtocol: int16(),
    }),
    features: structs({
      name: string(),
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
  },
})

export const ClearElrRecord = defineStored({
  apiKey: 28,
  name: 'ClearElrRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    topicName: string(),
  },
})

export const BeginTransactionRecord = defineStored({
  apiKey: 23,
  name: 'BeginTransactionRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    name: string({ nullable: '0+', tag: 0, default: null }),
  },
})

export const EndTransactionRecord = defineStored({
  apiKey: 24,
  name: 'EndTransactionRecord',
  versions: '0',
  flexible: '0+',
  fields: {},
})

export const AbortTransactionRecord = defineStored({
  apiKey: 25,
  name: 'AbortTransactionRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    reason: string({ nullable: '0+', tag: 0, default: null }),
  },
})

export const NoOpRecord = defineStored({
  apiKey: 20,
  name: 'NoOpRecord',
  versions: '0',
  flexible: '0+',
  fields: {},
})

export const ZkMigrationRecord = defineStored({
  apiKey: 21,
  name: 'ZkMigrationRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    zkMigrationState: int8(),
  },
})
