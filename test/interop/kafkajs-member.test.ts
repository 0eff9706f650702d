// Why console-consumer --group is a member of our own: what kafkajs leaves out, and Java's console consumer does.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Cluster } from '../../src/client/cluster.ts'
import { requestCoordinator } from '../../src/client/coordinators.ts'
import { fetchCommitted } from '../../src/client/groups/committed-offsets.ts'
import { type BrokerHandle, startBroker } from '../../src/index.ts'
import { DescribeGroups } from '../../src/protocol/messages/classic-groups.ts'
import { kafkajsClient, rangeAssigner, writeValues } from './kafkajs-group.ts'

let broker: BrokerHandle
let cluster: Cluster

beforeAll(async () => {
  broker = await startBroker({ topics: [{ name: 'orders', partitions: 2 }] })
  cluster = Cluster.connect({ bootstrapServers: broker.bootstrapServers })
})
afterAll(async () => {
  cluster.close()
  await broker.close()
})

test('kafkajs commits no leader epochs and no positions of empty partitions, and subscribes in version 0', async () => {
  await writeValues(broker.bootstrapServers, 'orders', 1, ['a', 'b'])
  const consumer = kafkajsClient(broker.bootstrapServers).consumer({
    groupId: 'js',
    partitionAssigners: [rangeAssigner],
  })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { offset: string } }): Promise<void> => {
      if (message.offset === '1') resolve()
    }
    consumer.run({ eachMessage }).catch(reject)
  })
  const described = await requestCoordinator(cluster, 'group', 'js', DescribeGroups, { groups: ['js'] })
  const subscription = described.groups[0]!.members[0]!.memberMetadata
  await consumer.disconnect()
  // Behind the version, one topic and no user data there is nothing: not what a member owned before, nor its rack.
  expect(subscription.length).toBe(2 + 4 + 2 + 'orders'.length + 4)
  const { answer } = (await fetchCommitted(cluster, ['js'])).get('js')!
  expect(answer).toMatchObject([{ partition: 0, offset: 2, leaderEpoch: null }])
})
