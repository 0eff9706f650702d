import { expect, test } from 'vitest'
import { codeOf } from '../suites/log-suite.ts'
import { append, memoryFolder, valuesIn } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'

const memory = (folder: ReturnType<typeof memoryFolder>) => folder.files as MemoryFiles

test('after a failed write the log takes no more, the others go on', () => {
  const folder = memoryFolder()
  const log = folder.log()
  const other = folder.log('other')
  append(log, 'a')
  memory(folder).onWrite = (path) => (path.includes('orders-0') ? 10 : null)
  expect(codeOf(() => append(log, 'b'))).toBe('DISK_FAILED')
  memory(folder).onWrite = () => null
  expect(codeOf(() => append(log, 'c'))).toBe('DISK_FAILED')
  expect(log.failure?.message).toContain('no space left')
  expect(valuesIn(log)).toEqual(['a'])
  append(other, 'x')
  expect(valuesIn(other)).toEqual(['x'])
})

test('a log that failed is recovered when opened again, though the broker was closed well', () => {
  const folder = memoryFolder()
  append(folder.log(), 'a')
  memory(folder).onWrite = (path) => (path.endsWith('.log') ? 10 : null)
  expect(codeOf(() => append(folder.log(), 'b'))).toBe('DISK_FAILED')
  memory(folder).onWrite = () => null
  folder.dir.close()
  folder.open()
  expect(folder.dir.wasClean).toBe(false)
  expect(folder.log().bytesCut).toBe(10)
  expect(append(folder.log(), 'c').baseOffset).toBe(1)
  expect(valuesIn(folder.log())).toEqual(['a', 'c'])
})

test('a failed sync refuses writes: what the disk holds is not known', () => {
  const folder = memoryFolder({ settings: { flushMessages: 1 } })
  append(folder.log(), 'a')
  memory(folder).onSync = (path) => path.endsWith('.log')
  expect(codeOf(() => append(folder.log(), 'b'))).toBe('DISK_FAILED')
  memory(folder).onSync = () => false
  expect(codeOf(() => append(folder.log(), 'c'))).toBe('DISK_FAILED')
})

test('a failed sync of a rolled segment is noticed by the next append', async () => {
  const folder = memoryFolder({ settings: { segmentBytes: 100 } })
  append(folder.log(), 'a')
  memory(folder).onSync = (path) => path.endsWith('.log')
  append(folder.log(), 'b')
  await new Promise(setImmediate)
  expect(codeOf(() => append(folder.log(), 'c'))).toBe('DISK_FAILED')
  memory(folder).onSync = () => false
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
  folder.dir.applyRetention()
  const before = memory(folder).paths()
  await new Promise(setImmediate)
  expect(memory(folder).paths()).toEqual(before)
})
