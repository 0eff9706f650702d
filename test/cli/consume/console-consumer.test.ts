import { once } from 'node:events'
import { createServer as createWebServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { OutputClosed } from '../../../src/cli/io.ts'
import { main } from '../../../src/cli/main.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { testIo } from '../../support/test-io.ts'

let broker: BrokerHandle
let at: string[]

async function run(
  args: readonly string[],
  input = '',
): Promise<{ exit: number; stdout: string; stderr: string }> {
  const io = testIo({ input })
  const exit = await main('ktool', args, io)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}
const consume = (...args: string[]) => run(['console-consumer', ...at, ...args])
const consumeOne = (...args: string[]) => consume('--topic', 'one', ...args)
const values = (stdout: string): string[] => stdout.split('\n').slice(0, -1)

beforeAll(async () => {
  broker = await startBroker({
    topics: [
      { name: 'one', partitions: 1 },
      { name: 'wide', partitions: 4 },
      { name: 'empty', partitions: 2 },
      { name: 'copy', partitions: 1 },
    ],
  })
  at = ['--bootstrap-server', broker.bootstrapServers]
  for (const [i, value] of ['a', 'b', 'c', 'd', 'e'].entries()) {
    await run(
      ['console-producer', ...at, '--topic', 'one', '--key', `k${i}`, '--timestamp', String(1000 + i)],
      `${value}\n`,
    )
  }
  for (const partition of [0, 1, 2]) {
    await run(['console-producer', ...at, '--topic', 'wide', '--partition', String(partition)], 'x\ny\n')
  }
})
afterAll(() => broker.close())

test('from the beginning, as many as asked for, and the count on stderr', async () => {
  expect(await consumeOne('--from-beginning', '--max-messages', '2')).toEqual({
    exit: 0,
    stdout: 'a\nb\n',
    stderr: 'Processed a total of 2 messages\n',
  })
})

test('no record for --timeout-ms ends it', async () => {
  expect(await consumeOne('--timeout-ms', '50')).toMatchObject({ exit: 0, stdout: '' })
  expect(values((await consumeOne('--from-beginning', '--timeout-ms', '200')).stdout)).toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
  ])
})

test('--max-messages 0 reads nothing', async () => {
  expect((await consumeOne('--max-messages', '0')).stderr).toBe('Processed a total of 0 messages\n')
})

test.each([
  [['--offset', '3'], 'd'],
  [['--offset', 'earliest'], 'a'],
  [['--from-beginning'], 'a'],
])('one partition with %j', async (args, first) => {
  expect((await consumeOne('--partition', '0', '--max-messages', '1', ...args)).stdout).toBe(`${first}\n`)
})

test('an offset past the end starts where auto.offset.reset says', async () => {
  const args = ['--partition', '0', '--offset', '99', '--timeout-ms', '200']
  expect((await consumeOne(...args)).stdout).toBe('')
  const { stdout } = await consumeOne(...args, '--command-property', 'auto.offset.reset=earliest')
  expect(values(stdout)).toHaveLength(5)
})

test('topics that match a pattern', async () => {
  const { stdout } = await consume('--include', 'on.|wi[a-z]+', '--from-beginning', '--max-messages', '11')
  expect(values(stdout).sort().join('')).toBe('abcdexxxyyy')
})

test.each<[string[], string[]]>([
  [
    ['--from', 'earliest', '--until', 'end'],
    ['a', 'b', 'c', 'd', 'e'],
  ],
  [
    ['--from', '-2', '--until', 'end'],
    ['d', 'e'],
  ],
  [
    ['--from', '1', '--until', '3'],
    ['b', 'c'],
  ],
  [
    ['--from', '@1002', '--until', '+2'],
    ['c', 'd'],
  ],
  [['--from', 'earliest', '--until', '@1001'], ['a']],
  [['--from', 'latest', '--until', 'end'], []],
])('a bounded read %j ends by itself', async (args, expected) => {
  const { exit, stdout } = await consumeOne(...args)
  expect([exit, values(stdout)]).toEqual([0, expected])
})

test('a bounded read ends past empty partitions, and fails without a topic', async () => {
  const { stdout } = await consume('--topic', 'wide', '--from', 'earliest', '--until', 'end')
  expect(values(stdout).sort()).toEqual(['x', 'x', 'x', 'y', 'y', 'y'])
  expect((await consume('--topic', 'empty', '--from', 'earliest', '--until', 'end')).exit).toBe(0)
  const missing = await consume('--include', 'nothing.*', '--from', 'earliest', '--until', 'end')
  expect([missing.exit, missing.stderr]).toEqual([
    1,
    expect.stringContaining('there is no such topic to read'),
  ])
})

