import { expect, test } from 'vitest'
import { lookUpOffsets, offsetRows } from '../../../src/cli/groups/offset-rows.ts'
import { partitionName } from '../../../src/client/topic-partition.ts'
import { fakeCluster, topic } from '../../support/fake-cluster.ts'

const committed = (name: string, partition: number, offset: number) => ({
  topic: name,
  partition,
  offset,
  leaderEpoch: null,
  metadata: '',
  error: null,
})

const member = (memberId: string, ...partitions: number[]) => ({
  memberId,
  instanceId: null,
  clientId: 'c',
  host: '/h',
  assignment: partitions.map((partition) => ({ topic: 'orders', partition })),
  targetAssignment: null,
  epoch: null,
  isUpgraded: null,
})

const group = (...members: ReturnType<typeof member>[]) => ({
  groupId: 'g',
  type: 'Classic' as const,
  state: 'Stable',
  assignor: 'range',
  coordinatorId: 1,
  groupEpoch: null,
  targetAssignmentEpoch: null,
  members,
})

test('a deleted topic and a partition without a leader have rows with errors, beside those of the others', async () => {
  const orders = topic('orders', 2)
  const [first, second] = orders.partitions
  const leaderless = { ...orders, partitions: [first!, { ...second!, leader: -1 }] }
  const cluster = fakeCluster({
    topics: [leaderless],
    answers: {
      ListOffsets: () => ({
        topics: [
          {
            name: 'orders',
            partitions: [{ partitionIndex: 0, errorCode: 0, offset: 9, timestamp: -1, leaderEpoch: 0 }],
          },
        ],
      }),
    },
  })
  const offsets = [committed('gone', 0, 4), committed('orders', 0, 4), committed('orders', 1, 4)]
  const ends = await lookUpOffsets(cluster.connect(), offsets)
  expect(offsetRows(group(), offsets, ends)).toMatchObject([
    { topic: 'gone', lag: null, logEndOffset: null, error: { code: 'UNKNOWN_TOPIC_OR_PARTITION' } },
    { topic: 'orders', partition: 0, currentOffset: 4, logEndOffset: 9, lag: 5, error: null },
    { topic: 'orders', partition: 1, currentOffset: 4, lag: null, error: { code: 'LEADER_NOT_AVAILABLE' } },
  ])
  expect(cluster.asked.map(({ api }) => api)).toEqual(['ListOffsets'])
})

test('members with many partitions come first, behind them what no member has', () => {
  const offsets = [0, 1, 2, 3].map((partition) => committed('orders', partition, 1))
  const ends = new Map(offsets.map((each) => [partitionName(each), 3]))
  const rows = offsetRows(group(member('few', 3), member('idle'), member('many', 2, 0)), offsets, ends)
  expect(rows.map((row) => [row.partition, row.member?.memberId ?? null])).toEqual([
    [0, 'many'],
    [2, 'many'],
    [3, 'few'],
    [1, null],
  ])
})

test('a partition that a member has and nobody committed for has no lag', () => {
  const rows = offsetRows(group(member('m', 0)), [], new Map([['orders-0', 3]]))
  expect(rows).toMatchObject([{ currentOffset: null, logEndOffset: 3, lag: null }])
})
