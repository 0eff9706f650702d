import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { OutputClosed } from '../../../src/cli/io.ts'
import { main } from '../../../src/cli/main.ts'
import { partitionForKey } from '../../../src/client/produce/partitioner.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { testIo } from '../../support/test-io.ts'

// One broker for all tests; each takes a topic of its own.
const TOPICS = Array.from({ length: 40 }, (_, i) => ({ name: `orders-${i}`, partitions: 3 }))
let broker: BrokerHandle
beforeAll(async () => {
  const small = { name: 'small', partitions: 1, configs: { 'max.message.bytes': '1000' } }
  broker = await startBroker({ topics: [...TOPICS, small] })
})
afterAll(() => broker.close())

const unused = [...TOPICS]

function setUp() {
  const topic = unused.shift()!.name
  const run = async (input: string | Buffer, tool: string, ...args: string[]) => {
    const io = testIo({ input })
    const own = ['--bootstrap-server', broker.bootstrapServers, '--topic', topic]
    const exit = await main('ktool', [tool, ...own, ...args], io)
    return { exit, stdout: io.stdout, stdoutBytes: io.stdoutBytes, stderr: io.stderr }
  }
  const PRINT = ['offset', 'headers', 'key'].flatMap((column) => [
    '--formatter-property',
    `print.${column}=true`,
  ])
  return {
    topic,
    /** Writes to partition 0, unless told otherwise. */
    produce: (input: string | Buffer, ...args: string[]) =>
      run(input, 'console-producer', ...(args.includes('--partition') ? [] : ['--partition', '0']), ...args),
    /** What there is in partition 0, as offset, headers, key and value. */
    read: async () => {
      const range = ['--partition', '0', '--from', 'earliest', '--until', 'end']
      const { stdout } = await run('', 'console-consumer', ...range, ...PRINT)
      return stdout.split('\n').slice(0, -1)
    },
    run,
  }
}

test('lines become records; a last one without newline counts, an empty one is an empty value', async () => {
  const { produce, read } = setUp()
  expect(await produce('one\n\ntwo')).toMatchObject({ exit: 0, stdout: '', stderr: '' })
  expect(await read()).toEqual([
    'Offset:0\tNO_HEADERS\tnull\tone',
    'Offset:1\tNO_HEADERS\tnull\t',
    'Offset:2\tNO_HEADERS\tnull\ttwo',
  ])
})

test('bytes that are not UTF-8, and carriage returns, come back as they were', async () => {
  const { produce, run } = setUp()
  const input = Buffer.from('\xff\0\r\r\n\x80\n', 'latin1')
  await produce(input)
  const { stdoutBytes } = await run(
    '',
    'console-consumer',
    '--partition',
    '0',
    '--from-beginning',
    '--max-messages',
    '2',
  )
  expect(stdoutBytes).toEqual(input)
})

