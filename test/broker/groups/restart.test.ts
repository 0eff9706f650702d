// What is left of groups when the broker was closed or killed.
import { expect, test } from 'vitest'
import { prefixed } from '../../../src/broker/groups/group-records.ts'
import { OFFSETS_TOPIC, offsetsPartition } from '../../../src/broker/groups/offsets-partition.ts'
import type { PartitionLog } from '../../../src/log/partition-log.ts'
import { DescribeGroups, LeaveGroup } from '../../../src/protocol/messages/classic-groups.ts'
import { OffsetCommit } from '../../../src/protocol/messages/commits.ts'
import {
  GroupMetadataKey,
  GroupMetadataValue,
  LegacyOffsetCommitKey,
  OffsetCommitKey,
  OffsetCommitValue,
} from '../../../src/protocol/messages/stored-offsets.ts'
import type { BatchOptions } from '../../../src/records/batch-header.ts'
import { loadCodec } from '../../../src/records/compression.ts'
import { buildEndTxnMarker } from '../../../src/records/control.ts'
import { BatchBuilder } from '../../../src/records/record.ts'
import type { TestBroker } from '../../support/broker.ts'
import { subscription } from './group-twin.ts'
import {
  commit,
  committed,
  heartbeat,
  joinAlone,
  joinGroup,
  startCoordinator,
  syncGroup,
} from './wire-member.ts'

const RESTARTS = {
  closed: (broker: TestBroker) => broker.restart(),
  killed: (broker: TestBroker) => broker.crash(),
}

test.each(Object.entries(RESTARTS))('offsets are there after the broker was %s', async (_how, restart) => {
  const broker = await startCoordinator({ brokers: 1 })
  for (const offset of [5, 6, 7]) await commit(broker, offset)
  await commit(broker, 1, { group: 'other', partition: 2, metadata: 'text', leaderEpoch: 4 })
  await commit(broker, 9, { group: 'old', version: 2, retentionTimeMs: 1000 })
  await restart(broker)
  expect(await committed(broker)).toEqual({ 'orders-0': 7 })
  expect(await committed(broker, 'other')).toEqual({ 'orders-2': 1 })
  expect(await committed(broker, 'old')).toEqual({ 'orders-0': 9 })
})

test.each(Object.entries(RESTARTS))('members go on after the broker was %s', async (_how, restart) => {
  const broker = await startCoordinator()
  const [first, second] = [broker.connect(), broker.connect()]
  const leader = await joinGroup(first)
  const joining = joinGroup(second)
  await expect.poll(() => heartbeat(first, leader)).toBe('REBALANCE_IN_PROGRESS')
  const again = await joinGroup(first, { memberId: leader.memberId })
  const follower = await joining
  const parts = { [leader.memberId]: 'one', [follower.memberId]: 'two' }
  await Promise.all([syncGroup(first, again, parts), syncGroup(second, follower)])
  await restart(broker)
  const connection = broker.connect()
  for (const member of [again, follower]) {
    expect(await heartbeat(connection, member)).toBe('NONE')
    expect(await commit(broker, 3, member)).toBe('NONE')
  }
  expect(String((await syncGroup(connection, follower)).assignment)).toBe('two')
})

test('a group that was rebalancing when the broker was killed is as it was before, and its members join anew', async () => {
  const broker = await startCoordinator()
  const client = broker.connect()
  const alone = await joinAlone(client)
  const joining = broker.connect()
  joinGroup(joining).catch(() => {})
  await expect.poll(() => heartbeat(client, alone)).toBe('REBALANCE_IN_PROGRESS')
  await broker.crash()
  expect(await heartbeat(broker.connect(), alone)).toBe('NONE')
})

test('members that do not come back after a restart lose their place when their session is over', async () => {
  const broker = await startCoordinator()
  const member = await joinAlone(broker.connect(), { sessionTimeoutMs: 10_000 })
  await broker.restart()
  broker.clock.pass(9999)
  expect(await heartbeat(broker.connect(), member)).toBe('NONE')
  broker.clock.pass(10_000)
  expect(await heartbeat(broker.connect(), member)).toBe('UNKNOWN_MEMBER_ID')
  expect(await commit(broker, 1)).toBe('NONE')
})

test('static members come back after a restart without a rebalance', async () => {
  const broker = await startCoordinator()
  const options = { groupInstanceId: 'one' }
  const before = await joinGroup(broker.connect(), options)
  await syncGroup(broker.connect(), before, { [before.memberId]: 'mine' })
  await broker.crash()
  const after = await joinGroup(broker.connect(), options)
  expect(after).toMatchObject({ generationId: before.generationId, skipAssignment: true })
  expect(String((await syncGroup(broker.connect(), after)).assignment)).toBe('mine')
})

test('a group over group.max.size after a restart has everybody join again', async () => {
  const broker = await startCoordinator()
  const client = broker.connect()
  const first = await joinAlone(client)
  const joining = joinGroup(broker.connect())
  await expect.poll(() => heartbeat(client, first)).toBe('REBALANCE_IN_PROGRESS')
  const again = await joinGroup(client, { memberId: first.memberId })
  await Promise.all([joining, syncGroup(client, again)])
  await broker.restart({ 'group.max.size': '1' })
  expect(await heartbeat(broker.connect(), again)).toBe('REBALANCE_IN_PROGRESS')
})

test('an empty group stays, with its generation', async () => {
  const broker = await startCoordinator()
  const client = broker.connect()
  const { memberId } = await joinAlone(client)
  await client.ask(LeaveGroup, 5, { groupId: 'g', members: [{ memberId }] })
  await broker.restart()
  const { groups } = await broker.ask(DescribeGroups, 6, { groups: ['g'] })
  expect(groups[0]).toMatchObject({ groupState: 'Empty', protocolType: 'consumer', members: [] })
  expect((await joinGroup(broker.connect())).generationId).toBe(3)
})

