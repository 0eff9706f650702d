// Offsets whose time is up; Kafka's rules differ by what the group is doing (KIP-211).
import { expect, test } from 'vitest'
import { LeaveGroup, ListGroups } from '../../../src/protocol/messages/classic-groups.ts'
import type { TestBroker } from '../../support/broker.ts'
import { commit, committed, heartbeat, joinAlone, startCoordinator } from './wire-member.ts'

const MINUTE_MS = 60_000
/** Looked at every minute, kept for ten. */
const CONFIG = {
  'offsets.retention.minutes': '10',
  'offsets.retention.check.interval.ms': String(MINUTE_MS),
  'connections.max.idle.ms': '-1',
}

/** Lets time pass as it does, so that every look at the offsets happens. */
async function pass(broker: TestBroker, minutes: number, meanwhile: () => Promise<unknown> = async () => {}) {
  for (let minute = 0; minute < minutes; minute++) {
    broker.clock.pass(MINUTE_MS)
    await meanwhile()
  }
}

async function groupIds(broker: TestBroker): Promise<string[]> {
  return (await broker.ask(ListGroups, 5, {})).groups.map(({ groupId }) => groupId)
}

test('offsets without a group expire on their own, and the last takes the group with it', async () => {
  const broker = await startCoordinator({ config: CONFIG })
  await commit(broker, 1, { partition: 0 })
  await pass(broker, 5)
  await commit(broker, 1, { partition: 1 })
  await pass(broker, 4)
  expect(await committed(broker)).toEqual({ 'orders-0': 1, 'orders-1': 1 })
  await pass(broker, 1)
  expect(await committed(broker)).toEqual({ 'orders-1': 1 })
  expect(await groupIds(broker)).toEqual(['g'])
  await pass(broker, 5)
  expect(await groupIds(broker)).toEqual([])
  await broker.restart()
  expect(await groupIds(broker)).toEqual([])
})

test('offsets of a group that was left count from then on', async () => {
  const broker = await startCoordinator({ config: CONFIG })
  const client = broker.connect()
  const { memberId, generationId } = await joinAlone(client, { sessionTimeoutMs: 1_800_000 })
  await commit(broker, 1, { memberId, generationId })
  await pass(broker, 20)
  await client.ask(LeaveGroup, 5, { groupId: 'g', members: [{ memberId }] })
  await pass(broker, 9)
  expect(await committed(broker)).toEqual({ 'orders-0': 1 })
  await pass(broker, 1)
  expect(await groupIds(broker)).toEqual([])
})

test('offsets of topics that the members do not read any more expire while they are there', async () => {
  const broker = await startCoordinator({ config: CONFIG, topics: { orders: 1, earlier: 1 } })
  const client = broker.connect()
  const member = await joinAlone(client, { sessionTimeoutMs: 1_800_000 })
  for (const topic of ['orders', 'earlier']) await commit(broker, 1, { ...member, topic })
  await pass(broker, 10, () => heartbeat(client, member))
  expect(await committed(broker)).toEqual({ 'orders-0': 1 })
})

test('offsets of a group that says nothing of topics stay as long as it has members', async () => {
  const broker = await startCoordinator({ config: CONFIG })
  const connect = { protocolType: 'connect', sessionTimeoutMs: 1_800_000 }
  const member = await joinAlone(broker.connect(), connect)
  await commit(broker, 1, member)
  await pass(broker, 20)
  expect(await committed(broker)).toEqual({ 'orders-0': 1 })
})

test('a retention that the client asked for counts instead', async () => {
  const broker = await startCoordinator({ config: CONFIG })
  await commit(broker, 1, { partition: 0, version: 4, retentionTimeMs: 2 * MINUTE_MS })
  await commit(broker, 1, { partition: 1, version: 4, retentionTimeMs: 20 * MINUTE_MS })
  await pass(broker, 2)
  expect(await committed(broker)).toEqual({ 'orders-1': 1 })
  await broker.restart()
  await pass(broker, 17)
  expect(await committed(broker)).toEqual({ 'orders-1': 1 })
  await pass(broker, 1)
  expect(await committed(broker)).toEqual({})
})

test('an empty group without offsets goes with the next look', async () => {
  const broker = await startCoordinator({ config: CONFIG })
  const client = broker.connect()
  const { memberId } = await joinAlone(client)
  await client.ask(LeaveGroup, 5, { groupId: 'g', members: [{ memberId }] })
  expect(await groupIds(broker)).toEqual(['g'])
  await pass(broker, 1)
  expect(await groupIds(broker)).toEqual([])
})
