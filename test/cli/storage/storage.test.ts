import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { testIo } from '../../support/test-io.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktool-storage-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const CLUSTER = 'MkU3OEVBNTcwNTJENDM2Qg'

function config(more: Record<string, string> = {}): string {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.bootstrap.servers': '127.0.0.1:1',
    listeners: 'PLAINTEXT://127.0.0.1:2,CONTROLLER://:1',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    ...more,
  }
  const path = join(folder, 'server.properties')
  writeFileSync(
    path,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  return path
}

async function run(...args: string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  const io = testIo({ now: 1_795_226_430_000 })
  const exit = await main('ktool', ['storage', ...args], io)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}
const format = (path: string, ...args: string[]) => run('format', '-c', path, '-t', CLUSTER, ...args)

test('a formatted folder holds the files that Kafka looks for', async () => {
  const path = config()
  const { exit, stdout } = await format(path, '--standalone')
  expect(exit).toBe(0)
  expect(stdout.split('\n')[1]).toBe(
    `Formatting dynamic metadata voter directory ${folder}/data with metadata.version 4.3-IV0.`,
  )
  const files = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })
  expect(files.sort()).toEqual([
    '__cluster_metadata-0',
    '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint',
    'bootstrap.checkpoint',
    'meta.properties',
  ])
  expect(readFileSync(join(folder, 'data/meta.properties'), 'utf8')).toMatch(
    /^#\n#Sat Nov 21 02:00:30 UTC 2026\nnode\.id=1\ndirectory\.id=[\w-]{22}\nversion=1\ncluster\.id=MkU3OEVBNTcwNTJENDM2Qg\n$/,
  )
})

test('info shows the identity, and problems aside', async () => {
  const path = config()
  expect(await run('info', '-c', path)).toEqual({
    exit: 1,
    stdout: '',
    stderr: `Found problem:\n  ${folder}/data does not exist\n\n`,
  })
  await format(path, '-s')
  const { exit, stdout } = await run('info', '-c', path)
  expect(exit).toBe(0)
  expect(stdout).toMatch(
    /^Found log directory:\n {2}.*\/data\n\nFound metadata: \{cluster\.id=.{22}, directory\.id=.{22}, node\.id=1, version=1\}\n\n$/,
  )
  const { stdout: json } = await run('info', '-c', path, '-o', 'jsonl')
  expect(JSON.parse(json)).toMatchObject({
    metadata: { 'cluster.id': CLUSTER, 'node.id': '1' },
    problems: [],
  })
})

test('several folders: the quorum is written to the one of the metadata, and a missing one is filled in', async () => {
  const more = { 'log.dirs': `${folder}/b,${folder}/a`, 'metadata.log.dir': `${folder}/m` }
  const path = config(more)
  const { stdout } = await format(path, '-s')
  expect(stdout).toContain(`Formatting data directory ${folder}/a with`)
  expect(stdout).toContain(`Formatting dynamic metadata voter directory ${folder}/m with`)
  expect(readdirSync(join(folder, 'a')).sort()).toEqual(['bootstrap.checkpoint', 'meta.properties'])
  rmSync(join(folder, 'a'), { recursive: true })
  expect((await run('info', '-c', path)).stderr).toBe(`Found problem:\n  ${folder}/a does not exist\n\n`)
  expect((await format(path, '-s')).stderr).toContain(`Log directory ${folder}/b is already formatted.`)
  const again = await format(path, '-s', '-g')
  expect(again.stdout.match(/^Formatting.*/gm)).toEqual([
    `Formatting data directory ${folder}/a with metadata.version 4.3-IV0.`,
  ])
})

test('--dry-run says the same and writes nothing', async () => {
  const { exit, stdout } = await format(config(), '-s', '--dry-run')
  expect([exit, stdout]).toEqual([0, expect.stringContaining('Formatting dynamic metadata voter directory')])
  expect(readdirSync(folder)).toEqual(['server.properties'])
})

test('the kind of folder follows from the quorum flags', async () => {
  const kind = async (path: string, ...args: string[]) =>
    /Formatting (.*) \//.exec((await format(path, '--dry-run', ...args)).stdout)?.[1]
  expect(await kind(config(), '-N')).toBe('metadata directory')
  expect(await kind(config({ 'controller.quorum.voters': '1@127.0.0.1:1' }))).toBe('metadata directory')
  expect(await kind(config({ 'process.roles': 'broker' }))).toBe('metadata directory')
  expect(await kind(config(), '-I', '2@h:1:JEXY6aqzQY-32P5TStzaFg')).toBe('dynamic metadata directory')
})

