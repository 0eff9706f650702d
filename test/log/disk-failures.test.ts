import { expect, test } from 'vitest'
import { atOnce } from '../../src/log/slices.ts'
import { codeOf } from '../suites/log-suite.ts'
import { append, batch, client, memoryFolder, type TestFolder, valuesIn } from '../support/logs.ts'
import type { FileCall, MemoryFiles } from '../support/memory-files.ts'

const memory = (folder: ReturnType<typeof memoryFolder>) => folder.files as MemoryFiles

/** Fails every call of a kind on the files of `orders-0`. */
const failing =
  (call: FileCall, errno: string, suffix = '') =>
  (asked: FileCall, path: string) =>
    asked === call && path.includes('orders-0') && path.endsWith(suffix) ? errno : null

test('a log takes records again when the disk takes writes again, and the others never stopped', () => {
  const folder = memoryFolder()
  const log = folder.log()
  const other = folder.log('other')
  append(log, 'a')
  memory(folder).onWrite = (path) => (path.includes('orders-0') ? 10 : null)
  expect(codeOf(() => append(log, 'b'))).toBe('DISK_FAILED')
  expect(codeOf(() => append(log, 'b'))).toBe('DISK_FAILED')
  expect(log.failure?.message).toContain('no space left')
  expect(valuesIn(log)).toEqual(['a'])
  append(other, 'x')
  memory(folder).onWrite = () => null
  expect(append(log, 'c').baseOffset).toBe(1)
  expect(log.failure).toBe(null)
  expect(valuesIn(log)).toEqual(['a', 'c'])
  expect(valuesIn(other)).toEqual(['x'])
})

test('nothing of a failed append is in the log, whatever comes next', () => {
  const after: Record<string, (folder: TestFolder) => void> = {
    'a clean stop': (folder) => folder.reopen(),
    'a crash': (folder) => folder.crash(),
    'a shorter append and a clean stop'(folder) {
      append(folder.log(), 'c')
      folder.reopen()
      expect(valuesIn(folder.log())).toEqual(['a', 'c'])
      folder.dir.truncateTo(folder.log(), 1)
    },
  }
  for (const run of Object.values(after)) {
    const folder = memoryFolder()
    append(folder.log(), 'a')
    memory(folder).onWrite = (path) => (path.endsWith('.log') ? 70 : null)
    // Nor can the file be cut.
    memory(folder).onCall = failing('truncate', 'EIO')
    expect(codeOf(() => append(folder.log(), 'a much longer value than the one after it'))).toBe(
      'DISK_FAILED',
    )
    memory(folder).onWrite = () => null
    memory(folder).onCall = () => null
    run(folder)
    expect(valuesIn(folder.log())).toEqual(['a'])
    expect(append(folder.log(), 'd').baseOffset).toBe(1)
  }
})

test('a log is closed well after failures that it recovered from', () => {
  const folder = memoryFolder()
  append(folder.log(), 'a')
  memory(folder).onWrite = (path) => (path.endsWith('.log') ? 10 : null)
  expect(codeOf(() => append(folder.log(), 'b'))).toBe('DISK_FAILED')
  memory(folder).onWrite = () => null
  folder.reopen()
  expect(folder.dir.wasClean).toBe(true)
  folder.log()
  expect(folder.findings).toEqual([])
})

test('a batch whose sync failed is not there, not for its producer either', () => {
  const folder = memoryFolder({ settings: { flushMessages: 1 } })
  const send = () => folder.log().append(batch({ producerId: 7, producerEpoch: 0, baseSequence: 0 }), client)
  memory(folder).onSync = (path) => path.endsWith('.log')
  expect(codeOf(send)).toBe('DISK_FAILED')
  expect(codeOf(send)).toBe('DISK_FAILED')
  expect(valuesIn(folder.log())).toEqual([])
  memory(folder).onSync = () => false
  expect(send()).toMatchObject({ baseOffset: 0, isDuplicate: false })
  folder.crash(memory(folder).afterPowerLoss())
  expect(valuesIn(folder.log())).toEqual(['a'])
})

