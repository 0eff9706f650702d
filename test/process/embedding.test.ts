// The examples of docs/embedding.md, run as a project that has ktool among its packages would run them.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram } from '../support/run-program.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PACKAGES = ['kafkajs', 'vitest', '@types', 'typescript', 'vite']

let project: string

/** The code below a comment that names it. */
const EXAMPLE = /<!-- example: (\S+) -->\n```\w+\n([\s\S]*?)```/g

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'ktool-embedding-'))
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(ROOT, join(project, 'node_modules/ktool'))
  for (const name of PACKAGES)
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name))
  writeFileSync(join(project, 'package.json'), '{"type":"module"}')
  for (const [, name, code] of readFileSync(join(ROOT, 'docs/embedding.md'), 'utf8').matchAll(EXAMPLE)) {
    writeFileSync(join(project, name!), code!)
    // A second file with the same topics, which runs at the same time.
    if (name!.includes('.test.')) writeFileSync(join(project, `other-${name}`), code!)
  }
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

/** Runs a script of a package in the project's folder. */
const inProject = (script: string, ...args: readonly string[]) =>
  runProgram(process.execPath, [script, ...args], {
    cwd: project,
    env: { KAFKAJS_NO_PARTITIONER_WARNING: '1', NODE_OPTIONS: '', NO_COLOR: '1' },
  })

test('the examples for vitest and for two files at once pass', async () => {
  const { code, stdout, stderr } = await inProject(
    'node_modules/vitest/vitest.mjs',
    'run',
    '--dir',
    '.',
    'vitest.test',
  )
  expect(code, stdout + stderr).toBe(0)
  expect(stdout.toString()).toMatch(/Test Files\s+2 passed/)
})

test('the examples for node:test and for two files at once pass', async () => {
  const { code, stdout, stderr } = await inProject(
    '--test',
    'orders.node.test.js',
    'other-orders.node.test.js',
  )
  expect(code, stdout + stderr).toBe(0)
  expect(stdout.toString()).toMatch(/pass 2\b/)
})

test('the types are those of the example', async () => {
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', 'types.ts']
  const { code, stdout } = await inProject('node_modules/typescript/bin/tsc', ...options)
  expect(code, stdout.toString()).toBe(0)
})

test('a script that embeds a broker ends by itself once the broker is closed', async () => {
  const script = `const { startBroker } = await import('ktool')
    const broker = await startBroker()
    await broker.close()`
  const { code, stdout, stderr } = await inProject('--input-type=module', '--eval', script)
  expect([code, stdout.toString(), stderr]).toEqual([0, '', ''])
})
