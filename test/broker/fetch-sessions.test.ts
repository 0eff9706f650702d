import { expect, test } from 'vitest'
import { atOnce } from '../../src/log/slices.ts'
import { errorCode } from '../../src/protocol/errors.ts'
import { Fetch } from '../../src/protocol/messages/fetch.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from '../support/broker.ts'
import { append, recordsIn } from '../support/logs.ts'
import { type FetchFrom, type FetchOptions, fetchFrom } from '../support/partition-requests.ts'

/** What an answer says of its partitions, a line each: `orders-0: values` or `orders-0: error code`. */
async function ask(broker: TestBroker, partitions: FetchFrom[], options: FetchOptions, version = 12) {
  const answer = await broker.ask(Fetch, version, fetchFrom(partitions, options))
  const lines = answer.responses.flatMap(({ topic, partitions: answers }) =>
    answers.map(({ partitionIndex, errorCode: code, records }) => {
      const values = recordsIn(records!).map(({ value }) => String(value))
      return `${topic}-${partitionIndex}: ${code === 0 ? values.join() : `error ${code}`}`
    }),
  )
  return { errorCode: answer.errorCode, sessionId: answer.sessionId, lines }
}

/** A broker and the session that a first fetch of three partitions made. */
async function startSession(options: TestBrokerOptions = {}) {
  const broker = await startTestBroker({ topics: { orders: 3 }, ...options })
  const wanted = [0, 1, 2].map((partition) => ({ topic: 'orders', partition }))
  const { sessionId, lines } = await ask(broker, wanted, { sessionId: 0, sessionEpoch: 0 })
  expect(sessionId).toBeGreaterThan(0)
  // The first answer names every partition, news or not.
  expect(lines).toEqual(['orders-0: ', 'orders-1: ', 'orders-2: '])
  return { broker, sessionId, wanted }
}

test('a fetch with session epoch -1 makes no session', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  expect(await ask(broker, [{ topic: 'orders' }], { sessionEpoch: -1 })).toMatchObject({ sessionId: 0 })
})

test('a session of nothing ends with the next fetch of nothing', async () => {
  const broker = await startTestBroker()
  const { sessionId } = await ask(broker, [], { sessionEpoch: 0 })
  expect(sessionId).toBeGreaterThan(0)
  expect(await ask(broker, [], { sessionId, sessionEpoch: 1 })).toMatchObject({ errorCode: 0, sessionId: 0 })
})

test('later answers name partitions with news only', async () => {
  const { broker, sessionId } = await startSession()
  expect((await ask(broker, [], { sessionId, sessionEpoch: 1 })).lines).toEqual([])
  append(broker.log('orders', 1), 'a')
  expect((await ask(broker, [], { sessionId, sessionEpoch: 2 })).lines).toEqual(['orders-1: a'])
  // The client says how far it got by naming the partition again.
  const moved = await ask(broker, [{ topic: 'orders', partition: 1, from: 1 }], {
    sessionId,
    sessionEpoch: 3,
  })
  expect(moved).toMatchObject({ errorCode: 0, sessionId, lines: [] })
})

test('a start of the log that moved is news', async () => {
  const { broker, sessionId } = await startSession()
  append(broker.log('orders', 2), 'a')
  const moved = { topic: 'orders', partition: 2, from: 1 }
  expect((await ask(broker, [moved], { sessionId, sessionEpoch: 1 })).lines).toEqual(['orders-2: '])
  expect((await ask(broker, [], { sessionId, sessionEpoch: 2 })).lines).toEqual([])
  atOnce(broker.broker.logs.deleteRecordsBefore([{ log: broker.log('orders', 2), offset: 1 }]))
  expect((await ask(broker, [], { sessionId, sessionEpoch: 3 })).lines).toEqual(['orders-2: '])
})

test('after an error a partition is named once more when it is well again', async () => {
  const { broker, sessionId } = await startSession()
  const lost = await ask(broker, [{ topic: 'orders', from: 9 }], { sessionId, sessionEpoch: 1 })
  expect(lost.lines).toEqual(['orders-0: error 1'])
  const again = await ask(broker, [], { sessionId, sessionEpoch: 2 })
  expect(again.lines).toEqual(['orders-0: error 1'])
  const found = await ask(broker, [{ topic: 'orders', from: 0 }], { sessionId, sessionEpoch: 3 })
  expect(found.lines).toEqual(['orders-0: '])
  expect((await ask(broker, [], { sessionId, sessionEpoch: 4 })).lines).toEqual([])
})

test('forgotten partitions are out of the session, new ones are in it', async () => {
  const { broker, sessionId } = await startSession()
  broker.createTopic('more')
  for (const partition of [0, 1, 2]) append(broker.log('orders', partition), `${partition}`)
  append(broker.log('more'), 'm')
  const forgotten = [{ topic: 'orders', partition: 1 }]
  const answer = await ask(broker, [{ topic: 'more' }], { sessionId, sessionEpoch: 1, forgotten })
  expect(answer.lines).toEqual(['orders-0: 0', 'orders-2: 2', 'more-0: m'])
})

test('a session without partitions is closed', async () => {
  const { broker, sessionId, wanted } = await startSession()
  const answer = await ask(broker, [], { sessionId, sessionEpoch: 1, forgotten: wanted })
  expect(answer).toMatchObject({ errorCode: 0, sessionId: 0, lines: [] })
  expect((await ask(broker, [], { sessionId, sessionEpoch: 2 })).errorCode).toBe(
    errorCode('FETCH_SESSION_ID_NOT_FOUND'),
  )
})

