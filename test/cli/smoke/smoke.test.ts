import { expect, onTestFinished, test } from 'vitest'
import { type StartOptions, startBroker } from '../../../src/broker/start.ts'
import { main } from '../../../src/cli/main.ts'
import { Cluster } from '../../../src/client/cluster.ts'
import { testIo } from '../../support/test-io.ts'

/** Each look at the clock is 10 ms later than the one before. */
async function smoke(...args: string[]) {
  const io = testIo()
  let now = 0
  Object.defineProperty(io, 'uptimeMs', { get: () => (now += 10) })
  const exit = await main('ktool', ['smoke', ...args], io)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}

async function broker(options: StartOptions = {}): Promise<string> {
  const started = await startBroker(options)
  onTestFinished(() => started.close())
  return started.bootstrapServers
}

async function topicsAt(bootstrapServers: string): Promise<string[]> {
  const cluster = Cluster.connect({ bootstrapServers })
  onTestFinished(() => cluster.close())
  return [...(await cluster.allTopics()).keys()]
}

test('a record goes to the cluster and comes back, and nothing is left of it', async () => {
  const at = await broker()
  const { exit, stdout, stderr } = await smoke('-b', at)
  expect([exit, stderr]).toEqual([0, ''])
  expect(stdout.replace(/ +[\d.]+ ms/g, ' N ms').split('\n')).toEqual([
    'connect N ms  1 broker',
    'create N ms  ktool-smoke-070707070707',
    'write N ms  partition 0, offset 0',
    'read N ms  key, value and header are those that were written',
    'delete N ms  ktool-smoke-070707070707',
    `a record took N ms to ${at} and back`,
    '',
  ])
  expect(await topicsAt(at)).toEqual([])
})

test('whoever interrupts it finds nothing left of it', async () => {
  const at = await broker()
  const io = testIo()
  const exit = await main('ktool', ['smoke', '-b', at], io, (options) => {
    const cluster = Cluster.connect(options)
    const request = cluster.request.bind(cluster)
    cluster.request = async (api, ...rest) => {
      if (api.name === 'CreateTopics') setImmediate(() => io.interrupt())
      return await request(api, ...rest)
    }
    return cluster
  })
  expect([exit, io.stdout, io.stderr]).toEqual([130, '', ''])
  expect(await topicsAt(at)).toEqual([])
})

test('without a broker that is named, it is one of its own', async () => {
  const { exit, stdout, stderr } = await smoke('-o', 'json')
  expect(exit).toBe(0)
  expect(stderr).toMatch(/^no broker is named: this is one of ktool's own, at 127\.0\.0\.1:\d+\n$/)
  const [result] = JSON.parse(stdout)
  expect(result.latencyMs).toBeGreaterThan(0)
  expect(result.steps.map(({ step }: { step: string }) => step)).toEqual([
    'connect',
    'create',
    'write',
    'read',
    'delete',
  ])
})

test('a topic that is named is made if it is missing, used again, and kept', async () => {
  const at = await broker()
  expect((await smoke('-b', at, '--topic', 'probe')).stdout).toContain('ms  probe\n')
  const { exit, stdout } = await smoke('-b', at, 'probe')
  expect(exit).toBe(0)
  expect(stdout).toContain('ms  probe, which is there\n')
  expect(stdout).toContain('partition 0, offset 1\n')
  expect(await topicsAt(at)).toEqual(['probe'])
})

test('the step that fails is named', async () => {
  const at = await broker({ topics: [{ name: 'tiny', configs: { 'max.message.bytes': '50' } }] })
  const { exit, stdout, stderr } = await smoke('-b', at, '--topic', 'tiny')
  expect(exit).toBe(1)
  expect(stdout).toMatch(/^write +[\d.]+ ms {2}failed$/m)
  expect(stdout).not.toContain('a record took')
  expect(stderr).toMatch(/^ktool smoke: write: /)
})

test('no broker is a failure of the first step', async () => {
  const { exit, stdout, stderr } = await smoke('-b', '127.0.0.1:1')
  expect(exit).toBe(1)
  expect(stdout).toMatch(/^connect +[\d.]+ ms {2}failed\n$/)
  expect(stderr).toBe('ktool smoke: connect: 127.0.0.1:1: connection refused\n')
})

test('a record that took too long is an unmet condition', async () => {
  const at = await broker()
  expect(await smoke('-b', at, '--max-latency-ms', '19', '-o', 'name')).toMatchObject({
    exit: 3,
    stderr: 'ktool smoke: the record took 20 ms, more than 19\n',
  })
  expect((await smoke('-b', at, '--max-latency-ms', '20')).exit).toBe(0)
  expect((await smoke('-b', at, '--max-latency-ms', '0')).exit).toBe(2)
})
