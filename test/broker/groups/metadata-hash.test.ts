import { expect, test } from 'vitest'
import { metadataHash } from '../../../src/broker/groups/metadata-hash.ts'
import { MetadataImage, type TopicState } from '../../../src/broker/metadata/image.ts'

const topic = (name: string, id: string, partitions: number): TopicState => ({
  name,
  id,
  partitions: Array.from({ length: partitions }, () => ({
    replicas: [1],
  })) as unknown as TopicState['partitions'],
})

const ORDERS_ID = 'gnueR1jLTPGBIyH9LTn3bA'

test('topics have the hash that Apache Kafka 4.3.1 wrote for them', () => {
  const image = new MetadataImage()
  expect(metadataHash([topic('orders', ORDERS_ID, 6)], image)).toBe(5691611160959535453n)
  expect(metadataHash([], image)).toBe(0)
})

test('partitions and other topics change the hash, their order does not', () => {
  const image = new MetadataImage()
  const orders = topic('orders', ORDERS_ID, 6)
  const bills = topic('bills', 'HNYVvvGQQNGiKL2UbnG5ow', 1)
  const both = metadataHash([orders, bills], image)
  expect(metadataHash([bills, orders], image)).toBe(both)
  expect(metadataHash([topic('orders', ORDERS_ID, 7), bills], image)).not.toBe(both)
})
