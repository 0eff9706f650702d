import { expect, test } from 'vitest'
import { errorCode } from '../../src/protocol/errors.ts'
import { DescribeQuorum } from '../../src/protocol/messages/cluster.ts'
import { DescribeCluster } from '../../src/protocol/messages/metadata.ts'
import { CreateTopics } from '../../src/protocol/messages/topics.ts'
import { connectCluster } from '../support/cluster-scripts.ts'
import { on, ScriptedBroker } from '../support/scripted-broker.ts'

/** Controllers 1, 2, …, and which of them leads, read anew for each request. */
async function startControllers(count: number, leader: () => number): Promise<ScriptedBroker[]> {
  const controllers: ScriptedBroker[] = []
  const describe = on(DescribeCluster, ({ endpointType }) => ({
    errorCode: 0,
    endpointType,
    clusterId: 'abc',
    controllerId: leader(),
    brokers: controllers.map(({ port }, at) => ({ brokerId: at + 1, host: '127.0.0.1', port })),
  }))
  for (let id = 1; id <= count; id++) {
    const quorum = on(DescribeQuorum, () => ({
      errorCode: id === leader() ? 0 : errorCode('NOT_CONTROLLER'),
      topics: [],
      nodes: [],
    }))
    controllers.push(await ScriptedBroker.start([describe, quorum]))
  }
  return controllers
}

test('requests go to the controller that leads, whichever is named', async () => {
  const controllers = await startControllers(2, () => 2)
  const cluster = connectCluster([controllers[0]!], { controllers: true })
  await cluster.request(DescribeQuorum, { topics: [] })
  expect(controllers.map((controller) => controller.requestsFor(DescribeQuorum))).toEqual([0, 1])
  expect(controllers[0]!.requests.find(({ name }) => name === 'DescribeCluster')?.body).toMatchObject({
    endpointType: 2,
  })
  expect((await cluster.brokers()).map(({ nodeId }) => nodeId)).toEqual([1, 2])
  expect(cluster.metadata.clusterId).toBe('abc')
})

test('another controller that leads by now is found', async () => {
  let asked = 0
  // The first answer is stale: controller 1 was asked to lead no longer.
  const controllers = await startControllers(2, () => (++asked === 1 ? 1 : 2))
  const cluster = connectCluster([controllers[0]!], { controllers: true })
  await cluster.request(DescribeQuorum, { topics: [] })
  expect(controllers.map((controller) => controller.requestsFor(DescribeQuorum))).toEqual([1, 1])
})

test('while no controller leads, one is waited for', async () => {
  let asked = 0
  const controllers = await startControllers(1, () => (++asked < 3 ? -1 : 1))
  const cluster = connectCluster([controllers[0]!], { controllers: true })
  await expect(cluster.request(DescribeQuorum, { topics: [] })).resolves.toMatchObject({ topics: [] })
})

test('what only brokers answer is not asked', async () => {
  const [controller] = await startControllers(1, () => 1)
  const cluster = connectCluster([controller!], { controllers: true })
  const refusal = {
    code: 'UNSUPPORTED_ENDPOINT_TYPE',
    message: 'This Admin API is not yet supported when communicating directly with the controller quorum.',
  }
  await expect(cluster.topics(['orders'])).rejects.toMatchObject(refusal)
  await expect(cluster.request(CreateTopics, { topics: [] })).rejects.toMatchObject(refusal)
})

test('a broker in place of a controller is told apart', async () => {
  const broker = await ScriptedBroker.start([
    on(DescribeCluster, () => ({
      errorCode: errorCode('MISMATCHED_ENDPOINT_TYPE'),
      errorMessage: 'The request was sent to an endpoint of type BROKER',
      clusterId: '',
      brokers: [],
    })),
  ])
  const cluster = connectCluster([broker], { controllers: true })
  await expect(cluster.request(DescribeQuorum, { topics: [] })).rejects.toMatchObject({
    code: 'MISMATCHED_ENDPOINT_TYPE',
  })
})
