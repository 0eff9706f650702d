// Members over the wire, where requests wait and connections come and go.
import { expect, test } from 'vitest'
import { errorName } from '../../../src/protocol/errors.ts'
import { Heartbeat, JoinGroup, LeaveGroup, SyncGroup } from '../../../src/protocol/messages/classic-groups.ts'
import { settled } from '../../support/wire-client.ts'
import {
  heartbeat,
  joinAlone,
  joinBody,
  joinGroup,
  startCoordinator,
  syncGroup,
  versionsOf,
} from './wire-member.ts'

test.each(versionsOf(JoinGroup))('JoinGroup version %i lets a member in', async (version) => {
  const broker = await startCoordinator()
  const answer = await joinGroup(broker.connect({ clientId: 'me' }), { version })
  expect(answer).toMatchObject({
    errorCode: 0,
    generationId: 1,
    protocolName: 'range',
    leader: answer.memberId,
  })
  expect(answer.protocolType).toBe(version >= 7 ? 'consumer' : null)
  expect(answer.memberId).toMatch(/^me-[0-9a-f-]{36}$/)
})

test.each(versionsOf(JoinGroup))('JoinGroup version %i says why nobody is let in', async (version) => {
  const broker = await startCoordinator()
  const answer = await broker.ask(JoinGroup, version, joinBody({ version, memberId: 'x' }))
  expect(errorName(answer.errorCode)).toBe('UNKNOWN_MEMBER_ID')
  expect(answer).toMatchObject({ memberId: 'x', protocolName: version >= 7 ? null : '' })
})

test.each(versionsOf(SyncGroup))('SyncGroup version %i gives the assignment', async (version) => {
  const broker = await startCoordinator()
  const { memberId, generationId } = await joinGroup(broker.connect())
  const answer = await broker.ask(SyncGroup, version, {
    groupId: 'g',
    generationId,
    memberId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: Buffer.from('mine') }],
  })
  expect(answer).toMatchObject({ errorCode: 0, protocolName: version >= 5 ? 'range' : null })
  expect(String(answer.assignment)).toBe('mine')
})

test.each([
  ['another protocol', { protocolName: 'roundrobin' }],
  ['another protocol type', { protocolType: 'connect' }],
  ['no protocol', { protocolName: null }],
  ['no protocol type', { protocolType: null }],
])('a SyncGroup that speaks of %s is refused', async (_what, spoken) => {
  const broker = await startCoordinator()
  const { memberId, generationId } = await joinGroup(broker.connect())
  const { errorCode } = await broker.ask(SyncGroup, 5, {
    groupId: 'g',
    generationId,
    memberId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [],
    ...spoken,
  })
  expect(errorName(errorCode)).toBe('INCONSISTENT_GROUP_PROTOCOL')
})

test.each(versionsOf(LeaveGroup))('LeaveGroup version %i lets a member go, once', async (version) => {
  const broker = await startCoordinator()
  const { memberId } = await joinAlone(broker.connect())
  const body = version >= 3 ? { groupId: 'g', members: [{ memberId }] } : { groupId: 'g', memberId }
  const errorOf = async () => {
    const { errorCode, members } = await broker.ask(LeaveGroup, version, body as never)
    return errorName(version >= 3 ? members[0]!.errorCode : errorCode)
  }
  expect(await errorOf()).toBe('NONE')
  expect(await errorOf()).toBe('UNKNOWN_MEMBER_ID')
})

test('several members leave at once, each with its own answer', async () => {
  const broker = await startCoordinator()
  const one = await joinGroup(broker.connect(), { groupInstanceId: 'one' })
  const { members } = await broker.ask(LeaveGroup, 5, {
    groupId: 'g',
    members: [
      { memberId: 'x' },
      { memberId: '', groupInstanceId: 'one' },
      { memberId: one.memberId, groupInstanceId: 'one' },
    ],
  })
  expect(members.map(({ errorCode }) => errorName(errorCode))).toEqual([
    'UNKNOWN_MEMBER_ID',
    'NONE',
    'UNKNOWN_MEMBER_ID',
  ])
})

test.each(versionsOf(Heartbeat))('Heartbeat version %i is answered', async (version) => {
  const broker = await startCoordinator()
  const { memberId, generationId } = await joinAlone(broker.connect())
  const body = { groupId: 'g', generationId, memberId }
  expect((await broker.ask(Heartbeat, version, body)).errorCode).toBe(0)
  const stale = await broker.ask(Heartbeat, version, { ...body, generationId: generationId - 1 })
  expect(errorName(stale.errorCode)).toBe('ILLEGAL_GENERATION')
})