test('--deadline-ms ends it, and --expect-count judges what was read', async () => {
  const { exit, stdout, stderr } = await consumeOne(
    '--from-beginning',
    '--deadline-ms',
    '200',
    '--expect-count',
    '6',
  )
  expect([exit, values(stdout).length]).toEqual([3, 5])
  expect(stderr).toContain('6 records were expected, 5 were read')
  expect((await consumeOne('--from', '0', '--until', 'end', '--expect-count', '5')).exit).toBe(0)
})

test('an end behind the last record is where the topic ends now', async () => {
  for (const until of ['99', '+99', '@2100-01-01']) {
    const { exit, stdout } = await consumeOne('--from', '-2', '--until', until)
    expect([exit, values(stdout)]).toEqual([0, ['d', 'e']])
  }
  expect((await consumeOne('--from', '99', '--until', 'end')).stdout).toBe('')
})

test('places are looked up in every partition by itself', async () => {
  const last = await consume('--topic', 'wide', '--from', '-1', '--until', 'end')
  expect(values(last.stdout)).toEqual(['y', 'y', 'y'])
  const first = await consume('--topic', 'wide', '--from', '0', '--until', '+1')
  expect(values(first.stdout)).toEqual(['x', 'x', 'x'])
})

const ALL = ['--from', 'earliest', '--until', 'end']

test('--where keeps records, and all of them have to hold', async () => {
  expect(await consumeOne(...ALL, '--where', 'value!=c', '--where', 'key=/k[1-3]/')).toEqual({
    exit: 0,
    stdout: 'b\nd\n',
    stderr: 'Processed a total of 2 messages, 3 more were read and left out\n',
  })
  const json = await consumeOne(...ALL, '--where', 'value=e', '-o', 'jsonl')
  expect(JSON.parse(json.stdout)).toMatchObject({ offset: 4, value: 'e' })
})

test('what --where leaves out counts for no limit and no expectation', async () => {
  const where = ['--from-beginning', '--where', 'value=/[ce]/']
  expect((await consumeOne(...where, '--max-messages', '2')).stdout).toBe('c\ne\n')
  const few = await consumeOne(...ALL, '--where', 'value=/[ce]/', '--expect-count', '3')
  expect([few.exit, few.stderr]).toEqual([3, expect.stringContaining('3 records were expected, 2 were read')])
  const other = await consumeOne(...ALL, '--where', 'value=c', '--expect-match', 'e')
  expect([other.exit, other.stderr]).toEqual([3, expect.stringContaining("no record matched 'e'")])
})

test('--expect-match looks at values and keys, and each has to be met', async () => {
  const met = await consumeOne(...ALL, '--expect-match', '^e$', '--expect-match', '/K2/i')
  expect([met.exit, values(met.stdout).length]).toEqual([0, 5])
  const unmet = await consumeOne(
    ...[...ALL, '--expect-match', 'a', '--expect-match', 'z', '--expect-count', '6'],
  )
  expect([unmet.exit, unmet.stderr.split('\n')[1]]).toEqual([
    3,
    "6 records were expected, 5 were read; no record matched 'z'",
  ])
})

test('a bounded read that does not come to its end in time is an unmet condition', async () => {
  // The broker answers when it has so much, or after a minute.
  const properties = ['fetch.min.bytes=50000000', 'fetch.max.wait.ms=60000']
  const slow = properties.flatMap((property) => ['--command-property', property])
  for (const limit of ['--deadline-ms', '--timeout-ms']) {
    const { exit, stderr } = await consumeOne(...ALL, ...slow, limit, '300')
    expect([exit, stderr]).toEqual([3, expect.stringContaining('the end was not reached')])
  }
  expect((await consumeOne('--from-beginning', '--deadline-ms', '300')).exit).toBe(0)
  expect((await consumeOne(...ALL, '--deadline-ms', '9000')).exit).toBe(0)
})

