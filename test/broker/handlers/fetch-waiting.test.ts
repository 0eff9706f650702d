import { expect, test } from 'vitest'
import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'
import { append, batch, recordsIn } from '../../support/logs.ts'
import { type FetchFrom, type FetchOptions, fetchFrom } from '../../support/partition-requests.ts'
import { settled, type WireClient } from '../../support/wire-client.ts'

const PATIENT: FetchOptions = { maxWaitMs: 500, minBytes: 1 }

/** Sends a fetch and gives the client, whose answer is not there yet. */
async function wait(
  broker: TestBroker,
  options: FetchOptions,
  partitions: readonly FetchFrom[] = [{ topic: 'orders' }],
): Promise<WireClient> {
  const client = broker.connect()
  client.send(Fetch, 12, fetchFrom(partitions, options))
  await settled()
  expect(client.pendingBytes).toBe(0)
  return client
}

async function valuesGiven(client: WireClient): Promise<string[]> {
  const { body } = await client.receive(Fetch, 12)
  return body.responses.flatMap(({ partitions }) =>
    partitions.flatMap(({ records }) => recordsIn(records!).map(({ value }) => String(value))),
  )
}

test('a fetch at the end of the log is answered empty when its time is up', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const client = await wait(broker, PATIENT)
  broker.clock.pass(499)
  await settled()
  expect(client.pendingBytes).toBe(0)
  broker.clock.pass(1)
  expect(await valuesGiven(client)).toEqual([])
})

test('an append wakes a fetch that waits', async () => {
  const broker = await startTestBroker({ topics: { orders: 2 } })
  const client = await wait(broker, PATIENT, [
    { topic: 'orders', partition: 0 },
    { topic: 'orders', partition: 1 },
  ])
  append(broker.log('orders', 1), 'a')
  expect(await valuesGiven(client)).toEqual(['a'])
})

test('a fetch waits for its minimum of bytes, over all partitions', async () => {
  const broker = await startTestBroker({ topics: { orders: 2 } })
  const size = batch().length
  append(broker.log('orders', 0), 'a')
  const client = await wait(broker, { maxWaitMs: 500, minBytes: 3 * size }, [
    { topic: 'orders', partition: 0 },
    { topic: 'orders', partition: 1 },
  ])
  append(broker.log('orders', 1), 'b')
  await settled()
  expect(client.pendingBytes).toBe(0)
  append(broker.log('orders', 0), 'c')
  expect(await valuesGiven(client)).toEqual(['a', 'c', 'b'])
})

test('when its time is up a fetch gives what there is, though it is less than the minimum', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  append(broker.log('orders'), 'a')
  const client = await wait(broker, { maxWaitMs: 500, minBytes: 1_000_000 })
  append(broker.log('orders'), 'b')
  broker.clock.pass(500)
  expect(await valuesGiven(client)).toEqual(['a', 'b'])
})

test('nobody waits with maxWaitMs 0, without partitions, or for 0 bytes', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const ask = async (partitions: FetchFrom[], options: FetchOptions) => {
    const client = broker.connect()
    client.send(Fetch, 12, fetchFrom(partitions, options))
    return valuesGiven(client)
  }
  expect(await ask([{ topic: 'orders' }], { maxWaitMs: 0 })).toEqual([])
  expect(await ask([], PATIENT)).toEqual([])
  expect(await ask([{ topic: 'orders' }], { maxWaitMs: 500, minBytes: 0 })).toEqual([])
})

test('a partition with an error is told at once', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const client = broker.connect()
  const partitions = [{ topic: 'orders' }, { topic: 'nothing' }]
  const { responses } = await client.ask(Fetch, 12, fetchFrom(partitions, PATIENT))
  expect(responses.map(({ partitions: [partition] }) => partition!.errorCode)).toEqual([0, 3])
})

test('deleting the topic wakes a fetch that waits, and says so', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const client = await wait(broker, PATIENT)
  broker.deleteTopic('orders')
  const { body } = await client.receive(Fetch, 12)
  expect(body.responses[0]!.partitions[0]!.errorCode).toBe(3)
})

test('a client that goes while it waits leaves nobody behind who listens', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const client = await wait(broker, PATIENT)
  client.close()
  await settled()
  append(broker.log('orders'), 'a')
  broker.clock.pass(500)
  await settled()
  expect(broker.complaints).toEqual([])
})

test('a broker that is closed while a fetch waits hangs up', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const client = await wait(broker, PATIENT)
  await broker.restart()
  expect(await client.nextFrame()).toBeNull()
  expect(broker.complaints).toEqual([])
})

test('many fetches wait side by side and all get what is appended', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const clients: WireClient[] = []
  for (let count = 0; count < 50; count++) clients.push(await wait(broker, PATIENT))
  append(broker.log('orders'), 'a')
  for (const client of clients) expect(await valuesGiven(client)).toEqual(['a'])
})
