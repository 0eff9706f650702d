import { describe, expect, test } from 'vitest'
import type { FileSlice } from '../../src/log/file-slice.ts'
import { atOnce } from '../../src/log/slices.ts'
import { codeOf } from '../suites/log-suite.ts'
import { append, memoryFolder, realFolder, recordsIn, type TestFolder } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'
import { randomInteger, seededRandom } from '../support/random.ts'

/** The bytes of the slice, read in pieces. */
function bytesOf(slice: FileSlice, pieceBytes = 7): Buffer {
  const bytes = Buffer.alloc(slice.length)
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    slice.copy(bytes, at, at, Math.min(pieceBytes, bytes.length - at))
  }
  return bytes
}

const valuesOf = (slice: FileSlice): string[] => recordsIn(bytesOf(slice)).map((r) => String(r.value))

const SETTINGS = { segmentBytes: 300 }
const EVERYTHING = 1_000_000

/** Three segments of three batches each. */
function filled(makeFolder: typeof memoryFolder): { folder: TestFolder; values: string[] } {
  const folder = makeFolder({ settings: SETTINGS })
  const values = Array.from({ length: 9 }, (_, i) => `value ${i} ${'x'.repeat(15)}`)
  for (const value of values) append(folder.log(), value)
  expect(folder.log().segmentCount).toBe(3)
  return { folder, values }
}

describe.each([
  ['memory', memoryFolder],
  ['disk', realFolder],
])('a slice of a log in files on %s', (_name, makeFolder) => {
  test('has the batches from an offset on, in one segment', () => {
    const { folder, values } = filled(makeFolder)
    const slice = folder.log().slice(1, EVERYTHING)
    expect(valuesOf(slice)).toEqual(values.slice(1, 3))
    slice.release()
  })

  test('stays readable when its segment is removed', () => {
    const { folder, values } = filled(makeFolder)
    const slice = folder.log().slice(0, EVERYTHING)
    atOnce(folder.dir.deleteRecordsBefore([{ log: folder.log(), offset: 4 }]))
    expect(folder.log().segmentCount).toBe(2)
    expect(valuesOf(slice)).toEqual(values.slice(0, 3))
    slice.release()
  })

  test('stays readable when its partition is deleted and its files are gone', async () => {
    const { folder, values } = filled(makeFolder)
    const slice = folder.log().slice(0, EVERYTHING)
    folder.dir.deletePartition('orders', 0)
    folder.clock.pass(10 * 60_000)
    atOnce(folder.dir.removeDeleted())
    await folder.dir.removed()
    expect(folder.files.list(folder.folder).filter(({ isFolder }) => isFolder)).toEqual([])
    expect(valuesOf(slice)).toEqual(values.slice(0, 3))
    slice.release()
  })

  test('stays readable when its file is closed as idle', () => {
    const { folder, values } = filled(makeFolder)
    const slice = folder.log().slice(0, EVERYTHING)
    for (let second = 0; second < 30; second++) atOnce(folder.dir.flushDue())
    expect(valuesOf(slice)).toEqual(values.slice(0, 3))
    slice.release()
  })

  test('fails after its end was cut off, even if other records took its place', () => {
    const { folder } = filled(makeFolder)
    const slice = folder.log().slice(6, EVERYTHING)
    folder.dir.truncateTo(folder.log(), 8)
    expect(codeOf(() => bytesOf(slice))).toBe('LOG_CORRUPT')
    append(folder.log(), `another ${'x'.repeat(13)}`)
    expect(codeOf(() => bytesOf(slice))).toBe('LOG_CORRUPT')
    slice.release()
  })
})

test('a slice has as many whole batches as fit the limit and end before the bound, and no more', () => {
  const random = seededRandom(11)
  const folder = memoryFolder({ settings: { indexIntervalBytes: 300 } })
  const log = folder.log()
  const batches: { from: number; to: number; position: number; end: number }[] = []
  for (let i = 0; i < 200; i++) {
    const values = Array.from({ length: randomInteger(random, 1, 4) }, () =>
      'x'.repeat(randomInteger(random, 0, 200)),
    )
    const position = log.sizeInBytes
    const { baseOffset, lastOffset } = append(log, ...values)
    batches.push({ from: baseOffset, to: lastOffset + 1, position, end: log.sizeInBytes })
  }
  for (let round = 0; round < 1000; round++) {
    if (round === 500) folder.reopen()
    const from = randomInteger(random, 0, log.endOffset)
    const first = batches.findIndex(({ to }) => to > from)
    const { position } = batches[first]!
    // Often exactly the size of some batches.
    const { end } = batches[randomInteger(random, first, Math.min(200, first + 20))]!
    const maxBytes = end - position + randomInteger(random, -1, 2)
    const upTo = randomInteger(random, from, log.endOffset + 1)
    const minOneBatch = random() < 0.5
    const fitting = batches.slice(first).filter((it) => it.end - position <= maxBytes && it.from < upTo)
    if (fitting.length === 0 && minOneBatch && upTo > from) fitting.push(batches[first]!)
    const slice = folder.log().slice(from, maxBytes, { upTo, minOneBatch })
    const expected = upTo === from ? 0 : (fitting.at(-1)?.end ?? position) - position
    expect(slice.length, `round ${round}`).toBe(expected)
    slice.release()
  }
})

test('a file is closed when the last reader of a removed segment is done', () => {
  const { folder, values } = filled(memoryFolder)
  const files = folder.files as MemoryFiles
  const [one, other] = [folder.log().slice(0, EVERYTHING), folder.log().slice(1, EVERYTHING)]
  for (let second = 0; second < 30; second++) atOnce(folder.dir.flushDue())
  expect(files.openHandles).toBe(0)
  // Its name goes, so the file has to be open then.
  atOnce(folder.dir.deleteRecordsBefore([{ log: folder.log(), offset: 4 }]))
  for (let second = 0; second < 30; second++) atOnce(folder.dir.flushDue())
  expect(files.openHandles).toBe(1)
  one.release()
  one.release()
  expect(valuesOf(other)).toEqual(values.slice(1, 3))
  other.release()
  expect(files.openHandles).toBe(0)
})

test('the bytes of an earlier process are compared before they are handed out, a part at a time', () => {
  const folder = memoryFolder()
  const value = 'x'.repeat(400_000)
  for (let i = 0; i < 10; i++) append(folder.log(), value)
  folder.reopen()
  const log = folder.log()
  const counts: number[] = []
  for (let next = 0; next < 10; ) {
    const slice = log.slice(next, 10_000_000)
    const count = recordsIn(bytesOf(slice, 1_000_000)).length
    counts.push(count)
    next += count
    expect(slice.checkedBytes).toBe(slice.length)
    expect(slice.isCutShort).toBe(next < 10)
    slice.release()
  }
  expect(counts).toEqual([3, 3, 3, 1])
  const again = log.slice(0, 10_000_000)
  expect([again.checkedBytes, again.isCutShort]).toEqual([0, false])
  expect(recordsIn(bytesOf(again, 1_000_000))).toHaveLength(10)
  again.release()
})
