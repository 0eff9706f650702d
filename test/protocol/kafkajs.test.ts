// kafkajs as a second source of bytes: what its encoders write, our codecs read, and the other way round.
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { Reader } from '../../src/bytes/reader.ts'
import { Writer } from '../../src/bytes/writer.ts'
import { APIS } from '../../src/protocol/apis.ts'
import { codec } from '../../src/protocol/compile.ts'
import { readRequestHeader } from '../../src/protocol/header.ts'

interface KafkajsRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  encode(): Promise<{ buffer: Buffer }>
}
type MakeRequest = (input: object) => KafkajsRequest
interface KafkajsResponse {
  decode(bytes: Buffer): Promise<unknown>
}

const require = createRequire(import.meta.url)
const kafkajs = (path: string): unknown => require(`kafkajs/src/protocol/${path}`)
const apiNamed = (name: string) => APIS.find((api) => api.name === name)!

const orders = { topic: 'orders' }
const member = { groupId: 'billing', memberId: 'm-1' }
const producer = { transactionalId: 'payments-1', producerId: 4000, producerEpoch: 1 }

const REQUESTS: readonly [path: string, api: string, input: object, decoded: object][] = [
  ['apiVersions/v2', 'ApiVersions', {}, {}],
  [
    'metadata/v6',
    'Metadata',
    { topics: ['orders', 'refunds'], allowAutoTopicCreation: false },
    { topics: [{ name: 'orders' }, { name: 'refunds' }], allowAutoTopicCreation: false },
  ],
  [
    'listOffsets/v3',
    'ListOffsets',
    {
      replicaId: -1,
      isolationLevel: 1,
      topics: [{ ...orders, partitions: [{ partition: 2, timestamp: -2 }] }],
    },
    {
      isolationLevel: 1,
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 2, timestamp: -2 }] }],
    },
  ],
  [
    'fetch/v11',
    'Fetch',
    {
      replicaId: -1,
      maxWaitTime: 500,
      minBytes: 1,
      maxBytes: 1000,
      isolationLevel: 1,
      rackId: 'eu-1a',
      topics: [{ ...orders, partitions: [{ partition: 0, fetchOffset: '42', maxBytes: 100 }] }],
    },
    {
      maxWaitMs: 500,
      maxBytes: 1000,
      rackId: 'eu-1a',
      topics: [
        {
          topic: 'orders',
          partitions: [{ partition: 0, fetchOffset: 42, partitionMaxBytes: 100, currentLeaderEpoch: -1 }],
        },
      ],
    },
  ],
  [
    'offsetCommit/v5',
    'OffsetCommit',
    {
      ...member,
      groupGenerationId: 3,
      topics: [{ ...orders, partitions: [{ partition: 0, offset: '41', metadata: null }] }],
    },
    {
      ...member,
      generationIdOrMemberEpoch: 3,
      topics: [
        {
          name: 'orders',
          partitions: [{ partitionIndex: 0, committedOffset: 41, committedMetadata: null }],
        },
      ],
    },
  ],
  [
    'offsetFetch/v4',
    'OffsetFetch',
    { groupId: 'billing', topics: [{ ...orders, partitions: [{ partition: 0 }, { partition: 1 }] }] },
    { groupId: 'billing', topics: [{ name: 'orders', partitionIndexes: [0, 1] }] },
  ],
  [
    'joinGroup/v5',
    'JoinGroup',
    {
      ...member,
      sessionTimeout: 30000,
      rebalanceTimeout: 60000,
      groupInstanceId: 'pod-0',
      protocolType: 'consumer',
      groupProtocols: [{ name: 'range', metadata: Buffer.from('abc') }],
    },
    {
      ...member,
      sessionTimeoutMs: 30000,
      rebalanceTimeoutMs: 60000,
      groupInstanceId: 'pod-0',
      protocols: [{ name: 'range', metadata: Buffer.from('abc') }],
    },
  ],
  [
    'syncGroup/v3',
    'SyncGroup',
    {
      ...member,
      generationId: 3,
      groupAssignment: [{ memberId: 'm-1', memberAssignment: Buffer.from('abc') }],
    },
    {
      ...member,
      groupInstanceId: null,
      generationId: 3,
      assignments: [{ memberId: 'm-1', assignment: Buffer.from('abc') }],
    },
  ],
  [
    'createTopics/v3',
    'CreateTopics',
    {
      timeout: 5000,
      validateOnly: true,
      topics: [
        {
          ...orders,
          numPartitions: 3,
          replicationFactor: 1,
          replicaAssignment: [],
          configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
        },
      ],
    },
    {
      timeoutMs: 5000,
      validateOnly: true,
      topics: [{ name: 'orders', numPartitions: 3, configs: [{ name: 'cleanup.policy', value: 'compact' }] }],
    },
  ],
  [
    'deleteRecords/v1',
    'DeleteRecords',
    { timeout: 5000, topics: [{ ...orders, partitions: [{ partition: 0, offset: '12' }] }] },
    { timeoutMs: 5000, topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, offset: 12 }] }] },
  ],
  [
    'initProducerId/v1',
    'InitProducerId',
    { transactionalId: null, transactionTimeout: 60000 },
    { transactionalId: null, transactionTimeoutMs: 60000 },
  ],
  [
    'addPartitionsToTxn/v1',
    'AddPartitionsToTxn',
    { ...producer, topics: [{ ...orders, partitions: [0, 1] }] },
    { v3AndBelowProducerId: 4000, v3AndBelowTopics: [{ name: 'orders', partitions: [0, 1] }] },
  ],
  [
    'txnOffsetCommit/v1',
    'TxnOffsetCommit',
    {
      ...producer,
      groupId: 'billing',
      topics: [{ ...orders, partitions: [{ partition: 0, offset: 9, metadata: 'm' }] }],
    },
    {
      ...producer,
      topics: [
        {
          name: 'orders',
          partitions: [{ partitionIndex: 0, committedOffset: 9, committedMetadata: 'm' }],
        },
      ],
    },
  ],
  [
    'describeConfigs/v2',
    'DescribeConfigs',
    { includeSynonyms: true, resources: [{ type: 2, name: 'orders', configNames: ['retention.ms'] }] },
    {
      includeSynonyms: true,
      resources: [{ resourceType: 2, resourceName: 'orders', configurationKeys: ['retention.ms'] }],
    },
  ],
]

