import { expect, test } from 'vitest'
import { codeOf } from '../suites/log-suite.ts'
import {
  append,
  memoryFolder,
  recordReaching,
  recordsIn,
  type TestFolder,
  valuesIn,
} from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'

const LOG = '/data/orders-0/00000000000000000000.log'

/** Ten records in a log that was closed; then a bit of one of them was flipped. */
function alteredFolder(record: number): { folder: TestFolder; repair: () => void } {
  const folder = memoryFolder()
  for (let i = 0; i < 10; i++) append(folder.log(), `value ${i}`)
  folder.close()
  const files = folder.files as MemoryFiles
  const at = files.readFile(LOG)!.indexOf(`value ${record}`)
  const flip = () => {
    const bytes = files.readFile(LOG)!
    bytes[at]! ^= 1
    files.writeFile(LOG, bytes)
  }
  flip()
  folder.open()
  return { folder, repair: flip }
}

test('a reader of altered bytes is told, and never gets wrong data', () => {
  const { folder, repair } = alteredFolder(6)
  const log = folder.log()
  expect(recordsIn(log.read(0, 10_000).records).map((r) => r.offset)).toEqual([0, 1, 2, 3, 4, 5])
  expect(codeOf(() => log.read(6, 10_000))).toBe('BATCH_CORRUPT')
  expect(codeOf(() => log.read(6, 1))).toBe('BATCH_CORRUPT')
  expect(recordsIn(log.read(7, 10_000).records).map((r) => r.offset)).toEqual([7, 8, 9])
  append(log, 'after')
  expect(recordsIn(log.read(10, 10_000).records).map((r) => String(r.value))).toEqual(['after'])
  folder.dir.close()
  repair()
  folder.open()
})

test('a search by timestamp that meets altered bytes is told', () => {
  const { folder, repair } = alteredFolder(0)
  expect(codeOf(() => recordReaching(folder.log(), 0))).toBe('BATCH_CORRUPT')
  folder.dir.close()
  repair()
  folder.open()
})

test('bytes altered behind a crash are cut off with what follows', () => {
  const { folder } = alteredFolder(6)
  folder.crash()
  expect(valuesIn(folder.log())).toHaveLength(6)
  expect(folder.findings.map(({ kind }) => kind)).toContain('cut')
})
