import { expect, test } from 'vitest'
import { writeInt64 } from '../../src/bytes/int64.ts'
import { codeOf } from '../suites/log-suite.ts'
import { append, batch, client, memoryFolder, type TestFolder, valuesIn } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'

const FOLDER = '/data/orders-0'
const LOG = `${FOLDER}/00000000000000000000.log`
const SECOND = `${FOLDER}/00000000000000000004.log`

/** Equally long, so that all batches are. */
const valueAt = (i: number): string => `value ${String.fromCharCode(97 + i)}`
const BATCH_BYTES = 75

const memory = (folder: TestFolder) => folder.files as MemoryFiles

/** Twelve records, four in each segment of 300 bytes. */
function threeSegments(): TestFolder {
  const folder = memoryFolder({ settings: { segmentBytes: 300 } })
  for (let i = 0; i < 12; i++) append(folder.log(), valueAt(i))
  return folder
}

/** Twelve records in one segment. */
function oneSegment(): TestFolder {
  const folder = memoryFolder()
  for (let i = 0; i < 12; i++) append(folder.log(), valueAt(i))
  return folder
}

/** What a killed process leaves, with a file changed. */
function killed(folder: TestFolder, path: string, change: (bytes: Buffer) => Buffer | null): MemoryFiles {
  const left = memory(folder).afterKill()
  changeFile(left, path, change)
  return left
}

function changeFile(files: MemoryFiles, path: string, change: (bytes: Buffer) => Buffer | null): void {
  const changed = change(files.readFile(path)!)
  if (changed === null) files.remove(path)
  else files.writeFile(path, changed)
}

const flipAt = (position: number) => (bytes: Buffer) => {
  bytes[position]! ^= 1
  return bytes
}

/** Closes the folder, changes a file, and opens it again. */
function reopenWith(folder: TestFolder, path: string, change: (bytes: Buffer) => Buffer | null): void {
  folder.close()
  changeFile(memory(folder), path, change)
  folder.open()
  folder.log()
}

test('a log cut after a crash is reported with its place and size, and the bytes are kept', () => {
  const folder = oneSegment()
  const bytes = memory(folder).readFile(LOG)!
  const position = bytes.indexOf(valueAt(5))
  folder.crash(killed(folder, LOG, flipAt(position)))
  expect(valuesIn(folder.log())).toHaveLength(5)
  const [finding, ...others] = folder.findings
  expect(others).toEqual([])
  const cutAt = 5 * BATCH_BYTES
  const lost = flipAt(position - cutAt)(Buffer.from(bytes.subarray(cutAt)))
  expect(finding).toMatchObject({
    kind: 'cut',
    topic: 'orders',
    partition: 0,
    file: LOG,
    position: cutAt,
    records: 7,
    bytes: lost.length,
  })
  const kept = `${LOG}.cut-at-${cutAt}`
  expect(finding!.message).toBe(
    `orders-0: cut '${LOG}' at position ${cutAt}, offset 5: the CRC of the batch at offset 5 does not match its bytes; ` +
      `7 records (${lost.length} bytes) removed, kept as '${kept}' until the next clean stop but one`,
  )
  expect(memory(folder).readFile(kept)).toEqual(lost)
})

test('segments after the cut are reported one by one, and kept', () => {
  const folder = threeSegments()
  const second = memory(folder).readFile(SECOND)!
  folder.crash(killed(folder, SECOND, flipAt(second.indexOf(valueAt(6)))))
  expect(valuesIn(folder.log())).toHaveLength(6)
  expect(folder.findings.map(({ kind, file, records }) => [kind, file, records])).toEqual([
    ['removed', `${FOLDER}/00000000000000000008.log`, 4],
    ['cut', SECOND, 2],
  ])
  expect(memory(folder).size(`${FOLDER}/00000000000000000008.log.removed`)).toBeGreaterThan(0)
  expect(folder.dir.endOpening()).toMatchObject({
    wasClean: false,
    partitions: 1,
    truncatedRecords: 6,
    removedSegments: 1,
    missingRecords: 0,
  })
})

