import { expect, test } from 'vitest'
import { MetadataChanges } from '../../../src/broker/metadata/changes.ts'
import { MetadataImage } from '../../../src/broker/metadata/image.ts'
import {
  encodeMetadataRecord,
  type MetadataRecord,
  metadataRecord,
} from '../../../src/broker/metadata/record.ts'
import { replayRecord } from '../../../src/broker/metadata/replay.ts'
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
} from '../../../src/protocol/messages/stored-metadata.ts'
import {
  AccessControlEntryRecord,
  ClientQuotaRecord,
  UserScramCredentialRecord,
} from '../../../src/protocol/messages/stored-security.ts'

const ID = 'AAAAAAAAAAAAAAAAAAAAKg'
const DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAZA'

const topic = metadataRecord(TopicRecord, { name: 'orders', topicId: ID })
const partition = metadataRecord(PartitionRecord, {
  partitionId: 0,
  topicId: ID,
  replicas: [1, 2],
  isr: [1, 2],
  removingReplicas: [],
  addingReplicas: [],
  leader: 1,
  leaderEpoch: 4,
  partitionEpoch: 7,
  directories: [DIRECTORY, DIRECTORY],
  eligibleLeaderReplicas: [2],
  lastKnownElr: [3],
})
const registered = metadataRecord(RegisterBrokerRecord, {
  brokerId: 1,
  incarnationId: ID,
  brokerEpoch: 5,
  endPoints: [],
  features: [],
  rack: 'a',
  fenced: false,
})
const setting = (name: string, value: string | null) =>
  metadataRecord(ConfigRecord, { resourceType: 2, resourceName: 'orders', name, value })
const change = (fields: object) =>
  metadataRecord(PartitionChangeRecord, { partitionId: 0, topicId: ID, ...fields })
const registrationChange = (fields: object) =>
  metadataRecord(BrokerRegistrationChangeRecord, { brokerId: 1, brokerEpoch: 5, ...fields })

function replay(records: readonly MetadataRecord[]) {
  const image = new MetadataImage()
  let changes = new MetadataChanges()
  for (const record of records) {
    changes = new MetadataChanges()
    replayRecord(image, encodeMetadataRecord(record), changes)
  }
  return { image, changes }
}

const partitionOf = (image: MetadataImage) => image.partition('orders', 0)
const made = [topic, partition]

// Record by record: what came before, the record, where to look, what is there then.
const ROWS: [string, MetadataRecord[], MetadataRecord, (image: MetadataImage) => unknown, unknown][] = [
  ['a topic', [], topic, (image) => image.topicsById.get(ID)?.name, 'orders'],
  ['a partition', [topic], partition, (image) => partitionOf(image)?.replicas, [1, 2]],
  ['a change of nothing but the epoch', made, change({}), (image) => partitionOf(image)?.partitionEpoch, 8],
  [
    'a change that keeps the leader',
    made,
    change({ isr: [1] }),
    (image) => partitionOf(image)?.leaderEpoch,
    4,
  ],
  ['a new leader', made, change({ leader: 2 }), (image) => partitionOf(image)?.leaderEpoch, 5],
  ['the same leader again', made, change({ leader: 1 }), (image) => partitionOf(image)?.leaderEpoch, 5],
  ['no leader', made, change({ leader: -1 }), (image) => partitionOf(image)?.leader, -1],
  ['a smaller ISR', made, change({ isr: [1] }), (image) => partitionOf(image)?.isr, [1]],
  ['other replicas', made, change({ replicas: [3] }), (image) => partitionOf(image)?.replicas, [3]],
  [
    'replicas on their way',
    made,
    change({ addingReplicas: [3] }),
    (image) => partitionOf(image)?.addingReplicas,
    [3],
  ],
  [
    'replicas on their way out',
    made,
    change({ removingReplicas: [2] }),
    (image) => partitionOf(image)?.removingReplicas,
    [2],
  ],
  [
    'an unclean election',
    made,
    change({ leaderRecoveryState: 1 }),
    (image) => partitionOf(image)?.leaderRecoveryState,
    1,
  ],
  [
    'other eligible leaders',
    made,
    change({ eligibleLeaderReplicas: [] }),
    (image) => partitionOf(image)?.eligibleLeaderReplicas,
    [],
  ],
  [
    'other last known leaders',
    made,
    change({ lastKnownElr: [1] }),
    (image) => partitionOf(image)?.lastKnownElr,
    [1],
  ],
  [
    'no more eligible leaders',
    made,
    metadataRecord(ClearElrRecord, { topicName: 'orders' }),
    (image) => partitionOf(image)?.eligibleLeaderReplicas,
    null,
  ],
  [
    'no more eligible leaders anywhere',
    made,
    metadataRecord(ClearElrRecord, { topicName: '' }),
    (image) => partitionOf(image)?.lastKnownElr,
    null,
  ],
  [
    'a topic removed',
    made,
    metadataRecord(RemoveTopicRecord, { topicId: ID }),
    (image) => [image.topics.size, image.topicsById.size],
    [0, 0],
  ],
  [
    'the settings of a removed topic',
    [topic, setting('retention.ms', '1')],
    metadataRecord(RemoveTopicRecord, { topicId: ID }),
    (image) => image.configuredNames(2),
    [],
  ],
  [
    'a setting',
    [],
    setting('retention.ms', '1'),
    (image) => [...image.configsOf(2, 'orders')],
    [['retention.ms', '1']],
  ],
  [
    'a setting changed',
    [setting('retention.ms', '1')],
    setting('retention.ms', '2'),
    (image) => image.configsOf(2, 'orders').get('retention.ms'),
    '2',
  ],
  [
    'a setting taken away',
    [setting('retention.ms', '1')],
    setting('retention.ms', null),
    (image) => image.configuredNames(2),
    [],
  ],
  [
    'a feature',
    [],
    metadataRecord(FeatureLevelRecord, { name: 'share.version', featureLevel: 1 }),
    (image) => image.features.get('share.version'),
    1,
  ],
  [
    'a feature turned off',
    [metadataRecord(FeatureLevelRecord, { name: 'share.version', featureLevel: 1 })],
    metadataRecord(FeatureLevelRecord, { name: 'share.version', featureLevel: 0 }),
    (image) => image.features.size,
    0,
  ],
  ['a broker', [], registered, (image) => image.brokers.get(1)?.rack, 'a'],
  [
    'a broker that is gone',
    [registered],
    metadataRecord(UnregisterBrokerRecord, { brokerId: 1, brokerEpoch: 5 }),
    (image) => image.brokers.size,
    0,
  ],
  [
    'a broker fenced',
    [registered],
    registrationChange({ fenced: 1 }),
    (image) => image.brokers.get(1)?.fenced,
    true,
  ],
  [
    'a broker unfenced',
    [registered, registrationChange({ fenced: 1 })],
    registrationChange({ fenced: -1 }),
    (image) => image.brokers.get(1)?.fenced,
    false,
  ],
  [
    'a broker that is about to stop',
    [registered],
    registrationChange({ inControlledShutdown: 1 }),
    (image) => image.brokers.get(1)?.inControlledShutdown,
    true,
  ],
  [
    'a broker with other folders',
    [registered],
    registrationChange({ logDirs: [DIRECTORY] }),
    (image) => image.brokers.get(1)?.logDirs,
    [DIRECTORY],
  ],
  [
    'a broker fenced the old way',
    [registered],
    metadataRecord(FenceBrokerRecord, { id: 1, epoch: 5 }),
    (image) => image.brokers.get(1)?.fenced,
    true,
  ],
  [
    'a broker unfenced the old way',
    [registered, registrationChange({ fenced: 1 })],
    metadataRecord(UnfenceBrokerRecord, { id: 1, epoch: 5 }),
    (image) => image.brokers.get(1)?.fenced,
    false,
  ],
  [
    'producer ids',
    [],
    metadataRecord(ProducerIdsRecord, { brokerId: 1, nextProducerId: 3000 }),
    (image) => image.nextProducerId,
    3000,
  ],
]

