import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MAX_INT64, MIN_INT64 } from '../../../src/bytes/int64.ts'
import { main } from '../../../src/cli/main.ts'
import { encodeOffsetEntry } from '../../../src/log/offset-index.ts'
import { encodeProducerSnapshot } from '../../../src/log/producer-snapshot.ts'
import { encodeTimeEntry } from '../../../src/log/time-index.ts'
import { encodeAbortedTransaction } from '../../../src/log/transaction-index.ts'
import { codecByName, loadCodec } from '../../../src/records/compression.ts'
import { BatchBuilder } from '../../../src/records/record.ts'
import { testIo } from '../../support/test-io.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktool-dump-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const NAME = '00000000000000000007'
const T = 1_700_000_000_000

function write(name: string, bytes: Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

/** Three batches that end at the offsets 8, 9 and 10. */
async function segment(): Promise<Buffer[]> {
  await loadCodec(1)
  const builder = new BatchBuilder()
  builder.append(T, Buffer.from('k'), Buffer.from('v\xff', 'latin1'), [['h', null]])
  builder.append(T + 5, null, null)
  const first = builder.build({
    baseOffset: 7,
    leaderEpoch: 2,
    producerId: 3,
    producerEpoch: 1,
    baseSequence: 0x7fffffff,
  })
  builder.append(T + 9, null, Buffer.from('packed'))
  const second = builder.build({ baseOffset: 9, codec: codecByName('gzip'), timestampType: 'LogAppendTime' })
  builder.append(T + 10, Buffer.from([0, 0, 0, 0]), Buffer.from([0, 0, 0, 0, 0, 4]))
  const third = builder.build({
    baseOffset: 10,
    producerId: 3,
    producerEpoch: 1,
    isTransactional: true,
    isControl: true,
  })
  return [first, second, third]
}

async function run(...args: string[]): Promise<{ exit: number; lines: string[]; stderr: string }> {
  const io = testIo()
  const exit = await main('ktool', ['dump-log', ...args], io)
  return { exit, lines: io.stdout.split('\n').slice(0, -1), stderr: io.stderr }
}

test('a segment is shown batch by batch and record by record', async () => {
  const file = write(`${NAME}.log`, Buffer.concat(await segment()))
  const { exit, lines } = await run('--files', file, '--print-data-log')
  expect(exit).toBe(0)
  expect(lines.slice(0, 2)).toEqual([`Dumping ${file}`, 'Log starting offset: 7'])
  expect(lines[2]).toMatch(
    /^baseOffset: 7 lastOffset: 8 count: 2 baseSequence: 2147483647 lastSequence: 0 producerId: 3 producerEpoch: 1 partitionLeaderEpoch: 2 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: 1700000000005 size: \d+ magic: 2 compresscodec: none crc: \d+ isvalid: true$/,
  )
  expect(lines[3]).toBe(
    '| offset: 7 CreateTime: 1700000000000 keySize: 1 valueSize: 2 sequence: 2147483647 headerKeys: [h] key: k payload: v\ufffd',
  )
  expect(lines[4]).toBe(
    '| offset: 8 CreateTime: 1700000000005 keySize: -1 valueSize: -1 sequence: 0 headerKeys: []',
  )
  expect(lines[5]).toContain('LogAppendTime: 1700000000009')
  expect(lines[6]).toContain('payload: packed')
  expect(lines[8]).toContain('headerKeys: [] endTxnMarker: ABORT coordinatorEpoch: 4')
})

test('without a request for records only batches are shown', async () => {
  const file = write(`${NAME}.log`, Buffer.concat(await segment()))
  expect((await run('--files', file)).lines).toHaveLength(5)
})

test('without record metadata control records are blank lines', async () => {
  const file = write(`${NAME}.log`, Buffer.concat(await segment()))
  const { lines } = await run('--files', file, '--print-data-log', '--skip-record-metadata')
  expect(lines.filter((line) => !line.includes('baseOffset')).slice(2)).toEqual([
    '| key: k payload: v\ufffd',
    '',
    '| payload: packed',
    '',
  ])
})

test('JSON lines keep bytes that are no text', async () => {
  const file = write(`${NAME}.log`, Buffer.concat(await segment()))
  const { lines } = await run('--files', file, '--print-data-log', '-o', 'jsonl')
  const record = lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'record')
  expect(record).toEqual({
    type: 'record',
    file,
    offset: 7,
    timestampType: 'CreateTime',
    timestamp: T,
    keySize: 1,
    valueSize: 2,
    sequence: 2147483647,
    headerKeys: ['h'],
    key: 'k',
    payload: { base64: 'dv8=' },
  })
})

