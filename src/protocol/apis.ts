// Every API of the broker listener of Apache Kafka 4.3.1, by key.

import { CreateAcls, DeleteAcls, DescribeAcls } from './messages/acls.ts'
import {
  AlterUserScramCredentials,
  CreateDelegationToken,
  DescribeDelegationToken,
  DescribeUserScramCredentials,
  ExpireDelegationToken,
  RenewDelegationToken,
  SaslAuthenticate,
  SaslHandshake,
} from './messages/auth.ts'
import {
  DeleteGroups,
  DescribeGroups,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  ListGroups,
  SyncGroup,
} from './messages/classic-groups.ts'
import {
  AddRaftVoter,
  AlterReplicaLogDirs,
  DescribeLogDirs,
  DescribeQuorum,
  RemoveRaftVoter,
  UnregisterBroker,
  UpdateFeatures,
} from './messages/cluster.ts'
import { OffsetCommit, OffsetDelete, OffsetFetch } from './messages/commits.ts'
import {
  AlterClientQuotas,
  AlterConfigs,
  DescribeClientQuotas,
  DescribeConfigs,
  IncrementalAlterConfigs,
  ListConfigResources,
} from './messages/configs.ts'
import { ConsumerGroupDescribe, ConsumerGroupHeartbeat } from './messages/consumer-groups.ts'
import { Fetch } from './messages/fetch.ts'
import {
  ApiVersions,
  DescribeCluster,
  DescribeTopicPartitions,
  FindCoordinator,
  Metadata,
} from './messages/metadata.ts'
import { DeleteRecords, ListOffsets, OffsetForLeaderEpoch } from './messages/offsets.ts'
import { Produce } from './messages/produce.ts'
import {
  AlterShareGroupOffsets,
  DeleteShareGroupOffsets,
  DescribeShareGroupOffsets,
  ShareAcknowledge,
  ShareFetch,
  ShareGroupDescribe,
  ShareGroupHeartbeat,
} from './messages/share-groups.ts'
import {
  DeleteShareGroupState,
  InitializeShareGroupState,
  ReadShareGroupState,
  ReadShareGroupStateSummary,
  WriteShareGroupState,
} from './messages/share-state.ts'
import { StreamsGroupDescribe, StreamsGroupHeartbeat } from './messages/streams-groups.ts'
import { GetTelemetrySubscriptions, PushTelemetry } from './messages/telemetry.ts'
import {
  AlterPartitionReassignments,
  CreatePartitions,
  CreateTopics,
  DeleteTopics,
  ElectLeaders,
  ListPartitionReassignments,
} from './messages/topics.ts'
import {
  AddOffsetsToTxn,
  AddPartitionsToTxn,
  DescribeProducers,
  DescribeTransactions,
  EndTxn,
  InitProducerId,
  ListTransactions,
  TxnOffsetCommit,
  WriteTxnMarkers,
} from './messages/transactions.ts'
import type { Api } from './schema.ts'

/** In the order of their keys. */
export const APIS: readonly Api[] = [
  Produce,
  Fetch,
  ListOffsets,
  Metadata,
  OffsetCommit,
  OffsetFetch,
  FindCoordinator,
  JoinGroup,
  Heartbeat,
  LeaveGroup,
  SyncGroup,
  DescribeGroups,
  ListGroups,
  SaslHandshake,
  ApiVersions,
  CreateTopics,
  DeleteTopics,
  DeleteRecords,
  InitProducerId,
  OffsetForLeaderEpoch,
  AddPartitionsToTxn,
  AddOffsetsToTxn,
  EndTxn,
  WriteTxnMarkers,
  TxnOffsetCommit,
  DescribeAcls,
  CreateAcls,
  DeleteAcls,
  DescribeConfigs,
  AlterConfigs,
  AlterReplicaLogDirs,
  DescribeLogDirs,
  SaslAuthenticate,
  CreatePartitions,
  CreateDelegationToken,
  RenewDelegationToken,
  ExpireDelegationToken,
  DescribeDelegationToken,
  DeleteGroups,
  ElectLeaders,
  IncrementalAlterConfigs,
  AlterPartitionReassignments,
  ListPartitionReassignments,
  OffsetDelete,
  DescribeClientQuotas,
  AlterClientQuotas,
  DescribeUserScramCredentials,
  AlterUserScramCredentials,
  DescribeQuorum,
  UpdateFeatures,
  DescribeCluster,
  DescribeProducers,
  UnregisterBroker,
  DescribeTransactions,
  ListTransactions,
  ConsumerGroupHeartbeat,
  ConsumerGroupDescribe,
  GetTelemetrySubscriptions,
  PushTelemetry,
  ListConfigResources,
  DescribeTopicPartitions,
  ShareGroupHeartbeat,
  ShareGroupDescribe,
  ShareFetch,
  ShareAcknowledge,
  AddRaftVoter,
  RemoveRaftVoter,
  InitializeShareGroupState,
  ReadShareGroupState,
  WriteShareGroupState,
  DeleteShareGroupState,
  ReadShareGroupStateSummary,
  StreamsGroupHeartbeat,
  StreamsGroupDescribe,
  DescribeShareGroupOffsets,
  AlterShareGroupOffsets,
  DeleteShareGroupOffsets,
]

const byKey = new Map(APIS.map((api) => [api.key, api]))

export const apiByKey = (key: number): Api | undefined => byKey.get(key)
