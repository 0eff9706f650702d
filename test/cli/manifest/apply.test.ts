import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../../../src/broker/start.ts'
import { main } from '../../../src/cli/main.ts'
import { testIo } from '../../support/test-io.ts'

let at: string
let file: string

beforeEach(async () => {
  const broker = await startBroker({
    topics: [
      { name: 'orders', partitions: 3, configs: { 'retention.ms': '1000', 'segment.bytes': '1048576' } },
    ],
  })
  const folder = mkdtempSync(join(tmpdir(), 'ktool-apply-'))
  onTestFinished(async () => {
    await broker.close()
    rmSync(folder, { recursive: true, force: true })
  })
  at = broker.bootstrapServers
  file = join(folder, 'topics.yaml')
})

async function ktool(args: readonly string[], input = '') {
  const io = testIo({ input })
  const exit = await main('ktool', [...args, '-b', at], io)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}
const apply = (...args: string[]) => ktool(['apply', '-f', file, ...args])
const exported = async () => (await ktool(['export', '-o', 'json'])).stdout

const WANTED = `topics:
  orders:
    partitions: 4
    configs:
      retention.ms: 2000
  payments:
    partitions: 2
`
const DIFFERENCE = `~ topic orders
    ~ partitions: 3 → 4
    ~ retention.ms: 1000 → 2000
    - segment.bytes=1048576
+ topic payments: 2 partitions
`

test('the difference is shown and made, and a second run changes nothing', async () => {
  writeFileSync(file, WANTED)
  expect(await apply()).toEqual({ exit: 0, stdout: DIFFERENCE, stderr: 'topics: 1 created, 1 altered\n' })
  expect(await apply()).toEqual({ exit: 0, stdout: '', stderr: 'nothing to change\n' })
  expect(JSON.parse(await exported())).toEqual([
    { name: 'orders', partitions: 4, replicationFactor: 1, configs: { 'retention.ms': '2000' } },
    { name: 'payments', partitions: 2, replicationFactor: 1, configs: {} },
  ])
})

test('a dry run shows the same and does nothing; --check exits with 3', async () => {
  writeFileSync(file, WANTED)
  const before = await exported()
  expect(await apply('--dry-run')).toEqual({
    exit: 0,
    stdout: DIFFERENCE,
    stderr: 'dry run: topics: 1 to create, 1 to alter\n',
  })
  expect(await apply('--check')).toMatchObject({ exit: 3, stdout: DIFFERENCE })
  expect(await exported()).toBe(before)
})

test('what export writes, apply takes for what is there', async () => {
  const { stdout } = await ktool(['export'])
  expect(stdout).toBe(`topics:
  orders:
    partitions: 3
    replicationFactor: 1
    configs:
      retention.ms: "1000"
      segment.bytes: "1048576"
`)
  for (const text of [stdout, await exported()]) {
    expect(await ktool(['apply', '-f', '-', '--check', '--prune'], text)).toMatchObject({
      exit: 0,
      stdout: '',
    })
  }
})

test('one mistake leaves all topics as they were', async () => {
  const before = await exported()
  writeFileSync(file, `${WANTED}  users:\n    configs:\n      retention.ms: soon\n`)
  const refused = await apply()
  expect(refused.exit).toBe(1)
  expect(refused.stderr).toContain(
    "ktool apply: topic 'users': Invalid value soon for configuration retention.ms",
  )
  writeFileSync(file, WANTED.replace('4', '2'))
  const fewer = await apply()
  expect([fewer.exit, fewer.stderr]).toEqual([
    1,
    "ktool apply: topic 'orders' has 3 partitions, and cannot have fewer: 2 are asked for\n",
  ])
  expect(await exported()).toBe(before)
})

test('--prune deletes what no file names', async () => {
  writeFileSync(file, 'topics: {payments: {partitions: 1}}')
  expect((await apply('--prune')).stdout).toBe('+ topic payments: 1 partition\n- topic orders\n')
  expect((await ktool(['export', '-o', 'name'])).stdout).toBe('payments\n')
})

test('files are told apart, and missing ones named', async () => {
  writeFileSync(file, 'topics: {a: }')
  const twice = await ktool(['apply', '-f', file, '-f', file])
  expect([twice.exit, twice.stderr]).toEqual([1, `ktool apply: topic 'a' is in ${file} and in ${file}\n`])
  expect((await ktool(['apply', '-f', '/no/such/file'])).stderr).toContain('/no/such/file: ENOENT')
  expect((await ktool(['apply'])).exit).toBe(2)
})

test.each(['', '# nothing\n', 'topics:\n', '{}', 'null'])(
  '--prune with %j, which names no topics, is refused',
  async (text) => {
    for (const more of [[], ['--check'], ['--dry-run']]) {
      const { exit, stdout, stderr } = await ktool(['apply', '-f', '-', '--prune', ...more], text)
      expect({ exit, stdout, stderr }).toEqual({
        exit: 2,
        stdout: '',
        stderr:
          'ktool apply: - names no topics, and --prune would delete all of them\nhint: topics: {} stands for none\n',
      })
    }
  },
)
