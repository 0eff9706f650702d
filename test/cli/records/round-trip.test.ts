// Records that are hard on JSON, read as JSON lines and written again: the copy has the same bytes. ROUND_TRIP_SEED
// repeats a run.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { Cluster } from '../../../src/client/cluster.ts'
import { fetchSettings } from '../../../src/client/fetch/fetch-config.ts'
import { Fetcher } from '../../../src/client/fetch/fetcher.ts'
import { resolveRanges } from '../../../src/client/fetch/read-range.ts'
import { Producer } from '../../../src/client/produce/producer.ts'
import { producerSettings } from '../../../src/client/produce/producer-config.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { oddNameBytes } from '../../../src/records/header-name.ts'
import { seededRandom } from '../../support/random.ts'
import { type RandomRecord, randomRecord } from '../../support/random-records.ts'
import { testIo } from '../../support/test-io.ts'

const SEED = Number(process.env.ROUND_TRIP_SEED ?? Math.floor(Math.random() * 2 ** 32))
const RECORDS = 1000
const PARTITIONS = 3
const ALL = ['--from', 'earliest', '--until', 'end', '-o', 'jsonl']
const ROOM = new Map([['max.request.size', '4000000']])

let broker: BrokerHandle
let cluster: Cluster
beforeAll(async () => {
  const configs = { 'max.message.bytes': '8000000', 'message.timestamp.after.max.ms': '9223372036854775807' }
  broker = await startBroker({
    topics: ['source', 'copy', 'spread'].map((name) => ({ name, partitions: PARTITIONS, configs })),
  })
  cluster = Cluster.connect({ bootstrapServers: broker.bootstrapServers })
})
afterAll(async () => {
  cluster.close()
  await broker.close()
})

async function run(args: readonly string[], input: Buffer = Buffer.alloc(0)): Promise<Buffer> {
  const io = testIo({ input })
  const exit = await main('ktool', [...args, '-b', broker.bootstrapServers], io)
  expect([exit, io.stderr]).toEqual([0, args[0] === 'consume' ? expect.anything() : ''])
  return io.stdoutBytes
}

async function write(topic: string, records: readonly RandomRecord[]): Promise<void> {
  const producer = await Producer.create(cluster, producerSettings(ROOM))
  await producer.prepare(topic)
  for (const { partition, timestamp, key, value, headers } of records) {
    if (!producer.append(topic, key, value, headers, timestamp, partition)) await producer.room()
  }
  expect(await producer.close()).toEqual({ acknowledged: records.length, failed: 0, firstError: null })
}

/** The records of each partition, without what a broker gives them. */
async function read(topic: string): Promise<string[][]> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition }))
  const targets = await resolveRanges(cluster, partitions, { from: 'earliest', until: 'latest' })
  const fetcher = new Fetcher(cluster, fetchSettings(new Map()), targets)
  const found: string[][] = targets.map(() => [])
  for (let records = await fetcher.next(); records !== null; records = await fetcher.next()) {
    while (records.next()) found[records.partition]!.push(shown(records.record()))
  }
  return found
}

const hex = (bytes: Buffer | null): string => bytes?.toString('hex') ?? 'null'

const shown = ({ timestamp, key, value, headers }: Omit<RandomRecord, 'partition'>): string =>
  [
    timestamp,
    hex(key),
    hex(value),
    ...headers.map(([name, content]) => `${hex(oddNameBytes(name) ?? Buffer.from(name))}=${hex(content)}`),
  ].join(' ')

test(`records survive JSON lines, seed ${SEED}`, { timeout: 60_000 }, async () => {
  const random = seededRandom(SEED)
  const records = Array.from({ length: RECORDS }, () => randomRecord(random, PARTITIONS))
  const written = Array.from({ length: PARTITIONS }, (_, partition) =>
    records.filter((record) => record.partition === partition).map(shown),
  )
  await write('source', records)
  expect(await read('source')).toEqual(written)

  const lines = await run(['consume', '-t', 'source', ...ALL])
  const more = ['-i', 'jsonl', '--command-property', 'max.request.size=4000000']
  await run(['produce', '-t', 'copy', '--keep-partition', ...more], lines)
  expect(await read('copy')).toEqual(written)

  await run(['produce', '-t', 'spread', ...more], lines)
  expect((await read('spread')).flat().sort()).toEqual(written.flat().sort())
})