test('a JSON document is whole also after a failure', async () => {
  const { exit, lines, stderr } = await run('--files', join(folder, `${NAME}.log`), '-o', 'json')
  expect(exit).toBe(1)
  expect(JSON.parse(lines.join('\n'))).toHaveLength(2)
  expect(JSON.parse(stderr).error.exitCode).toBe(1)
})

test('altered bytes are shown as invalid, and bytes after the last whole batch are counted', async () => {
  const [first, second] = await segment()
  first![first!.length - 1]! ^= 1
  const file = write(`${NAME}.log`, Buffer.concat([first!, second!.subarray(0, 40)]))
  const { lines } = await run('--files', file)
  expect(lines[2]).toMatch(/isvalid: false$/)
  expect(lines[3]).toBe(`Found 40 invalid bytes at the end of ${NAME}.log`)
})

test('--max-bytes ends before a batch that reaches past it', async () => {
  const batches = await segment()
  const file = write(`${NAME}.log`, Buffer.concat(batches))
  const { lines } = await run('--files', file, '--max-bytes', String(batches[0]!.length + 20))
  expect(lines).toHaveLength(3)
})

test('gaps between offsets are told at the end', async () => {
  const [first, , third] = await segment()
  const file = write(`${NAME}.log`, Buffer.concat([first!, third!]))
  const { exit, stderr } = await run('--files', file, '--deep-iteration')
  expect(exit).toBe(0)
  expect(stderr).toBe(`Non-consecutive offsets in ${file}\n  -1 is followed by 7\n  8 is followed by 10\n`)
})

async function indexes(offset: number, timestamp: number): Promise<{ index: string; timeIndex: string }> {
  const [first, second, third] = await segment()
  write(`${NAME}.log`, Buffer.concat([first!, second!, third!]))
  const entries = Buffer.alloc(24)
  encodeOffsetEntry(entries, 0, 7, { offset, position: first!.length })
  const times = Buffer.alloc(24)
  encodeTimeEntry(times, 0, 7, { timestamp, offset: 9 })
  return { index: write(`${NAME}.index`, entries), timeIndex: write(`${NAME}.timeindex`, times) }
}

test('indexes that fit their log are shown up to the first empty entry', async () => {
  const { index, timeIndex } = await indexes(9, T + 9)
  const { exit, lines, stderr } = await run('--files', `${index},${timeIndex}`)
  expect(exit).toBe(0)
  expect(stderr).toBe('')
  expect(lines).toEqual([
    `Dumping ${index}`,
    expect.stringMatching(/^offset: 9 position: \d+$/),
    `Dumping ${timeIndex}`,
    `timestamp: ${T + 9} offset: 9`,
  ])
})

test('an index that does not fit its log fails, and says where', async () => {
  const { index, timeIndex } = await indexes(8, T)
  const { exit, stderr, lines } = await run('--files', `${index},${timeIndex}`, '--verify-index-only')
  expect(exit).toBe(1)
  expect(lines).toHaveLength(2)
  expect(stderr).toContain(`Mismatches in :${index}\n  Index offset: 8, log offset: 9\n`)
  expect(stderr).toContain(
    `Found timestamp mismatch in :${timeIndex}\n  Index timestamp: ${T}, log timestamp: ${T + 9}\n`,
  )
})

test('the empty first slot of an index that a broker made in advance is no fault', async () => {
  const { index, timeIndex } = await indexes(9, T + 9)
  write(`${NAME}.index`, Buffer.alloc(80))
  write(`${NAME}.timeindex`, Buffer.alloc(120))
  const { exit, stderr } = await run('--files', `${index},${timeIndex}`)
  expect(exit).toBe(0)
  expect(stderr).toBe(
    `Mismatches in :${index}\n  Index offset: 7, log offset: 8\n` +
      `The following indexed offsets are not found in :${timeIndex}\nIndexed offset: 7, found log offset: 8\n`,
  )
})

test('--index-sanity-check passes or names the fault', async () => {
  const { index } = await indexes(9, T)
  expect((await run('--files', index, '--index-sanity-check')).lines[1]).toBe(`${index} passed sanity check.`)
  write(`${NAME}.index`, Buffer.alloc(9))
  const { exit, stderr } = await run('--files', index, '--index-sanity-check')
  expect(exit).toBe(1)
  expect(stderr).toContain('is corrupt, found 9 bytes which is neither positive nor a multiple of 8')
})

