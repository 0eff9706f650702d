import { expect, onTestFinished, test } from 'vitest'
import { type Clock, systemClock } from '../../../src/client/clock.ts'
import { Lifetime } from '../../../src/client/lifetime.ts'
import { shareSettings } from '../../../src/client/share/share-config.ts'
import { ShareConsumer } from '../../../src/client/share/share-consumer.ts'
import { ShareRecords } from '../../../src/client/share/share-records.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import { FindCoordinator } from '../../../src/protocol/messages/metadata.ts'
import {
  ShareAcknowledge,
  ShareFetch,
  ShareGroupHeartbeat,
} from '../../../src/protocol/messages/share-groups.ts'
import type { DecodedRequestOf, ResponseOf } from '../../../src/protocol/schema.ts'
import { connectCluster, metadataScript, topicIdOf } from '../../support/cluster-scripts.ts'
import { batch } from '../../support/logs.ts'
import { on, ScriptedBroker, STAY_SILENT } from '../../support/scripted-broker.ts'

const topicId = topicIdOf('orders')
const NOBODY = { leaderId: -1, leaderEpoch: -1 }

type Fetched = DecodedRequestOf<typeof ShareFetch>

/** The acknowledgements in a request, as `first-last:type`. */
const acknowledged = ({ topics }: Pick<Fetched, 'topics'>): string[] =>
  topics.flatMap(({ partitions }) =>
    partitions.flatMap(({ acknowledgementBatches }) =>
      acknowledgementBatches.map(
        ({ firstOffset, lastOffset, acknowledgeTypes }) => `${firstOffset}-${lastOffset}:${acknowledgeTypes}`,
      ),
    ),
  )

interface Given {
  /** What the fetch that comes so many-th has as an error. */
  readonly failure?: (count: number) => number
  /** The time for closing. */
  readonly closeMs?: number
  readonly clock?: Clock
  readonly usedUpTo?: () => number | null
}

/** A broker that leads the one partition of a topic, with the records a, b, c from offset 0. */
async function setUp({ failure = () => 0, closeMs, clock = systemClock, usedUpTo }: Given = {}) {
  const fetches: Fetched[] = []
  const farewells: DecodedRequestOf<typeof ShareAcknowledge>[] = []
  const heartbeats: number[] = []
  const partition = { partitionIndex: 0, errorCode: 0, acknowledgeErrorCode: 0, currentLeader: NOBODY }
  const broker = await ScriptedBroker.start([
    on(FindCoordinator, ({ coordinatorKeys }) => ({
      coordinators: coordinatorKeys.map((key) => ({
        key,
        nodeId: 1,
        host: '127.0.0.1',
        port: 1,
        errorCode: 0,
        errorMessage: null,
      })),
    })),
    on(ShareGroupHeartbeat, ({ memberEpoch }) => {
      heartbeats.push(memberEpoch)
      const assignment = { topicPartitions: [{ topicId, partitions: [0] }] }
      return { errorCode: 0, memberEpoch: 1, heartbeatIntervalMs: 60_000, assignment }
    }),
    on(ShareFetch, async (request, { count }): Promise<ResponseOf<typeof ShareFetch>> => {
      fetches.push(request)
      const code = failure(count)
      const records = {
        ...partition,
        records: batch({ values: ['a', 'b', 'c'] }),
        acquiredRecords: [{ firstOffset: 0, lastOffset: 2, deliveryCount: count + 1 }],
      }
      const isWaiting = code !== 0 || fetches.filter((_, at) => failure(at) === 0).length > 1
      if (isWaiting) await new Promise((resolve) => setTimeout(resolve, 5))
      const responses = isWaiting ? [] : [{ topicId, partitions: [records] }]
      return { errorCode: code, acquisitionLockTimeoutMs: 30_000, responses, nodeEndpoints: [] }
    }),
    on(ShareAcknowledge, (request) => {
      farewells.push(request)
      return { errorCode: 0, responses: [], nodeEndpoints: [] }
    }),
  ])
  broker.script(metadataScript([broker], { orders: [1] }))
  const cluster = connectCluster([broker], { clock, lifetime: new Lifetime(clock, { closeMs }) })
  const lost: string[] = []
  const consumer = new ShareConsumer(cluster, {
    settings: shareSettings(new Map([['group.id', 'g']])),
    topics: ['orders'],
    memberId: 'member',
    onAcknowledgeFailure: ({ message }) => lost.push(message),
    usedUpTo,
  })
  onTestFinished(() => consumer.close())
  return { broker, consumer, fetches, farewells, heartbeats, lost }
}

