import { expect, test } from 'vitest'
import { systemClock } from '../../src/client/clock.ts'
import { findCoordinator, requestCoordinator } from '../../src/client/coordinators.ts'
import { Interrupted, Lifetime } from '../../src/client/lifetime.ts'
import { listOffsets } from '../../src/client/offsets.ts'
import { errorCode } from '../../src/protocol/errors.ts'
import { OffsetFetch } from '../../src/protocol/messages/commits.ts'
import {
  ApiVersions,
  DescribeCluster,
  FindCoordinator,
  Metadata,
} from '../../src/protocol/messages/metadata.ts'
import { ListOffsets } from '../../src/protocol/messages/offsets.ts'
import { connectCluster, metadataScript, topicIdOf } from '../support/cluster-scripts.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { HANG_UP, on, ScriptedBroker, STAY_SILENT } from '../support/scripted-broker.ts'

const ASK = { includeClusterAuthorizedOperations: false }
const alive = on(DescribeCluster, () => ({ errorCode: 0, clusterId: 'abc', brokers: [] }))

/** A port where nobody listens. */
async function deadAddress(): Promise<{ address: string }> {
  const broker = await ScriptedBroker.start([])
  const { address } = broker
  await broker.close()
  return { address }
}

test('the second bootstrap address is used when the first is dead', async () => {
  const broker = await ScriptedBroker.start([alive])
  const cluster = connectCluster([await deadAddress(), broker])
  await expect(cluster.request(DescribeCluster, ASK)).resolves.toMatchObject({ clusterId: 'abc' })
})

test('when every bootstrap address is dead the error names them all, soon', async () => {
  const [a, b] = [await deadAddress(), await deadAddress()]
  const cluster = connectCluster([a, b], { defaultApiTimeoutMs: 60_000 })
  await expect(cluster.request(DescribeCluster, ASK)).rejects.toMatchObject({
    name: 'ConnectionError',
    failure: 'unreachable',
    address: `${a.address}, ${b.address}`,
  })
})

test('a broker that starts while the first connection is tried is found', async () => {
  const gone = await ScriptedBroker.start([])
  const { port, address } = gone
  await gone.close()
  const cluster = connectCluster(address, { bootstrapTimeoutMs: 5000 })
  const asked = cluster.request(DescribeCluster, ASK)
  await ScriptedBroker.start([alive], port)
  await expect(asked).resolves.toMatchObject({ clusterId: 'abc' })
})

test('a request is sent again after the broker hung up and after errors that may pass', async () => {
  const broker = await ScriptedBroker.start([
    on(DescribeCluster, (_, { count }) => {
      if (count === 0) return HANG_UP
      const code = count === 1 ? errorCode('NOT_CONTROLLER') : 0
      return { errorCode: code, clusterId: 'abc', brokers: [] }
    }),
  ])
  const cluster = connectCluster([broker])
  await expect(cluster.request(DescribeCluster, ASK)).resolves.toMatchObject({ clusterId: 'abc' })
  expect(broker.requestsFor(DescribeCluster)).toBe(3)
})

test('an error that will not pass is thrown at once with the sentence of the answer', async () => {
  const broker = await ScriptedBroker.start([
    on(DescribeCluster, () => ({
      errorCode: errorCode('CLUSTER_AUTHORIZATION_FAILED'),
      errorMessage: 'not you',
      clusterId: '',
      brokers: [],
    })),
  ])
  await expect(connectCluster([broker]).request(DescribeCluster, ASK)).rejects.toMatchObject({
    code: 'CLUSTER_AUTHORIZATION_FAILED',
    message: 'not you',
  })
  expect(broker.requestsFor(DescribeCluster)).toBe(1)
})

test('a broker that hangs up on every first request is not asked for a minute', async () => {
  const broker = await ScriptedBroker.start([on(DescribeCluster, () => HANG_UP)])
  const cluster = connectCluster([broker], { defaultApiTimeoutMs: 60_000 })
  await expect(cluster.request(DescribeCluster, ASK)).rejects.toMatchObject({
    failure: 'rejected',
    message: `${broker.address}: the broker closed the connection on the first request: it may expect SASL`,
  })
  expect(broker.requestsFor(DescribeCluster)).toBe(4)
})

test('the last error is thrown when the time for the call is up', async () => {
  const broker = await ScriptedBroker.start([
    on(DescribeCluster, () => ({ errorCode: errorCode('NOT_CONTROLLER'), clusterId: '', brokers: [] })),
  ])
  const asked = connectCluster([broker]).request(DescribeCluster, ASK, { timeoutMs: 40 })
  await expect(asked).rejects.toMatchObject({ code: 'NOT_CONTROLLER' })
  expect(broker.requestsFor(DescribeCluster)).toBeGreaterThan(1)
})