test.each<[Record<string, string>, string[], number, string]>([
  [
    {},
    [],
    1,
    'Because controller.quorum.voters is not set on this controller, you must specify one of the following:',
  ],
  [
    {},
    ['-s', '-N'],
    2,
    'error: argument --no-initial-controllers/-N: not allowed with argument --standalone/-s',
  ],
  [
    { 'controller.quorum.voters': '1@h:1' },
    ['-s'],
    1,
    'You cannot specify controller.quorum.voters and format',
  ],
  [{ 'process.roles': 'broker' }, ['-s'], 1, 'You can only use --standalone on a controller.'],
  [{ 'process.roles': 'dancer' }, ['-s'], 1, 'Invalid value dancer for configuration process.roles'],
  [{ 'node.id': 'one' }, ['-s'], 1, 'Invalid value one for configuration node.id'],
  [
    {},
    ['-s', '-r', '3.4', '-S', 'SCRAM-SHA-256=[name=a,password=b]'],
    1,
    'SCRAM is only supported in metadata.version 3.5-IV2 or later.',
  ],
])('formatting with %j %j exits %d', async (more, args, exit, message) => {
  const result = await format(config(more), ...args)
  expect([result.exit, result.stderr]).toEqual([exit, expect.stringContaining(message)])
})

test('a folder of another cluster or node is refused', async () => {
  await format(config(), '-s')
  expect((await run('format', '-c', config(), '-t', 'other', '-s', '-g')).stderr).toContain(
    `Invalid cluster.id in: ${folder}/data/meta.properties. Expected other, but read ${CLUSTER}`,
  )
  expect((await format(config({ 'node.id': '5' }), '-s', '-g')).stderr).toContain(
    "Stored node id 1 doesn't match previous node id 5 in",
  )
})

test.each([
  ['version=7\n', 'Unknown meta.properties version number 7'],
  ['version=1\nnode.id=1\n', 'cluster.id was not found.'],
  ['broker.id=1\n', 'The kafka configuration file appears to be for a cluster in KRaft mode'],
])('the identity %j is a problem', async (text, message) => {
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data/meta.properties'), text)
  const { exit, stderr } = await run('info', '-c', config())
  expect([exit, stderr]).toEqual([1, expect.stringContaining(message)])
})

test('a file in the place of the folder is a problem', async () => {
  writeFileSync(join(folder, 'data'), '')
  expect((await run('info', '-c', config())).stderr).toContain(`${folder}/data is not a directory`)
  expect((await format(config(), '-s')).stderr).toContain('No available log directories to format.')
})

test('feature levels and what they need', async () => {
  expect((await run('version-mapping')).stdout).toMatch(
    /^metadata\.version=30 \(4\.3-IV0\)\nkraft\.version=1\n/,
  )
  expect((await run('version-mapping', '-r', '3.9')).stdout).toMatch(/^metadata\.version=21 \(3\.9\)\n/)
  const { stdout } = await run(
    'feature-dependencies',
    '-f',
    'eligible.leader.replicas.version=1',
    '-f',
    'metadata.version=21',
  )
  expect(stdout).toBe(
    'eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)\n' +
      'metadata.version=21 (3.9-IV0) has no dependencies.\n',
  )
  for (const [feature, message] of [
    ['nope=3', 'Unknown feature: nope'],
    ['metadata.version=99', 'Unknown metadata.version 99'],
    ['group.version=7', 'Feature level 7 is not supported for feature group.version'],
    ['group.version=x', 'Invalid version format: x for feature group.version'],
    ['group.version', "Invalid feature format: group.version. Expected format: 'feature=version'"],
  ] as const) {
    expect((await run('feature-dependencies', '-f', feature)).stderr).toContain(message)
  }
})

test('random ids differ', async () => {
  const [one, other] = [await run('random-uuid'), await run('random-uuid')]
  expect(one.stdout).toMatch(/^[\w-]{22}\n$/)
  expect(one.stdout).not.toBe(other.stdout)
})