test.each(REQUESTS)('a request that kafkajs writes is read: %s', async (path, name, input, decoded) => {
  const make = kafkajs(`requests/${path}/request`) as MakeRequest
  const frameOf = kafkajs('request') as (input: object) => Promise<{ buffer: Buffer }>
  const request = make(input)
  const { buffer } = await frameOf({ correlationId: 7, clientId: 'kafkajs', request })
  const api = apiNamed(name)

  const reader = new Reader(buffer)
  expect(reader.int32()).toBe(buffer.length - 4)
  const { apiVersion, ...header } = readRequestHeader(reader)
  expect(header).toEqual({ apiKey: api.key, correlationId: 7, clientId: 'kafkajs' })
  expect(codec(api.request, apiVersion).decode(reader)).toMatchObject(decoded)
  expect(reader.remaining).toBe(0)
})

const partition = { partitionErrorCode: 0, partitionId: 0, leader: 1, replicas: [1, 2], isr: [1] }

const RESPONSES: readonly [path: string, api: string, version: number, answer: object, decoded: object][] = [
  [
    'apiVersions/v2',
    'ApiVersions',
    2,
    { errorCode: 0, apiKeys: [{ apiKey: 1, minVersion: 4, maxVersion: 18 }] },
    { apiVersions: [{ apiKey: 1, minVersion: 4, maxVersion: 18 }] },
  ],
  [
    'metadata/v6',
    'Metadata',
    6,
    {
      brokers: [{ nodeId: 1, host: 'localhost', port: 9092, rack: null }],
      clusterId: 'abc',
      controllerId: 1,
      topics: [
        {
          errorCode: 0,
          name: 'orders',
          isInternal: false,
          partitions: [
            {
              errorCode: 0,
              partitionIndex: 0,
              leaderId: 1,
              replicaNodes: [1, 2],
              isrNodes: [1],
              offlineReplicas: [2],
            },
          ],
        },
      ],
    },
    {
      brokers: [{ nodeId: 1, host: 'localhost', port: 9092, rack: null }],
      clusterId: 'abc',
      controllerId: 1,
      topicMetadata: [{ topic: 'orders', partitionMetadata: [{ ...partition, offlineReplicas: [2] }] }],
    },
  ],
  [
    'produce/v7',
    'Produce',
    7,
    {
      responses: [
        { name: 'orders', partitionResponses: [{ index: 3, errorCode: 0, baseOffset: 9007199254740991 }] },
      ],
    },
    {
      topics: [{ topicName: 'orders', partitions: [{ partition: 3, baseOffset: '9007199254740991' }] }],
    },
  ],
  [
    'listOffsets/v3',
    'ListOffsets',
    3,
    {
      topics: [
        { name: 'orders', partitions: [{ partitionIndex: 0, errorCode: 0, timestamp: -1, offset: 5 }] },
      ],
    },
    { responses: [{ topic: 'orders', partitions: [{ partition: 0, offset: '5' }] }] },
  ],
  [
    'joinGroup/v5',
    'JoinGroup',
    5,
    {
      errorCode: 0,
      generationId: 3,
      protocolName: 'range',
      leader: 'm-1',
      memberId: 'm-1',
      members: [{ memberId: 'm-1', groupInstanceId: null, metadata: Buffer.from('abc') }],
    },
    { generationId: 3, groupProtocol: 'range', members: [{ memberId: 'm-1' }] },
  ],
  [
    'createTopics/v3',
    'CreateTopics',
    3,
    { topics: [{ name: 'orders', errorCode: 0, errorMessage: null, configs: [] }] },
    { topicErrors: [{ topic: 'orders', errorCode: 0, errorMessage: null }] },
  ],
]

test.each(RESPONSES)(
  'an answer that we write is read by kafkajs: %s',
  async (path, name, version, answer, decoded) => {
    const writer = new Writer()
    codec(apiNamed(name).response, version).encode(writer, answer as Record<string, never>)
    const { decode } = kafkajs(`requests/${path}/response`) as KafkajsResponse
    expect(await decode(writer.takeBytes())).toMatchObject(decoded)
  },
)
