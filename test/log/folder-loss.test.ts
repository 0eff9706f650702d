// A broker that is not the only one with its folder any more must not write to it, let alone acknowledge.
import { expect, test } from 'vitest'
import { type Files, writeWhole } from '../../src/log/files.ts'
import type { LogDir } from '../../src/log/log-dir.ts'
import { atOnce } from '../../src/log/slices.ts'
import { codeOf } from '../suites/log-suite.ts'
import { append, TestFolder, valuesIn } from '../support/logs.ts'
import { MemoryFiles } from '../support/memory-files.ts'

const LOCK = '/data/.lock'

const overwrite = (text: string) => (files: Files) => writeWhole(files, LOCK, Buffer.from(text), false)

/** Ways to lose a folder, and what the broker says of them. */
const LOSSES: Readonly<Record<string, readonly [lose: (files: Files) => void, reason: RegExp]>> = {
  'the lock is removed': [(files) => files.remove(LOCK), /'\/data\/.lock' was removed/],
  'the lock is overwritten': [overwrite('mine'), /'\/data\/.lock' was overwritten/],
  'another process has the lock': [
    overwrite('{"pid":77,"boot":"one"}'),
    /'\/data\/.lock' was taken over by process 77/,
  ],
  'the folder is removed': [(files) => files.remove('/data'), /'\/data'.* was removed or renamed/],
  'the folder is renamed': [
    (files) => files.rename('/data', '/elsewhere'),
    /'\/data'.* was removed or renamed/,
  ],
  'a copy is in the place of the folder': [
    (files) => {
      const lock = files.readFile(LOCK)!
      files.rename('/data', '/elsewhere')
      files.makeFolder('/data')
      writeWhole(files, LOCK, lock, false)
    },
    /'\/data'.* another folder has taken its place/,
  ],
}

/** A folder whose last look at its lock does not count any more. */
function startFolder() {
  const folder = new TestFolder(new MemoryFiles(), '/data')
  const log = folder.log()
  append(log, 'a')
  folder.clock.pass(100)
  return { folder, log, dir: folder.dir, files: folder.files as MemoryFiles }
}

test.each(Object.keys(LOSSES))('when %s, nothing is written or acknowledged any more', (what) => {
  const { folder, log, dir, files } = startFolder()
  const [lose, reason] = LOSSES[what]!
  lose(files)
  const before = contents(files)
  expect(() => append(log, 'b')).toThrow(reason)
  for (const change of [
    () => append(log, 'c'),
    () => log.flush(),
    () => log.truncateTo(0),
    () => log.startEpoch(9),
    () => dir.createPartition('new', 0, log.topicId),
    () => dir.deletePartition('orders', 0),
    () => atOnce(dir.deleteRecordsBefore([{ log: log, offset: 1 }])),
    () => dir.setAside('orders', 0),
    () => dir.checkpoint(),
    () => atOnce(dir.applyRetention()),
    () => atOnce(dir.removeDeleted()),
    () => dir.fillReserve(),
    () => atOnce(dir.flushDue()),
  ]) {
    expect(codeOf(change)).toMatch(/^FOLDER_(LOST|LOCKED)$/)
  }
  dir.close()
  expect(contents(files)).toEqual(before)
  expect(folder.reports).toEqual([expect.stringMatching(reason)])
  expect(files.openHandles).toBe(0)
})

/** All files with their bytes. */
const contents = (files: MemoryFiles) => files.paths().map((path) => `${path}: ${files.readFile(path)}`)

test.each(Object.keys(LOSSES))('a broker that writes nothing sees within a second that %s', (what) => {
  const { folder, dir, files } = startFolder()
  const [lose, reason] = LOSSES[what]!
  lose(files)
  expect(() => atOnce(dir.flushDue())).toThrow(reason)
  expect(dir.isLost).toBe(true)
  expect(folder.reports).toHaveLength(1)
})

test.each(Object.keys(LOSSES))(
  'a broker that is closed when %s leaves everything as it is, and says so',
  (what) => {
    const { dir, files } = startFolder()
    const [lose, reason] = LOSSES[what]!
    lose(files)
    const before = contents(files)
    expect(() => dir.close()).toThrow(reason)
    expect(contents(files)).toEqual(before)
  },
)

test('a broker that was stopped between its look at the lock and the write does not acknowledge', () => {
  const { log, files, folder } = startFolder()
  files.onWrite = (path) => {
    if (!path.endsWith('.log')) return null
    // The machine sleeps here, and another broker takes over.
    folder.clock.pass(33_000)
    files.remove(LOCK)
    return null
  }
  expect(codeOf(() => append(log, 'b'))).toBe('FOLDER_LOST')
})

