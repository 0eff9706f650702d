import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { type StartOptions, startBroker } from '../../../src/broker/start.ts'
import { main } from '../../../src/cli/main.ts'
import { testIo } from '../../support/test-io.ts'

let home: string
let from: string
let to: string

async function broker(options: StartOptions): Promise<string> {
  const started = await startBroker(options)
  onTestFinished(() => started.close())
  return started.bootstrapServers
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'ktool-copy-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  from = await broker({ topics: [{ name: 'orders', partitions: 2, configs: { 'retention.ms': '-1' } }] })
  to = await broker({})
})

async function ktool(args: readonly string[], input = '') {
  const io = testIo({ input, env: { XDG_STATE_HOME: home }, now: Date.now() })
  const exit = await main('ktool', args, io)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}

const copy = (...args: string[]) =>
  ktool(['copy', 'orders', '--from-bootstrap-server', from, '--to-bootstrap-server', to, ...args])

/** Everything in a topic, but for the name of the topic. */
async function contents(at: string, topic = 'orders'): Promise<string[]> {
  const { stdout } = await ktool([
    'consume',
    '-b',
    at,
    '-t',
    topic,
    '--from',
    'earliest',
    '--until',
    'end',
    '-o',
    'jsonl',
  ])
  return stdout.replaceAll(`"topic":"${topic}"`, '"topic":"t"').trim().split('\n').sort()
}

const write = (lines: readonly object[], at = from, topic = 'orders') =>
  ktool(
    ['produce', '-b', at, '-t', topic, '-i', 'jsonl'],
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  )

const ODD = [
  {
    key: 'a',
    value: 'one',
    timestamp: 1_700_000_000_000,
    headers: [
      ['h', '1'],
      ['h', null],
      ['b', { base64: '/w==' }],
    ],
  },
  { key: { base64: '/wA=' }, value: null, timestamp: 1_700_000_000_001 },
  { key: null, value: '', timestamp: 1_700_000_000_002 },
  { key: 'b', value: 'four', timestamp: 1_700_000_000_003 },
]

test('records arrive as they are, in the same partitions, in a topic that is made like the source', async () => {
  await write(ODD)
  const { exit, stdout, stderr } = await copy()
  expect(exit).toBe(0)
  expect(stderr).toBe('made topic orders with 2 partitions, like orders\n')
  expect(stdout.match(/(\d+) records copied/g)).toHaveLength(2)
  expect(await contents(to)).toEqual(await contents(from))
  const { stdout: exported } = await ktool(['export', '-b', to, '-o', 'jsonl'])
  expect(JSON.parse(exported)).toMatchObject({ partitions: 2, configs: { 'retention.ms': '-1' } })
})

test('timestamps past 2^53 are copied to the digit, and found again by the next run', async () => {
  const configs = {
    'message.timestamp.after.max.ms': '9223372036854775807',
    'segment.ms': '9223372036854775807',
  }
  from = await broker({ topics: [{ name: 'orders', partitions: 1, configs }] })
  const times = ['4611686018427387904', '9007199254740993', '9223372036854775807', '1700000000000000001']
  await write(times.map((timestamp) => ({ key: 'a', value: timestamp, timestamp })))
  await copy()
  expect(await contents(to)).toEqual(await contents(from))
  const lines = (await contents(to)).map((line) => JSON.parse(line))
  expect(lines.map(({ value, timestamp }) => value === timestamp)).toEqual(times.map(() => true))
  const [file] = readdirSync(join(home, 'ktool/copy'))
  const path = join(home, 'ktool/copy', file!)
  const state = JSON.parse(readFileSync(path, 'utf8'))
  for (const partition of state.partitions) Object.assign(partition, { next: 0, end: 0 })
  writeFileSync(path, JSON.stringify(state))
  await copy()
  expect(await contents(to)).toEqual(await contents(from))
})

test('a second run goes on where the first ended', async () => {
  await write(ODD)
  await copy()
  await write([{ key: 'a', value: 'five', timestamp: 1_700_000_000_004 }])
  const { stdout, stderr } = await copy('-o', 'jsonl')
  expect(stderr).toBe('going on where an earlier copy ended; --restart starts anew\n')
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows.reduce((sum, { copied }) => sum + copied, 0)).toBe(1)
  expect(await contents(to)).toEqual(await contents(from))
  expect((await copy()).stdout).not.toMatch(/ [1-9]\d* records copied/)
})

test('what was written and not yet noted is not written again', async () => {
  await write(ODD)
  await copy()
  const [file] = readdirSync(join(home, 'ktool/copy'))
  const path = join(home, 'ktool/copy', file!)
  const state = JSON.parse(readFileSync(path, 'utf8'))
  // As if the process had been killed before it noted anything, and somebody else had written in between.
  for (const partition of state.partitions) Object.assign(partition, { next: 0, end: 0 })
  writeFileSync(path, JSON.stringify(state))
  const before = await contents(to)
  const { exit, stdout } = await copy()
  expect([exit, stdout.match(/ [1-9]\d* records copied/)]).toEqual([0, null])
  expect(await contents(to)).toEqual(before)
})

