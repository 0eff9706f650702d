import { expect, test } from 'vitest'
import { Removals } from '../../src/log/removals.ts'
import { atOnce } from '../../src/log/slices.ts'
import { append, batch, client, memoryFolder, START_MS, valuesIn } from '../support/logs.ts'
import { MemoryFiles } from '../support/memory-files.ts'

const LARGE = Buffer.alloc(1024 * 1024)

/** Files whose removal in the thread pool waits for `go`. */
class SlowFiles extends MemoryFiles {
  #waiting: (() => void)[] = []

  override async removeLater(path: string): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.remove(path)
  }

  go(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }
}

function filesWith(...paths: string[]): SlowFiles {
  const files = new SlowFiles()
  files.makeFolder('/data')
  for (const path of paths) files.writeFile(path, LARGE)
  return files
}

test('a large file is out of the way at once, and removed without waiting', async () => {
  const files = filesWith('/data/a.log')
  const removals = new Removals(files)
  removals.removeFile('/data/a.log')
  expect(files.paths()).toEqual(['/data/a.log.deleted'])
  files.writeFile('/data/a.log', Buffer.from('another'))
  files.go()
  await removals.settled()
  expect(files.paths()).toEqual(['/data/a.log'])
  expect(String(files.readFile('/data/a.log'))).toBe('another')
})

test('a small file is removed at once, and one that is missing needs nothing', () => {
  const files = filesWith()
  files.writeFile('/data/a.index', Buffer.alloc(1000))
  const removals = new Removals(files)
  removals.removeFile('/data/a.index')
  removals.removeFile('/data/b.index')
  expect(files.paths()).toEqual([])
})

test('what cannot be removed is reported and tried again', async () => {
  const files = filesWith('/data/a.log', '/data/b.log')
  const removals = new Removals(files)
  files.onCall = (call, path) => (call === 'remove' && path.includes('a.log') ? 'EIO' : null)
  removals.removeFile('/data/a.log')
  removals.removeFile('/data/b.log')
  files.go()
  await removals.settled()
  expect(files.paths()).toEqual(['/data/a.log.deleted'])
  expect(() => removals.retry()).toThrow(/a\.log\.deleted/)
  files.onCall = () => null
  files.go()
  await removals.settled()
  expect(files.paths()).toEqual([])
  removals.retry()
})

test('segments that retention was removing when the broker was killed are gone after the next start', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 1_500_000, retentionMs: 1000 } })
  const files = folder.files as MemoryFiles
  files.removeLater = () => new Promise(() => {})
  const value = 'x'.repeat(700_000)
  for (let count = 0; count < 6; count++) append(folder.log(), value)
  folder.clock.pass(2000)
  folder.log().roll()
  folder.log().append(batch({ values: ['last'], timestamp: START_MS + 2000 }), client)
  atOnce(folder.dir.applyRetention())
  const logs = () => folder.files.list('/data/orders-0').filter(({ name }) => /\.log(\.deleted)?$/.test(name))
  expect(logs().some(({ name }) => name.endsWith('.deleted'))).toBe(true)
  folder.crash()
  expect(valuesIn(folder.log())).toEqual(['last'])
  expect(logs().every(({ name }) => name.endsWith('.log'))).toBe(true)
})

test('flush.ms does not wait for the disk', async () => {
  const folder = memoryFolder({ settings: { flushMs: 1000 } })
  const log = folder.log()
  append(log, 'a')
  const blocking: string[] = []
  const open = folder.files.open.bind(folder.files)
  folder.files.open = (path, mode) => {
    const handle = open(path, mode)
    return { ...handle, sync: () => void blocking.push(path) }
  }
  // Files that are open already would not be noticed.
  for (let call = 0; call < 12; call++) atOnce(folder.dir.flushDue())
  folder.clock.pass(1000)
  append(log, 'b')
  atOnce(folder.dir.flushDue())
  await new Promise(setImmediate)
  expect(log.recoveryPoint).toBe(2)
  expect(blocking.filter((path) => !path.includes('checkpoint'))).toEqual([])
})