test('what was cut is kept over one clean stop, and removed by the second', () => {
  const folder = threeSegments()
  folder.crash(killed(folder, SECOND, flipAt(100)))
  const kept = () =>
    memory(folder)
      .paths()
      .filter((path) => /cut-at|removed/.test(path))
  const stopCleanly = () => {
    folder.log()
    folder.dir.endOpening()
    folder.reopen()
  }
  folder.log()
  expect(kept()).toHaveLength(2)
  // A start that failed is no clean stop.
  folder.reopen()
  folder.log()
  expect(kept()).toHaveLength(2)
  stopCleanly()
  expect(kept()).toHaveLength(2)
  // Neither does a crash count.
  folder.crash()
  folder.log()
  expect(kept()).toHaveLength(2)
  stopCleanly()
  expect(kept()).toEqual([])
})

test('a second cut at the same place does not replace what the first one kept', () => {
  const folder = oneSegment()
  const position = memory(folder).readFile(LOG)!.indexOf(valueAt(5))
  for (let round = 0; round < 2; round++) {
    folder.crash(killed(folder, LOG, flipAt(position)))
    expect(valuesIn(folder.log())).toHaveLength(5)
    append(folder.log(), `round ${round}`)
  }
  const kept = memory(folder)
    .paths()
    .filter((path) => path.includes('cut-at'))
  const first = `${LOG}.cut-at-${5 * BATCH_BYTES}`
  expect(kept).toEqual([first, `${first}-2`])
})

test('a batch cut short by the end of the file is reported with the records that it claims', () => {
  const folder = memoryFolder()
  append(folder.log(), 'a')
  append(folder.log(), 'b', 'c', 'd')
  folder.crash(killed(folder, LOG, (bytes) => bytes.subarray(0, -5)))
  expect(valuesIn(folder.log())).toEqual(['a'])
  expect(folder.findings).toMatchObject([{ kind: 'cut', records: 3 }])
})

test('without space to keep them, the bytes are cut all the same, and the report says so', () => {
  const folder = oneSegment()
  const left = killed(folder, LOG, flipAt(300))
  left.space = () => ({ totalBytes: 1e6, usableBytes: 10 })
  folder.crash(left)
  folder.log()
  expect(folder.findings[0]!.message).toContain('not kept: the disk has 10 bytes free')
  expect(
    memory(folder)
      .paths()
      .filter((path) => path.includes('cut-at')),
  ).toEqual([])
})

test('a write that fails while the bytes are copied leaves no half copy', () => {
  const folder = oneSegment()
  const left = killed(folder, LOG, flipAt(300))
  left.onWrite = (path) => (path.includes('cut-at') ? 10 : null)
  folder.crash(left)
  folder.log()
  expect(folder.findings[0]!.message).toMatch(/not kept: .*no space left/)
  expect(
    memory(folder)
      .paths()
      .filter((path) => path.includes('cut-at')),
  ).toEqual([])
})

test.each<[string, string, (bytes: Buffer) => Buffer | null, [from: number, records: number]]>([
  ['last segment emptied', `${FOLDER}/00000000000000000008.log`, () => Buffer.alloc(0), [8, 4]],
  ['last segment removed', `${FOLDER}/00000000000000000008.log`, () => null, [8, 4]],
  ['middle segment emptied', SECOND, () => Buffer.alloc(0), [4, 4]],
  ['middle segment removed', SECOND, () => null, [4, 4]],
  ['first segment emptied', LOG, () => Buffer.alloc(0), [0, 4]],
  ['first segment removed', LOG, () => null, [0, 4]],
])('after a clean stop, records missing are reported: %s', (_, path, change, [from, records]) => {
  const folder = threeSegments()
  reopenWith(folder, path, change)
  expect(folder.findings).toMatchObject([{ kind: 'missing', topic: 'orders', partition: 0, records }])
  expect(folder.findings[0]!.message).toMatch(
    `orders-0: records ${from} to ${from + records - 1} are missing`,
  )
  expect(folder.dir.endOpening()).toMatchObject({ wasClean: true, missingRecords: records })
})

test('after a clean stop, a last segment cut short within a batch is reported and cut', () => {
  const folder = oneSegment()
  reopenWith(folder, LOG, (bytes) => bytes.subarray(0, -5))
  expect(valuesIn(folder.log())).toHaveLength(11)
  expect(folder.findings).toMatchObject([
    { kind: 'cut', records: 1 },
    { kind: 'missing', records: 1 },
  ])
})

