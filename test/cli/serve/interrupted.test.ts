import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Io } from '../../../src/cli/io.ts'
import { main } from '../../../src/cli/main.ts'
import { testIo } from '../../support/test-io.ts'

test('whoever interrupts while the broker starts does not get the command run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-interrupted-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [seed, trace] = [join(folder, 'seed.jsonl'), join(folder, 'trace')]
  writeFileSync(seed, '{"topic":"orders","value":"1"}\n')
  const io = testIo()
  const interrupted: Io = {
    ...io,
    env: process.env,
    onInterrupt(callback) {
      callback('SIGTERM')
      return () => {}
    },
  }
  const script = `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`
  const args = ['serve', '--seed', seed, '--exec', '--', process.execPath, '-e', script]
  expect(await main('ktool', args, interrupted)).toBe(143)
  expect(existsSync(trace)).toBe(false)
  expect(io.stderr).toContain('interrupted: there may be more records in it\n')
})
