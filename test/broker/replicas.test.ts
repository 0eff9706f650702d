import { expect, test } from 'vitest'
import { MetadataChanges } from '../../src/broker/metadata/changes.ts'
import { MetadataImage } from '../../src/broker/metadata/image.ts'
import { encodeMetadataRecord, metadataRecord } from '../../src/broker/metadata/record.ts'
import { replayRecord } from '../../src/broker/metadata/replay.ts'
import { Replicas } from '../../src/broker/replicas.ts'
import { KafkaError } from '../../src/protocol/errors.ts'
import {
  BrokerRegistrationChangeRecord,
  PartitionChangeRecord,
  RegisterBrokerRecord,
  TopicRecord,
} from '../../src/protocol/messages/stored-metadata.ts'

const ID = 'AAAAAAAAAAAAAAAAAAAAKg'

function clusterOf(nodes: readonly number[], start = 0) {
  const image = new MetadataImage()
  const replay = (records: readonly Parameters<typeof encodeMetadataRecord>[0][]) => {
    for (const record of records) replayRecord(image, encodeMetadataRecord(record), new MetadataChanges())
  }
  const random = (size: number) => {
    const bytes = Buffer.alloc(size)
    bytes.writeUInt32BE(start, 0)
    return bytes
  }
  replay(
    nodes.map((brokerId) =>
      metadataRecord(RegisterBrokerRecord, {
        brokerId,
        incarnationId: ID,
        brokerEpoch: 0,
        endPoints: [],
        features: [],
        rack: null,
        fenced: false,
      }),
    ),
  )
  const fence = (brokerId: number, fenced: number) =>
    replay([metadataRecord(BrokerRegistrationChangeRecord, { brokerId, brokerEpoch: 0, fenced })])
  return { image, replay, fence, replicas: new Replicas(image, ID, random) }
}

test('partitions start at a random broker and go on with the next, replicas likewise', () => {
  expect(clusterOf([1, 2, 3], 1).replicas.place(4, 2)).toEqual([
    [2, 3],
    [3, 1],
    [1, 2],
    [2, 3],
  ])
})

test('fenced brokers get no new replicas', () => {
  const { replicas, fence } = clusterOf([1, 2, 3])
  fence(2, 1)
  expect(replicas.place(2, 2)).toEqual([
    [1, 3],
    [3, 1],
  ])
})

test('more replicas than live brokers are refused', () => {
  expect(() => clusterOf([1]).replicas.place(1, 2)).toThrow(KafkaError)
})

function withPartition(nodes: readonly number[], replicasOf: number[]) {
  const cluster = clusterOf(nodes)
  cluster.replay([
    metadataRecord(TopicRecord, { name: 'orders', topicId: ID }),
    cluster.replicas.newPartition(ID, 0, replicasOf),
  ])
  const elect = (rebalance = false) => cluster.replay(cluster.replicas.elections({ rebalance }))
  const state = () => {
    const { leader, isr, leaderEpoch } = cluster.image.partition('orders', 0)!
    return { leader, isr, leaderEpoch }
  }
  return { ...cluster, elect, state }
}

test('the next live replica leads when the leader is gone, and all come back into the ISR', () => {
  const { fence, elect, state } = withPartition([1, 2, 3], [1, 2, 3])
  expect(state()).toEqual({ leader: 1, isr: [1, 2, 3], leaderEpoch: 0 })
  fence(1, 1)
  elect()
  expect(state()).toEqual({ leader: 2, isr: [2, 3], leaderEpoch: 1 })
  fence(1, -1)
  elect()
  expect(state()).toEqual({ leader: 2, isr: [1, 2, 3], leaderEpoch: 1 })
})

test('the preferred leader leads again once it is back, if leaders are to be balanced', () => {
  const { fence, elect, state } = withPartition([1, 2, 3], [1, 2, 3])
  fence(1, 1)
  elect(true)
  expect(state()).toMatchObject({ leader: 2 })
  fence(1, -1)
  elect(true)
  expect(state()).toEqual({ leader: 1, isr: [1, 2, 3], leaderEpoch: 2 })
  elect(true)
  expect(state()).toMatchObject({ leaderEpoch: 2 })
})

test('a partition without live replicas has no leader and keeps its ISR', () => {
  const { fence, elect, state, replicas } = withPartition([1, 2], [2])
  fence(2, 1)
  elect()
  expect(state()).toEqual({ leader: -1, isr: [2], leaderEpoch: 1 })
  expect(replicas.elections({ rebalance: true })).toEqual([])
  expect(replicas.newEpochs()).toEqual([])
})

test('a leader that Kafka took down leads again, and nobody is kept as merely eligible', () => {
  const { replay, elect, image } = withPartition([1], [1])
  const down = {
    partitionId: 0,
    topicId: ID,
    leader: -1,
    isr: [],
    eligibleLeaderReplicas: [1],
    lastKnownElr: [1],
  }
  replay([metadataRecord(PartitionChangeRecord, down)])
  elect()
  expect(image.partition('orders', 0)).toMatchObject({
    leader: 1,
    isr: [1],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
  })
})

test('after a crash every leader gets a new epoch', () => {
  const { replay, replicas, state } = withPartition([1, 2], [1, 2])
  replay(replicas.newEpochs())
  expect(state()).toEqual({ leader: 1, isr: [1, 2], leaderEpoch: 1 })
})