test('a batch that can neither be synced nor cut off does not come back after a restart', () => {
  const folder = memoryFolder({ settings: { flushMessages: 1 } })
  append(folder.log(), 'a')
  memory(folder).onSync = (path) => path.endsWith('.log')
  memory(folder).onCall = failing('truncate', 'EIO')
  expect(codeOf(() => append(folder.log(), 'b'))).toBe('DISK_FAILED')
  memory(folder).onSync = () => false
  memory(folder).onCall = () => null
  folder.crash()
  expect(valuesIn(folder.log())).toEqual(['a'])
})

test('after a failed sync, what it may have lost is written again before the next append', async () => {
  const folder = memoryFolder({ settings: { segmentBytes: 200 } })
  for (const value of 'abcdefg') append(folder.log(), value)
  memory(folder).onSync = (path) => path.endsWith('.log')
  await new Promise(setImmediate)
  expect(codeOf(() => append(folder.log(), 'h'))).toBe('DISK_FAILED')
  memory(folder).onSync = () => false
  let written = 0
  memory(folder).onCall = (call, path) => {
    if (call === 'write' && path.endsWith('.log')) written++
    return null
  }
  expect(append(folder.log(), 'h').baseOffset).toBe(7)
  expect(written).toBe(8)
  expect(folder.log().recoveryPoint).toBe(7)
  folder.crash(memory(folder).afterPowerLoss())
  expect(valuesIn(folder.log())).toEqual([...'abcdefg'])
})

test('a log whose sync failed is recovered at the next start, though it was closed well', async () => {
  const folder = memoryFolder({ settings: { segmentBytes: 200 } })
  for (const value of 'abcdefg') append(folder.log(), value)
  memory(folder).onSync = (path) => path.endsWith('.log')
  await new Promise(setImmediate)
  memory(folder).onSync = () => false
  folder.dir.close()
  folder.open()
  expect(folder.dir.wasClean).toBe(false)
  expect(valuesIn(folder.log())).toEqual([...'abcdefg'])
})

test('a large log is written again in pieces, and takes records when all of it is', async () => {
  const folder = memoryFolder({ settings: { flushMs: 1000 } })
  const value = 'x'.repeat(900_000)
  for (let count = 0; count < 12; count++) append(folder.log(), value)
  memory(folder).onSync = (path) => path.endsWith('.log')
  folder.clock.pass(1000)
  atOnce(folder.dir.flushDue())
  await new Promise(setImmediate)
  memory(folder).onSync = () => false
  expect(codeOf(() => append(folder.log(), 'y'))).toBe('DISK_FAILED')
  // Nobody has to write for that.
  atOnce(folder.dir.flushDue())
  atOnce(folder.dir.flushDue())
  expect(append(folder.log(), 'y').baseOffset).toBe(12)
})

test('records that a failed sync lost keep the log closed, by name, until it is recovered', async () => {
  const folder = memoryFolder({ settings: { flushMs: 1000 } })
  append(folder.log(), 'a')
  append(folder.log(), 'b')
  memory(folder).onSync = (path) => path.endsWith('.log')
  folder.clock.pass(1000)
  atOnce(folder.dir.flushDue())
  await new Promise(setImmediate)
  memory(folder).onSync = () => false
  // The kernel dropped the page that it could not write.
  const file = memory(folder).open('/data/orders-0/00000000000000000000.log', 'write')
  file.write(Buffer.alloc(30), 0, 30, file.size() - 30)
  file.close()
  expect(() => append(folder.log(), 'c')).toThrow(/orders-0.*restart the broker, which recovers the log/)
  folder.dir.close()
  folder.open()
  expect(valuesIn(folder.log())).toEqual(['a'])
})

test.each<FileCall>(['open', 'write', 'syncFolder'])(
  'a segment that cannot be rolled for a failing %s is rolled later',
  async (call) => {
    const folder = memoryFolder({ settings: { segmentBytes: 100 } })
    append(folder.log(), 'a')
    memory(folder).onCall = failing(call, call === 'write' ? 'ENOSPC' : 'EMFILE')
    const isRefused = call !== 'syncFolder'
    expect(codeOf(() => append(folder.log(), 'b'))).toBe(isRefused ? 'DISK_FAILED' : 'no error')
    await new Promise(setImmediate)
    expect(folder.log().recoveryPoint).toBe(0)
    memory(folder).onCall = () => null
    if (isRefused) append(folder.log(), 'b')
    atOnce(folder.dir.flushDue())
    await new Promise(setImmediate)
    expect(folder.log().recoveryPoint).toBe(1)
    append(folder.log(), 'c')
    expect(folder.log().segmentCount).toBe(3)
    expect(valuesIn(folder.log())).toEqual(['a', 'b', 'c'])
    folder.reopen()
    expect(folder.dir.wasClean).toBe(true)
    expect(valuesIn(folder.log())).toEqual(['a', 'b', 'c'])
  },
)

