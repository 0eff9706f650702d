// How each type of metadata record changes the image: one row per type. Records come in log order; one of an unknown
// type stops the replay, because guessing would lose somebody's change.

import { codec } from '../../protocol/compile.ts'
import {
  BrokerRegistrationChangeRecord,
  ClearElrRecord,
  ConfigRecord,
  FeatureLevelRecord,
  FenceBrokerRecord,
  NoOpRecord,
  PartitionChangeRecord,
  PartitionRecord,
  ProducerIdsRecord,
  RegisterBrokerRecord,
  RegisterControllerRecord,
  RemoveTopicRecord,
  TopicRecord,
  UnfenceBrokerRecord,
  UnregisterBrokerRecord,
  ZkMigrationRecord,
} from '../../protocol/messages/stored-metadata.ts'
import {
  AccessControlEntryRecord,
  ClientQuotaRecord,
  DelegationTokenRecord,
  RemoveAccessControlEntryRecord,
  RemoveDelegationTokenRecord,
  RemoveUserScramCredentialRecord,
  UserScramCredentialRecord,
} from '../../protocol/messages/stored-security.ts'
import type { Fields, RecordOf, StoredMessage } from '../../protocol/schema.ts'
import type { MetadataChanges } from './changes.ts'
import { type MetadataImage, type PartitionState, RESOURCE_TYPES } from './image.ts'
import { openMetadataRecord } from './record.ts'

/** -2 in a PartitionChangeRecord: the leader stays. */
const NO_LEADER_CHANGE = -2

type Apply<Value> = (image: MetadataImage, value: Value, changes: MetadataChanges) => void

interface Row {
  readonly type: StoredMessage
  readonly apply: Apply<never>
}

function row<S extends Fields>(type: StoredMessage<S>, apply: Apply<RecordOf<StoredMessage<S>>>): Row {
  return { type: type as unknown as StoredMessage, apply }
}

/** Kept in the log for Kafka and for later; this broker has no use for them. */
const keep = (type: StoredMessage): Row => ({ type, apply: () => {} })

const ROWS: readonly Row[] = [
  row(TopicRecord, (image, { name, topicId }) => {
    const topic = { name, id: topicId, partitions: [] }
    image.topics.set(name, topic)
    image.topicsById.set(topicId, topic)
  }),
  row(PartitionRecord, (image, { topicId, partitionId, ...state }, changes) => {
    const topic = topicOf(image, topicId)
    const partition: PartitionState = { ...state, topic, partition: partitionId }
    topic.partitions[partitionId] = partition
    changes.createdPartitions.push(partition)
  }),
  row(PartitionChangeRecord, (image, change, changes) => {
    const topic = topicOf(image, change.topicId)
    const before = topic.partitions[change.partitionId]
    if (!before) throw new RangeError(`change of unknown partition ${topic.name}-${change.partitionId}`)
    const partition = changedPartition(before, change)
    topic.partitions[change.partitionId] = partition
    changes.changedPartitions.add(partition)
  }),
  row(RemoveTopicRecord, (image, { topicId }, changes) => {
    const topic = topicOf(image, topicId)
    image.topics.delete(topic.name)
    image.topicsById.delete(topicId)
    image.dropConfigs({ type: RESOURCE_TYPES.TOPIC, name: topic.name })
    changes.deletedTopics.push(topic)
  }),
  row(ConfigRecord, (image, { resourceType: type, resourceName, name, value }, changes) => {
    const resource = { type, name: resourceName }
    image.setConfig(resource, name, value)
    changes.changedConfigs.push(resource)
  }),
  row(FeatureLevelRecord, (image, { name, featureLevel }, changes) => {
    if (featureLevel === 0) image.features.delete(name)
    else image.features.set(name, featureLevel)
    changes.featuresChanged = true
  }),
  row(RegisterBrokerRecord, (image, broker) => {
    image.brokers.set(broker.brokerId, broker)
  }),
  row(UnregisterBrokerRecord, (image, { brokerId }) => {
    image.brokers.delete(brokerId)
  }),
  row(BrokerRegistrationChangeRecord, (image, change) => {
    const broker = brokerOf(image, change.brokerId)
    image.brokers.set(change.brokerId, {
      ...broker,
      fenced: switched(broker.fenced, change.fenced),
      inControlledShutdown: switched(broker.inControlledShutdown, change.inControlledShutdown),
      logDirs: change.logDirs.length > 0 ? change.logDirs : broker.logDirs,
      cordonedLogDirs: change.cordonedLogDirs ?? broker.cordonedLogDirs,
    })
  }),
  row(FenceBrokerRecord, (image, { id }) => {
    image.brokers.set(id, { ...brokerOf(image, id), fenced: true })
  }),
  row(UnfenceBrokerRecord, (image, { id }) => {
    image.brokers.set(id, { ...brokerOf(image, id), fenced: false })
  }),
  row(ProducerIdsRecord, (image, { nextProducerId }) => {
    image.nextProducerId = nextProducerId
  }),
  row(ClearElrRecord, (image, { topicName }, changes) => {
    const topics = topicName === '' ? [...image.topics.values()] : [image.topics.get(topicName)]
    for (const topic of topics) {
      for (const before of topic?.partitions ?? []) {
        const partition = { ...before, eligibleLeaderReplicas: null, lastKnownElr: null }
        before.topic.partitions[before.partition] = partition
        changes.changedPartitions.add(partition)
      }
    }
  }),
  keep(NoOpRecord),
  keep(RegisterControllerRecord),
  keep(ZkMigrationRecord),
  keep(AccessControlEntryRecord),
  keep(RemoveAccessControlEntryRecord),
  keep(ClientQuotaRecord),
  keep(UserScramCredentialRecord),
  keep(RemoveUserScramCredentialRecord),
  keep(DelegationTokenRecord),
  keep(RemoveDelegationTokenRecord),
]

