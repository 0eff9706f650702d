import { describe, expect, test } from 'vitest'
import { type Int64, MAX_INT64 } from '../../src/bytes/int64.ts'
import { atOnce } from '../../src/log/slices.ts'
import { StorageError } from '../../src/log/storage-error.ts'
import { KafkaError } from '../../src/protocol/errors.ts'
import { partitionLeaderEpoch } from '../../src/records/batch.ts'
import {
  append,
  batch,
  client,
  readAll,
  recordReaching,
  recordsIn,
  START_MS,
  type TestFolder,
  type TestFolderOptions,
  valuesIn,
} from '../support/logs.ts'

/** The code of the StorageError or KafkaError that `run` throws. */
export function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof StorageError || error instanceof KafkaError) return error.code
    throw error
  }
  return 'no error'
}

/** What a log must do on any file system. */
export function logSuite(name: string, makeFolder: (options?: TestFolderOptions) => TestFolder): void {
  describe(name, () => {
    test('records are numbered from 0 and read back in order', () => {
      const log = makeFolder().log()
      expect(append(log, 'a', 'b')).toEqual({
        baseOffset: 0,
        lastOffset: 1,
        logAppendTimeMs: -1,
        isDuplicate: false,
      })
      expect(append(log, 'c').baseOffset).toBe(2)
      expect(readAll(log).map((r) => [r.offset, String(r.value)])).toEqual([
        [0, 'a'],
        [1, 'b'],
        [2, 'c'],
      ])
      expect([log.startOffset, log.endOffset, log.highWatermark, log.lastStableOffset]).toEqual([0, 3, 3, 3])
    })

    test('several batches in one append are numbered one after the other', () => {
      const log = makeFolder().log()
      const result = log.append(
        Buffer.concat([batch({ values: ['a', 'b'] }), batch({ values: ['c'] })]),
        client,
      )
      expect(result).toMatchObject({ baseOffset: 0, lastOffset: 2 })
      expect(valuesIn(log)).toEqual(['a', 'b', 'c'])
    })

    test('a read gives the whole batch that contains the offset', () => {
      const log = makeFolder().log()
      append(log, 'a', 'b', 'c')
      expect(recordsIn(log.read(1, 1000).records).map((r) => r.offset)).toEqual([0, 1, 2])
    })

    test('a read ends with a whole batch within the limit', () => {
      const log = makeFolder().log()
      for (const value of 'abcdef') append(log, value)
      const { length } = log.read(0, 1_000_000).records
      expect(log.read(0, length / 2 + 10).records.length).toBe(length / 2)
    })

    test('a first batch above the limit is given only when one batch is asked for', () => {
      const log = makeFolder().log()
      append(log, 'x'.repeat(500))
      append(log, 'y')
      expect(log.read(0, 100, { minOneBatch: false }).records.length).toBe(0)
      expect(recordsIn(log.read(0, 100).records).map((r) => r.offset)).toEqual([0])
      expect(recordsIn(log.read(0, 1).records).map((r) => r.offset)).toEqual([0])
    })

    test('a read does not cross the offset it is bound to', () => {
      const log = makeFolder().log()
      for (const value of 'abcd') append(log, value)
      expect(recordsIn(log.read(1, 1000, { upTo: 3 }).records).map((r) => r.offset)).toEqual([1, 2])
      expect(log.read(3, 1000, { upTo: 3 }).records.length).toBe(0)
    })

    test('a read at the end is empty, one outside the log is refused', () => {
      const log = makeFolder().log()
      append(log, 'a')
      expect(log.read(1, 1000).records.length).toBe(0)
      expect(codeOf(() => log.read(2, 1000))).toBe('OFFSET_OUT_OF_RANGE')
      expect(codeOf(() => log.read(-1, 1000))).toBe('OFFSET_OUT_OF_RANGE')
    })

    test('bytes of a read stay as they are while others read, until released', () => {
      const log = makeFolder().log()
      for (let i = 0; i < 50; i++) append(log, String(i).repeat(1000))
      const slices = Array.from({ length: 50 }, (_, i) => log.read(i, 1100))
      expect(slices.map((s) => recordsIn(s.records)[0]!.offset)).toEqual(slices.map((_, i) => i))
      for (const slice of slices) slice.release()
      expect(valuesIn(log)).toHaveLength(50)
    })

    test('a segment is rolled before it grows past segment.bytes', () => {
      const log = makeFolder({ settings: { segmentBytes: 300 } }).log()
      for (let i = 0; i < 20; i++) append(log, `value ${i}`)
      expect(log.segmentCount).toBe(6)
      expect(valuesIn(log)).toEqual(Array.from({ length: 20 }, (_, i) => `value ${i}`))
    })

    test('a segment is rolled when a record is segment.ms younger than its first', () => {
      const log = makeFolder({ settings: { segmentMs: 1000 } }).log()
      log.append(batch({ timestamp: START_MS }), client)
      log.append(batch({ timestamp: START_MS + 1000 }), client)
      expect(log.segmentCount).toBe(1)
      log.append(batch({ timestamp: START_MS + 1001 }), client)
      expect(log.segmentCount).toBe(2)
    })

    test('segment.ms is compared with timestamps past 2^53 as Java does', () => {
      const day = 86_400_000_000_000n
      const log = makeFolder({ settings: { segmentMs: 2n ** 53n + 1n } }).log()
      const add = (timestamp: Int64): number => {
        log.append(batch({ timestamp }), client)
        return log.segmentCount
      }
      const start = 1_700_000_000_000_000_000n
      expect([start, start + day, start + 2n ** 53n + 1n].map(add)).toEqual([1, 1, 1])
      expect(add(start + 2n ** 53n + 2n)).toBe(2)
    })

    test('an append that would reach offset 2^53 is refused, and changes nothing', () => {
      const folder = makeFolder()
      const partition = `${folder.folder}/orders-0`
      folder.files.makeFolder(partition)
      const first = Number.MAX_SAFE_INTEGER - 3
      folder.files.open(`${partition}/${String(first).padStart(20, '0')}.log`, 'write').close()
      const log = folder.log()
      expect(append(log, 'a')).toMatchObject({ baseOffset: first, lastOffset: first })
      expect(codeOf(() => append(log, 'b', 'c'))).toBe('POLICY_VIOLATION')
      expect(append(log, 'b')).toMatchObject({ baseOffset: first + 1 })
      expect(codeOf(() => append(log, 'c'))).toBe('POLICY_VIOLATION')
      expect(valuesIn(log)).toEqual(['a', 'b'])
      folder.crash()
      expect(valuesIn(folder.log())).toEqual(['a', 'b'])
    })

    test('a segment that starts past 2^53 is refused by name', () => {
      const folder = makeFolder()
      folder.files.makeFolder(`${folder.folder}/orders-0`)
      const path = `${folder.folder}/orders-0/09007199254740993000.log`
      folder.files.open(path, 'write').close()
      expect(() => folder.log()).toThrow(`'${path}': offsets from 2^53 on are not supported`)
      folder.files.remove(path)
    })

    test('after a kill, a batch whose header claims an offset past 2^53 is cut off', () => {
      const folder = makeFolder()
      for (const value of ['a', 'b', 'c']) append(folder.log(), value)
      const path = `${folder.folder}/orders-0/00000000000000000000.log`
      const size = folder.log().sizeInBytes
      const file = folder.files.open(path, 'write')
      // The base offset of the last batch, which no CRC covers.
      file.write(Buffer.from('0020000000000001', 'hex'), 0, 8, (size / 3) * 2)
      file.close()
      folder.crash()
      expect(valuesIn(folder.log())).toEqual(['a', 'b'])
      expect(append(folder.log(), 'd').baseOffset).toBe(2)
    })

    test('a segment is rolled when its index is full', () => {
      const log = makeFolder({ settings: { segmentIndexBytes: 36, indexIntervalBytes: 0 } }).log()
      // Three entries fit the time index, and one place is kept for the roll.
      for (let i = 0; i < 8; i++) log.append(batch({ timestamp: START_MS + i }), client)
      expect(log.segmentCount).toBe(3)
      expect(readAll(log)).toHaveLength(8)
    })

    test('a batch larger than segment.bytes or max.message.bytes is refused', () => {
      const folder = makeFolder({ settings: { segmentBytes: 200 } })
      const log = folder.log()
      expect(codeOf(() => append(log, 'x'.repeat(300)))).toBe('RECORD_LIST_TOO_LARGE')
      folder.settings.maxMessageBytes = 100
      expect(codeOf(() => append(log, 'x'.repeat(300)))).toBe('MESSAGE_TOO_LARGE')
      expect(log.endOffset).toBe(0)
    })

    test('bytes that are no batch are refused and change nothing', () => {
      const log = makeFolder().log()
      const good = batch()
      expect(codeOf(() => log.append(good.subarray(0, 40), client))).toBe('BATCH_CORRUPT')
      expect(codeOf(() => log.append(Buffer.concat([good, Buffer.alloc(5)]), client))).toBe('BATCH_CORRUPT')
      expect(codeOf(() => log.append(Buffer.alloc(0), client))).toBe('BATCH_CORRUPT')
      expect(log.endOffset).toBe(0)
      append(log, 'a')
      expect(valuesIn(log)).toEqual(['a'])
    })

    test('a log closed and opened again is the same', () => {
      const folder = makeFolder({ settings: { segmentBytes: 1000 } })
      const values = Array.from({ length: 60 }, (_, i) => `value ${i}`)
      for (const value of values) append(folder.log(), value)
      const before = folder.log()
      folder.reopen()
      expect(folder.dir.wasClean).toBe(true)
      const log = folder.log()
      expect([log.endOffset, log.segmentCount, log.sizeInBytes]).toEqual([
        60,
        before.segmentCount,
        before.sizeInBytes,
      ])
      expect(valuesIn(log)).toEqual(values)
      expect(append(log, 'next').baseOffset).toBe(60)
    })

    test('a log left by a killed process is recovered', () => {
      const folder = makeFolder({ settings: { segmentBytes: 1000 } })
      const values = Array.from({ length: 60 }, (_, i) => `value ${i}`)
      for (const value of values) append(folder.log(), value)
      folder.crash()
      expect(folder.dir.wasClean).toBe(false)
      expect(valuesIn(folder.log())).toEqual(values)
    })

    test('each batch carries the leader epoch it was appended in', () => {
      const folder = makeFolder()
      const log = folder.log()
      append(log, 'a')
      append(log, 'b')
      log.startEpoch(3)
      log.append(batch({ values: ['c'] }), { leaderEpoch: 3, origin: 'client' })
      const { records } = log.read(2, 1000)
      expect(partitionLeaderEpoch(records, 0)).toBe(3)
      expect(log.leaderEpochs.entries).toEqual([
        { epoch: 0, startOffset: 0 },
        { epoch: 3, startOffset: 2 },
      ])
      expect(log.epochEnd(0)).toEqual({ epoch: 0, endOffset: 2 })
      expect(log.epochEnd(2)).toEqual({ epoch: 0, endOffset: 2 })
      expect(log.epochEnd(3)).toEqual({ epoch: 3, endOffset: 3 })
      expect(log.epochEnd(4)).toEqual({ epoch: -1, endOffset: -1 })
      folder.reopen()
      expect(folder.log().epochEnd(0)).toEqual({ epoch: 0, endOffset: 2 })
    })

    test('listeners hear of appends and of the close', () => {
      const folder = makeFolder()
      const heard: number[] = []
      const records = batch()
      const stop = folder.log().onAppend((bytes) => heard.push(bytes))
      folder.log().append(records, client)
      folder.reopen()
      stop()
      expect(heard).toEqual([records.length, Number.POSITIVE_INFINITY])
    })

    test('a closed log refuses everything', () => {
      const folder = makeFolder()
      const log = folder.log()
      append(log, 'a')
      folder.reopen()
      expect(codeOf(() => append(log, 'b'))).toBe('LOG_CLOSED')
      expect(codeOf(() => log.read(0, 100))).toBe('LOG_CLOSED')
    })

    timestampTests(makeFolder)
    removalTests(makeFolder)
  })
}

