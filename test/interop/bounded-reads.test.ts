// A read that has an end gets there, whatever an Apache Kafka's log looks like.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel, type Producer, type Transaction } from 'kafkajs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Connect } from '../../src/cli/context.ts'
import { main } from '../../src/cli/main.ts'
import { Cluster } from '../../src/client/cluster.ts'
import { type ApacheKafkaProcess, startApacheKafka } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { testIo } from '../support/test-io.ts'

const ALL = ['--from', 'earliest', '--until', 'end']
const COMMITTED = ['--isolation-level', 'read_committed']
/** The broker holds an answer back for so long, since it never has so much. */
const SLOW = ['fetch.min.bytes=50000000', 'fetch.max.wait.ms=1500'].flatMap((property) => [
  '--command-property',
  property,
])
const SETTINGS = [
  'offsets.topic.num.partitions=1',
  'transaction.state.log.num.partitions=1',
  'log.cleaner.backoff.ms=100',
]

describeWith(['apacheKafka'], 'bounded reads of an Apache Kafka', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-bounded-'))
  let apache: ApacheKafkaProcess
  let producer: Producer

  beforeAll(async () => {
    apache = await startApacheKafka(SETTINGS)
    producer = new Kafka({ brokers: [apache.bootstrapServers], logLevel: logLevel.NOTHING }).producer()
    await producer.connect()
  })
  afterAll(async () => {
    await producer?.disconnect()
    await apache?.stop()
    rmSync(folder, { recursive: true })
  })

  interface Ran {
    readonly exit: number
    readonly stdout: string
    readonly stderr: string
  }

  async function run(...args: string[]): Promise<Ran> {
    return await runWith(undefined, args)
  }

  async function runWith(connect: Connect | undefined, args: readonly string[]): Promise<Ran> {
    const io = testIo()
    const exit = await main('ktool', [...args, '-b', apache.bootstrapServers], io, connect)
    return { exit, stdout: io.stdout, stderr: io.stderr }
  }

  /** Begins to read a topic, and waits until it is known what there is to read. */
  async function beginToRead(topic: string): Promise<{ ended: Promise<Ran> }> {
    let ended!: Promise<Ran>
    await new Promise<void>((resolve) => {
      const connect: Connect = (options) => {
        const cluster = Cluster.connect(options)
        const connectionTo = cluster.connectionTo.bind(cluster)
        vi.spyOn(cluster, 'connectionTo').mockImplementation((node, channel) => {
          if (channel === 'fetch') resolve()
          return connectionTo(node, channel)
        })
        return cluster
      }
      ended = runWith(connect, ['consume', '-t', topic, ...ALL, ...SLOW])
    })
    return { ended }
  }

  /** The values that a read prints, in order of partitions; it must come to its end. */
  async function read(topic: string, ...args: string[]): Promise<string[]> {
    const { exit, stdout, stderr } = await run('consume', '-t', topic, '-o', 'jsonl', ...args)
    expect([exit, stderr]).toEqual([0, expect.stringMatching(/^Processed a total of \d+ messages\n$/)])
    const records: { partition: number; value: string }[] = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
    return records.sort((a, b) => a.partition - b.partition).map(({ value }) => value)
  }

  async function create(topic: string, partitions = 1, ...configs: string[]): Promise<void> {
    const more = configs.flatMap((config) => ['--config', config])
    const { exit, stderr } = await run(
      'topics',
      '--create',
      '--topic',
      topic,
      '--partitions',
      `${partitions}`,
      ...more,
    )
    expect([exit, stderr]).toEqual([0, ''])
  }

  const send = (via: Pick<Producer, 'send'>, topic: string, ...values: string[]) =>
    via.send({ topic, messages: values.map((value) => ({ key: value, value, partition: 0 })) })

  async function begin(id: string): Promise<{ transaction: Transaction; leave(): Promise<void> }> {
    const own = new Kafka({ brokers: [apache.bootstrapServers], logLevel: logLevel.NOTHING }).producer({
      transactionalId: id,
      maxInFlightRequests: 1,
      idempotent: true,
    })
    await own.connect()
    return { transaction: await own.transaction(), leave: () => own.disconnect() }
  }

  test('an open transaction, and the marker that closes it', async () => {
    await create('open')
    await send(producer, 'open', 'a', 'b')
    const { transaction, leave } = await begin('open-1')
    await send(transaction, 'open', 'c', 'd')
    await send(producer, 'open', 'e')
    expect(await read('open', ...ALL)).toEqual(['a', 'b', 'c', 'd', 'e'])
    // The end is the last stable offset: nothing behind it can be committed yet.
    expect(await read('open', ...ALL, ...COMMITTED)).toEqual(['a', 'b'])
    expect(await read('open', ...COMMITTED, '--from', '-1', '--until', '+9')).toEqual(['b'])
    expect(await read('open', ...COMMITTED, '--from', '0', '--until', '5')).toEqual(['a', 'b'])
    expect(await read('open', ...COMMITTED, '--from', '4', '--until', 'end')).toEqual([])
    await transaction.commit()
    await leave()
    // The marker is written a little after the commit was answered.
    await expect.poll(() => read('open', ...ALL, ...COMMITTED)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await read('open', '--from', '-1', '--until', 'end')).toEqual([])
    expect(await read('open', '--from', '-2', '--until', 'end', ...COMMITTED)).toEqual(['e'])
  })

  test('aborted transactions, one of them at the end', async () => {
    await create('aborted')
    for (const value of ['x', 'y', 'z']) {
      await send(producer, 'aborted', `before ${value}`)
      const { transaction, leave } = await begin('aborted-1')
      await send(transaction, 'aborted', value)
      await (value === 'y' ? transaction.commit() : transaction.abort())
      await leave()
    }
    expect(await read('aborted', ...ALL)).toEqual(['before x', 'x', 'before y', 'y', 'before z', 'z'])
    const committed = ['before x', 'before y', 'y', 'before z']
    await expect.poll(() => read('aborted', ...ALL, ...COMMITTED)).toEqual(committed)
    expect(await read('aborted', '--from', '-2', '--until', 'end', ...COMMITTED)).toEqual([])
  })

  test('holes of compaction', async () => {
    const often = ['segment.ms=1', 'min.cleanable.dirty.ratio=0.0001', 'min.compaction.lag.ms=0']
    await create('compacted', 1, 'cleanup.policy=compact', ...often)
    for (let round = 0; round < 20; round++) {
      const messages = ['a', 'b', 'c'].map((key) => ({ key, value: `${key}${round}`, partition: 0 }))
      await producer.send({ topic: 'compacted', messages })
    }
    // The cleaner leaves the newest segment alone, which is the last round.
    const left = ['a18', 'b18', 'c18', 'a19', 'b19', 'c19']
    await expect.poll(() => read('compacted', ...ALL), { timeout: 60_000, interval: 200 }).toEqual(left)
    expect(await read('compacted', '--from', '3', '--until', '30')).toEqual([])
    expect(await read('compacted', '--from', '0', '--until', '+50')).toEqual([])
    expect(await read('compacted', '--from', '40', '--until', '56')).toEqual(['a18', 'b18'])
    expect(await read('compacted', '--from', '@-1h', '--until', 'end')).toEqual(left)
  })

  test('deleted records', async () => {
    await create('trimmed')
    await send(producer, 'trimmed', ...Array.from({ length: 10 }, (_, i) => `${i}`))
    await trim('trimmed', 6)
    expect(await read('trimmed', ...ALL)).toEqual(['6', '7', '8', '9'])
    expect(await read('trimmed', '--from', '0', '--until', 'end')).toEqual(['6', '7', '8', '9'])
    expect(await read('trimmed', '--from', '0', '--until', '4')).toEqual([])
    expect(await read('trimmed', '--from', '0', '--until', '+2')).toEqual(['6', '7'])
    expect(await read('trimmed', '--from', '-9', '--until', 'end')).toEqual(['6', '7', '8', '9'])
    await trim('trimmed', -1)
    expect(await read('trimmed', ...ALL)).toEqual([])
    expect(await read('trimmed', '--from', '0', '--until', '10')).toEqual([])
  })

  async function trim(topic: string, offset: number): Promise<void> {
    const file = join(folder, 'offsets.json')
    writeFileSync(file, JSON.stringify({ partitions: [{ topic, partition: 0, offset }], version: 1 }))
    expect((await run('delete-records', '--offset-json-file', file)).exit).toBe(0)
  }

  test('empty partitions, and ends that have not come', async () => {
    await create('sparse', 5)
    await producer.send({ topic: 'sparse', messages: [{ value: 'only', partition: 3 }] })
    expect(await read('sparse', ...ALL)).toEqual(['only'])
    for (const until of ['9', '+9', '@2100-01-01']) {
      expect(await read('sparse', '--from', 'earliest', '--until', until)).toEqual(['only'])
    }
    expect(await read('sparse', '--from', '9', '--until', 'end')).toEqual([])
    expect(await read('sparse', '--from', 'latest', '--until', '+1')).toEqual([])
    expect(await read('sparse', '--from', '@-1h', '--until', 'end')).toEqual(['only'])
    expect(await read('sparse', '--from', 'earliest', '--until', '@-1h')).toEqual([])
  })

  test('a topic that grows meanwhile, in records and in partitions', async () => {
    await create('growing')
    await send(producer, 'growing', 'a')
    const { ended } = await beginToRead('growing')
    const args = ['--alter', '--topic', 'growing', '--partitions', '2']
    expect((await run('topics', ...args)).exit).toBe(0)
    await send(producer, 'growing', 'b')
    expect(await ended).toMatchObject({ exit: 0, stdout: 'a\n' })
  })

  test('a topic that is deleted meanwhile is a failure, also when another one takes its name', async () => {
    for (const topic of ['deleted', 'replaced']) {
      await create(topic)
      await send(producer, topic, 'a')
    }
    const reading = [await beginToRead('deleted'), await beginToRead('replaced')]
    for (const topic of ['deleted', 'replaced']) {
      expect((await run('topics', '--delete', '--topic', topic)).exit).toBe(0)
    }
    await create('replaced')
    for (const [i, { exit, stderr }] of (await Promise.all(reading.map(({ ended }) => ended))).entries()) {
      const topic = ['deleted', 'replaced'][i]
      expect([exit, stderr]).toEqual([1, expect.stringContaining(`${topic}-0 does not exist any more`)])
    }
  })
})