const ROW_OF = new Map(ROWS.map((entry) => [entry.type.apiKey, entry]))

/** Applies a record that was read, and notes what it changed. */
export type ReadRecord = (image: MetadataImage, changes: MetadataChanges) => void

/** Reads a record, which takes longer than to apply it; throws RangeError for a record it does not know. */
export function readRecord(bytes: Buffer): ReadRecord {
  const { apiKey, version, reader } = openMetadataRecord(bytes)
  const known = ROW_OF.get(apiKey)
  if (!known) throw new RangeError(`metadata record of unknown type ${apiKey}`)
  const value = codec(known.type.message, version).decode(reader)
  return (image, changes) => known.apply(image, value as never, changes)
}

/** Applies one record to the image and notes what it changed; throws RangeError for a record it does not know. */
export const replayRecord = (image: MetadataImage, bytes: Buffer, changes: MetadataChanges): void =>
  readRecord(bytes)(image, changes)

function topicOf(image: MetadataImage, id: string) {
  const topic = image.topicsById.get(id)
  if (!topic) throw new RangeError(`metadata record of unknown topic id ${id}`)
  return topic
}

function brokerOf(image: MetadataImage, id: number) {
  const broker = image.brokers.get(id)
  if (!broker) throw new RangeError(`metadata record of unknown broker ${id}`)
  return broker
}

/** Every change makes a new partition epoch; naming a leader, even the same one, makes a new leader epoch. */
function changedPartition(
  before: PartitionState,
  change: RecordOf<typeof PartitionChangeRecord>,
): PartitionState {
  const keepsLeader = change.leader === NO_LEADER_CHANGE
  return {
    ...before,
    isr: change.isr ?? before.isr,
    replicas: change.replicas ?? before.replicas,
    removingReplicas: change.removingReplicas ?? before.removingReplicas,
    addingReplicas: change.addingReplicas ?? before.addingReplicas,
    directories: change.directories ?? before.directories,
    eligibleLeaderReplicas: change.eligibleLeaderReplicas ?? before.eligibleLeaderReplicas,
    lastKnownElr: change.lastKnownElr ?? before.lastKnownElr,
    leaderRecoveryState:
      change.leaderRecoveryState === -1 ? before.leaderRecoveryState : change.leaderRecoveryState,
    leader: keepsLeader ? before.leader : change.leader,
    leaderEpoch: before.leaderEpoch + (keepsLeader ? 0 : 1),
    partitionEpoch: before.partitionEpoch + 1,
  }
}

/** The flags of BrokerRegistrationChangeRecord: 1 sets, -1 clears, 0 leaves alone. */
function switched(before: boolean, change: number): boolean {
  return change === 0 ? before : change > 0
}