test('--deadline-ms also ends the wait for a broker that does not answer', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const { port } = silent.address() as AddressInfo
  const io = testIo()
  const args = ['-b', `127.0.0.1:${port}`, '-t', 'one', '--deadline-ms', '200']
  expect(await main('ktool', ['consume', ...args], io)).toBe(1)
  expect(io.stderr).toContain(`did not answer within 200 ms: 127.0.0.1:${port}: no answer within 200 ms\n`)
})

test('nobody who listens, and a web server, are failures', async () => {
  const web = createWebServer((_, response) => response.end()).listen(0, '127.0.0.1')
  await once(web, 'listening')
  onTestFinished(() => void web.close())
  const { port } = web.address() as AddressInfo
  for (const [address, message] of [
    ['127.0.0.1:1', 'connection refused'],
    [`127.0.0.1:${port}`, 'not in Kafka'],
  ] as const) {
    for (const codes of [[], ['--compat-exit-codes']]) {
      const io = testIo()
      expect(await main('ktool', ['consume', '-b', address, '-t', 'one', ...codes], io)).toBe(
        codes.length === 0 ? 1 : 0,
      )
      expect(io.stderr).toContain(message)
    }
  }
})

test('records as JSON lines make the same records again', async () => {
  const { stdout } = await consumeOne('--from', 'earliest', '--until', 'end', '-o', 'jsonl')
  expect((await run(['produce', ...at, '-i', 'jsonl', '--topic', 'copy'], stdout)).exit).toBe(0)
  const copied = await consume('--topic', 'copy', '--from', 'earliest', '--until', 'end', '-o', 'jsonl')
  expect(copied.stdout.replaceAll('"copy"', '"one"')).toBe(stdout)
  expect(JSON.parse(values(stdout)[4]!)).toEqual({
    topic: 'one',
    partition: 0,
    offset: 4,
    timestamp: 1004,
    timestampType: 'CreateTime',
    headers: [],
    key: 'k4',
    value: 'e',
  })
})

test('JSON lines name their topic themselves, unless --topic does', async () => {
  const line = '{"topic":"copy","value":"to copy"}\n'
  await run(['console-producer', ...at, '-i', 'jsonl'], line)
  const { stdout } = await consume('--topic', 'copy', '--from', '-1', '--until', 'end')
  expect(stdout).toBe('to copy\n')
  const homeless = await run(['console-producer', ...at, '-i', 'jsonl'], '{"value":"v"}\n')
  expect([homeless.exit, homeless.stderr]).toEqual([1, 'a record names no topic, and there is no --topic\n'])
})

test('a record that cannot be shown ends it, or is passed over', async () => {
  const args = [
    '--from-beginning',
    '--max-messages',
    '2',
    '--value-deserializer',
    'org.apache.kafka.common.serialization.LongDeserializer',
  ]
  const strict = await consumeOne(...args)
  expect([strict.exit, strict.stderr]).toEqual([
    1,
    'Processed a total of 1 messages\nSize of data received by LongDeserializer is not 8\n',
  ])
  const lenient = await consumeOne(...args, '--skip-message-on-error')
  expect([lenient.exit, lenient.stderr.match(/^SerializationException: Size of data/gm)]).toEqual([
    0,
    expect.objectContaining({ length: 2 }),
  ])
})

const topicNames = async () => values((await run(['topics', '--list', ...at])).stdout)

test.each([
  [[]],
  [['--group', 'readers']],
  [['--partition', '0']],
  [['--timeout-ms', '60000']],
  [['--until', 'end']],
])('a topic that does not exist is a failure at once, and is not created, with %j', async (args) => {
  const before = await topicNames()
  expect(await consume('--topic', 'wde', ...args)).toEqual({
    exit: 1,
    stdout: '',
    stderr: "Processed a total of 0 messages\nTopic 'wde' does not exist\nhint: did you mean wide?\n",
  })
  expect(await topicNames()).toEqual(before)
  expect((await run(['groups', '--list', ...at])).stdout).not.toContain('readers')
})

test('a missing topic without a name near it comes with the ways to create it, in JSON with the error’s name', async () => {
  const { stderr } = await consume('--topic', 'something-else', '-o', 'jsonl')
  expect(JSON.parse(stderr.split('\n')[1]!)).toEqual({
    error: {
      message: "Topic 'something-else' does not exist",
      code: 'UNKNOWN_TOPIC_OR_PARTITION',
      hint: 'ktool topics --create --topic something-else creates it; with the consumer property allow.auto.create.topics=true the broker may',
      exitCode: 1,
    },
  })
})