test('--restart and --from start anew', async () => {
  await write([{ key: 'a', value: '1' }])
  await copy()
  await copy('--restart')
  expect(await contents(to)).toHaveLength(2)
  await copy('--from', 'latest')
  expect(await contents(to)).toHaveLength(2)
})

test('a dry run says what would be copied', async () => {
  await write([{ key: 'a', value: '1' }])
  const { exit, stdout, stderr } = await copy('--dry-run')
  expect(exit).toBe(0)
  expect(stderr).toBe(
    'dry run: would make topic orders with 2 partitions, like orders\ndry run: nothing is copied\n',
  )
  expect(stdout).toMatch(/orders-\d: 0 records copied, offsets 0 to 1\n/)
  expect((await ktool(['topics', '-b', to, '--list', '-o', 'name'])).stdout).toBe('')
  expect(readdirSync(home)).toEqual([])
})

test('fewer partitions take --by-key', async () => {
  await ktool(['topics', '-b', to, '--create', '--topic', 'orders', '--partitions', '1'])
  await write(ODD)
  const refused = await copy()
  expect(refused.exit).toBe(1)
  expect(refused.stderr).toContain(
    "topic 'orders' has 1 partition, fewer than the 2 of 'orders'\nhint: --by-key",
  )
  expect((await copy('--by-key')).exit).toBe(0)
  expect(await contents(to)).toHaveLength(ODD.length)
})

test('a topic is not copied to itself, and one that is not there is named', async () => {
  const itself = await ktool(['copy', 'orders', '-b', from])
  expect([itself.exit, itself.stderr.split('\n')[0]]).toEqual([
    2,
    "topic 'orders' cannot be copied to itself",
  ])
  const missing = await ktool(['copy', 'users', '-b', from, '--to-topic', 'x'])
  expect([missing.exit, missing.stderr]).toEqual([
    1,
    "ktool copy: topic 'users' is not there to be copied: UNKNOWN_TOPIC_OR_PARTITION\n",
  ])
  expect((await ktool(['copy', 'orders', '--to-context', 'a', '--to-bootstrap-server', 'b:1'])).exit).toBe(2)
})

test('a record that the target refuses stops the copy, and is tried again by the next', async () => {
  await ktool([
    'topics',
    '-b',
    to,
    '--create',
    '--topic',
    'orders',
    '--partitions',
    '2',
    '--config',
    'max.message.bytes=200',
  ])
  await write([{ key: 'a', value: 'x'.repeat(1000) }])
  const { exit, stderr } = await copy()
  expect(exit).toBe(1)
  expect(stderr).toContain('ktool copy: ')
  await ktool(['configs', '-b', to, '--alter', '--topic', 'orders', '--delete-config', 'max.message.bytes'])
  expect((await copy()).exit).toBe(0)
  expect(await contents(to)).toEqual(await contents(from))
})

test('a source that was made anew is not taken for the old one', async () => {
  await write([
    { key: 'a', value: '1' },
    { key: 'a', value: '2' },
  ])
  await copy()
  await ktool(['topics', '-b', from, '--delete', '--topic', 'orders'])
  await ktool(['topics', '-b', from, '--create', '--topic', 'orders', '--partitions', '2'])
  const { exit, stderr } = await copy()
  expect(exit).toBe(1)
  expect(stderr).toContain(
    'went up to offset 2, and now it ends at 0\nhint: if the topic was made anew, --restart',
  )
})

test('a target that was made anew is not taken for the one that has the records', async () => {
  await write([{ key: 'a', value: '1' }])
  await copy()
  await ktool(['topics', '-b', to, '--delete', '--topic', 'orders'])
  const { exit, stderr } = await copy()
  expect(exit).toBe(1)
  expect(stderr).toContain(
    'up to offset 1, and now it ends at 0\nhint: if the topic was made anew, --restart copies all of it again',
  )
  expect((await copy('--restart')).exit).toBe(0)
  expect(await contents(to)).toEqual(await contents(from))
})

test('an interrupt that comes before the first record is heard, and nothing is copied', async () => {
  await write(ODD)
  const io = testIo({ env: { XDG_STATE_HOME: home }, now: Date.now() })
  const args = ['copy', 'orders', '--from-bootstrap-server', from, '--to-bootstrap-server', to]
  const ended = main('ktool', args, io)
  while (io.listeners === 0) await new Promise(setImmediate)
  io.interrupt()
  expect(await ended).toBe(130)
  expect(io.stderr).toContain('interrupted; the same command goes on from here\n')
  // The topic may have been made by then.
  expect((await ktool(['get-offsets', '-b', to])).stdout).not.toMatch(/:[1-9]\d*$/m)
  await expect.poll(copy, { timeout: 5000 }).toMatchObject({ exit: 0 })
  expect(await contents(to)).toEqual(await contents(from))
})