test('partitions that gave records go to the end, so that none starves', async () => {
  const { broker, sessionId } = await startSession()
  const value = (partition: number) => String(partition).repeat(1000)
  for (const partition of [0, 1, 2]) append(broker.log('orders', partition), value(partition))
  const seen: string[] = []
  for (let epoch = 1; epoch <= 4; epoch++) {
    const { lines } = await ask(broker, [], { sessionId, sessionEpoch: epoch, maxBytes: 1100 })
    seen.push(...lines.filter((line) => line.length > 20).map((line) => line.slice(0, 8)))
  }
  expect(seen).toEqual(['orders-0', 'orders-1', 'orders-2', 'orders-0'])
})

test('an epoch that is not the next one is refused', async () => {
  const { broker, sessionId } = await startSession()
  const error = errorCode('INVALID_FETCH_SESSION_EPOCH')
  for (const sessionEpoch of [2, 7]) {
    expect(await ask(broker, [], { sessionId, sessionEpoch })).toEqual({
      errorCode: error,
      sessionId: 0,
      lines: [],
    })
  }
  expect((await ask(broker, [], { sessionId, sessionEpoch: 1 })).errorCode).toBe(0)
  expect((await ask(broker, [], { sessionId, sessionEpoch: 1 })).errorCode).toBe(error)
})

test('a session that nobody knows is not found', async () => {
  const { broker, sessionId } = await startSession()
  expect((await ask(broker, [], { sessionId: sessionId + 1, sessionEpoch: 1 })).errorCode).toBe(
    errorCode('FETCH_SESSION_ID_NOT_FOUND'),
  )
})

test('epoch 0 makes a new session in place of the old one, epoch -1 only closes it', async () => {
  const { broker, sessionId, wanted } = await startSession()
  const second = await ask(broker, wanted, { sessionId, sessionEpoch: 0 })
  expect(second.sessionId).not.toBe(sessionId)
  expect((await ask(broker, [], { sessionId, sessionEpoch: 1 })).errorCode).toBe(70)
  expect((await ask(broker, [], { sessionId: second.sessionId, sessionEpoch: 1 })).errorCode).toBe(0)
  expect((await ask(broker, [], { sessionId: second.sessionId, sessionEpoch: -1 })).sessionId).toBe(0)
  expect((await ask(broker, [], { sessionId: second.sessionId, sessionEpoch: 2 })).errorCode).toBe(70)
})

test('a session made with names cannot go on with ids', async () => {
  const { broker, sessionId } = await startSession()
  expect((await ask(broker, [], { sessionId, sessionEpoch: 1 }, 13)).errorCode).toBe(
    errorCode('FETCH_SESSION_TOPIC_ID_ERROR'),
  )
})

test('a session made with ids names topics by id', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const topicId = broker.topicId('orders')
  const first = await broker.ask(Fetch, 13, fetchFrom([{ topicId }], { sessionEpoch: 0 }))
  append(broker.log('orders'), 'a')
  const second = await broker.ask(Fetch, 13, fetchFrom([], { sessionId: first.sessionId, sessionEpoch: 1 }))
  expect(second.responses).toMatchObject([{ topicId, partitions: [{ partitionIndex: 0 }] }])
})

test('each broker id has sessions of its own', async () => {
  const broker = await startTestBroker({ brokers: 2, topics: { orders: 2 } })
  const { leader } = broker.broker.image.partition('orders', 0)!
  const first = await broker.ask(Fetch, 12, fetchFrom([{ topic: 'orders' }], { sessionEpoch: 0 }), {
    node: leader,
  })
  const next = fetchFrom([], { sessionId: first.sessionId, sessionEpoch: 1 })
  expect((await broker.ask(Fetch, 12, next, { node: 3 - leader })).errorCode).toBe(70)
  expect((await broker.ask(Fetch, 12, next, { node: leader })).errorCode).toBe(0)
})

const ONE_SLOT = { config: { 'max.incremental.fetch.session.cache.slots': '1' } }

test('when the sessions are full a new one has to do without', async () => {
  const { broker, sessionId, wanted } = await startSession(ONE_SLOT)
  const more = await ask(broker, [...wanted, { topic: 'orders', partition: 9 }], { sessionEpoch: 0 })
  expect(more.sessionId).toBe(0)
  expect((await ask(broker, [], { sessionId, sessionEpoch: 1 })).errorCode).toBe(0)
})

test('a session out of use for two minutes makes room', async () => {
  const { broker, sessionId } = await startSession(ONE_SLOT)
  broker.clock.pass(120_001)
  expect((await ask(broker, [{ topic: 'orders' }], { sessionEpoch: 0 })).sessionId).toBeGreaterThan(0)
  expect((await ask(broker, [], { sessionId, sessionEpoch: 1 })).errorCode).toBe(70)
})

test('a session in use makes room for a larger one only', async () => {
  const { broker, sessionId, wanted } = await startSession(ONE_SLOT)
  broker.clock.pass(100_000)
  expect((await ask(broker, [], { sessionId, sessionEpoch: 1 })).errorCode).toBe(0)
  broker.clock.pass(100_000)
  expect((await ask(broker, wanted, { sessionEpoch: 0 })).sessionId).toBe(0)
  const larger = [...wanted, { topic: 'orders', partition: 9 }]
  expect((await ask(broker, larger, { sessionEpoch: 0 })).sessionId).toBeGreaterThan(0)
})
