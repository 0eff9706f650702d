import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { realFiles } from '../../src/log/files.ts'
import { realProcesses } from '../../src/log/processes.ts'
import { atOnce } from '../../src/log/slices.ts'
import { codeOf } from '../suites/log-suite.ts'
import { append, memoryFolder, realFolder, TestFolder, valuesIn } from '../support/logs.ts'

test('a second process on the folder is refused, and the first goes on', () => {
  const folder = memoryFolder()
  append(folder.log(), 'a')
  const first = folder.dir
  folder.processes.startSecond()
  expect(codeOf(() => folder.open())).toBe('FOLDER_LOCKED')
  expect(first).toBe(folder.dir)
  append(folder.log(), 'b')
  expect(valuesIn(folder.log())).toEqual(['a', 'b'])
})

test('the same process cannot open a folder twice', () => {
  const folder = realFolder()
  expect(codeOf(() => new TestFolder(realFiles, folder.folder))).toBe('FOLDER_LOCKED')
})

test('the lock of a killed process is taken over', () => {
  const folder = memoryFolder()
  folder.crash()
  expect(folder.dir.wasClean).toBe(false)
})

test('an empty lock file, as Kafka leaves it, does not count', () => {
  const folder = memoryFolder()
  folder.close()
  folder.files.open('/data/.lock', 'write').close()
  folder.open()
  expect(folder.dir.wasClean).toBe(true)
})

test('a lock of another container counts while it is renewed', () => {
  const folder = memoryFolder()
  const { self } = folder.processes
  folder.files.touch('/data/.lock', folder.clock.now())
  folder.processes.self = () => ({ ...self(), namespace: 'elsewhere' })
  expect(codeOf(() => folder.open())).toBe('FOLDER_LOCKED')
  folder.clock.pass(11_000)
  atOnce(folder.dir.flushDue())
  folder.clock.pass(20_000)
  expect(codeOf(() => folder.open())).toBe('FOLDER_LOCKED')
  folder.clock.pass(11_000)
  const first = folder.dir
  folder.open()
  expect(codeOf(() => atOnce(first.flushDue()))).toBe('FOLDER_LOCKED')
})

test('a process is told from another one that got its id', () => {
  const processes = realProcesses(realFiles)
  const self = processes.self()
  expect(processes.isRunning(self)).toBe(true)
  expect(processes.isRunning({ ...self, startedAt: '1' })).toBe(self.startedAt === '')
  expect(processes.isRunning({ ...self, pid: 2 ** 22 + 1 })).toBe(false)
})

test('a folder of another node or cluster is refused and left unlocked', () => {
  const folder = realFolder()
  folder.close()
  const path = `${folder.folder}/meta.properties`
  const before = realFiles.readFile(path)!
  writeFileSync(path, before.toString().replace('node.id=1', 'node.id=2'))
  expect(codeOf(() => folder.open())).toBe('FOLDER_MISMATCH')
  writeFileSync(path, before)
  folder.open()
})

test('a partition folder of another topic is refused', () => {
  const folder = memoryFolder()
  append(folder.log(), 'a')
  folder.reopen()
  expect(codeOf(() => folder.dir.createPartition('orders', 0, 'AAAAAAAAAAAAAAAAAAAAAQ'))).toBe(
    'FOLDER_MISMATCH',
  )
})
