import type { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { DescribeGroups, JoinGroup, SyncGroup } from '../../src/protocol/messages/classic-groups.ts'
import { Fetch } from '../../src/protocol/messages/fetch.ts'
import { ApiVersions, FindCoordinator } from '../../src/protocol/messages/metadata.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import type { Api, DecodedResponseOf, Fields, RequestOf } from '../../src/protocol/schema.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { duplexPair } from '../support/duplex-pair.ts'
import { bytesOfBuffers } from '../support/garbage.ts'
import { append, batch, recordsIn } from '../support/logs.ts'
import { fetchFrom, produceTo } from '../support/partition-requests.ts'
import { requestFrame, settled, WireClient } from '../support/wire-client.ts'

const MEGABYTE = 1_000_000

/** What the memory of buffers has grown by since `before`. */
const grownMegabytes = (before: number): number => (bytesOfBuffers() - before) / MEGABYTE

/** Clients that send the same request any number of times, and read nothing until they are told to. */
async function startSlowReaders<A extends Api<Fields, Fields>>(
  broker: TestBroker,
  count: number,
  [api, version, body]: [api: A, version: number, body: RequestOf<A>],
  times: number,
): Promise<Duplex[]> {
  const frame = requestFrame(api, version, body)
  const ends: Duplex[] = []
  for (let client = 0; client < count; client++) {
    const [here, there] = duplexPair()
    broker.broker.handle(there, 1)
    for (let time = 0; time < times; time++) here.write(frame)
    ends.push(here)
  }
  await settled()
  return ends
}

async function startWithRecords(count: number) {
  const broker = await startTestBroker({ topics: { orders: 1, others: 1 } })
  const values = Array.from({ length: count }, (_, i) => `${i}`.padEnd(MEGABYTE - 1000, 'x'))
  for (const value of values) append(broker.log('orders'), value)
  return { broker, values, before: bytesOfBuffers() }
}

async function expectServed(broker: TestBroker): Promise<void> {
  const produced = await broker.ask(Produce, 9, produceTo({ topic: 'others' }, batch()))
  expect(produced.responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
  const fetched = await broker.ask(Fetch, 12, fetchFrom([{ topic: 'others' }]))
  expect(recordsIn(fetched.responses[0]!.partitions[0]!.records!).length).toBeGreaterThan(0)
}

const everything = fetchFrom([{ topic: 'orders', maxBytes: 50 * MEGABYTE }], { maxBytes: 50 * MEGABYTE })

test('40 clients that ask for 50 MB each and do not read hold little memory, and get it when they read', async () => {
  const { broker, values, before } = await startWithRecords(50)
  const readers = await startSlowReaders(broker, 40, [Fetch, 12, everything], 1)
  expect(grownMegabytes(before)).toBeLessThan(100)
  await expectServed(broker)
  // Two of them read, a chunk at a time, while the log goes on.
  const answers = readers.slice(0, 2).map((reader) => new WireClient(reader).receive(Fetch, 12))
  append(broker.log('orders'), 'later')
  for (const { body } of await Promise.all(answers)) {
    const found = recordsIn(body.responses[0]!.partitions[0]!.records!)
    expect(found.map(({ value }) => String(value).trimEnd())).toEqual(values)
  }
})

test('200 clients with many requests for 1 MB and no wish to read hold little memory', async () => {
  const { broker, before } = await startWithRecords(1)
  const request = fetchFrom([{ topic: 'orders' }])
  await startSlowReaders(broker, 200, [Fetch, 12, request], 20)
  // As much again is in what stands for the kernel.
  expect(grownMegabytes(before)).toBeLessThan(200)
  await expectServed(broker)
})

test('records that are deleted while a client reads them slowly arrive nevertheless', async () => {
  const { broker, values } = await startWithRecords(3)
  const [reader] = await startSlowReaders(broker, 1, [Fetch, 12, everything], 1)
  broker.deleteTopic('orders')
  broker.clock.pass(10 * 60_000)
  await settled()
  const { body } = await new WireClient(reader!).receive(Fetch, 12)
  const found = recordsIn(body.responses[0]!.partitions[0]!.records!)
  expect(found.map(({ value }) => String(value))).toEqual(values)
})

test('a connection is closed when the records of an answer it has begun can no longer be read', async () => {
  const { broker } = await startWithRecords(3)
  const [reader] = await startSlowReaders(broker, 1, [Fetch, 12, everything], 1)
  broker.log('orders').truncateTo(1)
  expect(await new WireClient(reader!).nextFrame()).toBeNull()
  expect(broker.complaints.join()).toMatch(/closing the connection from .*bytes to be read are gone/)
  await expectServed(broker)
})

test('a slow reader is idle once it takes nothing for connections.max.idle.ms', async () => {
  const { broker } = await startWithRecords(5)
  const [stalled, slow] = await startSlowReaders(broker, 2, [Fetch, 12, everything], 1)
  for (let minute = 0; minute < 12; minute++) {
    broker.clock.pass(60_000)
    slow!.read()
    await settled()
  }
  const client = new WireClient(slow!)
  expect(slow!.readableEnded).toBe(false)
  expect(await new WireClient(stalled!).nextFrame()).toBeNull()
  expect(client.isClosed).toBe(false)
})

/** A description of a group that has more than two megabytes. */
const description: RequestOf<typeof DescribeGroups> = { groups: ['large', 'large', 'large'] }
const LARGE = Buffer.alloc(400_000, 'x')

async function makeLargeGroup(broker: TestBroker): Promise<void> {
  const member = { groupId: 'large', groupInstanceId: 'one' }
  // Makes the topic of the group.
  await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['large'] })
  const joined = await broker.ask(JoinGroup, 9, {
    ...member,
    memberId: '',
    sessionTimeoutMs: 300_000,
    rebalanceTimeoutMs: 300_000,
    protocolType: 'test',
    protocols: [{ name: 'only', metadata: LARGE }],
  })
  const { memberId, generationId } = joined
  const synced = await broker.ask(SyncGroup, 5, {
    ...member,
    memberId,
    generationId,
    protocolType: 'test',
    protocolName: 'only',
    assignments: [{ memberId, assignment: LARGE }],
  })
  expect([joined.errorCode, synced.errorCode]).toEqual([0, 0])
}