test('topics are asked for once and known afterwards', async () => {
  const broker = await ScriptedBroker.start([])
  broker.script(metadataScript([broker], { orders: [1, 1] }))
  const cluster = connectCluster([broker])
  const first = await cluster.topics(['orders'])
  expect(first.get('orders')).toMatchObject({ topicId: topicIdOf('orders'), error: 'NONE' })
  expect((await cluster.topics(['orders'])).get('orders')).toBe(first.get('orders'))
  expect(broker.requestsFor(Metadata)).toBe(1)
  cluster.metadata.invalidate('orders')
  await cluster.topics(['orders'])
  expect(broker.requestsFor(Metadata)).toBe(2)
})

function offsetsScript(broker: { id: number }, moved: (partition: number) => boolean = () => false) {
  return on(ListOffsets, ({ topics }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: moved(partitionIndex) ? errorCode('NOT_LEADER_OR_FOLLOWER') : 0,
        offset: broker.id * 100 + partitionIndex,
      })),
    })),
  }))
}

test('offsets are asked of each leader, and again of the new one after a move', async () => {
  const leaders: Record<string, number[]> = { orders: [1, 2, 1] }
  const one = await ScriptedBroker.start([])
  const two = await ScriptedBroker.start([offsetsScript({ id: 2 })])
  one.script(
    offsetsScript({ id: 1 }, (partition) => {
      if (partition !== 2 || leaders.orders![2] === 2) return false
      leaders.orders = [1, 2, 2]
      return true
    }),
  )
  for (const broker of [one, two]) broker.script(metadataScript([one, two], leaders))
  const targets = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, timestamp: -1 }))
  const results = await listOffsets(connectCluster([one]), targets)
  expect(results.map(({ answer }) => answer?.offset)).toEqual([100, 201, 202])
})

test('partitions and topics that do not exist fail alone', async () => {
  const broker = await ScriptedBroker.start([offsetsScript({ id: 1 })])
  broker.script(metadataScript([broker], { orders: [1] }))
  const results = await listOffsets(connectCluster([broker], { defaultApiTimeoutMs: 30 }), [
    { topic: 'orders', partition: 0, timestamp: -2 },
    { topic: 'orders', partition: 7, timestamp: -2 },
    { topic: 'nope', partition: 0, timestamp: -2 },
  ])
  expect(results.map(({ answer, error }) => answer?.offset ?? error?.message)).toEqual([
    100,
    "topic 'orders' has no partition 7, only 1",
    "topic 'nope' does not exist",
  ])
})

test('a special timestamp the broker does not know is refused instead of searched for', async () => {
  const broker = await ScriptedBroker.start([on(ListOffsets, () => ({ topics: [] }), { max: 6 })])
  broker.script(metadataScript([broker], { orders: [1] }))
  const [result] = await listOffsets(connectCluster([broker]), [
    { topic: 'orders', partition: 0, timestamp: -3 },
  ])
  expect(result!.error).toMatchObject({ code: 'UNSUPPORTED_VERSION' })
})

test.each([3, 6])('a coordinator is found with FindCoordinator v%i, and again when it moved', async (max) => {
  const one = await ScriptedBroker.start([])
  const two = await ScriptedBroker.start([])
  const coordinator = { nodeId: 2, host: '127.0.0.1', port: two.port }
  one.script(metadataScript([one, two], {}))
  one.script(
    on(
      FindCoordinator,
      (_, { version, count }) => {
        const code = count === 0 ? errorCode('COORDINATOR_NOT_AVAILABLE') : 0
        if (version < 4) return { errorCode: code, ...coordinator }
        return { coordinators: [{ key: 'g', errorCode: code, errorMessage: null, ...coordinator }] }
      },
      { max },
    ),
  )
  two.script(
    on(
      OffsetFetch,
      (_, { count }) => ({ topics: [], errorCode: count === 0 ? errorCode('NOT_COORDINATOR') : 0 }),
      { max: 7 },
    ),
  )
  const cluster = connectCluster([one])
  await expect(findCoordinator(cluster, 'group', 'g')).resolves.toBe(2)
  const answer = await requestCoordinator(cluster, 'group', 'g', OffsetFetch, { groupId: 'g', topics: [] })
  expect(answer.errorCode).toBe(0)
  expect(two.requestsFor(OffsetFetch)).toBe(2)
})

/** Accepts connections and never answers. */
const mute = () => ScriptedBroker.start([on(ApiVersions, () => STAY_SILENT)])