test('plain lines go to partitions in turn, none is lost', async () => {
  const { run } = setUp()
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`)
  expect((await run(`${lines.join('\n')}\n`, 'console-producer', '--batch-size', '4096')).exit).toBe(0)
  const { stdout } = await run('', 'console-consumer', '--from-beginning', '--max-messages', '20000')
  expect(stdout.split('\n').slice(0, -1).sort()).toEqual([...lines].sort())
})

test('no input makes no record', async () => {
  const { produce, read } = setUp()
  expect((await produce('')).exit).toBe(0)
  expect(await read()).toEqual([])
})

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'codec %s, one record at a time and many',
  async (codec) => {
    const { produce, read } = setUp()
    expect((await produce('a\nb\n', '--compression-codec', codec)).exit).toBe(0)
    expect((await produce('c\n', `--compression-codec=${codec}`, '--sync')).exit).toBe(0)
    expect((await read()).map((line) => line.split('\t')[3])).toEqual(['a', 'b', 'c'])
  },
)

test('parsed keys and headers, and those that are the same for every record', async () => {
  const { produce, read } = setUp()
  await produce(
    'h:1\tk\tv\n',
    '--reader-property',
    'parse.key=true',
    '--reader-property',
    'parse.headers=true',
    '--key',
    'unused',
    '--header',
    'x=y=z',
  )
  await produce('v\n', '--key', 'fixed', '--header', 'a=1', '--header', 'a=', '--header', 'a')
  await produce('', '--key', 'gone', '--tombstone')
  expect(await read()).toEqual([
    'Offset:0\th:1,x:y=z\tk\tv',
    'Offset:1\ta:1,a:,a:null\tfixed\tv',
    'Offset:2\tNO_HEADERS\tgone\tnull',
  ])
})

test('--partition, --timestamp and --report', async () => {
  const { produce, run, topic } = setUp()
  const { stdout } = await produce('a\nb\n', '--partition', '2', '--timestamp', '1700000000000', '--report')
  expect(stdout).toBe('Partition:2\tOffset:0\nPartition:2\tOffset:1\n')
  const { stdout: json } = await produce('c\n', '--partition', '2', '--report', '-o', 'jsonl')
  expect(JSON.parse(json)).toEqual({ topic, partition: 2, offset: 2 })
  const print = ['--formatter-property', 'print.timestamp=true']
  const read = await run(
    '',
    'console-consumer',
    '--partition',
    '2',
    '--offset',
    '0',
    '--max-messages',
    '1',
    ...print,
  )
  expect(read.stdout).toBe('CreateTime:1700000000000\ta\n')
})

test('--timestamp takes a date, too, and refuses what is no time', async () => {
  const { produce, run } = setUp()
  await produce('a\n', '--timestamp', '2024-05-01T12:00:00Z')
  const args = ['--partition', '0', '--from-beginning', '--max-messages', '1', '-o', 'jsonl']
  const { stdout } = await run('', 'console-consumer', ...args)
  expect(JSON.parse(stdout).timestamp).toBe(Date.UTC(2024, 4, 1, 12))
  const { exit, stderr } = await produce('a\n', '--timestamp', 'noon')
  expect([exit, stderr]).toEqual([
    2,
    expect.stringContaining("--timestamp: 'noon' is not milliseconds, a date"),
  ])
})

test('JSON lines go where their keys send them, or with --keep-partition where they say', async () => {
  const { run, topic } = setUp()
  const lines = [2, 0, 1, 2].map((partition) => `{"partition":${partition},"key":"k","value":"v"}\n`).join('')
  const produce = async (...args: string[]) => {
    const { stdout } = await run(lines, 'console-producer', '-i', 'jsonl', '--report', '-o', 'jsonl', ...args)
    const reports: { partition: number }[] = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
    return reports.map(({ partition }) => partition).sort()
  }
  expect(await produce()).toEqual(Array(4).fill(partitionForKey(Buffer.from('k'), 3)))
  expect(await produce('--keep-partition')).toEqual([0, 1, 2, 2])
  expect(await produce('--keep-partition', '--sync')).toEqual([0, 1, 2, 2])
  const far = await run(
    '{"partition":3,"value":"v"}\n',
    'console-producer',
    '-i',
    'jsonl',
    '--keep-partition',
  )
  expect([far.exit, far.stderr]).toEqual([
    1,
    `1 of 1 record was not acknowledged: Topic ${topic} has no partition 3, only 3\n`,
  ])
})

test('a line that cannot be read fails, and what came before it is written', async () => {
  const { produce, read } = setUp()
  const { exit, stderr } = await produce(
    'k:v\nnothing\nl:w\n',
    '--reader-property',
    'parse.key=true',
    '--reader-property',
    'key.separator=:',
  )
  expect([exit, stderr]).toEqual([1, "No key separator found on line number 2: 'nothing'\n"])
  expect(await read()).toEqual(['Offset:0\tNO_HEADERS\tk\tv'])
})

test('records that are not acknowledged are counted, and the others are written', async () => {
  const { produce, read } = setUp()
  const { exit, stderr } = await produce(
    `a\n${'x'.repeat(2000)}\nb\n`,
    '--command-property',
    'max.request.size=1000',
  )
  expect(exit).toBe(1)
  expect(stderr).toMatch(
    /^1 of 3 records were not acknowledged: The message is \d+ bytes when serialized which is larger than 1000/,
  )
  expect(await read()).toHaveLength(2)
})

test('a record that the broker finds too large is counted, with the codes of either tool', async () => {
  const large = `a\n${'x'.repeat(2000)}\nb\n`
  const args = ['console-producer', '-b', broker.bootstrapServers, '-t', 'small', '--report']
  const outcomes: [number, string][] = []
  for (const more of [[], ['--compat-exit-codes'], ['-o', 'jsonl']]) {
    const io = testIo({ input: large })
    const exit = await main('ktool', [...args, ...more], io)
    outcomes.push([exit, io.stderr])
    expect(io.stdout.split('\n')).toHaveLength(3)
  }
  const message =
    '1 of 3 records were not acknowledged: The request included a message larger than the max message size the server will accept.'
  const json = { error: { message, code: 'MESSAGE_TOO_LARGE', hint: null, exitCode: 1 } }
  expect(outcomes).toEqual([
    [1, `${message}\n`],
    [0, `${message}\n`],
    [1, `${JSON.stringify(json)}\n`],
  ])
})

test('with --sync the first record that is refused ends it', async () => {
  const { produce, read } = setUp()
  const { exit, stderr } = await produce(
    `a\n${'x'.repeat(2000)}\nb\n`,
    '--sync',
    '--command-property',
    'max.request.size=1000',
  )
  expect(exit).toBe(1)
  expect(stderr).toContain('hint: the record was not acknowledged; 1 before it was\n')
  expect(await read()).toHaveLength(1)
})

test('--rate spreads the records', async () => {
  const { produce } = setUp()
  const startMs = performance.now()
  await produce('a\nb\nc\n', '--rate', '20')
  expect(performance.now() - startMs).toBeGreaterThan(90)
})

test('an interrupted producer writes what it has read', async () => {
  const { read, topic } = setUp()
  const io = testIo()
  const input = new PassThrough()
  Object.defineProperty(io, 'in', { value: input })
  const args = [
    'console-producer',
    '-b',
    broker.bootstrapServers,
    '-t',
    topic,
    '--partition',
    '0',
    '--timeout',
    '0',
    '--report',
  ]
  const done = main('ktool', args, io)
  input.write('a\n')
  await vi.waitFor(() => expect(io.stdout).toBe('Partition:0\tOffset:0\n'), { timeout: 5000 })
  input.write('b\nunfinished')
  await vi.waitFor(() => expect(io.stdout).toContain('Offset:1'), { timeout: 5000 })
  io.interrupt()
  expect(await done).toBe(130)
  expect(await read()).toHaveLength(2)
})

test.each<[string[], number, string]>([
  [
    ['--compression-codec', 'rar'],
    2,
    'Invalid value rar for configuration compression.type: String must be one of: none, gzip, snappy, lz4, zstd',
  ],
  [
    ['--request-required-acks', '7'],
    2,
    'Invalid value 7 for configuration acks: String must be one of: all, -1, 0, 1',
  ],
  [['--line-reader', 'no.such.Class'], 2, "--line-reader: ktool has no 'no.such.Class'"],
  [['--tombstone'], 2, '--tombstone needs --key'],
  [['--keep-partition'], 2, '--keep-partition needs --input jsonl'],
  [
    ['-i', 'jsonl', '--keep-partition', '--partition', '0'],
    2,
    '--partition and --keep-partition cannot be given together',
  ],
  [['--input', 'csv'], 2, "--input: 'csv' is not one of lines, jsonl"],
  [['--partition', '-1'], 2, "--partition: '-1' is negative"],
  [['--rate', '0'], 2, "--rate: '0' is not a positive number"],
  [
    ['--reader-property', 'a=b', '--property', 'c=d'],
    2,
    'Options --reader-property and --property cannot be specified together.',
  ],
  [['--command-config', '/no/such/file'], 1, '/no/such/file (No such file or directory)'],
  [['--partition', '9'], 1, 'has no partition 9, only 3'],
])('%j exits %d: %s', async (args, exit, message) => {
  const { produce } = setUp()
  const result = await produce('a\n', ...args)
  expect([result.exit, result.stderr]).toEqual([exit, expect.stringContaining(message)])
})

test('an address that is none is refused before anything is sent', async () => {
  const io = testIo({ input: 'a\n' })
  expect(await main('ktool', ['produce', '-b', 'nonsense', '-t', 'orders'], io)).toBe(2)
  expect(io.stderr).toContain('Please provide valid host:port like host1:9091,host2:9092')
})

test('a web server is no broker, and a reader of reports that goes away no failure', async () => {
  const web = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
  await once(web, 'listening')
  onTestFinished(() => void web.close())
  const { port } = web.address() as AddressInfo
  const io = testIo({ input: 'a\n' })
  expect(await main('ktool', ['produce', '-b', `127.0.0.1:${port}`, '-t', 'orders'], io)).toBe(1)
  expect(io.stderr).toContain('not in Kafka')
  const { topic } = setUp()
  const piped = testIo({ input: 'a\n' })
  Object.defineProperty(piped, 'out', {
    value: () => {
      throw new OutputClosed('closed')
    },
  })
  expect(
    await main('ktool', ['produce', '-b', broker.bootstrapServers, '-t', topic, '--report'], piped),
  ).toBe(0)
  expect(piped.stderr).toBe('')
})

test('nobody who listens is a failure, also without input', async () => {
  const io = testIo()
  expect(await main('ktool', ['console-producer', '-b', '127.0.0.1:1', '-t', 'orders'], io)).toBe(1)
  expect(io.stderr).toContain('127.0.0.1:1: connection refused')
})