function timestampTests(makeFolder: (options?: TestFolderOptions) => TestFolder): void {
  const at = (log: ReturnType<TestFolder['log']>, timestamp: Int64) =>
    recordReaching(log, timestamp)?.offset ?? -1

  test('a timestamp finds the first record that is not older', () => {
    const folder = makeFolder({ settings: { segmentBytes: 2000, indexIntervalBytes: 100 } })
    for (let i = 0; i < 50; i++) {
      folder.log().append(batch({ values: ['a', 'b', 'c'], timestamp: START_MS + i * 30, step: 10 }), client)
    }
    const expectFound = () => {
      const opened = folder.log()
      expect(at(opened, 0)).toBe(0)
      expect(at(opened, START_MS + 5)).toBe(1)
      expect(recordReaching(opened, START_MS + 770)).toEqual({
        offset: 77,
        timestamp: START_MS + 770,
        leaderEpoch: 0,
      })
      expect(at(opened, START_MS + 1490)).toBe(149)
      expect(at(opened, START_MS + 1491)).toBe(-1)
    }
    expectFound()
    folder.reopen()
    expectFound()
    folder.crash()
    expectFound()
  })

  test('timestamps out of order still find the first record in offset order', () => {
    const log = makeFolder().log()
    for (const ms of [50, 10, 90, 20, 90]) log.append(batch({ timestamp: START_MS + ms }), client)
    expect(at(log, START_MS + 20)).toBe(0)
    expect(at(log, START_MS + 60)).toBe(2)
    expect(recordReaching(log, log.largestTimestamp)).toEqual({
      offset: 2,
      timestamp: START_MS + 90,
      leaderEpoch: 0,
    })
  })

  test('timestamps past 2^53 are found to the digit, also after a restart and a rebuild of the indexes', () => {
    const NANOSECONDS = 1_700_000_000_000_000_000n
    const folder = makeFolder({ settings: { segmentBytes: 300, indexIntervalBytes: 0 } })
    const times: Int64[] = [START_MS, 2n ** 53n, ...[1n, 2n, 3n].map((n) => NANOSECONDS + n), MAX_INT64]
    for (const timestamp of times) folder.log().append(batch({ timestamp }), client)
    const check = (): void => {
      const log = folder.log()
      for (const [offset, timestamp] of times.entries()) {
        expect(recordReaching(log, timestamp)).toEqual({ offset, timestamp, leaderEpoch: 0 })
      }
      expect(at(log, 2n ** 53n + 1n)).toBe(2)
      expect(at(log, NANOSECONDS + 4n)).toBe(5)
      expect(log.largestTimestamp).toBe(MAX_INT64)
      expect(readAll(log).map(({ timestamp }) => timestamp)).toEqual(times)
    }
    check()
    folder.reopen()
    check()
    folder.crash()
    check()
  })

  test('the largest timestamp is found inside a batch and over segments', () => {
    const folder = makeFolder({ settings: { segmentBytes: 300 } })
    const log = folder.log()
    expect(log.largestTimestamp).toBe(-1)
    log.append(batch({ values: ['a', 'b', 'c'], timestamp: START_MS, step: 7 }), client)
    for (let i = 0; i < 10; i++) log.append(batch({ timestamp: START_MS + i }), client)
    const expected = { offset: 2, timestamp: START_MS + 14, leaderEpoch: 0 }
    expect(recordReaching(log, log.largestTimestamp)).toEqual(expected)
    folder.reopen()
    expect(recordReaching(folder.log(), folder.log().largestTimestamp)).toEqual(expected)
  })
}

