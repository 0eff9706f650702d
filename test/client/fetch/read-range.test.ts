import { expect, test } from 'vitest'
import { maxInt64 } from '../../../src/bytes/int64.ts'
import { type ReadRange, resolveRanges } from '../../../src/client/fetch/read-range.ts'
import { ListOffsets } from '../../../src/protocol/messages/offsets.ts'
import { connectCluster, metadataScript } from '../../support/cluster-scripts.ts'
import { on, ScriptedBroker } from '../../support/scripted-broker.ts'

/** Offsets 10 to 50, where a record's time is its offset. */
const offsets = on(ListOffsets, ({ topics }) => ({
  topics: topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, timestamp }) => ({
      partitionIndex,
      errorCode: 0,
      offset: timestamp === -1 ? 50 : timestamp === -2 ? 10 : timestamp >= 50 ? -1 : maxInt64(10, timestamp),
    })),
  })),
}))

const cases: [string, ReadRange, { from: number; until?: number }][] = [
  ['all there is', { from: 'earliest', until: 'latest' }, { from: 10, until: 50 }],
  ['what comes from now on', { from: 'latest' }, { from: 50 }],
  ['from one offset to another', { from: { offset: 3 }, until: { offset: 70 } }, { from: 3, until: 50 }],
  ['an end that has not come', { from: 'earliest', until: { offset: 70 } }, { from: 10, until: 50 }],
  ['a few from a deleted offset on', { from: { offset: 3 }, until: { after: 4 } }, { from: 10, until: 14 }],
  ['more than there are', { from: { fromEnd: 5 }, until: { after: 70 } }, { from: 45, until: 50 }],
  ['from behind the end', { from: { offset: 99 }, until: { after: 1 } }, { from: 99, until: 50 }],
  [
    'until a time that has not come',
    { from: 'earliest', until: { timestampMs: 99 } },
    { from: 10, until: 50 },
  ],
  ['the last ones', { from: { fromEnd: 5 }, until: 'latest' }, { from: 45, until: 50 }],
  ['more than there are from the end', { from: { fromEnd: 500 } }, { from: 10 }],
  ['a few from a time on', { from: { timestampMs: 30 }, until: { after: 4 } }, { from: 30, until: 34 }],
  ['from a time that has not come', { from: { timestampMs: 99 } }, { from: 50 }],
]

test.each(cases)('%s', async (_, range, expected) => {
  const broker = await ScriptedBroker.start([offsets])
  broker.script(metadataScript([broker], { orders: [1] }))
  const found = await resolveRanges(connectCluster([broker]), [{ topic: 'orders', partition: 0 }], range)
  expect(found).toEqual([{ topic: 'orders', partition: 0, ...expected }])
})

test('a partition that does not exist is an error', async () => {
  const broker = await ScriptedBroker.start([offsets])
  broker.script(metadataScript([broker], { orders: [1] }))
  const cluster = connectCluster([broker], { defaultApiTimeoutMs: 30 })
  await expect(
    resolveRanges(cluster, [{ topic: 'orders', partition: 4 }], { from: 'earliest' }),
  ).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' })
})
