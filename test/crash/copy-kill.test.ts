// A copy that is killed in the middle and started again: each record is there, once, in order.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startBroker } from '../../src/broker/start.ts'
import { Cluster } from '../../src/client/cluster.ts'
import { fetchSettings } from '../../src/client/fetch/fetch-config.ts'
import { Fetcher } from '../../src/client/fetch/fetcher.ts'
import { resolveRanges } from '../../src/client/fetch/read-range.ts'
import { listOffsets } from '../../src/client/offsets.ts'
import { Producer } from '../../src/client/produce/producer.ts'
import { producerSettings } from '../../src/client/produce/producer-config.ts'
import { KTOOL, runKtool } from '../support/start-ktool.ts'

const RECORDS = 200_000
const PARTITIONS = [0, 1]

async function brokerWith(partitions: number): Promise<Cluster> {
  const broker = await startBroker({ topics: [{ name: 'numbers', partitions }] })
  const cluster = Cluster.connect({ bootstrapServers: broker.bootstrapServers })
  onTestFinished(async () => {
    cluster.close()
    await broker.close()
  })
  return cluster
}

async function fill(cluster: Cluster): Promise<void> {
  const producer = await Producer.create(cluster, producerSettings(new Map([['batch.size', '262144']])))
  await producer.prepare('numbers')
  for (let number = 0; number < RECORDS; number++) {
    const hasRoom = producer.append(
      'numbers',
      null,
      Buffer.from(String(number)),
      [],
      1_700_000_000_000 + number,
      number % 2,
    )
    if (!hasRoom) await producer.room()
  }
  expect((await producer.close()).acknowledged).toBe(RECORDS)
}

async function written(cluster: Cluster): Promise<number> {
  const targets = PARTITIONS.map((partition) => ({ topic: 'numbers', partition, timestamp: -1 }))
  const ends = await listOffsets(cluster, targets)
  return ends.reduce((sum, { answer }) => sum + Number(answer?.offset ?? 0), 0)
}

async function numbersIn(cluster: Cluster): Promise<number[][]> {
  const partitions = PARTITIONS.map((partition) => ({ topic: 'numbers', partition }))
  const ranges = await resolveRanges(cluster, partitions, { from: 'earliest', until: 'latest' })
  const fetcher = new Fetcher(cluster, fetchSettings(new Map()), ranges)
  const numbers: number[][] = PARTITIONS.map(() => [])
  for (let records = await fetcher.next(); records !== null; records = await fetcher.next()) {
    while (records.next()) {
      const { buffer, valueAt, valueBytes } = records.cursor
      numbers[records.partition]!.push(Number(buffer.toString('latin1', valueAt, valueAt + valueBytes)))
    }
  }
  fetcher.close()
  return numbers
}

const addressOf = (cluster: Cluster): string => {
  const [broker] = [...cluster.connections.brokers.values()]
  return `${broker!.host}:${broker!.port}`
}

test('a copy that is killed and started again has each record once', async () => {
  const [source, target] = [await brokerWith(2), await brokerWith(2)]
  await fill(source)
  await target.brokers()
  const home = mkdtempSync(join(tmpdir(), 'ktool-copy-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const args = [
    'copy',
    'numbers',
    '--from-bootstrap-server',
    addressOf(source),
    '--to-bootstrap-server',
    addressOf(target),
  ]
  const env = { XDG_STATE_HOME: home }

  // Small batches, so that there is a middle to be killed in.
  const slowly = [
    ...args,
    '--to-property',
    'batch.size=500',
    '--to-property',
    'max.in.flight.requests.per.connection=1',
  ]
  const child = spawn(process.execPath, [KTOOL, ...slowly], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  await vi.waitFor(async () => expect(await written(target)).toBeGreaterThan(RECORDS / 10), {
    timeout: 30_000,
    interval: 1,
  })
  child.kill('SIGKILL')
  await ended
  expect(await written(target)).toBeLessThan(RECORDS)

  const { code, stderr } = await runKtool(args, { env })
  expect([code, stderr]).toEqual([0, 'going on where an earlier copy ended; --restart starts anew\n'])
  const expected = PARTITIONS.map((partition) =>
    Array.from({ length: RECORDS / 2 }, (_, at) => at * 2 + partition),
  )
  expect(await numbersIn(target)).toEqual(expected)
})