function removalTests(makeFolder: (options?: TestFolderOptions) => TestFolder): void {
  test('deleted records are out of range, also after a crash', () => {
    const folder = makeFolder({ settings: { segmentBytes: 300 } })
    for (let i = 0; i < 20; i++) append(folder.log(), `value ${i}`)
    atOnce(folder.dir.deleteRecordsBefore([{ log: folder.log(), offset: 10 }]))
    expect(folder.log().startOffset).toBe(10)
    expect(folder.log().segmentCount).toBe(4)
    folder.crash()
    expect([folder.log().startOffset, folder.log().endOffset]).toEqual([10, 20])
    expect(codeOf(() => folder.log().read(9, 100))).toBe('OFFSET_OUT_OF_RANGE')
    expect(valuesIn(folder.log())).toEqual(Array.from({ length: 10 }, (_, i) => `value ${i + 10}`))
    expect(codeOf(() => folder.log().moveStart(21))).toBe('OFFSET_OUT_OF_RANGE')
  })

  test('all records deleted leave an empty log that goes on with the next offset', () => {
    const folder = makeFolder()
    append(folder.log(), 'a', 'b')
    atOnce(folder.dir.deleteRecordsBefore([{ log: folder.log(), offset: 2 }]))
    folder.reopen()
    expect([folder.log().startOffset, folder.log().endOffset]).toEqual([2, 2])
    expect(append(folder.log(), 'c').baseOffset).toBe(2)
    expect(valuesIn(folder.log())).toEqual(['c'])
  })

  test('retention by size keeps at least retention.bytes', () => {
    const folder = makeFolder({ settings: { segmentBytes: 300, retentionBytes: 500, retentionMs: -1 } })
    const log = folder.log()
    for (let i = 0; i < 20; i++) append(log, `value ${i}`)
    atOnce(folder.dir.applyRetention())
    expect(log.sizeInBytes).toBeGreaterThanOrEqual(500)
    expect(log.sizeInBytes).toBeLessThan(800)
    expect(readAll(log).at(-1)!.offset).toBe(19)
    expect(codeOf(() => log.read(0, 100))).toBe('OFFSET_OUT_OF_RANGE')
  })

  test('retention by time removes old segments, the active one too', () => {
    const folder = makeFolder({ settings: { segmentBytes: 300, retentionMs: 1000 } })
    const log = folder.log()
    for (let i = 0; i < 9; i++) log.append(batch({ timestamp: START_MS + i * 200 }), client)
    folder.clock.pass(1801)
    atOnce(folder.dir.applyRetention())
    expect([log.startOffset, log.endOffset]).toEqual([4, 9])
    folder.clock.pass(10_000)
    atOnce(folder.dir.applyRetention())
    expect([log.startOffset, log.endOffset, log.sizeInBytes]).toEqual([9, 9, 0])
    expect(append(log, 'next').baseOffset).toBe(9)
  })

  test('without cleanup.policy=delete nothing is removed by age or size', () => {
    const settings = { segmentBytes: 300, retentionMs: 1, retentionBytes: 1, isDeletedByAge: false }
    const folder = makeFolder({ settings })
    for (let i = 0; i < 9; i++) append(folder.log(), `value ${i}`)
    folder.clock.pass(1_000_000)
    atOnce(folder.dir.applyRetention())
    expect(valuesIn(folder.log())).toHaveLength(9)
  })

  test('a truncated log ends at the batch that held the offset', () => {
    const folder = makeFolder({ settings: { segmentBytes: 400, indexIntervalBytes: 50 } })
    const log = folder.log()
    for (let i = 0; i < 20; i++) append(log, `a ${i}`, `b ${i}`)
    log.truncateTo(25)
    expect(log.endOffset).toBe(24)
    expect(append(log, 'after').baseOffset).toBe(24)
    folder.crash()
    expect(valuesIn(folder.log(), 22)).toEqual(['a 11', 'b 11', 'after'])
    folder.log().truncateTo(0)
    expect([folder.log().endOffset, folder.log().segmentCount]).toEqual([0, 1])
  })

  test('a partition made again does not begin where the deleted one did', () => {
    const folder = makeFolder()
    append(folder.log(), 'a', 'b', 'c')
    atOnce(folder.dir.deleteRecordsBefore([{ log: folder.log(), offset: 3 }]))
    folder.dir.checkpoint()
    folder.dir.deletePartition('orders', 0)
    append(folder.log(), 'x')
    folder.crash()
    expect([folder.log().startOffset, valuesIn(folder.log())]).toEqual([0, ['x']])
  })

  test('a deleted partition is hidden at once and removed later', async () => {
    const folder = makeFolder({ settings: { fileDeleteDelayMs: 1000 } })
    append(folder.log(), 'a')
    folder.dir.deletePartition('orders', 0)
    const hidden = () =>
      folder.files.list(folder.folder).filter((f) => /^orders-0\.[0-9a-f]{32}-delete$/.test(f.name))
    expect([folder.dir.found(), hidden().length]).toEqual([[], 1])
    expect(folder.log().endOffset).toBe(0)
    folder.clock.pass(1000)
    atOnce(folder.dir.removeDeleted())
    await folder.dir.removed()
    expect(hidden()).toEqual([])
    folder.dir.deletePartition('orders', 0)
    folder.reopen()
    expect(hidden()).toEqual([])
  })
}
