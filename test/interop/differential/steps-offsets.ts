import { DeleteRecords, ListOffsets, OffsetForLeaderEpoch } from '../../../src/protocol/messages/offsets.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { produceTo } from '../../support/partition-requests.ts'
import { batch, NOW_MS } from './batches.ts'
import { ask, type Step, topic } from './step.ts'

interface Asked {
  name?: string
  partitionIndex?: number
  currentLeaderEpoch?: number
  isolationLevel?: number
  replicaId?: number
}

const list = (title: string, timestamp: number, asked: Asked = {}, versions?: number[]): Step => {
  const {
    name = 'offsets',
    partitionIndex = 0,
    currentLeaderEpoch = -1,
    isolationLevel = 0,
    replicaId = -1,
  } = asked
  return ask(
    title,
    ListOffsets,
    (version) => ({
      replicaId,
      ...(version >= 2 ? { isolationLevel } : {}),
      topics: [{ name, partitions: [{ partitionIndex, currentLeaderEpoch, timestamp }] }],
    }),
    versions ? { versions } : {},
  )
}

const write = (secondsAgo: number, count = 1, codec?: 'gzip'): Step =>
  ask(
    `a record from ${secondsAgo} seconds ago`,
    Produce,
    produceTo(
      { topic: 'offsets' },
      batch({
        timestamp: NOW_MS - secondsAgo * 1000,
        values: Array.from({ length: count }, (_, index) => `${index}`),
        ...(codec ? { codec } : {}),
      }),
    ),
    { versions: [12] },
  )

const remove = (title: string, offset: number, name = 'offsets', partitionIndex = 0): Step =>
  ask(title, DeleteRecords, { timeoutMs: 5000, topics: [{ name, partitions: [{ partitionIndex, offset }] }] })

const epoch = (
  title: string,
  leaderEpoch: number,
  currentLeaderEpoch = -1,
  name = 'offsets',
  partition = 0,
): Step =>
  ask(title, OffsetForLeaderEpoch, {
    replicaId: -1,
    topics: [{ topic: name, partitions: [{ partition, leaderEpoch, currentLeaderEpoch }] }],
  })

const SPECIAL = [-1, -2, -3, -4, -5, -6, -7, -100]

export const offsetSteps: readonly Step[] = [
  topic('offsets', 2),
  topic('offsets-compacted', 1, { 'cleanup.policy': 'compact' }),
  topic('offsets-both', 1, { 'cleanup.policy': 'compact,delete' }),
  ...SPECIAL.map((time) => list(`time ${time} of an empty log`, time)),
  list('time 0 of an empty log', 0),
  ...[100, 90, 80].map((seconds) => write(seconds)),
  write(10, 3),
  write(40, 4, 'gzip'),
  write(60),
  ...SPECIAL.map((time) => list(`time ${time}`, time)),
  ...SPECIAL.map((time) =>
    list(`time ${time} of committed records`, time, { isolationLevel: 1 }, [2, 4, 11]),
  ),
  list('an isolation level that is not', -1, { isolationLevel: 3 }, [2, 11]),
  ...[101, 100, 95, 80, 41, 40, 12, 10, 9.999, 9.998, 9.997, 0].map((seconds) =>
    list(`${seconds} seconds ago`, NOW_MS - seconds * 1000),
  ),
  list('an unknown topic', -1, { name: 'nothing' }),
  list('a topic whose name cannot be', -1, { name: 'a b' }, [1, 11]),
  list('a topic without a name', -1, { name: '' }, [1, 11]),
  ...[2, -1].map((partitionIndex) => list(`partition ${partitionIndex}`, -1, { partitionIndex })),
  ...[0, 1, -2].map((currentLeaderEpoch) =>
    list(`leader epoch ${currentLeaderEpoch}`, -1, { currentLeaderEpoch }, [4, 5, 6, 11]),
  ),
  list('as a debugger', -1, { replicaId: -2 }, [1, 11]),
  ask(
    'partitions twice',
    ListOffsets,
    {
      replicaId: -1,
      topics: [
        {
          name: 'offsets',
          partitions: [
            { partitionIndex: 0, timestamp: -1 },
            { partitionIndex: 1, timestamp: -1 },
            { partitionIndex: 0, timestamp: -2 },
          ],
        },
      ],
    },
    { versions: [1, 4, 11] },
  ),
  ask('nothing', ListOffsets, { replicaId: -1, topics: [] }),
  ask('a topic without partitions', ListOffsets, {
    replicaId: -1,
    topics: [{ name: 'offsets', partitions: [] }],
  }),
  ...[-1, 0, 1, 5, -5].map((wanted) => epoch(`the end of epoch ${wanted}`, wanted)),
  ...[0, 1, -5].map((current) => epoch(`the end of epoch 0, the current one being ${current}`, 0, current)),
  epoch('the end of epoch 0 of an empty log', 0, -1, 'offsets', 1),
  epoch('the end of an epoch of an unknown topic', 0, -1, 'nothing'),
  epoch('the end of an epoch of an unknown partition', 0, -1, 'offsets', 7),
  ...[0, 2, 1, 99, -2].map((offset) => remove(`before offset ${offset}`, offset)),
  remove('before offset 0 of an empty log', 0, 'offsets', 1),
  remove('of an unknown topic', 0, 'nothing'),
  remove('of an unknown partition', 0, 'offsets', 9),
  remove('of a compacted topic', 0, 'offsets-compacted'),
  remove('of a topic that compacts and deletes', 0, 'offsets-both'),
  ask('nothing', DeleteRecords, { timeoutMs: 100, topics: [] }),
  list('the start after deletion', -2),
  list('a time before the start', NOW_MS - 100_000),
  list('the largest timestamp after deletion', -3, {}, [7, 11]),
  epoch('the end of epoch 0 after deletion', 0),
  remove('everything', -1),
  // Differs: the largest timestamp is that of a deleted record, whose leader epoch ktool does not know any more.
  ...SPECIAL.filter((time) => time !== -3).map((time) =>
    list(`time ${time} after everything is deleted`, time, {}, [1, 7, 11]),
  ),
  list('a time after everything is deleted', NOW_MS - 100_000, {}, [1, 11]),
  epoch('the end of epoch 0 after everything is deleted', 0),
]
