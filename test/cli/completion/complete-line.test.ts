import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { TOOLS } from '../../../src/cli/registry.ts'
import type { ClusterOptions } from '../../../src/client/cluster.ts'
import { fakeCluster, topic } from '../../support/fake-cluster.ts'
import { type TestIoOptions, testIo } from '../../support/test-io.ts'

const cluster = fakeCluster({
  topics: [topic('orders'), topic('payments'), topic('__consumer_offsets')],
  answers: {
    ListGroups: () => ({
      groups: [{ groupId: 'billing', protocolType: 'consumer', groupState: 'Empty', groupType: 'Classic' }],
    }),
  },
})

interface Setup extends TestIoOptions {
  readonly program?: string
  readonly connect?: (options: ClusterOptions) => ReturnType<typeof cluster.connect>
}

/** The words offered behind a line, which ends in the one under the cursor. */
async function offered(line: string, { program = 'ktool', connect, ...options }: Setup = {}) {
  const io = testIo(options)
  const exit = await main(program, ['__complete', ...line.split(' ')], io, connect ?? cluster.connect)
  expect([exit, io.stderr]).toEqual([0, ''])
  return io.stdout
    .split('\n')
    .slice(0, -1)
    .map((text) => text.split('\t')[0]!)
}

test('every tool and alias can be completed, with what it does', async () => {
  const all = await offered('')
  for (const { name, alias } of TOOLS)
    expect(all).toEqual(expect.arrayContaining(alias ? [name, alias] : [name]))
  const io = testIo()
  await main('ktool', ['__complete', 'topi'], io, cluster.connect)
  expect(io.stdout).toBe('topics\tList, create, describe, extend and delete topics.\n')
})

test.each([
  ['topics cr', ['create']],
  ['topics --repl', ['--replica-assignment', '--replication-factor']],
  ['topics -o js', ['json', 'jsonl']],
  ['topics --output=js', ['--output=json', '--output=jsonl']],
  ['console-producer --compression-codec ', ['none', 'gzip', 'snappy', 'lz4', 'zstd']],
  ['lag --by ', ['topic', 'group', 'member', 'partition']],
  ['features de', ['describe']],
  ['features describe --node', ['--node-id']],
  ['features -b x:1 describe --node', ['--node-id']],
  ['--debug help topi', ['topics']],
  ['help topics ', []],
  ['no-such-tool ', []],
  ['topics --partitions ', []],
  ['console-consumer --consumer-prop', []],
])('"%s" offers words', async (line, words) => {
  expect((await offered(line)).sort()).toEqual([...words].sort())
})

test.each([
  ['topics describe or', ['orders']],
  ['topics --describe --topic ', ['orders', 'payments']],
  ['topics -t __', ['__consumer_offsets']],
  ['produce --topic=pay', ['--topic=payments']],
  ['consumer-groups describe ', ['billing']],
  ['consume -t orders -g b', ['billing']],
  ['lag b', ['billing']],
  ['get-offsets ', ['orders', 'payments']],
])('"%s" offers names of the cluster', async (line, names) => {
  expect(await offered(line)).toEqual(names)
})

test.each([
  ['topics --command-config ', [':file']],
  ['dump-log --files x', [':file']],
  ['serve --data-dir ', [':folder']],
  ['serve --exec -- ', [':file']],
])('"%s" leaves paths to the shell', async (line, paths) => {
  expect(await offered(line)).toEqual(paths)
})

test('a link with the name of a tool of Kafka completes as that tool', async () => {
  expect(await offered('--descr', { program: '/opt/kafka-topics.sh' })).toEqual(['--describe'])
})

test('names come from the cluster that the line names', async () => {
  const asked: unknown[] = []
  const connect: Setup['connect'] = (options) => {
    asked.push(options.bootstrapServers)
    return cluster.connect()
  }
  await offered('topics -b one:1 -t ', { connect })
  await offered('topics --bootstrap-server=two:2 -t ', { connect })
  await offered('topics -t ', { connect, env: { KTOOL_BOOTSTRAP_SERVERS: 'three:3' } })
  expect(asked).toEqual(['one:1', 'two:2', 'three:3'])
})

test('contexts are offered by name', async () => {
  const home = mkdtempSync(join(tmpdir(), 'ktool-home-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  writeFileSync(
    join(home, '.ktool.json'),
    '{ "contexts": { "staging": { "bootstrapServers": "a:1" }, "dev": {} } }',
  )
  expect(await offered('topics --context ', { cwd: home })).toEqual(['dev', 'staging'])
})

test('a cluster that does not answer in time, or not at all, offers nothing', async () => {
  const never = {
    connect: () => Object.assign(cluster.connect(), { allTopics: () => new Promise<never>(() => {}) }),
  }
  expect(await offered('topics -t ', { ...never, env: { KTOOL_COMPLETION_TIMEOUT_MS: '20' } })).toEqual([])
  const refused = () =>
    Object.assign(cluster.connect(), { allTopics: () => Promise.reject(new Error('refused')) })
  expect(await offered('topics -t ', { connect: refused })).toEqual([])
})

test('a start that took too long leaves no time for a question', async () => {
  const connect = () => {
    throw new Error('asked')
  }
  expect(await offered('topics -t ', { connect, uptimeMs: 200 })).toEqual([])
})