test('allow.auto.create.topics=true lets the broker create the topic', async () => {
  const args = ['--topic', 'asked-for', '--timeout-ms', '100']
  const { exit, stderr } = await consume(...args, '--command-property', 'allow.auto.create.topics=true')
  expect([exit, stderr]).toEqual([
    0,
    "WARN: there is no topic 'asked-for' yet\nProcessed a total of 0 messages\n",
  ])
  expect(await topicNames()).toContain('asked-for')
})

test('other tools that read do not create a topic either', async () => {
  const before = await topicNames()
  for (const args of [
    ['consumer-perf-test', '--topic', 'wde', '--num-records', '1'],
    ['verifiable-consumer', '--topic', 'wde', '--group-id', 'v'],
    ['console-share-consumer', '--topic', 'wde'],
    ['get-offsets', '--topic', 'wde'],
    ['copy', 'wde', '--to-topic', 'other'],
  ]) {
    const io = testIo()
    expect([args[0], await main('ktool', [args[0]!, ...at, ...args.slice(1)], io), io.stdout]).toEqual([
      args[0],
      1,
      expect.not.stringContaining('start.time'),
    ])
    if (args[0]!.includes('consumer'))
      expect(io.stderr).toContain("Topic 'wde' does not exist\nhint: did you mean wide?")
  }
  expect(await topicNames()).toEqual(before)
})

test('a topic that appears is read from its start', async () => {
  const waiting = consume('--include', 'late', '--max-messages', '1')
  await run(['console-producer', ...at, '--topic', 'late'], 'first\n')
  expect((await waiting).stdout).toBe('first\n')
})

test('an interrupt ends it with 130, the count told', async () => {
  const io = testIo()
  const done = main('ktool', ['consume', ...at, '-t', 'one', '--from-beginning'], io)
  await vi.waitFor(() => expect(io.stdout).toBe('a\nb\nc\nd\ne\n'), { timeout: 5000 })
  io.interrupt()
  expect(await done).toBe(130)
  expect(io.stderr).toBe('Processed a total of 5 messages\n')
})

test('an interrupt that comes before there is a reader is heard, too', async () => {
  const io = testIo()
  const done = main('ktool', ['consume', ...at, '-t', 'one'], io)
  while (io.listeners === 0) await new Promise(setImmediate)
  io.interrupt()
  expect(await done).toBe(130)
})

test('a reader that goes away is no failure', async () => {
  const io = testIo()
  const closed = () => {
    throw new OutputClosed('closed')
  }
  Object.defineProperty(io, 'out', { value: closed })
  expect(await main('ktool', ['consume', ...at, '-t', 'one', '--from-beginning'], io)).toBe(0)
  expect(io.stderr).toBe('')
})

test('--enable-systest-events tells of the end', async () => {
  expect((await consumeOne('--max-messages', '0', '--enable-systest-events')).stdout).toBe(
    'shutdown_complete\n',
  )
})

test.each<[string[], number, string]>([
  [[], 2, 'Exactly one of the following arguments is required: [topic], [include]'],
  [['--topic', 'one', '--offset', '5'], 2, 'The partition is required when offset is specified.'],
  [['--include', 'one', '--partition', '0'], 2, 'The topic is required when partition is specified.'],
  [
    ['--topic', 'one', '--partition', '0', '--offset', 'soon'],
    2,
    "The provided offset value 'soon' is incorrect.",
  ],
  [
    ['--topic', 'one', '--partition', '0', '--group', 'g'],
    2,
    'Options group and partition cannot be specified together.',
  ],
  [
    ['--topic', 'one', '--from', '0', '--from-beginning'],
    2,
    '--from and --from-beginning cannot be given together',
  ],
  [
    ['--topic', 'one', '--group', 'g', '--command-property', 'group.id=h'],
    2,
    "do not match. Detected group ids: 'g', 'h'",
  ],
  [
    ['--topic', 'one', '--from-beginning', '--command-property', 'auto.offset.reset=latest'],
    2,
    "Can't simultaneously specify --from-beginning and 'auto.offset.reset=latest'",
  ],
  [
    ['--topic', 'one', '--isolation-level', 'serializable'],
    2,
    'Invalid value serializable for configuration isolation.level: String must be one of: read_uncommitted, read_committed',
  ],
  [['--topic', 'one', '--where', 'valu=1'], 2, "--where: 'valu=1', at character 1: a condition begins with"],
  [
    ['--topic', 'one', '--expect-match', '('],
    2,
    "--expect-match: '(' is not a regular expression: Unclosed group near index 1",
  ],
  [['--topic', 'one', '--deadline-ms', '-1'], 2, "--deadline-ms: '-1' is negative"],
  [['--topic', 'one', '--expect-count', 'x'], 2, "Cannot parse argument 'x' of option expect-count"],
  [['--topic', 'one', '--formatter', 'no.such.Formatter'], 2, "'no.such.Formatter' is not a formatter"],
  [['--topic', 'bad name', '--timeout-ms', '100'], 1, 'Invalid topics: [bad name]'],
  [
    ['--topic', 'one', '--partition', '7', '--timeout-ms', '100'],
    1,
    'Topic one has no partition 7, only partition 0',
  ],
])('%j exits %d: %s', async (args, exit, message) => {
  const result = await consume(...args)
  expect([result.exit, result.stderr]).toEqual([exit, expect.stringContaining(message)])
})

