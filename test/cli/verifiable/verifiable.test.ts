import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { type Io, OutputClosed } from '../../../src/cli/io.ts'
import { main } from '../../../src/cli/main.ts'
import { perfPlace } from '../../support/perf-place.ts'
import { runTool } from '../../support/run-tool.ts'
import { testIo } from '../../support/test-io.ts'

const { take, address } = perfPlace(14)
const folder = mkdtempSync(join(tmpdir(), 'ktool-verifiable-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The events without their times. */
const eventsOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { timestamp, ...event } = JSON.parse(line)
      expect(timestamp).toBeGreaterThan(1.6e12)
      return event
    })

const namesOf = (stdout: string) => eventsOf(stdout).map(({ name }) => name)

test('numbers are written, and each is told of, in Kafka’s order of fields', async () => {
  const { topic, run } = take()
  const args = ['--max-messages', '3', '--value-prefix', '7', '--repeating-keys', '2']
  const { exit, stdout, stderr } = await run('verifiable-producer', ...args)
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  const events = eventsOf(stdout)
  expect(events.map(({ name }) => name)).toEqual([
    'startup_complete',
    'producer_send_success',
    'producer_send_success',
    'producer_send_success',
    'shutdown_complete',
    'tool_data',
  ])
  const sent = events.slice(1, 4)
  expect(new Set(sent.map(({ key, value }) => `${key} ${value}`))).toEqual(
    new Set(['0 7.0', '1 7.1', '0 7.2']),
  )
  expect(stdout.split('\n')[1]).toMatch(
    new RegExp(
      `^\\{"timestamp":\\d+,"name":"producer_send_success","key":"\\d","value":"7\\.\\d","offset":0,"topic":"${topic}","partition":\\d\\}$`,
    ),
  )
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
    /^\{"timestamp":\d+,"name":"tool_data","sent":3,"acked":3,"target_throughput":-1,"avg_throughput":\d+\.\d+(E\d+)?\}$/,
  )
})

test('no records are a run, too', async () => {
  const { run } = take()
  const { exit, stdout } = await run('verifiable-producer', '--max-messages', '0')
  expect(exit).toBe(0)
  expect(namesOf(stdout)).toEqual(['startup_complete', 'shutdown_complete', 'tool_data'])
  expect(stdout).toContain('"sent":0,"acked":0,')
})

test('times begin where they are told to', async () => {
  const { run } = take()
  await run('verifiable-producer', '--max-messages', '1', '--message-create-time', '1000')
  const { stdout } = await run('console-consumer', '--from', 'earliest', '--until', 'end', '-o', 'jsonl')
  expect(JSON.parse(stdout)).toMatchObject({ timestamp: 1000 })
})

test('a record that fails is told of, and fails the tool', async () => {
  const { topic, run } = take()
  const path = join(folder, 'small.properties')
  writeFileSync(path, 'max.request.size=10\n')
  const args = ['--max-messages', '1', '--command-config', path]
  const { exit, stdout, stderr } = await run('verifiable-producer', ...args)
  expect(exit).toBe(1)
  expect(stdout.split('\n')[1]).toMatch(
    new RegExp(
      `^\\{"timestamp":\\d+,"name":"producer_send_error","topic":"${topic}","key":null,"value":"0","exception":"class org\\.apache\\.kafka\\.common\\.errors\\.RecordTooLargeException","message":"The message is .*"\\}$`,
    ),
  )
  expect(stderr).toBe('1 of 1 records were not acknowledged\n')
  expect((await run('verifiable-producer', ...args, '--compat-exit-codes')).exit).toBe(0)
})

test('a producer without an end is interrupted, and says what it did', async () => {
  const { start } = take()
  const { io, ended } = start(['verifiable-producer', '--throughput', '100'])
  await vi.waitFor(() => expect(io.stdout).toContain('producer_send_success'), 5000)
  io.interrupt()
  expect(await ended).toBe(130)
  expect(namesOf(io.stdout).slice(-2)).toEqual(['shutdown_complete', 'tool_data'])
})

async function filled(count: number) {
  const place = take()
  await place.run('verifiable-producer', '--max-messages', String(count))
  return place
}

test.each(['classic', 'CONSUMER'])('a member of a %s group tells what happens to it', async (protocol) => {
  const { topic, run } = await filled(3)
  const group = ['--group-id', `g-${topic}`, '--group-protocol', protocol]
  const { exit, stdout, stderr } = await run('verifiable-consumer', ...group, '--max-messages', '2')
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  const all = [
    { topic, partition: 0 },
    { topic, partition: 1 },
  ]
  const events = eventsOf(stdout)
  expect(events[0]).toEqual({ name: 'startup_complete' })
  expect(events[1]).toEqual({ name: 'partitions_assigned', partitions: all })
  expect(events.slice(-3)).toEqual([
    { name: 'partitions_revoked', partitions: all },
    { name: 'shutdown_complete' },
    { name: 'shutdown_requested' },
  ])
  const [consumed, committed] = events.slice(2)
  const { partition } = consumed.partitions[0]
  expect(consumed).toEqual({
    name: 'records_consumed',
    count: 3,
    partitions: [{ topic, partition, count: 2, minOffset: 0, maxOffset: 1 }],
  })
  expect(committed).toEqual({
    name: 'offsets_committed',
    offsets: [{ topic, partition, offset: 2 }],
    success: true,
  })
  // Only what was used is committed, so the next one reads the rest.
  const rest = eventsOf(
    (await run('verifiable-consumer', ...group, '--max-messages', '1', '--verbose')).stdout,
  )
  expect(rest.find(({ name }) => name === 'record_data')).toEqual({
    name: 'record_data',
    key: null,
    value: '2',
    topic,
    partition,
    offset: 2,
  })
})