test('state in compressed batches is read and written', async () => {
  const broker = await startCoordinator({ config: { 'offsets.topic.compression.codec': '4' } })
  await commit(broker, 5, { metadata: 'x'.repeat(4000) })
  expect(offsetsLog(broker).sizeInBytes).toBeLessThan(1000)
  await broker.restart({})
  expect(await committed(broker)).toEqual({ 'orders-0': 5 })
})

// What other versions of Kafka have written.

const offsetsLog = (broker: TestBroker, group = 'g'): PartitionLog =>
  broker.log(OFFSETS_TOPIC, offsetsPartition(group, 50))

function append(
  broker: TestBroker,
  records: readonly (readonly [key: Buffer, value: Buffer | null])[],
  options: BatchOptions = {},
): void {
  const builder = new BatchBuilder()
  for (const [key, value] of records) builder.append(broker.clock.now(), key, value)
  offsetsLog(broker).append(builder.build(options), { leaderEpoch: 0, origin: 'coordinator' })
}

const orders = (partition: number) => ({ group: 'g', topic: 'orders', partition })
const offsetKey = (partition: number) =>
  prefixed(OffsetCommitKey.apiKey, OffsetCommitKey.message, 0, orders(partition))
const offsetValue = (version: number, offset: number) =>
  prefixed(version, OffsetCommitValue.message, version, { offset, metadata: '', commitTimestamp: 1 })

test.each([0, 1, 2, 3, 4])('an offset in version %i of its record is read', async (version) => {
  const broker = await startCoordinator()
  append(broker, [[offsetKey(0), offsetValue(version, 5)]])
  await broker.restart()
  expect(await committed(broker)).toEqual({ 'orders-0': 5 })
})

test('an offset under the key of old versions is read', async () => {
  const broker = await startCoordinator()
  const key = prefixed(LegacyOffsetCommitKey.apiKey, LegacyOffsetCommitKey.message, 0, orders(1))
  append(broker, [[key, offsetValue(0, 5)]])
  await broker.restart()
  expect(await committed(broker)).toEqual({ 'orders-1': 5 })
})

const groupKey = prefixed(GroupMetadataKey.apiKey, GroupMetadataKey.message, 0, { group: 'g' })

test.each([0, 1, 2, 3, 4])('a group in version %i of its record is read', async (version) => {
  const broker = await startCoordinator()
  const value = prefixed(version, GroupMetadataValue.message, version, {
    protocolType: 'consumer',
    generation: 7,
    protocol: 'range',
    leader: 'm',
    members: [
      {
        memberId: 'm',
        clientId: 'c',
        clientHost: '/127.0.0.1',
        sessionTimeout: 10_000,
        subscription: subscription('orders'),
        assignment: Buffer.from('part'),
      },
    ],
  })
  append(broker, [[groupKey, value]])
  await broker.restart()
  const { groups } = await broker.ask(DescribeGroups, 6, { groups: ['g'] })
  expect(groups[0]).toMatchObject({ groupState: 'Stable', protocolData: 'range' })
  expect(String(groups[0]!.members[0]!.memberAssignment)).toBe('part')
  expect(await heartbeat(broker.connect(), { memberId: 'm', generationId: 7 })).toBe('NONE')
})

test('what cannot be read is told and left out, and so are records of later versions', async () => {
  const broker = await startCoordinator()
  const short = offsetValue(4, 1).subarray(0, 8)
  const later = Buffer.from([0x7f, 0xff, 1, 2, 3])
  append(broker, [
    [later, Buffer.from('x')],
    [offsetKey(0), short],
    [offsetKey(1), Buffer.from([0, 99])],
    [Buffer.from([0]), null],
    [offsetKey(2), offsetValue(4, 5)],
  ])
  await broker.restart()
  expect(await committed(broker)).toEqual({ 'orders-2': 5 })
  expect(broker.complaints.join('\n')).toContain(
    'skipped a record of unknown kind 32767 in __consumer_offsets-',
  )
  expect(broker.complaints.filter((text) => text.includes('cannot be read'))).toHaveLength(3)
})

test('offsets of a transaction count once it is committed, and not if it was aborted or is open', async () => {
  const broker = await startCoordinator()
  const transactional = (producerId: number) => ({
    isTransactional: true,
    producerId,
    producerEpoch: 0,
    baseSequence: 0,
  })
  const log = offsetsLog(broker)
  for (const producerId of [1, 2, 3]) {
    append(broker, [[offsetKey(producerId - 1), offsetValue(4, producerId)]], transactional(producerId))
  }
  for (const [producerId, type] of [
    [1, 'COMMIT'],
    [2, 'ABORT'],
  ] as const) {
    const marker = { type, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestampMs: 1 }
    log.append(buildEndTxnMarker(marker), { leaderEpoch: 0, origin: 'coordinator' })
  }
  await broker.restart()
  expect(await committed(broker)).toEqual({ 'orders-0': 1 })
})

test('100,000 commits are read back', async () => {
  await loadCodec(0)
  const broker = await startCoordinator({ topics: { orders: 20 }, onDisk: true })
  const partitions = Array.from({ length: 20 }, (_, partitionIndex) => ({
    partitionIndex,
    committedOffset: 1,
    committedMetadata: '',
  }))
  const client = broker.connect()
  for (let count = 0; count < 5000; count++) {
    await client.ask(OffsetCommit, 9, {
      groupId: `g${count % 100}`,
      memberId: '',
      topics: [{ name: 'orders', partitions }],
    })
  }
  await broker.close()
  await broker.open()
  expect(Object.keys(await committed(broker, 'g99'))).toHaveLength(20)
})