test('timestamps past 2^53 are printed to the digit', async () => {
  const configs = { 'message.timestamp.after.max.ms': '9223372036854775807' }
  const started = await startBroker({ topics: [{ name: 'nanos', partitions: 1, configs }] })
  onTestFinished(() => started.close())
  const server = ['--bootstrap-server', started.bootstrapServers, '--topic', 'nanos']
  const times = ['1700000000000000001', '9007199254740993', '9223372036854775807']
  for (const time of times) {
    expect(await run(['console-producer', ...server, '--timestamp', time], 'v\n')).toMatchObject({ exit: 0 })
  }
  const reading = ['console-consumer', ...server, '--from-beginning', '--max-messages', '3']
  const plain = await run([...reading, '--property', 'print.timestamp=true'])
  expect(values(plain.stdout)).toEqual(times.map((time) => `CreateTime:${time}\tv`))
  const json = await run(['consume', ...server, '--from', 'earliest', '--until', 'end', '-o', 'jsonl'])
  expect(values(json.stdout).map((line) => JSON.parse(line).timestamp)).toEqual(times)
  const later = ['consume', ...server, '--from', '@9007199254740993', '--until', 'end', '-o', 'jsonl']
  expect(values((await run(later)).stdout)).toHaveLength(3)
  expect(values((await run(later.with(-5, '@1700000000000000002'))).stdout)).toHaveLength(1)
})

test('a start at the largest offset is out of range, and the reset policy decides', async () => {
  const last = ['--partition', '0', '--offset', '9223372036854775807', '--timeout-ms', '300']
  expect(values((await consumeOne(...last)).stdout)).toEqual([])
  const earliest = ['--command-property', 'auto.offset.reset=earliest']
  expect(values((await consumeOne(...last, ...earliest)).stdout)).toEqual(['a', 'b', 'c', 'd', 'e'])
  const { exit, stderr } = await consumeOne('--partition', '0', '--offset', '9223372036854775808')
  expect([exit, stderr]).toEqual([
    expect.any(Number),
    expect.stringContaining("The provided offset value '9223372036854775808' is incorrect."),
  ])
  expect(exit).not.toBe(0)
})

test('control characters of records are escaped on a terminal only, in each format', async () => {
  const value = 'red \u001b[31m\u009b and\ttab'
  const produced = [
    'console-producer',
    ...at,
    '--topic',
    'controls',
    '--key',
    'k\u0007',
    '--header',
    'h\u001b=v\u001b',
  ]
  await run(produced, `${value}\n`)
  const read = async (isTerminal: boolean, ...more: string[]) => {
    const io = testIo({ isTerminal })
    await main('ktool', ['consume', ...at, '-t', 'controls', '--from', '0', '--until', 'end', ...more], io)
    return io.stdout
  }
  const all = ['key', 'headers'].flatMap((name) => ['--formatter-property', `print.${name}=true`])
  expect(await read(false)).toBe(`${value}\n`)
  expect(await read(true)).toBe('red \\x1b[31m\\x9b and\ttab\n')
  expect(await read(true, ...all)).toBe('h\\x1b:v\\x1b\tk\\x07\tred \\x1b[31m\\x9b and\ttab\n')
  const json = await read(true, '-o', 'jsonl')
  expect(json).toContain('\\u009b')
  expect(JSON.parse(json)).toMatchObject({ key: 'k\u0007', value })
})