test('requests without a group id, and of members of unknown groups, are refused', async () => {
  const broker = await startCoordinator()
  const someone = { memberId: 'x', generationId: 1 }
  const client = broker.connect()
  const join = async (group: string) =>
    errorName((await joinGroup(client, { group, memberId: 'x' })).errorCode)
  const sync = async (group: string) => errorName((await syncGroup(client, someone, {}, group)).errorCode)
  const leave = async (groupId: string) => {
    const { errorCode, members } = await client.ask(LeaveGroup, 5, { groupId, members: [{ memberId: 'x' }] })
    return [errorCode, ...members.map((member) => member.errorCode)].map(errorName)
  }
  expect([await join(''), await sync(''), await heartbeat(client, someone, '')]).toEqual(
    Array.from({ length: 3 }, () => 'INVALID_GROUP_ID'),
  )
  expect([await join('no'), await sync('no'), await heartbeat(client, someone, 'no')]).toEqual(
    Array.from({ length: 3 }, () => 'UNKNOWN_MEMBER_ID'),
  )
  expect(await leave('')).toEqual(['INVALID_GROUP_ID'])
  expect(await leave('no')).toEqual(['NONE', 'UNKNOWN_MEMBER_ID'])
})

test.each([
  [5999, 'INVALID_SESSION_TIMEOUT'],
  [6000, 'NONE'],
  [1_800_000, 'NONE'],
  [1_800_001, 'INVALID_SESSION_TIMEOUT'],
  [-1, 'INVALID_SESSION_TIMEOUT'],
])('a session of %i ms: %s', async (sessionTimeoutMs, error) => {
  const broker = await startCoordinator()
  expect(errorName((await joinGroup(broker.connect(), { sessionTimeoutMs })).errorCode)).toBe(error)
})

test('only the broker that leads the partition of a group lets members in', async () => {
  const broker = await startCoordinator({ brokers: 2 })
  const join = async (node: number) => errorName((await joinGroup(broker.connect({ node }))).errorCode)
  expect([await join(1), await join(2)].toSorted()).toEqual(['NONE', 'NOT_COORDINATOR'])
})

test('a member whose connection breaks while it waits keeps its place until its time is up', async () => {
  const broker = await startCoordinator()
  const client = broker.connect()
  const first = await joinAlone(client)
  const breaking = broker.connect()
  const { memberId } = await breaking.ask(JoinGroup, 9, joinBody())
  breaking.send(JoinGroup, 9, joinBody({ memberId }))
  await expect.poll(() => heartbeat(client, first)).toBe('REBALANCE_IN_PROGRESS')
  breaking.close()
  await settled()
  const again = await joinGroup(client, { memberId: first.memberId })
  expect(again.members.map((member) => member.memberId)).toEqual([first.memberId, memberId])
  await syncGroup(client, again)
  broker.clock.pass(9000)
  expect(await heartbeat(client, again)).toBe('NONE')
  broker.clock.pass(1000)
  expect(await heartbeat(client, again)).toBe('REBALANCE_IN_PROGRESS')
})

test('a member that comes back over a new connection while its first request waits gets the answer', async () => {
  const broker = await startCoordinator()
  const client = broker.connect()
  const first = await joinAlone(client)
  const breaking = broker.connect()
  const { memberId } = await breaking.ask(JoinGroup, 9, joinBody())
  breaking.send(JoinGroup, 9, joinBody({ memberId }))
  await expect.poll(() => heartbeat(client, first)).toBe('REBALANCE_IN_PROGRESS')
  breaking.close()
  const waiting = broker.connect().ask(JoinGroup, 9, joinBody({ memberId }))
  await settled()
  await joinGroup(client, { memberId: first.memberId })
  expect(await waiting).toMatchObject({ errorCode: 0, memberId, generationId: 2 })
})

test('what members send is kept, though the memory of their requests is used again', async () => {
  const broker = await startCoordinator()
  const client = broker.connect()
  const joined = await joinGroup(client, { metadata: Buffer.from(`\0\0\0\0\0\0${'m'.repeat(2000)}`) })
  await syncGroup(client, joined, { [joined.memberId]: 'a'.repeat(2000) })
  for (let count = 0; count < 5; count++) await joinAlone(client, { group: `${count}${'z'.repeat(9000)}` })
  const { assignment } = await syncGroup(client, joined)
  expect(String(assignment)).toBe('a'.repeat(2000))
  const again = await joinGroup(client, { memberId: joined.memberId, metadata: Buffer.from('changed') })
  expect(String(again.members[0]!.metadata)).toBe('changed')
})

test('a broker that closes does not wait for members', async () => {
  const broker = await startCoordinator()
  const client = broker.connect()
  await joinAlone(client)
  const waiting = broker.connect()
  joinGroup(waiting).catch(() => {})
  await settled()
  await broker.restart()
  expect(waiting.isClosed).toBe(true)
})
