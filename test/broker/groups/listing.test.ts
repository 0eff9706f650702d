import { expect, test } from 'vitest'
import { errorName } from '../../../src/protocol/errors.ts'
import { DeleteGroups, DescribeGroups, ListGroups } from '../../../src/protocol/messages/classic-groups.ts'
import type { TestBroker } from '../../support/broker.ts'
import { subscription } from './group-twin.ts'
import { commit, committed, joinAlone, joinGroup, startCoordinator, versionsOf } from './wire-member.ts'

/** A group that only has offsets, an empty one, and one with a member. */
async function startThree(): Promise<TestBroker> {
  const broker = await startCoordinator()
  await commit(broker, 1, { group: 'offsets' })
  await joinAlone(broker.connect({ clientId: 'me' }), { group: 'members', groupInstanceId: 'one' })
  await joinGroup(broker.connect(), { group: 'joining' })
  return broker
}

test.each(versionsOf(ListGroups))('ListGroups version %i tells all groups', async (version) => {
  const broker = await startThree()
  const { groups } = await broker.ask(ListGroups, version, {})
  const state = (name: string) => (version >= 4 ? name : '')
  const groupType = version >= 5 ? 'classic' : ''
  expect(groups.toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1))).toEqual([
    { groupId: 'joining', protocolType: 'consumer', groupState: state('CompletingRebalance'), groupType },
    { groupId: 'members', protocolType: 'consumer', groupState: state('Stable'), groupType },
    { groupId: 'offsets', protocolType: '', groupState: state('Empty'), groupType },
  ])
})

test.each([
  [['Stable'], [], ['members']],
  [['stable', ' EMPTY '], [], ['members', 'offsets']],
  [['Dead'], [], []],
  [['nonsense'], [], []],
  [[], ['Classic'], ['joining', 'members', 'offsets']],
  [[], ['consumer'], []],
  [[], ['nonsense'], []],
  [['Empty'], ['classic'], ['offsets']],
  [['Empty'], ['share'], []],
] as [string[], string[], string[]][])(
  'groups in states %j of types %j: %j',
  async (statesFilter, typesFilter, found) => {
    const broker = await startThree()
    const { groups } = await broker.ask(ListGroups, 5, { statesFilter, typesFilter })
    expect(groups.map(({ groupId }) => groupId).toSorted()).toEqual(found)
  },
)

test('each broker tells the groups that it coordinates', async () => {
  const broker = await startCoordinator({ brokers: 2 })
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  for (const group of ids) for (const node of [1, 2]) await commit(broker, 1, { group, node })
  const told = await Promise.all([1, 2].map((node) => broker.ask(ListGroups, 5, {}, { node })))
  expect(told.every(({ groups }) => groups.length > 0)).toBe(true)
  expect(told.flatMap(({ groups }) => groups.map(({ groupId }) => groupId)).toSorted()).toEqual(ids)
})

test.each(versionsOf(DescribeGroups))(
  'DescribeGroups version %i tells members and what they have',
  async (version) => {
    const broker = await startThree()
    const { groups } = await broker.ask(DescribeGroups, version, {
      groups: ['members', 'joining', 'offsets'],
      ...(version >= 3 ? { includeAuthorizedOperations: true } : {}),
    })
    const common = {
      errorCode: 0,
      errorMessage: null,
      authorizedOperations: version >= 3 ? 3400 : -2147483648,
    }
    const client = { groupInstanceId: null, memberId: expect.any(String), clientHost: '/127.0.0.1' }
    expect(groups).toEqual([
      {
        ...common,
        groupId: 'members',
        groupState: 'Stable',
        protocolType: 'consumer',
        protocolData: 'range',
        members: [
          {
            ...client,
            clientId: 'me',
            groupInstanceId: version >= 4 ? 'one' : null,
            memberMetadata: subscription('orders'),
            memberAssignment: Buffer.from('everything'),
          },
        ],
      },
      {
        ...common,
        groupId: 'joining',
        groupState: 'CompletingRebalance',
        protocolType: 'consumer',
        protocolData: '',
        members: [
          { ...client, clientId: 'test', memberMetadata: Buffer.alloc(0), memberAssignment: Buffer.alloc(0) },
        ],
      },
      { ...common, groupId: 'offsets', groupState: 'Empty', protocolType: '', protocolData: '', members: [] },
    ])
  },
)

test.each(versionsOf(DescribeGroups))('DescribeGroups version %i of an unknown group', async (version) => {
  const broker = await startCoordinator()
  const { groups } = await broker.ask(DescribeGroups, version, { groups: ['unknown', ''] })
  const isError = version >= 6
  expect(groups.map(({ groupState }) => groupState)).toEqual(['Dead', 'Dead'])
  expect(groups.map(({ errorCode }) => errorName(errorCode))).toEqual(
    Array.from({ length: 2 }, () => (isError ? 'GROUP_ID_NOT_FOUND' : 'NONE')),
  )
  expect(groups[0]!.errorMessage).toBe(isError ? 'Group unknown not found.' : null)
})

test('a broker that does not coordinate a group says so', async () => {
  const broker = await startCoordinator({ brokers: 2 })
  const errors = await Promise.all(
    [1, 2].map(async (node) => {
      const { groups } = await broker.ask(DescribeGroups, 5, { groups: ['g'] }, { node })
      const { results } = await broker.ask(DeleteGroups, 2, { groupsNames: ['g'] }, { node })
      return [errorName(groups[0]!.errorCode), errorName(results[0]!.errorCode)].join()
    }),
  )
  expect(errors.toSorted()).toEqual(['NONE,GROUP_ID_NOT_FOUND', 'NOT_COORDINATOR,NOT_COORDINATOR'])
})

test.each(versionsOf(DeleteGroups))(
  'DeleteGroups version %i deletes groups that nobody is in',
  async (version) => {
    const broker = await startThree()
    await commit(broker, 2, { group: 'offsets', partition: 1 })
    const { results } = await broker.ask(DeleteGroups, version, {
      groupsNames: ['offsets', 'members', 'joining', 'unknown', 'offsets'],
    })
    expect(results.map(({ groupId, errorCode }) => [groupId, errorName(errorCode)])).toEqual([
      ['offsets', 'NONE'],
      ['members', 'NON_EMPTY_GROUP'],
      ['joining', 'NON_EMPTY_GROUP'],
      ['unknown', 'GROUP_ID_NOT_FOUND'],
    ])
    await broker.restart()
    expect(await committed(broker, 'offsets')).toEqual({})
    const { groups } = await broker.ask(ListGroups, 5, {})
    // The rebalance of the third was not over: it is as it was before anybody joined.
    expect(groups.map(({ groupId }) => groupId).toSorted()).toEqual(['joining', 'members'])
  },
)
