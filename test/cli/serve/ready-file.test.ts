import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { removeReadyFile, writeReadyFile } from '../../../src/cli/serve/ready-file.ts'

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-ready-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('a file appears whole, in the place of an older one, and is gone again', () => {
  const path = join(freshFolder(), 'ready')
  writeReadyFile(path, 'a longer text')
  writeReadyFile(path, 'ready')
  expect(readFileSync(path, 'utf8')).toBe('ready')
  removeReadyFile(path)
  expect(existsSync(path)).toBe(false)
})

test('what is no file, such as a pipe or a device, is written to and stays', () => {
  const path = join(freshFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  const pipe = openSync(path, 'r+')
  writeReadyFile(path, 'ready')
  const read = Buffer.alloc(10)
  expect(read.toString('utf8', 0, readSync(pipe, read))).toBe('ready')
  closeSync(pipe)
  removeReadyFile(path)
  expect(existsSync(path)).toBe(true)
})