const describedBytes = ({ groups }: DecodedResponseOf<typeof DescribeGroups>): number =>
  groups.reduce((sum, { members }) => sum + members[0]!.memberMetadata.length, 0)

test('long answers that nobody reads hold little memory, and give way to those that are read', async () => {
  const config = { 'offsets.topic.num.partitions': '1', 'group.initial.rebalance.delay.ms': '0' }
  const broker = await startTestBroker({ topics: { orders: 1, others: 1 }, config })
  await makeLargeGroup(broker)
  expect(describedBytes(await broker.ask(DescribeGroups, 5, description))).toBe(1_200_000)
  const before = bytesOfBuffers()
  const stalled = await startSlowReaders(broker, 150, [DescribeGroups, 5, description], 3)
  expect(grownMegabytes(before)).toBeLessThan(150)
  // Whose answers are short is served at once.
  await expectServed(broker)
  expect((await broker.ask(ApiVersions, 0, {})).errorCode).toBe(0)
  const answer = broker.connect().ask(DescribeGroups, 5, description)
  await settled()
  expect(broker.complaints).toEqual([])
  for (let second = 0; second < 20; second++) {
    broker.clock.pass(1000)
    await settled()
  }
  expect(describedBytes(await answer)).toBe(1_200_000)
  expect(broker.complaints[0]).toMatch(
    /closing the connection from .*: its client has read nothing of answers of \d+ bytes for 3000 ms, and others wait/,
  )
  expect(grownMegabytes(before)).toBeLessThan(150)
  for (const reader of stalled) reader.destroy()
})
