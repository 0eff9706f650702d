// Every client writes with every codec into one partition of `ktool serve`; every client reads all of it. What they
// see is compared with what was written, and the times that a writer could not choose with each other.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CodecName } from '../../src/records/compression.ts'
import { runKafkaTool } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { python } from '../support/outside.ts'
import { runOrThrow } from '../support/run-program.ts'
import { type KtoolProcess, runKtool, startKtool } from '../support/start-ktool.ts'
import {
  type RunTool,
  readWithConsole,
  readWithKcat,
  writeWithConsole,
  writeWithKcat,
} from './console-clients.ts'
import { readWithKafkajs, registerCodecs, writeWithKafkajs } from './kafkajs-client.ts'
import { base64, parseJsonLines, type SeenRecord, type WrittenRecord } from './seen-record.ts'

const CODECS: readonly CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const TOPIC = 'clients'
const RECORDS_PER_RUN = 40

interface Client {
  readonly name: string
  /** What it cannot write: the records are changed to what it can. */
  adapt(record: WrittenRecord): WrittenRecord
  write(servers: string, topic: string, codec: CodecName, records: readonly WrittenRecord[]): Promise<void>
  read(servers: string, topic: string, count: number): Promise<SeenRecord[]>
}

const asIs = (record: WrittenRecord): WrittenRecord => record

/** For clients that cannot write a header without a value. */
const withHeaderValues = (record: WrittenRecord): WrittenRecord => ({
  ...record,
  headers: record.headers.map(([name, value]) => [name, value ?? '']),
})

/** kafka-python, besides, wants a key or a value. */
const forKafkaPython = (record: WrittenRecord): WrittenRecord => ({
  ...withHeaderValues(record),
  value: record.value ?? (record.key === null ? '' : null),
})

const scripted = (name: string, script: string, adapt = asIs): Client => ({
  name,
  adapt,
  async write(servers, topic, codec, records) {
    const input = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    await runOrThrow(python!, [script, 'write', servers, topic, codec], { input })
  },
  async read(servers, topic, count) {
    return parseJsonLines((await runOrThrow(python!, [script, 'read', servers, topic, String(count)])).stdout)
  },
})

const ktoolTool: RunTool = (tool, args, options) => runKtool([tool, ...args], options)

const consoleTools = (name: string, run: RunTool): Client => ({
  name,
  adapt: (record) => ({ ...record, timestamp: null }),
  write: (servers, topic, codec, records) => writeWithConsole(run, servers, topic, codec, records),
  read: (servers, topic, count) => readWithConsole(run, servers, topic, count),
})

const CLIENTS: readonly Client[] = [
  {
    name: 'kcat',
    adapt: (record) => ({
      ...record,
      timestamp: null,
      value: record.value || null,
      headers: [
        ['trace', base64('kcat')],
        ['none', null],
      ],
    }),
    write: writeWithKcat,
    read: readWithKcat,
  },
  {
    name: 'kafkajs',
    adapt: withHeaderValues,
    write: writeWithKafkajs,
    read: readWithKafkajs,
  },
  scripted('kafka-python', 'test/interop/kafka_python_client.py', forKafkaPython),
  scripted('confluent-kafka', 'test/interop/confluent_kafka_client.py'),
  consoleTools('Apache Kafka', runKafkaTool),
  consoleTools('ktool', ktoolTool),
]

/** Null and empty values, no key, no header, the same header twice, text beyond ASCII, records of many sizes. */
function recordOf(client: Client, codec: string, index: number): WrittenRecord {
  const value = `value ${index} of ${client.name}, naïve-日本語 ${'x'.repeat(index * 25)}`
  const trace: WrittenRecord['headers'] = [
    ['trace', base64(`${codec}-${index}`)],
    ['dup', base64('1')],
    ['dup', base64('2')],
    ['none', null],
  ]
  return client.adapt({
    timestamp: 1_700_000_000_000 + index * 1000,
    key: index % 5 === 0 ? null : base64(`${client.name}/${codec}/${index}`),
    value: index % 7 === 3 ? null : index % 7 === 4 ? '' : base64(value),
    headers: index % 3 === 0 ? [] : trace,
  })
}

const byName = (headers: SeenRecord['headers']) =>
  [...headers].sort(([a, x], [b, y]) => a.localeCompare(b) || (x ?? '').localeCompare(y ?? ''))

describeWith(['kcat', 'python', 'apacheKafka'], 'clients', () => {
  let broker: KtoolProcess
  const written: WrittenRecord[] = []
  let times: readonly number[] = []

  beforeAll(async () => {
    broker = await startKtool()
    await registerCodecs()
    await runKtool(['topics', '--bootstrap-server', broker.bootstrapServers, '--create', '--topic', TOPIC])
  })
  afterAll(async () => {
    expect(await broker.stop()).toBe(0)
  })

  const runs = CLIENTS.flatMap((client) => CODECS.map((codec) => ({ client, codec, name: client.name })))

  test.each(runs)('$name writes with $codec', async ({ client, codec }) => {
    const records = Array.from({ length: RECORDS_PER_RUN }, (_, index) => recordOf(client, codec, index))
    await client.write(broker.bootstrapServers, TOPIC, codec, records)
    written.push(...records)
  })

  test.each(CLIENTS)('$name reads what all of them wrote', async (client) => {
    expect(written.length).toBe(runs.length * RECORDS_PER_RUN)
    const seen = await client.read(broker.bootstrapServers, TOPIC, written.length)
    const expected = written.map((record, offset) => ({
      ...record,
      offset,
      timestamp: record.timestamp ?? seen[offset]?.timestamp,
      headers: byName(record.headers),
    }))
    expect(seen.map((record) => ({ ...record, headers: byName(record.headers) }))).toEqual(expected)
    const seenTimes = seen.map(({ timestamp }) => timestamp)
    if (times.length === 0) times = seenTimes
    expect(seenTimes).toEqual(times)
  })
})
