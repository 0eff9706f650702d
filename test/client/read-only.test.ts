import { expect, test } from 'vitest'
import { findCoordinator, requestCoordinator } from '../../src/client/coordinators.ts'
import { fetchSettings } from '../../src/client/fetch/fetch-config.ts'
import { CoordinatorLink } from '../../src/client/groups/coordinator-link.ts'
import { groupSettings } from '../../src/client/groups/group-config.ts'
import { GroupConsumer } from '../../src/client/groups/group-consumer.ts'
import { Producer } from '../../src/client/produce/producer.ts'
import { producerSettings } from '../../src/client/produce/producer-config.ts'
import { requireReading } from '../../src/client/read-only.ts'
import { APIS } from '../../src/protocol/apis.ts'
import { Heartbeat } from '../../src/protocol/messages/classic-groups.ts'
import { OffsetCommit } from '../../src/protocol/messages/commits.ts'
import { DescribeCluster, FindCoordinator, Metadata } from '../../src/protocol/messages/metadata.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { CreateTopics } from '../../src/protocol/messages/topics.ts'
import { connectCluster, metadataScript } from '../support/cluster-scripts.ts'
import { on, ScriptedBroker } from '../support/scripted-broker.ts'

const REASON = "context 'prod' is read-only"

/** What each API of Kafka does: a new one has to be thought about. */
const KIND: Record<string, 'reads' | 'changes' | 'checks'> = {
  Produce: 'changes',
  Fetch: 'reads',
  ListOffsets: 'reads',
  Metadata: 'checks',
  OffsetCommit: 'changes',
  OffsetFetch: 'reads',
  FindCoordinator: 'reads',
  JoinGroup: 'changes',
  Heartbeat: 'changes',
  LeaveGroup: 'changes',
  SyncGroup: 'changes',
  DescribeGroups: 'reads',
  ListGroups: 'reads',
  SaslHandshake: 'reads',
  ApiVersions: 'reads',
  CreateTopics: 'checks',
  DeleteTopics: 'changes',
  DeleteRecords: 'changes',
  InitProducerId: 'changes',
  OffsetForLeaderEpoch: 'reads',
  AddPartitionsToTxn: 'changes',
  AddOffsetsToTxn: 'changes',
  EndTxn: 'changes',
  WriteTxnMarkers: 'changes',
  TxnOffsetCommit: 'changes',
  DescribeAcls: 'reads',
  CreateAcls: 'changes',
  DeleteAcls: 'changes',
  DescribeConfigs: 'reads',
  AlterConfigs: 'checks',
  AlterReplicaLogDirs: 'changes',
  DescribeLogDirs: 'reads',
  SaslAuthenticate: 'reads',
  CreatePartitions: 'checks',
  CreateDelegationToken: 'changes',
  RenewDelegationToken: 'changes',
  ExpireDelegationToken: 'changes',
  DescribeDelegationToken: 'reads',
  DeleteGroups: 'changes',
  ElectLeaders: 'changes',
  IncrementalAlterConfigs: 'checks',
  AlterPartitionReassignments: 'changes',
  ListPartitionReassignments: 'reads',
  OffsetDelete: 'changes',
  DescribeClientQuotas: 'reads',
  AlterClientQuotas: 'checks',
  DescribeUserScramCredentials: 'reads',
  AlterUserScramCredentials: 'changes',
  DescribeQuorum: 'reads',
  UpdateFeatures: 'checks',
  DescribeCluster: 'reads',
  DescribeProducers: 'reads',
  UnregisterBroker: 'changes',
  DescribeTransactions: 'reads',
  ListTransactions: 'reads',
  ConsumerGroupHeartbeat: 'changes',
  ConsumerGroupDescribe: 'reads',
  // Metrics of clients are written down by brokers.
  GetTelemetrySubscriptions: 'changes',
  PushTelemetry: 'changes',
  ListConfigResources: 'reads',
  DescribeTopicPartitions: 'reads',
  ShareGroupHeartbeat: 'changes',
  ShareGroupDescribe: 'reads',
  // Records that one member of a share group gets are locked for the others.
  ShareFetch: 'changes',
  ShareAcknowledge: 'changes',
  AddRaftVoter: 'changes',
  RemoveRaftVoter: 'changes',
  InitializeShareGroupState: 'changes',
  // Among brokers only; the state takes on the epochs of whoever reads it.
  ReadShareGroupState: 'changes',
  WriteShareGroupState: 'changes',
  DeleteShareGroupState: 'changes',
  ReadShareGroupStateSummary: 'changes',
  StreamsGroupHeartbeat: 'changes',
  StreamsGroupDescribe: 'reads',
  DescribeShareGroupOffsets: 'reads',
  AlterShareGroupOffsets: 'changes',
  DeleteShareGroupOffsets: 'changes',
}

test('each API is known to read, to change, or to do either', () => {
  expect(APIS.map(({ name }) => name).sort()).toEqual(Object.keys(KIND).sort())
})

