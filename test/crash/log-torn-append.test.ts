import { expect, test } from 'vitest'
import { checkLogDir } from '../../src/log/check.ts'
import { atOnce } from '../../src/log/slices.ts'
import { append, batch, client, memoryFolder, TestFolder, valuesIn } from '../support/logs.ts'
import { MemoryFiles } from '../support/memory-files.ts'

const LOG = '/data/orders-0/00000000000000000000.log'

/** A folder whose process dies with the log file cut at `length`, and what stood behind put in its place. */
function crashAt(files: MemoryFiles, length: number, behind: (lost: Buffer) => Buffer): TestFolder {
  const left = files.afterKill()
  const bytes = left.readFile(LOG)!
  left.writeFile(LOG, Buffer.concat([bytes.subarray(0, length), behind(bytes.subarray(length))]))
  left.remove('/data/.lock')
  return new TestFolder(left, '/data')
}

test.each<[string, (lost: Buffer) => Buffer]>([
  ['nothing', () => Buffer.alloc(0)],
  ['zeroes', (lost) => Buffer.alloc(lost.length)],
  ['old bytes', (lost) => Buffer.alloc(lost.length, 0xa5)],
])('cut at every byte of the last append with %s behind, all records before it are there', (_, behind) => {
  const folder = memoryFolder()
  const log = folder.log()
  append(log, 'a', 'b')
  append(log, 'c')
  const before = log.sizeInBytes
  log.append(batch({ values: ['d', 'e'], producerId: 7, producerEpoch: 0, baseSequence: 0 }), client)
  for (let length = before; length <= log.sizeInBytes; length++) {
    const crashed = crashAt(folder.files as MemoryFiles, length, behind)
    // A batch may end as what stands behind the cut begins.
    const isWhole = crashed.files.readFile(LOG)!.equals(folder.files.readFile(LOG)!)
    expect(valuesIn(crashed.log())).toEqual(isWhole ? ['a', 'b', 'c', 'd', 'e'] : ['a', 'b', 'c'])
    expect(crashed.log().producers.size).toBe(isWhole ? 1 : 0)
    expect(append(crashed.log(), 'next').baseOffset).toBe(isWhole ? 5 : 3)
    crashed.close()
  }
})

test('a bad batch in the middle of what was not synced cuts the log there, later segments too', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 300 } })
  for (let i = 0; i < 12; i++) append(folder.log(), `value ${i}`)
  const left = (folder.files as MemoryFiles).afterKill()
  const second = '/data/orders-0/00000000000000000004.log'
  const bytes = left.readFile(second)!
  bytes[bytes.length - 80]! ^= 1
  left.writeFile(second, bytes)
  folder.crash(left)
  expect([folder.log().endOffset, folder.log().segmentCount]).toEqual([6, 2])
  expect(append(folder.log(), 'next').baseOffset).toBe(6)
})

test('a crash at every write leaves every acknowledged record, once, in order', () => {
  for (let failing = 0; ; failing++) {
    const files = new MemoryFiles()
    let writes = 0
    files.onWrite = (_, length) => (writes++ < failing ? null : Math.floor(length / 2))
    const acknowledged: string[] = []
    const isDone = runUntilFailure(files, acknowledged)
    const left = files.afterKill()
    left.remove('/data/.lock')
    const reopened = new TestFolder(left, '/data', { settings: { segmentBytes: 300 } })
    const values = valuesIn(reopened.log())
    // The record being written may be there or not; nobody was told.
    expect(values.slice(0, acknowledged.length), `write ${failing} failed`).toEqual(acknowledged)
    expect(values.length).toBeLessThanOrEqual(acknowledged.length + 1)
    append(reopened.log(), 'next')
    reopened.close()
    if (isDone) break
  }
})

/** Writes records over several segments and restarts; false when a write failed on the way. */
function runUntilFailure(files: MemoryFiles, acknowledged: string[]): boolean {
  try {
    const folder = new TestFolder(files, '/data', { settings: { segmentBytes: 300 } })
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 6; i++) {
        const value = `${round} ${i}`
        append(folder.log(), value)
        acknowledged.push(value)
      }
      folder.dir.checkpoint()
      folder.dir.close()
      folder.open()
    }
    folder.dir.close()
    return true
  } catch {
    return false
  }
}

test('after a power loss everything is there that flush.messages promised', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 300, flushMessages: 1 } })
  for (let i = 0; i < 12; i++) append(folder.log(), `value ${i}`)
  folder.crash((folder.files as MemoryFiles).afterPowerLoss())
  expect(valuesIn(folder.log())).toHaveLength(12)
})