test('a call ends at its deadline while the first connection waits for an answer', async () => {
  const broker = await mute()
  const cluster = connectCluster([broker], { requestTimeoutMs: 30_000 })
  await expect(cluster.request(DescribeCluster, ASK, { timeoutMs: 100 })).rejects.toMatchObject({
    failure: 'timed-out',
    message: `${broker.address}: no answer within 100 ms`,
  })
})

test('partitions whose leader does not answer fail at the deadline', async () => {
  const [broker, leader] = [await ScriptedBroker.start([]), await mute()]
  broker.script(metadataScript([broker, leader], { orders: [2] }))
  const cluster = connectCluster([broker], { requestTimeoutMs: 30_000 })
  const [result] = await listOffsets(cluster, [{ topic: 'orders', partition: 0, timestamp: -1 }], {
    timeoutMs: 100,
  })
  expect(result?.error?.message).toBe(`${leader.address}: no answer within 100 ms`)
})

test('an interrupt ends calls that wait, and later ones still have the time for closing', async () => {
  const [broker, silent] = [await ScriptedBroker.start([alive]), await mute()]
  const lifetime = new Lifetime(systemClock)
  const waiting = connectCluster([silent], { lifetime }).request(DescribeCluster, ASK)
  const cluster = connectCluster([broker], { lifetime })
  lifetime.interrupt()
  await expect(waiting).rejects.toBeInstanceOf(Interrupted)
  await expect(cluster.request(DescribeCluster, ASK)).resolves.toMatchObject({ clusterId: 'abc' })
})

test('a client that is closed gives up a connection that is being opened', async () => {
  const broker = await mute()
  const cluster = connectCluster([broker])
  const waiting = cluster.connections.any()
  while (broker.sockets.size === 0) await new Promise(setImmediate)
  cluster.close()
  await expect(waiting).rejects.toMatchObject({ failure: 'shut-down' })
})

test('a broker that is slow to answer is reported, but not when it may hold the answer back', async () => {
  let answer = (): void => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  const broker = await ScriptedBroker.start([
    on(DescribeCluster, async () => {
      await held
      return { errorCode: 0, clusterId: 'abc', brokers: [] }
    }),
  ])
  const clock = new ManualClock()
  const lines: string[] = []
  const cluster = connectCluster([broker], { clock, onNotice: (line) => lines.push(line) })
  const connection = await cluster.connections.any()
  const patient = connection.request(DescribeCluster, ASK, { heldMs: 5000 })
  clock.pass(1000)
  await new Promise(setImmediate)
  expect(lines).toEqual([])
  clock.pass(5000)
  await expect.poll(() => lines).toEqual([`no answer from ${broker.address} yet, waiting`])
  answer()
  await patient
  expect(lines.slice(1)).toEqual([`${broker.address} answers again`])
})

test('an answer that makes a call wait is reported once after a second', async () => {
  const broker = await ScriptedBroker.start([
    on(DescribeCluster, () => ({ errorCode: errorCode('NOT_CONTROLLER'), clusterId: '', brokers: [] })),
  ])
  const lines: string[] = []
  const cluster = connectCluster([broker], { onNotice: (line) => lines.push(line) })
  await expect(cluster.request(DescribeCluster, ASK, { timeoutMs: 900 })).rejects.toThrow()
  expect(lines).toEqual([])
  await expect(cluster.request(DescribeCluster, ASK, { timeoutMs: 1300 })).rejects.toThrow()
  expect(lines).toEqual(['waiting: This is not the correct controller for this cluster.'])
})

test('an address that does not answer does not hold up the next', async () => {
  const [silent, broker] = [await mute(), await ScriptedBroker.start([alive])]
  const cluster = connectCluster([silent, broker], { defaultApiTimeoutMs: 60_000 })
  await expect(cluster.request(DescribeCluster, ASK)).resolves.toMatchObject({ clusterId: 'abc' })
})

test('a broker that stops answering is passed over where another answers', async () => {
  const stopped = await ScriptedBroker.start([on(DescribeCluster, () => STAY_SILENT)])
  const broker = await ScriptedBroker.start([alive])
  const lines: string[] = []
  const onNotice = (line: string) => void lines.push(line)
  const cluster = connectCluster([stopped, broker], { defaultApiTimeoutMs: 60_000, onNotice })
  const asked = cluster.request(DescribeCluster, ASK, { timeoutMs: 9000 })
  await expect
    .poll(() => lines, { timeout: 5000 })
    .toEqual([`no answer from ${stopped.address} yet, waiting`])
  await expect(cluster.request(DescribeCluster, ASK)).resolves.toMatchObject({ clusterId: 'abc' })
  cluster.close()
  await expect(asked).rejects.toThrow()
})