test('producer states and aborted transactions', async () => {
  const producer = {
    producerId: 3,
    producerEpoch: 1,
    lastSequence: 1,
    lastOffset: 8,
    offsetDelta: 2,
    timestamp: T,
    coordinatorEpoch: -1,
    currentTxnFirstOffset: 5,
  }
  const snapshot = write(
    `${NAME}.snapshot`,
    encodeProducerSnapshot([producer, { ...producer, lastOffset: -1, currentTxnFirstOffset: -1 }]),
  )
  const aborted = { producerId: 3, firstOffset: 7, lastOffset: 10, lastStableOffset: 11 }
  const index = write(`${NAME}.txnindex`, encodeAbortedTransaction(aborted))
  const { lines } = await run('--files', `${snapshot},${index}`)
  expect(lines).toEqual([
    `Dumping ${snapshot}`,
    `producerId: 3 producerEpoch: 1 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong[5] lastTimestamp: ${T} firstSequence: 2147483647 lastSequence: 1 lastOffset: 8 offsetDelta: 2 timestamp: ${T}`,
    `producerId: 3 producerEpoch: 1 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: ${T}`,
    `Dumping ${index}`,
    'version: 0 producerId: 3 firstOffset: 7 lastOffset: 10 lastStableOffset: 11',
  ])
})

test('a dump changes no file', async () => {
  const { index } = await indexes(9, T)
  const log = join(folder, `${NAME}.log`)
  const before = [index, log].map((path) => readFileSync(path))
  await run('--files', `${index},${log}`, '--print-data-log')
  expect([index, log].map((path) => readFileSync(path))).toEqual(before)
})

test.each([
  ['notes.txt', 0, 'Ignoring unknown file'],
  ['nothing', 0, 'Ignoring unknown file'],
  ['some.log', 1, 'For input string: "some"'],
  ['some.checkpoint', 1, 'some.checkpoint is not the name of a snapshot'],
])('%s exits %d: %s', async (name, exit, message) => {
  const result = await run('--files', write(name, Buffer.from('x')))
  expect([result.exit, result.stderr]).toEqual([exit, expect.stringContaining(message)])
})

test('values past 2^53 are printed to the digit, in text and as strings in JSON', async () => {
  const [name, base] = ['09007199254740993000', 9_007_199_254_740_993_000n]
  const builder = new BatchBuilder()
  const times = [1_700_000_000_000_000_001n, MAX_INT64, MIN_INT64]
  for (const time of times) builder.append(time, null, null)
  const log = write(`${name}.log`, builder.build({ baseOffset: base, producerId: MAX_INT64 }))
  const entries = Buffer.alloc(20)
  encodeOffsetEntry(entries, 0, 0, { offset: 2, position: 0 })
  encodeTimeEntry(entries, 8, 0, { timestamp: MAX_INT64, offset: 2 })
  const index = write(`${name}.index`, entries.subarray(0, 8))
  const timeIndex = write(`${name}.timeindex`, entries.subarray(8))
  const producer = {
    producerId: MAX_INT64,
    producerEpoch: 1,
    lastSequence: 1,
    lastOffset: base,
    offsetDelta: 0,
    timestamp: times[0]!,
    coordinatorEpoch: -1,
    currentTxnFirstOffset: base,
  }
  const snapshot = write(`${name}.snapshot`, encodeProducerSnapshot([producer]))
  const aborted = {
    producerId: MAX_INT64,
    firstOffset: base,
    lastOffset: MAX_INT64,
    lastStableOffset: MAX_INT64,
  }
  const transactions = write(`${name}.txnindex`, encodeAbortedTransaction(aborted))
  const { exit, lines } = await run(
    '--files',
    [log, index, timeIndex, snapshot, transactions].join(','),
    '--print-data-log',
  )
  expect(exit).toBe(0)
  const text = lines.join('\n')
  for (const found of [
    `Log starting offset: ${base}`,
    `baseOffset: ${base} lastOffset: ${base + 2n} count: 3`,
    `producerId: ${MAX_INT64} producerEpoch: -1`,
    ...times.map((time, at) => `offset: ${base + BigInt(at)} CreateTime: ${time}`),
    `offset: ${base + 2n} position: 0`,
    `timestamp: ${MAX_INT64} offset: ${base + 2n}`,
    `currentTxnFirstOffset: OptionalLong[${base}] lastTimestamp: ${times[0]}`,
    `lastOffset: ${base} offsetDelta: 0`,
    `producerId: ${MAX_INT64} firstOffset: ${base} lastOffset: ${MAX_INT64} lastStableOffset: ${MAX_INT64}`,
  ]) {
    expect(text).toContain(found)
  }
  const json = await run('--files', log, '--print-data-log', '-o', 'jsonl')
  expect(json.lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ type: 'record', offset: `${base}`, timestamp: `${times[0]}` }),
  )
})