test.each(ROWS)('%s', (_what, before, record, look, expected) => {
  expect(look(replay([...before, record]).image)).toEqual(expected)
})

test.each([
  metadataRecord(NoOpRecord, {}),
  metadataRecord(ZkMigrationRecord, { zkMigrationState: 0 }),
  metadataRecord(RegisterControllerRecord, {
    controllerId: 1,
    incarnationId: ID,
    zkMigrationReady: false,
    endPoints: [],
    features: [],
  }),
  metadataRecord(AccessControlEntryRecord, {
    id: ID,
    resourceType: 2,
    resourceName: 'orders',
    patternType: 3,
    principal: 'User:alice',
    host: '*',
    operation: 3,
    permissionType: 3,
  }),
  metadataRecord(ClientQuotaRecord, {
    entity: [{ entityType: 'user', entityName: null }],
    key: 'x',
    value: 1,
    remove: false,
  }),
  metadataRecord(UserScramCredentialRecord, {
    name: 'alice',
    mechanism: 1,
    salt: Buffer.alloc(1),
    storedKey: Buffer.alloc(1),
    serverKey: Buffer.alloc(1),
    iterations: 4096,
  }),
])('a record that others need is passed over: $type.message.name', (record) => {
  expect(replay([record]).image).toEqual(new MetadataImage())
})

test.each([
  ['a partition of an unknown topic', [partition]],
  ['a change of an unknown partition', [topic, change({})]],
  ['the removal of an unknown topic', [metadataRecord(RemoveTopicRecord, { topicId: ID })]],
  ['a change of an unknown broker', [registrationChange({ fenced: 1 })]],
])('%s stops the replay', (_what, records) => {
  expect(() => replay(records)).toThrow(RangeError)
})

test('records of unknown type or frame stop the replay', () => {
  const image = new MetadataImage()
  expect(() => replayRecord(image, Buffer.from([1, 99, 0]), new MetadataChanges())).toThrow('unknown type 99')
  expect(() => replayRecord(image, Buffer.from([2, 2, 0]), new MetadataChanges())).toThrow(
    'unknown frame version 2',
  )
})

test('a replayed record tells what it changed', () => {
  expect(replay(made).changes.createdPartitions.map((state) => state.partition)).toEqual([0])
  expect([...replay([...made, change({ leader: 2 })]).changes.changedPartitions]).toMatchObject([
    { leader: 2 },
  ])
  const removed = replay([...made, metadataRecord(RemoveTopicRecord, { topicId: ID })]).changes.deletedTopics
  expect(removed).toMatchObject([{ name: 'orders', partitions: [{ partition: 0 }] }])
  expect(replay([setting('a', '1')]).changes.changedConfigs).toEqual([{ type: 2, name: 'orders' }])
})

// A topic and a partition record as Apache Kafka 4.3.1 wrote them.
test('records have the bytes that Kafka gives them', () => {
  expect(encodeMetadataRecord(topic).toString('hex')).toBe(`010200076f7264657273${'00'.repeat(15)}2a00`)
})
