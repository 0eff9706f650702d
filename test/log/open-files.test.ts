import { expect, test } from 'vitest'
import { atOnce } from '../../src/log/slices.ts'
import { codeOf } from '../suites/log-suite.ts'
import { append, memoryFolder, type TestFolder, valuesIn } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'

const memory = (folder: TestFolder) => folder.files as MemoryFiles
const PARTITIONS = 40

/** A folder whose partitions have two segments each. */
function manyPartitions(maxOpenFiles?: number): TestFolder {
  const settings = { segmentBytes: 100 }
  const folder = memoryFolder(maxOpenFiles === undefined ? { settings } : { settings, maxOpenFiles })
  for (let partition = 0; partition < PARTITIONS; partition++) {
    append(folder.log('orders', partition), `first of ${partition}`)
    append(folder.log('orders', partition), `second of ${partition}`)
  }
  return folder
}

/** Lets the rolled segments be synced, and the broker's ticks find no work. */
async function pass(folder: TestFolder, seconds: number): Promise<void> {
  await new Promise(setImmediate)
  for (let second = 0; second < seconds; second++) {
    folder.clock.pass(1000)
    atOnce(folder.dir.flushDue())
  }
}

test('an idle partition holds no file open, and is read and written as before', async () => {
  const folder = manyPartitions()
  expect(memory(folder).openHandles).toBeGreaterThan(0)
  await pass(folder, 15)
  expect(memory(folder).openHandles).toBe(0)
  const log = folder.log('orders', 7)
  append(log, 'third')
  expect(valuesIn(log)).toEqual(['first of 7', 'second of 7', 'third'])
})

test('a partition in use keeps its file open', async () => {
  const folder = memoryFolder()
  const log = folder.log()
  append(log, 'a')
  const before = memory(folder).openHandles
  for (let second = 0; second < 30; second++) {
    append(log, 'b')
    await pass(folder, 1)
  }
  expect(memory(folder).openHandles).toBe(before)
})

test('partitions that were only made or opened hold no file open', () => {
  const folder = memoryFolder()
  for (let partition = 0; partition < PARTITIONS; partition++) folder.log('orders', partition)
  expect(memory(folder).openHandles).toBe(0)
})

test.each([
  ['closed', (folder: TestFolder) => folder.reopen()],
  ['killed', (folder: TestFolder) => folder.crash()],
])(
  'a start after the broker was %s needs a handful of handles, however many partitions there are',
  async (_, end) => {
    const folder = manyPartitions()
    await pass(folder, 1)
    end(folder)
    memory(folder).mostHandles = 0
    for (const { topic, partition } of folder.dir.found()) folder.log(topic, partition)
    expect(memory(folder).mostHandles).toBeLessThanOrEqual(10)
    expect(memory(folder).openHandles).toBe(0)
  },
)

test('more partitions are written than files may be open', async () => {
  const folder = manyPartitions(16)
  await pass(folder, 1)
  expect(memory(folder).mostHandles).toBeLessThanOrEqual(16 + 4)
  for (let partition = 0; partition < PARTITIONS; partition++) {
    expect(valuesIn(folder.log('orders', partition))).toEqual([
      `first of ${partition}`,
      `second of ${partition}`,
    ])
  }
})

test('when the process has no handles left, files that are open are closed for the one that is needed', () => {
  const folder = manyPartitions()
  memory(folder).maxHandles = memory(folder).openHandles
  for (let partition = 0; partition < PARTITIONS; partition++) append(folder.log('late', partition), 'a')
  expect(valuesIn(folder.log('late', PARTITIONS - 1))).toEqual(['a'])
})

test('a log file that was removed is not made again by an append: its records would be zeroes', async () => {
  const folder = memoryFolder()
  append(folder.log(), 'a')
  await pass(folder, 15)
  const path = '/data/orders-0/00000000000000000000.log'
  memory(folder).remove(path)
  expect(codeOf(() => append(folder.log(), 'b'))).toBe('DISK_FAILED')
  expect(memory(folder).size(path)).toBeNull()
  folder.crash()
})

test('index entries written before an idle file was closed are synced all the same', async () => {
  const folder = memoryFolder({ settings: { indexIntervalBytes: 0, segmentBytes: 5000 } })
  for (let i = 0; i < 60; i++) append(folder.log(), `value ${i}`)
  await pass(folder, 15)
  folder.log().roll()
  folder.log().flush()
  const lost = memory(folder).afterPowerLoss()
  for (const suffix of ['index', 'timeindex']) {
    const path = `/data/orders-0/00000000000000000000.${suffix}`
    expect(lost.readFile(path)).toEqual(memory(folder).readFile(path))
  }
})
