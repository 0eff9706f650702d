// Contexts with the whole program and a broker: which cluster is asked, and what a read-only one refuses.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/start.ts'
import { runProgram } from '../support/run-program.ts'
import { KTOOL } from '../support/start-ktool.ts'

const home = mkdtempSync(join(tmpdir(), 'ktool-home-'))
const userFile = join(home, '.config', 'ktool', 'config.json')
let broker: BrokerHandle

beforeAll(async () => {
  broker = await startBroker({
    topics: [{ name: 'orders', partitions: 1 }],
    config: { 'group.initial.rebalance.delay.ms': '0' },
  })
  const { bootstrapServers } = broker
  mkdirSync(join(home, '.config', 'ktool'), { recursive: true })
  const contexts = {
    here: { bootstrapServers, properties: { 'client.id': 'mine', acks: 'all', 'group.id': 'never' } },
    careful: { bootstrapServers, readOnly: true },
    gone: { bootstrapServers: '127.0.0.1:1' },
  }
  writeFileSync(userFile, JSON.stringify({ current: 'careful', contexts }))
})

afterAll(async () => {
  await broker.close()
  rmSync(home, { recursive: true })
})

async function run(line: string, input = '', env: Record<string, string> = {}) {
  const unset = { KTOOL_BOOTSTRAP_SERVERS: '', KAFKA_BOOTSTRAP_SERVERS: '', XDG_CONFIG_HOME: '' }
  const { KTOOL_CONTEXT: _, ...inherited } = process.env as Record<string, string>
  const { code, stdout, stderr } = await runProgram(
    'env',
    [
      '-u',
      'KTOOL_CONTEXT',
      ...Object.entries({ ...unset, HOME: home, ...env }).map(([name, value]) => `${name}=${value}`),
      process.execPath,
      KTOOL,
      ...line.split(' '),
    ],
    { input, env: inherited },
  )
  return { code, stdout: stdout.toString(), stderr }
}

const REFUSED = (api: string) =>
  `context 'careful' is read-only: ${api} was not sent\nhint: another is named with --context; ktool context update NAME --writable lifts it\n`

test('a read-only context is read', async () => {
  await run('console-producer --topic orders --context here', 'one\ntwo\n')
  expect(await run('topics --list')).toMatchObject({ code: 0, stdout: 'orders\n' })
  expect(await run('console-consumer --topic orders --from earliest --until end')).toMatchObject({
    code: 0,
    stdout: 'one\ntwo\n',
  })
  expect(await run('consumer-groups --list')).toMatchObject({ code: 0, stderr: '' })
  expect(await run('get-offsets --topic orders')).toMatchObject({ code: 0, stdout: 'orders:0:2\n' })
})

test.each([
  ['topics --create --topic new', 'CreateTopics'],
  ['topics --delete --topic orders', 'DeleteTopics'],
  ['topics --alter --topic orders --partitions 2', 'CreatePartitions'],
  [
    'configs --alter --entity-type topics --entity-name orders --add-config retention.ms=1',
    'IncrementalAlterConfigs',
  ],
  ['console-producer --topic orders', 'Produce'],
  ['consumer-groups --delete --group billing', 'DeleteGroups'],
])('%s is refused', async (line, api) => {
  const { code, stdout, stderr } = await run(line, 'three\n')
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: REFUSED(api) })
})

test('joining a group is a change, and reading a topic does not create it', async () => {
  const joined = await run('console-consumer --topic orders --group g --timeout-ms 2000')
  expect(joined).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(REFUSED('JoinGroup')) })
  await run('console-consumer --topic nowhere --from earliest --timeout-ms 300')
  expect((await run('topics --list --exclude-internal')).stdout).toBe('orders\n')
  expect(
    (await run('console-consumer --topic orders --partition 0 --offset 0 --max-messages 2')).stdout,
  ).toBe('one\ntwo\n')
})

test('dry runs go on working, and the refusal is an object for programs', async () => {
  expect(await run('topics --create --topic new --dry-run')).toMatchObject({ code: 0 })
  const { code, stderr } = await run('topics --create --topic new -o json')
  expect(code).toBe(1)
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'READ_ONLY', exitCode: 1 } })
})

test('another context is not read-only, and one without a group has none', async () => {
  expect(await run('topics --create --topic later --context here')).toMatchObject({ code: 0 })
  expect(await run('topics --delete --topic later', '', { KTOOL_CONTEXT: 'here' })).toMatchObject({ code: 0 })
  await run('console-consumer --topic orders --from earliest --until end --context here')
  expect((await run('consumer-groups --list')).stdout).not.toContain('never')
})

test('a failure to connect says which context the address is from, and who chose it', async () => {
  expect((await run('topics --list --context gone')).stderr).toContain(
    "hint: the address 127.0.0.1:1 is from context 'gone', named by --context\n",
  )
  expect((await run('topics --list', '', { KTOOL_CONTEXT: 'gone' })).stderr).toContain(
    'named by KTOOL_CONTEXT\n',
  )
  expect(await run('topics --list --context her')).toEqual({
    code: 2,
    stdout: '',
    stderr: "there is no context 'her', which --context names\nhint: did you mean here?\n",
  })
})

test('the environment goes before the current context, with a line that says so', async () => {
  const env = { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1' }
  const { code, stdout, stderr } = await run('topics --list', '', env)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  const [first, ...rest] = stderr.split('\n')
  expect(first).toBe(
    `using 127.0.0.1:1 (KAFKA_BOOTSTRAP_SERVERS), not the current context 'careful' (${broker.bootstrapServers})`,
  )
  expect(rest.join('\n')).toContain('hint: the address 127.0.0.1:1 is from KAFKA_BOOTSTRAP_SERVERS')
  expect(await run('topics --list', '', { KTOOL_BOOTSTRAP_SERVERS: broker.bootstrapServers })).toMatchObject({
    code: 0,
    stderr: '',
  })
})

test('a change through a context is announced once, and no other request', async () => {
  const notice = `changing ${broker.bootstrapServers} (context 'here', named by --context)\n`
  expect(await run('topics --list --context here')).toMatchObject({ code: 0, stderr: '' })
  expect(await run('topics --create --topic told --dry-run --context here')).toMatchObject({
    code: 0,
    stderr: expect.not.stringContaining('changing'),
  })
  expect(await run('topics --create --topic told --context here')).toMatchObject({ code: 0, stderr: notice })
  expect(await run('console-producer --topic told --context here', 'a\nb\n')).toMatchObject({
    code: 0,
    stderr: notice,
  })
  expect(await run('topics --delete --topic told --context here')).toMatchObject({ code: 0, stderr: notice })
  const json = await run('topics --create --topic told -o json --context here')
  expect(json.stderr).toBe(notice)
  expect(await run(`topics --delete --topic told -b ${broker.bootstrapServers}`)).toMatchObject({
    code: 0,
    stderr: '',
  })
})

test('an address that is given means no context', async () => {
  expect(await run(`topics --create --topic free -b ${broker.bootstrapServers}`)).toMatchObject({ code: 0 })
  expect(
    await run(`topics --delete --topic free -b ${broker.bootstrapServers} --context careful`),
  ).toMatchObject({
    code: 1,
    stderr: REFUSED('DeleteTopics'),
  })
})
