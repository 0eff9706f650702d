import type { Handler } from './handle.ts'
import { apiVersions } from './handlers/api-versions.ts'
import { heartbeats, joinGroup, leaveGroup, syncGroup } from './handlers/classic-groups.ts'
import { describeCluster, describeLogDirs, unregisterBroker } from './handlers/cluster.ts'
import { offsetCommit, offsetDelete, offsetFetch } from './handlers/commits.ts'
import {
  alterConfigs,
  describeConfigs,
  incrementalAlterConfigs,
  listConfigResources,
} from './handlers/configs.ts'
import { consumerGroupDescribe, consumerGroupHeartbeat } from './handlers/consumer-groups.ts'
import { coordinators } from './handlers/coordinators.ts'
import { updateFeatures } from './handlers/features.ts'
import { fetch } from './handlers/fetch.ts'
import { deleteGroups, describeGroups, listGroups } from './handlers/group-listing.ts'
import { describeTopicPartitions, metadata } from './handlers/metadata.ts'
import { deleteRecords, listOffsets, offsetForLeaderEpoch } from './handlers/offsets.ts'
import { produce } from './handlers/produce.ts'
import { initProducerId } from './handlers/producer-ids.ts'
import { createPartitions, createTopics, deleteTopics } from './handlers/topics.ts'

/** Everything this broker answers, by API key; what is not here is neither served nor told. */
export const HANDLERS: ReadonlyMap<number, Handler> = new Map(
  [
    produce,
    fetch,
    listOffsets,
    metadata,
    coordinators,
    joinGroup,
    syncGroup,
    heartbeats,
    leaveGroup,
    offsetCommit,
    offsetFetch,
    offsetDelete,
    listGroups,
    describeGroups,
    deleteGroups,
    consumerGroupHeartbeat,
    consumerGroupDescribe,
    apiVersions(() => HANDLERS.values()),
    createTopics,
    deleteTopics,
    createPartitions,
    describeConfigs,
    alterConfigs,
    incrementalAlterConfigs,
    listConfigResources,
    updateFeatures,
    deleteRecords,
    initProducerId,
    offsetForLeaderEpoch,
    describeLogDirs,
    describeCluster,
    unregisterBroker,
    describeTopicPartitions,
  ].map((handler) => [handler.api.key, handler]),
)