test('after a crash, a log that ends before its recovery point is reported', () => {
  const folder = oneSegment()
  folder.log().flush()
  folder.dir.checkpoint()
  folder.crash(killed(folder, LOG, () => Buffer.alloc(0)))
  expect(folder.log().endOffset).toBe(0)
  expect(folder.findings).toMatchObject([{ kind: 'missing', records: 12 }])
  expect(folder.findings[0]!.message).toContain('recovery-point-offset-checkpoint has 12')
})

test('gaps of a compacted topic are not reported', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 300, isCompacted: true } })
  for (let i = 0; i < 12; i++) append(folder.log(), valueAt(i))
  reopenWith(folder, SECOND, () => Buffer.alloc(0))
  expect(folder.findings).toEqual([])
})

test.each([
  ['.index', /index' is rebuilt from the log/],
  ['.timeindex', /index' is rebuilt from the log/],
  ['.snapshot', /snapshot' is rebuilt from the log/],
  ['leader-epoch-checkpoint', /leader-epoch-checkpoint' is rebuilt from the log/],
])('a damaged %s is reported', (suffix, message) => {
  const folder = memoryFolder({ settings: { segmentBytes: 1000, indexIntervalBytes: 100 } })
  for (let i = 0; i < 26; i++) append(folder.log(), valueAt(i))
  folder.close()
  const path = memory(folder)
    .paths()
    .findLast((name) => name.startsWith(FOLDER) && name.endsWith(suffix))!
  changeFile(memory(folder), path, (bytes) => Buffer.alloc(bytes.length + 1, 0x77))
  folder.open()
  expect(valuesIn(folder.log())).toHaveLength(26)
  expect(folder.findings).toMatchObject([{ kind: 'rebuilt', topic: 'orders' }])
  expect(folder.findings[0]!.message).toMatch(message)
})

test.each([
  ['recovery-point-offset-checkpoint', 'logs are checked from their start'],
  ['log-start-offset-checkpoint', 'records deleted since the last roll of their log may be back'],
  ['replication-offset-checkpoint', 'it is not needed'],
])('a damaged %s is reported with its consequence', (name, consequence) => {
  const folder = oneSegment()
  reopenWith(folder, `/data/${name}`, () => Buffer.from('nonsense'))
  expect(folder.findings).toMatchObject([{ kind: 'rebuilt', topic: null, file: `/data/${name}` }])
  expect(folder.findings[0]!.message).toContain(consequence)
})

test.each([
  ['in the middle', 6, 99],
  ['in the middle, by one', 6, 7],
  ['at the end', 11, 5000],
])('a base offset that was altered %s does not renumber the log: it is cut there', (_, record, offset) => {
  const folder = oneSegment()
  const start = record * BATCH_BYTES
  expect(
    memory(folder)
      .readFile(LOG)!
      .readInt32BE(start + 4),
  ).toBe(record)
  const altered = (found: Buffer) => {
    writeInt64(found, start, offset)
    return found
  }
  folder.crash(killed(folder, LOG, altered))
  expect(valuesIn(folder.log())).toHaveLength(record)
  expect(folder.findings).toMatchObject([{ kind: 'cut', position: start }])
})

test('a damaged batch is reported with topic, partition and offset, once a minute for each place', () => {
  const folder = oneSegment()
  const bytes = memory(folder).readFile(LOG)!
  reopenWith(folder, LOG, flipAt(bytes.indexOf(valueAt(6))))
  const read = () => codeOf(() => folder.log().read(6, 10_000))
  for (let i = 0; i < 50; i++) expect(read()).toBe('BATCH_CORRUPT')
  expect(codeOf(() => folder.log().batchReaching(0, 0))).toBe('no error')
  expect(folder.findings).toHaveLength(1)
  expect(folder.findings[0]!.message).toMatch(
    /^orders-0: cannot be read: '\/data\/orders-0\/0+\.log' at position \d+: the CRC of the batch at offset 6 does not match its bytes$/,
  )
  folder.clock.pass(60_000)
  read()
  expect(folder.findings).toHaveLength(2)
  changeFile(memory(folder), LOG, flipAt(bytes.indexOf(valueAt(6))))
})

test('an open transaction is reported with its producer and offset', () => {
  const folder = oneSegment()
  const open = { producerId: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true }
  folder.log().append(batch(open), client)
  folder.reopen()
  folder.log()
  expect(folder.findings).toMatchObject([{ kind: 'open-transaction' }])
  expect(folder.findings[0]!.message).toContain('producer 7 has had a transaction open since offset 12')
})
