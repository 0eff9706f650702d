import { expect, test } from 'vitest'
import type { Int64 } from '../../../src/bytes/int64.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import { ListGroups } from '../../../src/protocol/messages/classic-groups.ts'
import { DescribeLogDirs } from '../../../src/protocol/messages/cluster.ts'
import { DescribeCluster, FindCoordinator } from '../../../src/protocol/messages/metadata.ts'
import { InitProducerId } from '../../../src/protocol/messages/transactions.ts'
import { startTestBroker } from '../../support/broker.ts'
import { append } from '../../support/logs.ts'

test.each([0, 1, 2])('DescribeCluster %i tells all brokers', async (version) => {
  const broker = await startTestBroker({ brokers: 2 })
  const body = { includeClusterAuthorizedOperations: true }
  const answer = await broker.ask(DescribeCluster, version, body, { node: 2 })
  expect(answer).toMatchObject({
    errorCode: 0,
    errorMessage: null,
    endpointType: 1,
    clusterId: broker.broker.clusterId,
    controllerId: 2,
    clusterAuthorizedOperations: 8096,
  })
  expect(answer.brokers.map(({ brokerId, host, port }) => `${brokerId}@${host}:${port}`)).toEqual(
    broker.broker.addresses.map((address, index) => `${index + 1}@${address}`),
  )
})

test('DescribeCluster knows nothing of controllers', async () => {
  const broker = await startTestBroker()
  const ask = async (endpointType: number) =>
    (await broker.ask(DescribeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType }))
      .errorCode
  expect(await ask(2)).toBe(errorCode('MISMATCHED_ENDPOINT_TYPE'))
  expect(await ask(3)).toBe(errorCode('UNSUPPORTED_ENDPOINT_TYPE'))
})

test.each([1, 2, 3, 4, 5])('DescribeLogDirs %i tells the sizes of partitions', async (version) => {
  const broker = await startTestBroker({ topics: { orders: 2, more: 1 } })
  append(broker.log('orders', 1), 'a')
  const all = await broker.ask(DescribeLogDirs, version, { topics: null })
  expect(all.results).toHaveLength(1)
  const [dir] = all.results
  expect(dir!.logDir).toBe(broker.folder)
  const sizes = dir!.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, partitionSize }) => `${name}-${partitionIndex}: ${partitionSize}`),
  )
  const { sizeInBytes } = broker.log('orders', 1)
  expect(sizes.sort()).toEqual(['more-0: 0', 'orders-0: 0', `orders-1: ${sizeInBytes}`])
  const some = await broker.ask(DescribeLogDirs, version, {
    topics: [{ topic: 'orders', partitions: [1, 5] }],
  })
  expect(some.results[0]!.topics).toMatchObject([{ name: 'orders', partitions: [{ partitionIndex: 1 }] }])
})

test('each broker id tells of the partitions it holds', async () => {
  const broker = await startTestBroker({ brokers: 2, topics: { orders: 4 } })
  const held = async (node: number) => {
    const { results } = await broker.ask(DescribeLogDirs, 4, { topics: null }, { node })
    return results[0]!.topics.flatMap(({ partitions }) =>
      partitions.map(({ partitionIndex }) => partitionIndex),
    )
  }
  const [one, two] = [await held(1), await held(2)]
  expect([...one, ...two].sort()).toEqual([0, 1, 2, 3])
  expect(one).toHaveLength(2)
})

test.each([0, 1, 2, 3, 4, 5, 6])('FindCoordinator %i spreads groups over the brokers', async (version) => {
  const broker = await startTestBroker({ brokers: 3 })
  const groups = Array.from({ length: 30 }, (_, index) => `group-${index}`)
  const find = async (node: number) => {
    if (version >= 4) {
      const { coordinators } = await broker.ask(
        FindCoordinator,
        version,
        { coordinatorKeys: groups },
        { node },
      )
      expect(coordinators.map(({ key, errorCode: code }) => [key, code])).toEqual(
        groups.map((key) => [key, 0]),
      )
      return coordinators.map(({ nodeId }) => nodeId)
    }
    const found: number[] = []
    for (const key of groups) {
      const answer = await broker.ask(FindCoordinator, version, { key }, { node })
      expect(answer.errorCode).toBe(0)
      expect(`${answer.host}:${answer.port}`).toBe(broker.broker.addresses[answer.nodeId - 1])
      found.push(answer.nodeId)
    }
    return found
  }
  const found = await find(1)
  expect(new Set(found)).toEqual(new Set([1, 2, 3]))
  // Every broker says the same.
  expect(await find(2)).toEqual(found)
})

test('FindCoordinator refuses coordinators of a kind that is not', async () => {
  const broker = await startTestBroker()
  const error = errorCode('INVALID_REQUEST')
  expect((await broker.ask(FindCoordinator, 3, { key: 'a', keyType: 7 })).errorCode).toBe(error)
  const { coordinators } = await broker.ask(FindCoordinator, 4, { coordinatorKeys: ['a', 'b'], keyType: -1 })
  expect(coordinators.map(({ key, errorCode: code }) => [key, code])).toEqual([
    ['a', error],
    ['b', error],
  ])
})

test.each([0, 1, 2, 3, 4, 5])('ListGroups %i tells no groups', async (version) => {
  const broker = await startTestBroker()
  expect(await broker.ask(ListGroups, version, {})).toMatchObject({ errorCode: 0, groups: [] })
})

test.each([0, 1, 2, 3, 4, 5])('InitProducerId %i gives a new id with epoch 0', async (version) => {
  const broker = await startTestBroker()
  const ids = new Set<Int64>()
  for (let count = 0; count < 5; count++) {
    const body = { transactionalId: null, transactionTimeoutMs: 1000 }
    const { errorCode: code, producerId, producerEpoch } = await broker.ask(InitProducerId, version, body)
    expect([code, producerEpoch]).toEqual([0, 0])
    ids.add(producerId)
  }
  expect(ids.size).toBe(5)
})

test('producer ids are never given twice, also not after a restart or a crash', async () => {
  const broker = await startTestBroker()
  const ids: Int64[] = []
  const take = async (count: number) => {
    for (let taken = 0; taken < count; taken++) {
      const body = { transactionalId: null, transactionTimeoutMs: 1000 }
      ids.push((await broker.ask(InitProducerId, 4, body)).producerId)
    }
  }
  await take(1100)
  await broker.restart()
  await take(3)
  await broker.crash()
  await take(3)
  expect(new Set(ids).size).toBe(1106)
  expect(ids.every((id) => id >= 0)).toBe(true)
})

test('InitProducerId takes id and epoch together or not at all', async () => {
  const broker = await startTestBroker()
  const ask = async (producerId: number, producerEpoch: number) => {
    const body = { transactionalId: null, transactionTimeoutMs: 1000, producerId, producerEpoch }
    return (await broker.ask(InitProducerId, 4, body)).errorCode
  }
  expect(await ask(5, -1)).toBe(errorCode('INVALID_REQUEST'))
  expect(await ask(-1, 0)).toBe(errorCode('INVALID_REQUEST'))
  expect(await ask(5, 3)).toBe(0)
})
