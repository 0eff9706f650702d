import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type StartOptions, startBroker } from '../../../src/broker/start.ts'
import { main } from '../../../src/cli/main.ts'
import { freePort, listen } from '../../support/free-port.ts'
import { testIo } from '../../support/test-io.ts'

async function doctor(...args: string[]) {
  const io = testIo()
  const exit = await main('ktool', ['doctor', ...args], io)
  return { exit, stdout: io.stdout.replace(/after \d+ ms/g, 'after N ms'), stderr: io.stderr }
}

async function broker(options: StartOptions = {}): Promise<string> {
  const started = await startBroker(options)
  onTestFinished(() => started.close())
  return started.bootstrapServers
}

function properties(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-doctor-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'client.properties')
  writeFileSync(file, text)
  return file
}

test('a cluster that is well has a line for each step', async () => {
  const at = await broker({ clusterId: 'abcdefghijklmnopqrstuv', topics: [{ name: 'orders' }] })
  const { exit, stdout, stderr } = await doctor('-b', at, '--topic', 'orders')
  expect([exit, stderr]).toEqual([0, ''])
  expect(
    stdout.replace(/\d+ APIs/, 'N APIs'),
  ).toBe(`ok    settings       ${at}: from --bootstrap-server, PLAINTEXT
ok    dns            127.0.0.1: is an address
ok    tcp            ${at}: connected
ok    versions       ${at}: N APIs, answered after N ms
ok    metadata       cluster abcdefghijklmnopqrstuv: 1 broker, controller 1
ok    advertised     broker 1: ${at}
ok    authorization  the cluster: allowed: CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE
ok    authorization  topic orders: allowed: READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS
`)
})

test('nobody listens: the step and a remedy are told, and the others are not taken', async () => {
  const at = `127.0.0.1:${await freePort()}`
  const { exit, stdout, stderr } = await doctor('-b', at)
  expect([exit, stderr]).toEqual([1, 'ktool doctor: 1 of 3 findings are bad\n'])
  expect(stdout).toContain(`FAIL  tcp            ${at}: connection refused\n`)
  expect(stdout).toContain('→ is the broker running, and is this its port?')
})

test('a name that nobody knows', async () => {
  const { exit, stdout } = await doctor('-b', 'no-such-host.invalid:9092', '-o', 'json')
  expect(exit).toBe(1)
  expect(JSON.parse(stdout).at(-1)).toMatchObject({
    step: 'dns',
    subject: 'no-such-host.invalid',
    isOk: false,
    found: expect.stringMatching(/^the host name (is unknown|could not be looked up)$/),
  })
})

test('something that is not Kafka', async () => {
  const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  onTestFinished(() => void web.close())
  const { exit, stdout } = await doctor('-b', `127.0.0.1:${await listen(web)}`)
  expect(exit).toBe(1)
  expect(stdout).toMatch(/^ok {4}tcp .*\nFAIL {2}versions .*begins with 'HTTP\/1\.1 400 Bad Request'\n.*→ /m)
})

test('TLS where the listener has none fails at that step', async () => {
  const at = await broker()
  const { exit, stdout } = await doctor('-b', at, '--command-config', properties('security.protocol=SSL\n'))
  expect(exit).toBe(1)
  expect(stdout).toContain(`settings       ${at}: from --bootstrap-server, SSL\n`)
  expect(stdout).toMatch(/^ok {4}tcp .*\nFAIL {2}tls .*\n.*→ /m)
})

test('an address that brokers advertise and nobody can reach is the usual trap', async () => {
  const port = await freePort()
  const at = await broker({ advertisedPort: port })
  const { exit, stdout } = await doctor('-b', at)
  expect(exit).toBe(1)
  expect(stdout).toContain(`FAIL  advertised     broker 1: 127.0.0.1:${port}: connection refused\n`)
  expect(stdout).toContain('set advertised.listeners to an address that can be reached from here')
})

test('addresses of two clusters are found out', async () => {
  const [one, other] = [await broker(), await broker()]
  const { exit, stdout } = await doctor('-b', `${one},${other}`)
  expect(exit).toBe(1)
  expect(stdout).toContain(`${other} belongs to another cluster`)
})

test('a topic that is not there', async () => {
  const { exit, stdout } = await doctor('-b', await broker(), 'order')
  expect(exit).toBe(1)
  expect(stdout).toMatch(/^FAIL {2}authorization {2}topic order: .*\n.*→ check its name/m)
})
