import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linkNamesOf, TOOLS } from '../../../src/cli/registry.ts'
import { fakeCluster } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const NAMES = TOOLS.flatMap(linkNamesOf)

let folder: string
let programPath: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ktool-link-')))
  programPath = join(folder, 'ktool.js')
  writeFileSync(programPath, '')
})
afterEach(() => rmSync(folder, { recursive: true }))

const link = (args: string) =>
  runTool(`link ${folder} ${args}`.trim(), fakeCluster(), { programPath, env: { PATH: folder } })

test('each of the tools that Kafka has gets its two links', async () => {
  const { exit, stdout, stderr } = await link('-o name')
  expect([exit, stderr]).toEqual([0, ''])
  expect(stdout.split('\n').slice(0, -1)).toEqual(NAMES)
  for (const name of NAMES) expect(readlinkSync(join(folder, name))).toBe(programPath)
})

test('links lead to the file itself, not to the link it was called by', async () => {
  const called = join(folder, 'ktool')
  symlinkSync(programPath, called)
  await runTool(`link ${folder}`, fakeCluster(), { programPath: called })
  expect(readlinkSync(join(folder, 'kafka-topics'))).toBe(programPath)
})

test('a second time there is nothing to do', async () => {
  await link('')
  expect(await link('')).toEqual({ exit: 0, stdout: '', stderr: '' })
})

test('what is not a link to this ktool is left alone, and the rest is done', async () => {
  writeFileSync(join(folder, 'kafka-topics.sh'), 'mine')
  symlinkSync('/nowhere', join(folder, 'kafka-configs'))
  const { exit, stdout, stderr } = await link('')
  expect(exit).toBe(1)
  expect(stderr).toContain(
    `ktool link: ${join(folder, 'kafka-topics.sh')}: something else has this name\nhint: `,
  )
  expect(stderr).toContain(`${join(folder, 'kafka-configs')}: something else`)
  expect(readFileSync(join(folder, 'kafka-topics.sh'), 'utf8')).toBe('mine')
  expect(stdout).toContain(`made ${join(folder, 'kafka-groups.sh')} (groups)\n`)
})

test('--force replaces it', async () => {
  writeFileSync(join(folder, 'kafka-topics.sh'), 'mine')
  expect((await link('--force')).exit).toBe(0)
  expect(lstatSync(join(folder, 'kafka-topics.sh')).isSymbolicLink()).toBe(true)
})

test('--remove removes what was made, and nothing else', async () => {
  await link('')
  rmSync(join(folder, 'kafka-topics.sh'))
  writeFileSync(join(folder, 'kafka-topics.sh'), 'mine')
  expect((await link('--remove')).exit).toBe(1)
  expect(NAMES.filter((name) => existsSync(join(folder, name)))).toEqual(['kafka-topics.sh'])
})

test('--dry-run tells what would be done', async () => {
  const { exit, stdout, stderr } = await link('--dry-run -o name')
  expect([exit, stderr]).toEqual([0, 'dry run: nothing is changed\n'])
  expect(stdout.split('\n').slice(0, -1)).toEqual(NAMES)
  expect(existsSync(join(folder, 'kafka-topics'))).toBe(false)
})

test('a folder that is not there, or not on the path, is told', async () => {
  expect((await runTool(`link ${folder}/no`, fakeCluster(), { programPath })).stderr).toBe(
    `ktool link: there is no folder '${folder}/no'\nhint: mkdir -p '${folder}/no'\n`,
  )
  expect((await runTool(`link ${folder}`, fakeCluster(), { programPath })).stderr).toBe(
    `note: ${folder} is not on your PATH\n`,
  )
  expect((await runTool('link', fakeCluster(), { programPath })).exit).toBe(2)
})

test('a folder without a name is not the working folder', async () => {
  const ran = await runTool(['link', ''], fakeCluster(), { programPath })
  expect([ran.exit, ran.stderr.split('\n')[0]]).toEqual([2, '--dir: the name of the folder is empty'])
})