test('retention frees a full disk, the only segment included', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 200, retentionMs: 1000 } })
  for (const value of 'abcdefg') append(folder.log(), value)
  let free = 0
  memory(folder).onCall = (call, path) => {
    if (call === 'remove' && path.endsWith('.log')) free++
    return ['write', 'open'].includes(call) && free === 0 ? 'ENOSPC' : null
  }
  folder.clock.pass(2000)
  atOnce(folder.dir.applyRetention())
  expect(folder.log().startOffset).toBe(7)
  expect(append(folder.log(), 'h').baseOffset).toBe(7)
})

test('records that cannot be deleted on disk are not deleted', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 200 } })
  for (const value of 'abcdefg') append(folder.log(), value)
  memory(folder).onCall = (call, path) =>
    call === 'write' && path.includes('log-start-offset') ? 'ENOSPC' : null
  expect(codeOf(() => atOnce(folder.dir.deleteRecordsBefore([{ log: folder.log(), offset: 3 }])))).toBe(
    'DISK_FAILED',
  )
  expect(valuesIn(folder.log())).toEqual([...'abcdefg'])
  memory(folder).onCall = failing('remove', 'EIO')
  atOnce(folder.dir.deleteRecordsBefore([{ log: folder.log(), offset: 5 }]))
  expect(valuesIn(folder.log())).toEqual([...'fg'])
  memory(folder).onCall = () => null
  folder.crash()
  expect(valuesIn(folder.log())).toEqual([...'fg'])
  atOnce(folder.dir.applyRetention())
  expect(folder.log().segmentCount).toBe(2)
})

test('a folder says once that a log fails, and once that it takes records again', () => {
  const folder = memoryFolder()
  append(folder.log(), 'a')
  memory(folder).onWrite = (path) => (path.endsWith('.log') ? 0 : null)
  for (let attempt = 0; attempt < 3; attempt++) codeOf(() => append(folder.log(), 'b'))
  memory(folder).onWrite = () => null
  append(folder.log(), 'b')
  append(folder.log(), 'c')
  expect(folder.reports).toEqual([
    expect.stringMatching(/^orders-0 fails: .*no space left/),
    'orders-0 takes writes again',
  ])
})

test('no file stays open behind a closed folder', async () => {
  const folder = memoryFolder({ settings: { segmentBytes: 200 } })
  for (let i = 0; i < 10; i++) append(folder.log(), `value ${i}`)
  expect(valuesIn(folder.log())).toHaveLength(10)
  folder.dir.deletePartition('orders', 0)
  append(folder.log('other'), 'x')
  folder.reopen()
  // Syncs of rolled segments end in their own time.
  await new Promise(setImmediate)
  expect(memory(folder).openHandles).toBe(0)
})

test('a log that nobody opened after a crash is still recovered after the next start', () => {
  const folder = memoryFolder()
  append(folder.log(), 'a')
  append(folder.log('other'), 'x')
  folder.crash()
  append(folder.log('other'), 'y')
  folder.reopen()
  expect(folder.dir.wasClean).toBe(false)
  expect(valuesIn(folder.log())).toEqual(['a'])
  folder.log('other')
  folder.reopen()
  expect(folder.dir.wasClean).toBe(true)
})

test('rolled segments are synced in order, and the recovery point follows', async () => {
  const folder = memoryFolder({ settings: { segmentBytes: 100 } })
  for (let i = 0; i < 5; i++) append(folder.log(), `value ${i}`)
  expect(folder.log().recoveryPoint).toBe(0)
  await new Promise(setImmediate)
  expect(folder.log().recoveryPoint).toBe(4)
})

test('a segment that retention removed before its sync does not come back', async () => {
  const folder = memoryFolder({ settings: { segmentBytes: 100, retentionBytes: 100 } })
  for (let i = 0; i < 5; i++) append(folder.log(), `value ${i}`)
  atOnce(folder.dir.applyRetention())
  const before = memory(folder).paths()
  await new Promise(setImmediate)
  expect(memory(folder).paths()).toEqual(before)
})