test('after a power loss without flush.messages the log is a prefix of what it was', async () => {
  const folder = memoryFolder({ settings: { segmentBytes: 300 } })
  for (let i = 0; i < 12; i++) {
    append(folder.log(), `value ${i}`)
    await new Promise(setImmediate)
  }
  folder.dir.checkpoint()
  folder.crash((folder.files as MemoryFiles).afterPowerLoss())
  const values = valuesIn(folder.log())
  expect(values).toEqual(Array.from({ length: values.length }, (_, i) => `value ${i}`))
  // What was rolled is synced behind the appends.
  expect(values.length).toBeGreaterThanOrEqual(8)
})

test('only segments from the recovery point on are read after a crash', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 300 } })
  for (let i = 0; i < 12; i++) append(folder.log(), `value ${i}`)
  folder.log().flush()
  folder.dir.checkpoint()
  const left = (folder.files as MemoryFiles).afterKill()
  const first = '/data/orders-0/00000000000000000000.log'
  const bytes = left.readFile(first)!
  bytes[bytes.length - 1]! ^= 1
  left.writeFile(first, bytes)
  folder.crash(left)
  expect(folder.log().endOffset).toBe(12)
  expect(checkLogDir(left, '/data').join()).toContain('CRC')
  bytes[bytes.length - 1]! ^= 1
  left.writeFile(first, bytes)
})

test.each([
  ['missing', (files: MemoryFiles, path: string) => files.remove(path)],
  ['empty', (files: MemoryFiles, path: string) => files.writeFile(path, Buffer.alloc(0))],
  [
    'torn',
    (files: MemoryFiles, path: string) => files.writeFile(path, files.readFile(path)!.subarray(0, -3)),
  ],
  ['padded with zeroes', (files: MemoryFiles, path: string) => files.writeFile(path, Buffer.alloc(2400))],
  ['nonsense', (files: MemoryFiles, path: string) => files.writeFile(path, Buffer.alloc(240, 0x77))],
])('index files that are %s are built again, after a crash and after a clean close', (what, damage) => {
  for (const isClean of [true, false]) {
    const folder = memoryFolder({ settings: { segmentBytes: 1000, indexIntervalBytes: 100 } })
    for (let i = 0; i < 40; i++) append(folder.log(), `value ${i}`)
    const files = folder.files as MemoryFiles
    if (isClean) folder.close()
    const left = files.afterKill()
    for (const path of left.paths()) if (/\.(index|timeindex)$/.test(path)) damage(left, path)
    if (isClean) {
      folder.files = left
      folder.open()
    } else {
      folder.crash(left)
    }
    expect(folder.dir.wasClean).toBe(isClean)
    expect(valuesIn(folder.log(), 17)[0], what).toBe('value 17')
    expect(folder.log().read(33, 10).records.length).toBeGreaterThan(0)
  }
})

test('what compaction of Kafka left half done is ended', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 300 } })
  for (let i = 0; i < 12; i++) append(folder.log(), `value ${i}`)
  folder.close()
  const left = (folder.files as MemoryFiles).afterKill()
  const at = (name: string) => `/data/orders-0/${name}`
  const base = '00000000000000000004'
  for (const suffix of ['.log', '.index', '.timeindex']) {
    left.writeFile(at(`${base}${suffix}.swap`), left.readFile(at(base + suffix))!)
    left.writeFile(at(`00000000000000000008${suffix}.cleaned`), Buffer.from('half'))
  }
  left.writeFile(at('00000000000000000000.log.deleted'), Buffer.from('old'))
  left.writeFile(at('00000000000000000099.index'), Buffer.alloc(8))
  folder.files = left
  folder.open()
  expect(valuesIn(folder.log())).toHaveLength(12)
  expect(left.paths().filter((path) => /swap|cleaned|deleted|0099/.test(path))).toEqual([])
})

test('a log whose files were taken away begins at the start offset that was promised', () => {
  const folder = memoryFolder()
  append(folder.log(), 'a', 'b', 'c')
  atOnce(folder.dir.deleteRecordsBefore([{ log: folder.log(), offset: 2 }]))
  folder.close()
  const left = (folder.files as MemoryFiles).afterKill()
  for (const path of left.paths()) if (path.startsWith('/data/orders-0/0')) left.remove(path)
  folder.files = left
  folder.open()
  expect([folder.log().startOffset, folder.log().endOffset]).toEqual([2, 2])
})

test('a process that dies while it closes leaves a folder to recover', () => {
  const folder = memoryFolder()
  append(folder.log(), 'a')
  folder.log().close()
  folder.crash()
  expect(folder.dir.wasClean).toBe(false)
  expect(valuesIn(folder.log())).toEqual(['a'])
})