test.each(APIS.map((api) => [api.name, KIND[api.name], api] as const))('%s %s', (name, kind, api) => {
  const ask = (body: object) => () => requireReading(api, body, REASON)
  expect(() => requireReading(api, {}, undefined)).not.toThrow()
  if (kind === 'reads') expect(ask({})).not.toThrow()
  else expect(ask({})).toThrow(`${REASON}: ${name} was not sent`)
  if (kind === 'reads' || name === 'Metadata') return
  expect(ask({ validateOnly: false })).toThrow(REASON)
  if (kind === 'changes') expect(ask({ validateOnly: true })).toThrow(REASON)
  else expect(ask({ validateOnly: true })).not.toThrow()
})

test('asking for topics is reading unless it creates them', () => {
  const ask = (body: object) => () => requireReading(Metadata, body, REASON)
  expect(ask({ topics: null, allowAutoTopicCreation: false })).not.toThrow()
  expect(ask({ topics: null, allowAutoTopicCreation: true })).toThrow(REASON)
  expect(ask({ topics: null })).toThrow(REASON)
})

const cluster = { errorCode: 0, clusterId: 'abc', brokers: [] }

test('of all APIs that change something none arrives at a broker', async () => {
  const scripts = APIS.filter(({ name }) => KIND[name] !== 'reads').map((api) =>
    on(api, () => {
      throw new Error(`${api.name} arrived`)
    }),
  )
  const broker = await ScriptedBroker.start([...scripts, on(DescribeCluster, () => cluster)])
  const readOnly = connectCluster([broker], { readOnly: REASON })
  await readOnly.request(DescribeCluster, { includeClusterAuthorizedOperations: false })
  const connection = await readOnly.connections.any()
  for (const { api } of scripts) {
    const refusal = { name: 'ReadOnlyError', message: `${REASON}: ${api.name} was not sent` }
    await expect(connection.request(api, {})).rejects.toMatchObject(refusal)
    expect(() => connection.post(api, {}, api.maxVersion)).toThrow(refusal.message)
    await expect(readOnly.request(api, {})).rejects.toMatchObject(refusal)
  }
  expect(broker.requests.map(({ name }) => name)).toEqual(['ApiVersions', 'DescribeCluster'])
})

test('a change is refused before anybody is asked anything', async () => {
  const readOnly = connectCluster('127.0.0.1:1', { readOnly: REASON })
  const commit = { groupId: 'g', memberId: 'm', topics: [] }
  await expect(readOnly.request(Produce, { acks: 1, timeoutMs: 1, topicData: [] })).rejects.toThrow(REASON)
  await expect(requestCoordinator(readOnly, 'group', 'g', OffsetCommit, commit)).rejects.toThrow(REASON)
  const heartbeat = { groupId: 'g', generationId: 1, memberId: 'm' }
  await expect(new CoordinatorLink(readOnly, 'g').send(Heartbeat, heartbeat)).rejects.toThrow(REASON)
  const once = { node: 1, deadline: readOnly.deadline() }
  await expect(readOnly.requestOnce(Heartbeat, heartbeat, once)).rejects.toThrow(REASON)
  await expect(Producer.create(readOnly, producerSettings(new Map()))).rejects.toThrow(REASON)
  const group = groupSettings(new Map([['group.id', 'g']]))
  expect(
    () =>
      new GroupConsumer(readOnly, {
        group,
        fetch: fetchSettings(new Map()),
        topics: async () => ({ names: ['orders'], isIncomplete: false }),
        memberId: 'm',
        onCommitFailure: () => {},
      }),
  ).toThrow(REASON)
})

test('a request to check is sent, and one that changes is not', async () => {
  const broker = await ScriptedBroker.start([on(CreateTopics, () => ({ topics: [] }))])
  broker.script(metadataScript([broker], {}))
  const readOnly = connectCluster([broker], { readOnly: REASON })
  await readOnly.request(CreateTopics, { topics: [], timeoutMs: 1000, validateOnly: true })
  await expect(
    readOnly.request(CreateTopics, { topics: [], timeoutMs: 1000, validateOnly: false }),
  ).rejects.toThrow(REASON)
  expect(broker.requestsFor(CreateTopics)).toBe(1)
})

test('reading a topic does not create it, whatever the settings say', async () => {
  const broker = await ScriptedBroker.start([])
  broker.script(metadataScript([broker], {}))
  const readOnly = connectCluster([broker], { readOnly: REASON })
  await readOnly.topics(['orders'], { allowAutoTopicCreation: true })
  const asked = broker.requests.filter(({ name }) => name === 'Metadata')
  expect(asked.map(({ body }) => body)).toMatchObject([{ allowAutoTopicCreation: false }])
})

test('whoever looks for a coordinator reads', async () => {
  const broker = await ScriptedBroker.start([
    on(FindCoordinator, () => ({
      coordinators: [{ key: 'g', nodeId: 1, host: '127.0.0.1', port: 1, errorCode: 0, errorMessage: null }],
    })),
  ])
  const readOnly = connectCluster([broker], { readOnly: REASON })
  expect(await findCoordinator(readOnly, 'group', 'g')).toBe(1)
})