test('a look at the lock counts for a moment, whichever clock goes on', () => {
  const { log, files, folder } = startFolder()
  let looks = 0
  files.onCall = (call, path) => {
    if (call === 'identity' && path === LOCK) looks++
    return null
  }
  for (let count = 0; count < 10; count++) append(log, 'b')
  expect(looks).toBe(1)
  folder.clock.pass(100)
  append(log, 'b')
  expect(looks).toBe(2)
  folder.clock.jump(-3_600_000)
  append(log, 'b')
  expect(looks).toBe(3)
})

test('a lock that was touched or copied is still ours', () => {
  const { log, files, folder } = startFolder()
  files.touch(LOCK, 5)
  expect(append(log, 'b').baseOffset).toBe(1)
  folder.clock.pass(100)
  const text = files.readFile(LOCK)!
  files.remove(LOCK)
  writeWhole(files, LOCK, text, false)
  expect(append(log, 'c').baseOffset).toBe(2)
  folder.close()
  expect(files.paths()).not.toContain(LOCK)
})

test('without file handles the folder is still known to be ours', () => {
  const { log, files, folder } = startFolder()
  append(log, 'b')
  files.onCall = (call) => (['open', 'readFile', 'list'].includes(call) ? 'EMFILE' : null)
  folder.clock.pass(100)
  expect(append(log, 'c').baseOffset).toBe(2)
  folder.clock.pass(20_000)
  atOnce(folder.dir.flushDue())
  files.onCall = () => null
  folder.close()
})

test('while it cannot be seen whose the folder is, nothing is acknowledged', () => {
  const { log, files, folder } = startFolder()
  files.onCall = (call) => (call === 'identity' ? 'EIO' : null)
  expect(codeOf(() => append(log, 'b'))).toBe('DISK_FAILED')
  files.onCall = () => null
  expect(append(log, 'c').baseOffset).toBe(1)
  expect(valuesIn(log)).toEqual(['a', 'c'])
  folder.close()
})

/** Opens the folder as another process; its broker, in another container, was last heard of so long ago. */
function takeOver(folder: TestFolder, silentMs: number): LogDir {
  folder.files.touch(LOCK, folder.clock.now() - silentMs)
  const { self } = folder.processes
  folder.processes.self = () => ({ ...self(), namespace: 'elsewhere' })
  return folder.open()
}

test('a broker that takes over from one that may be alive knows so', () => {
  const { folder, log } = startFolder()
  expect(folder.dir.isContested).toBe(false)
  expect(codeOf(() => takeOver(folder, 29_000))).toBe('FOLDER_LOCKED')
  expect(takeOver(folder, 31_000).isContested).toBe(true)
  expect(codeOf(() => append(log, 'b'))).toBe('FOLDER_LOCKED')
  folder.close()
})

test('a lock set in the future, by a clock that was set back since, does not count', () => {
  const { folder } = startFolder()
  expect(takeOver(folder, -3_600_000).isContested).toBe(true)
  folder.close()
})

test('a lock of another boot counts while another machine renews it, but not from before a reboot', () => {
  const { folder, files } = startFolder()
  const { self } = folder.processes
  folder.processes.self = () => ({ ...self(), boot: 'another' })
  files.touch(LOCK, folder.clock.now() - 10_000)
  expect(() => folder.open()).toThrow(/held by process 1 of another container or machine/)
  folder.processes.uptimeMs = () => 5_000
  expect(folder.open().isContested).toBe(false)
  folder.close()
})

test('a folder that was not closed and has no lock may have a broker that lost it', () => {
  const { folder, files } = startFolder()
  files.remove(LOCK)
  expect(folder.open().isContested).toBe(true)
  expect(valuesIn(folder.log())).toEqual(['a'])
  folder.close()
  folder.open()
  expect(folder.dir.isContested).toBe(false)
  folder.close()
})

test('what a stopped broker still writes when it goes on does not touch what its successor wrote', () => {
  const { folder, files } = startFolder()
  // The write is under way when the process is stopped.
  const late = files.open('/data/orders-0/00000000000000000000.log', 'update')
  const bytes = Buffer.from(files.readFile('/data/orders-0/00000000000000000000.log')!)
  takeOver(folder, 31_000)
  append(folder.log(), 'second')
  late.write(bytes, 0, bytes.length, bytes.length)
  late.close()
  expect(valuesIn(folder.log())).toEqual(['a', 'second'])
  append(folder.log(), 'third')
  folder.close()
  folder.open()
  expect(folder.dir.wasClean).toBe(true)
  expect(valuesIn(folder.log())).toEqual(['a', 'second', 'third'])
  folder.close()
})