test('with --enable-autocommit nothing is told of commits, and they are made', async () => {
  const place = await filled(3)
  const { topic } = place
  const group = ['--group-id', `g-${topic}`, '--max-messages', '3', '--enable-autocommit']
  const { stdout } = await place.run('verifiable-consumer', ...group)
  expect(stdout).not.toContain('offsets_committed')
  // The next member finds nothing left.
  const { io, ended } = place.start(['verifiable-consumer', '--group-id', `g-${topic}`])
  await vi.waitFor(() => expect(io.stdout).toContain('partitions_assigned'), 10_000)
  await place.run('verifiable-producer', '--max-messages', '1')
  await vi.waitFor(() => expect(io.stdout).toContain('records_consumed'), 10_000)
  io.interrupt()
  await ended
  const consumed = eventsOf(io.stdout).find(({ name }) => name === 'records_consumed')
  expect(consumed.count).toBe(1)
})

test('a member without an end is interrupted', async () => {
  const { topic, start } = await filled(1)
  const { io, ended } = start(['verifiable-consumer', '--group-id', `g-${topic}`])
  await vi.waitFor(() => expect(io.stdout).toContain('offsets_committed'), 10_000)
  io.interrupt()
  expect(await ended).toBe(130)
  expect(namesOf(io.stdout).slice(-3)).toEqual([
    'shutdown_requested',
    'partitions_revoked',
    'shutdown_complete',
  ])
})

test('without a place to start the member fails, after it has left', async () => {
  const { topic, run } = await filled(1)
  const args = ['--group-id', `g-${topic}`, '--reset-policy', 'none', '--max-messages', '1']
  const { exit, stdout, stderr } = await run('verifiable-consumer', ...args)
  expect(exit).toBe(1)
  expect(namesOf(stdout)).toEqual([
    'startup_complete',
    'partitions_assigned',
    'partitions_revoked',
    'shutdown_complete',
    'shutdown_requested',
  ])
  expect(stderr).toBe(`Undefined offset with no reset policy for partitions: [${topic}-0, ${topic}-1]\n`)
})

test.each([
  ['verifiable-producer', 'error: argument --topic is required'],
  [
    'verifiable-producer --topic t --acks 2',
    "error: argument --acks: invalid choice: '2' (choose from {0,1,-1})",
  ],
  [
    'verifiable-producer --topic t --max-messages x',
    `error: argument --max-messages: could not convert 'x' to Integer (For input string: "x")`,
  ],
  [
    'verifiable-producer --topic t --producer.config a --command-config a',
    'error: Options --producer.config and --command-config are mutually exclusive.',
  ],
  ['verifiable-producer --topic t --bogus', "error: unrecognized arguments: '--bogus'"],
  ['verifiable-consumer --group-id g', 'error: argument --topic is required'],
  ['verifiable-consumer --topic t', 'error: argument --group-id is required'],
  [
    'verifiable-consumer --topic t --group-id g --consumer.config a --command-config a',
    'error: Options --consumer.config and --command-config are mutually exclusive.',
  ],
  [
    'verifiable-consumer --topic t --group-id g --group-protocol bogus',
    'error: No enum constant org.apache.kafka.clients.consumer.GroupProtocol.BOGUS',
  ],
  [
    'verifiable-consumer --topic t --group-id g --group-protocol consumer --session-timeout 1000',
    'session.timeout.ms cannot be set when group.protocol=CONSUMER',
  ],
  [
    'verifiable-consumer --topic t --group-id g --session-timeout 10',
    'Heartbeat must be set lower than the session timeout',
  ],
])('%s is refused', async (line, message) => {
  const { exit, stderr } = await runTool(line)
  expect({ exit, first: stderr.split('\n')[0] }).toEqual({ exit: 2, first: message })
})

test.each(['verifiable-producer --topic t', 'verifiable-consumer --topic t --group-id g'])(
  '%s says nothing on standard output when nobody listens',
  async (line) => {
    const io = testIo()
    expect(await main('ktool', [...line.split(' '), '--bootstrap-server', '127.0.0.1:1'], io)).toBe(1)
    expect([io.stdout, io.stderr]).toEqual(['', '127.0.0.1:1: connection refused\n'])
  },
)

test('an interrupt that cannot be printed ends the consumer as quietly', async () => {
  const { topic } = take()
  const io = testIo()
  let isClosed = false
  const closable: Io = {
    ...io,
    out(chunk) {
      if (isClosed) throw new OutputClosed('closed')
      io.out(chunk)
    },
  }
  const ended = main(
    'ktool',
    ['verifiable-consumer', '-b', address(), '--topic', topic, '--group-id', topic],
    closable,
  )
  await vi.waitFor(() => expect(io.stdout).toContain('partitions_assigned'))
  isClosed = true
  io.interrupt()
  expect(await ended).toBe(130)
  const asked = testIo()
  const describe = [
    'consumer-groups',
    '-b',
    address(),
    '--describe',
    '--state',
    '--group',
    topic,
    '-o',
    'json',
  ]
  await main('ktool', describe, asked)
  expect(JSON.parse(asked.stdout)).toMatchObject([{ state: 'Empty' }])
})