test('acknowledgements go with the next fetch, in the session that the first one opened', async () => {
  const { consumer, fetches } = await setUp()
  const records = (await consumer.next())!
  for (const type of ['accept', 'reject', 'accept'] as const) {
    expect(records.next()).toBe(true)
    records.acknowledge(type)
  }
  expect(await consumer.next(50)).toBe(records)
  expect(records.next()).toBe(false)
  expect(await consumer.next(50)).toBeNull()
  expect(fetches[0]).toMatchObject({ shareSessionEpoch: 0, groupId: 'g', memberId: 'member' })
  expect(acknowledged(fetches[0]!)).toEqual([])
  expect(fetches[1]!.shareSessionEpoch).toBe(1)
  expect(acknowledged(fetches[1]!)).toEqual(['0-0:1', '1-1:3', '2-2:1'])
  expect(fetches[2]).toMatchObject({ shareSessionEpoch: 2, topics: [] })
})

test('closing sends what is decided, and gives the rest back with the session', async () => {
  const { consumer, farewells, heartbeats } = await setUp()
  const records = (await consumer.next())!
  records.next()
  records.acknowledge('accept')
  await consumer.close()
  expect(farewells).toMatchObject([{ shareSessionEpoch: -1 }])
  expect(acknowledged(farewells[0]!)).toEqual(['0-0:1'])
  expect(heartbeats).toEqual([0, -1])
  expect(await consumer.next()).toBeNull()
})

test('acknowledgements that a broker does not take in the time for closing are reported', async () => {
  const { broker, consumer, lost } = await setUp({ closeMs: 200 })
  const records = (await consumer.next())!
  records.next()
  records.acknowledge('accept')
  broker.script(on(ShareAcknowledge, () => STAY_SILENT))
  const startMs = performance.now()
  await consumer.close()
  expect(performance.now() - startMs).toBeLessThan(2000)
  expect(lost).toEqual([expect.stringMatching(/^orders-0: .*no answer within/)])
})

test('only what is used is acknowledged: every five seconds, and in the end', async () => {
  let used: number | null = null
  const five = { pass: (): void => {} }
  const clock: Clock = {
    ...systemClock,
    after(delayMs, action) {
      if (delayMs !== 5000) return systemClock.after(delayMs, action)
      five.pass = action
      return () => {}
    },
  }
  const { consumer, farewells, lost } = await setUp({ clock, usedUpTo: () => used })
  const records = (await consumer.next())!
  while (records.next()) records.acknowledge('accept')
  five.pass()
  await new Promise(setImmediate)
  used = 1
  five.pass()
  await expect.poll(() => farewells.length).toBe(1)
  expect(farewells[0]).toMatchObject({ shareSessionEpoch: 1 })
  expect(acknowledged(farewells[0]!)).toEqual(['0-0:1'])
  used = 2
  await consumer.close()
  expect(farewells[1]).toMatchObject({ shareSessionEpoch: -1 })
  expect(acknowledged(farewells[1]!)).toEqual(['1-1:1'])
  expect(lost).toEqual([])
})

test('a session that the broker has forgotten is opened again, and lost acknowledgements are told', async () => {
  const { consumer, fetches, lost } = await setUp({
    failure: (count) => (count === 1 ? errorCode('SHARE_SESSION_NOT_FOUND') : 0),
  })
  const records = (await consumer.next())!
  records.next()
  records.acknowledge('accept')
  while (records.next());
  expect(await consumer.next(400)).toBeNull()
  expect(fetches.slice(0, 3).map(({ shareSessionEpoch }) => shareSessionEpoch)).toEqual([0, 1, 0])
  expect(fetches[2]!.topics).toHaveLength(1)
  expect(lost).toEqual([expect.stringMatching(/^orders-0: /)])
})

test('records that others have are passed over, and offsets without a record are gaps', () => {
  const partition = { topicId, topic: 'orders', partition: 0 }
  const acquired = [
    { firstOffset: 1, lastOffset: 1, deliveryCount: 3 },
    { firstOffset: 3, lastOffset: 5, deliveryCount: 1 },
  ]
  const records = new ShareRecords(partition, batch({ values: ['a', 'b', 'c', 'd'] }), acquired, true)
  const seen: string[] = []
  while (records.next()) {
    seen.push(`${records.offset}:${records.deliveryCount}`)
    records.acknowledge('accept')
  }
  expect(seen).toEqual(['1:3', '3:1'])
  expect(
    acknowledged({
      topics: [
        {
          topicId,
          partitions: [{ partitionIndex: 0, acknowledgementBatches: records.acknowledgements.batches() }],
        },
      ],
    }),
  ).toEqual(['1-1:1', '3-3:1', '4-5:0'])
})
