import { expect, test } from 'vitest'
import { type GroupLag, type PartitionLag, totalsOf } from '../../../src/cli/lag/group-lag.ts'
import { overLimits, unreadable } from '../../../src/cli/lag/limits.ts'
import { anyOf, namePattern } from '../../../src/cli/lag/name-pattern.ts'
import { prometheusText } from '../../../src/cli/lag/prometheus.ts'
import { lagRows } from '../../../src/cli/lag/rows.ts'

const member = {
  memberId: 'm1',
  instanceId: null,
  clientId: 'c1',
  host: '/h',
  assignment: [],
  targetAssignment: null,
  epoch: null,
  isUpgraded: null,
}

function partition(number: number, lag: number | null, more: Partial<PartitionLag> = {}): PartitionLag {
  return {
    group: 'g',
    topic: 'orders',
    partition: number,
    currentOffset: lag === null ? null : 10,
    logEndOffset: lag === null ? 5 : 10 + lag,
    lag,
    member: null,
    error: null,
    ...more,
  }
}

const group = (partitions: readonly PartitionLag[], more: Partial<GroupLag> = {}): GroupLag => ({
  group: 'g',
  state: 'Stable',
  members: [member],
  partitions,
  error: null,
  ...more,
})

test('a total is of what is known, and unknown when nothing is', () => {
  expect(totalsOf([partition(0, 3), partition(1, 4), partition(2, null)])).toEqual({
    totalLag: 7,
    maxLag: 4,
    partitions: 3,
    uncommitted: 1,
    unreadable: 0,
  })
  expect(totalsOf([partition(0, null)])).toMatchObject({ totalLag: null, maxLag: null })
})

test('each view of a group has its rows', () => {
  const groups = [
    group([
      partition(0, 3, { member }),
      partition(1, 4),
      partition(0, 0, { topic: 'bills', error: new Error('broken'), lag: null }),
    ]),
  ]
  expect(lagRows(groups, 'topic')).toMatchObject([
    { topic: 'orders', totalLag: 7, maxLag: 4, partitions: 2, members: 1, error: null },
    { topic: 'bills', totalLag: null, partitions: 1, members: 0, error: 'broken' },
  ])
  expect(lagRows(groups, 'group')).toMatchObject([
    { totalLag: 7, partitions: 3, members: 1, error: 'broken' },
  ])
  expect(lagRows(groups, 'member')).toMatchObject([
    { consumerId: 'm1', clientId: 'c1', totalLag: 3, partitions: 1 },
    { consumerId: null, totalLag: 4, partitions: 2 },
  ])
  expect(lagRows(groups, 'partition')).toHaveLength(3)
})

test('groups without commits, and those that cannot be told, are visible in every view', () => {
  const groups = [
    group([], { members: [], state: 'Empty' }),
    group([], { state: null, error: new Error('lost') }),
  ]
  for (const view of ['topic', 'group', 'member', 'partition'] as const) {
    const rows = lagRows(groups, view)
    expect(rows.map(({ error }) => error)).toContain(null)
    expect(rows.map(({ error }) => error)).toContain('lost')
  }
})

test('limits hold for partitions and for groups; what is unknown is over each', () => {
  const groups = [group([partition(0, 3), partition(1, 4)])]
  expect(overLimits(groups, { maxLag: 4, maxTotalLag: 7 })).toEqual([])
  expect(overLimits(groups, { maxLag: 3 })).toEqual(['group g, orders-1: the lag 4 is over 3'])
  expect(overLimits(groups, { maxTotalLag: 6 })).toEqual(['group g: the total lag 7 is over 6'])
  const unknown = [group([partition(0, null)])]
  expect(overLimits(unknown, { maxLag: 100 })).toEqual([
    'group g: the lag of 1 partition is unknown, nothing is committed for it',
  ])
  expect(overLimits(unknown, {})).toEqual([])
  expect(unreadable([group([partition(0, null, { error: new Error('broken') })])])).toEqual([
    'group g, orders-0: broken',
  ])
})

test('metrics have the names of kafka_exporter, and leave out what is unknown', () => {
  const odd = group([partition(0, 2, { group: 'a"\\b' }), partition(1, null)], { group: 'a"\\b' })
  expect(
    prometheusText([odd])
      .split('\n')
      .filter((line) => !line.startsWith('#')),
  ).toEqual([
    'kafka_topic_partition_current_offset{partition="0",topic="orders"} 12',
    'kafka_topic_partition_current_offset{partition="1",topic="orders"} 5',
    'kafka_consumergroup_members{consumergroup="a\\"\\\\b"} 1',
    'kafka_consumergroup_current_offset{consumergroup="a\\"\\\\b",partition="0",topic="orders"} 10',
    'kafka_consumergroup_current_offset_sum{consumergroup="a\\"\\\\b",topic="orders"} 10',
    'kafka_consumergroup_lag{consumergroup="a\\"\\\\b",partition="0",topic="orders"} 2',
    'kafka_consumergroup_lag_sum{consumergroup="a\\"\\\\b",topic="orders"} 2',
    '',
  ])
})

test.each([
  ['bill*', 'billing', true],
  ['bill*', 'xbill', false],
  ['a.b', 'a.b', true],
  ['a.b', 'a-b', false],
  ['?', 'a', true],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['{orders,bills}-*', 'bills-1', true],
  ['{orders,bills}-*', 'pays-1', false],
  ['a,b', 'a,b', true],
  ['(x)|y', '(x)|y', true],
])('the pattern %s and the name %s', async (pattern, name, matches) => {
  expect((await anyOf([namePattern(pattern)]))(name)).toBe(matches)
})

test('a plain name is no pattern', () => {
  const isPlain = (text: string) => namePattern(text).glob === null
  expect(['a.b', 'a-b_c', 'a:b'].every(isPlain)).toBe(true)
  expect(['a*', '?', '[x]', '{a,b}'].some(isPlain)).toBe(false)
})
