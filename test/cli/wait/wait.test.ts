import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../../../src/broker/start.ts'
import { main } from '../../../src/cli/main.ts'
import { waitUntil } from '../../../src/cli/wait/until.ts'
import { Cluster } from '../../../src/client/cluster.ts'
import { KafkaError } from '../../../src/protocol/errors.ts'
import { freePort, listen } from '../../support/free-port.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { testIo } from '../../support/test-io.ts'

async function wait(bootstrapServers: string, ...args: string[]) {
  const io = testIo()
  const exit = await main('ktool', ['wait', ...args, '-b', bootstrapServers], io)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}

async function broker(topics: { name: string; partitions: number }[] = []) {
  // A look has a second for its answer, and the coordinator of groups makes its topic when it is first asked.
  const started = await startBroker({ topics, config: { 'offsets.topic.num.partitions': '1' } })
  onTestFinished(() => started.close())
  return started.bootstrapServers
}

test('what is there already is not waited for', async () => {
  const at = await broker([{ name: 'orders', partitions: 3 }])
  expect(await wait(at, 'broker')).toEqual({ exit: 0, stdout: '1 broker is there\n', stderr: '' })
  expect(await wait(at, 'topic', 'orders', '--partitions', '3')).toEqual({
    exit: 0,
    stdout: 'topic orders: 3 partitions\n',
    stderr: '',
  })
  expect((await wait(at, 'topic', 'users', '--absent')).exit).toBe(0)
  expect((await wait(at, 'group', 'billing', '--absent')).exit).toBe(0)
  expect((await wait(at, 'offset', 'orders:0:0', 'orders:2:0')).stdout).toBe(
    'offset orders:0:0,orders:2:0: orders:0 is at 0, orders:2 is at 0\n',
  )
})

test.each([
  [['broker', '--count', '2'], 'broker', '1 broker is there'],
  [['topic', 'orders', '--partitions', '4'], 'topic orders', '3 partitions'],
  [['topic', 'users'], 'topic users', 'there is no such topic'],
  [['topic', 'orders', '--absent'], 'topic orders', 'the topic is there'],
  [['group', 'billing'], 'group billing', 'there is no such group'],
  [['offset', 'orders:1:7'], 'offset orders:1:7', 'orders:1 is at 0'],
  [['offset', 'users:0:1'], 'offset users:0:1', 'users:0 is at nothing'],
  [['offset', 'orders:1:7', '--group', 'g'], 'offset orders:1:7', 'orders:1 is at nothing'],
])('a wait that runs out exits with 3 and tells how things stand: %j', async (args, name, found) => {
  const at = await broker([{ name: 'orders', partitions: 3 }])
  expect(await wait(at, ...args, '--timeout-ms', '0')).toEqual({
    exit: 3,
    stdout: '',
    stderr: `ktool wait: ${name} is not as wanted after 0 ms: ${found}\n`,
  })
})

test('a broker that is not there yet is waited for', async () => {
  const free = await freePort()
  const waiting = wait(`127.0.0.1:${free}`, 'broker', '-o', 'json')
  const started = await startBroker({ port: free })
  onTestFinished(() => started.close())
  const { exit, stdout } = await waiting
  expect(exit).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject([{ what: 'broker', subject: null, isMet: true }])
})

test('a broker that never comes is an unmet condition, and named', async () => {
  const free = await freePort()
  const { exit, stderr } = await wait(`127.0.0.1:${free}`, 'broker', '--timeout-ms', '0')
  expect([exit, stderr]).toEqual([
    3,
    `ktool wait: broker is not as wanted after 0 ms: 127.0.0.1:${free}: connection refused\n`,
  ])
})

test('a server that is no Kafka broker is a failure at once', async () => {
  const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  onTestFinished(() => void web.close())
  const { exit, stderr } = await wait(`127.0.0.1:${await listen(web)}`, 'topic', 'orders')
  expect(exit).toBe(1)
  expect(stderr).toContain('ktool wait: ')
  expect(stderr).toContain("begins with 'HTTP/1.1 400 Bad Request'")
})

test.each([
  [['offset'], 'no offset is given'],
  [['offset', 'orders:1'], "--offset: 'orders:1' is not TOPIC:PARTITION:OFFSET"],
  [['topic'], 'Missing required argument "[topic]"'],
  [['broker', '--count', '0'], "'0' is less than 1"],
  [['brokr'], "invalid choice: 'brokr' (choose from 'broker', 'topic', 'group', 'offset')"],
])('wait %j is a usage error', async (args, message) => {
  const { exit, stderr } = await wait('127.0.0.1:1', ...args)
  expect([exit, stderr.split('\n')[0]]).toEqual([2, message])
})

test('it is asked again until the condition is met, and what may pass is passed over', async () => {
  const clock = new ManualClock()
  const cluster = Cluster.connect({ bootstrapServers: '127.0.0.1:1', clock })
  let asked = 0
  const condition = async () => {
    asked++
    clock.pass(10)
    if (asked === 2) throw new KafkaError('LEADER_NOT_AVAILABLE')
    return { isMet: asked === 4, found: `asked ${asked}` }
  }
  const waited = waitUntil(cluster, condition, 1000)
  while (asked < 4) {
    await new Promise(setImmediate)
    clock.pass(100)
  }
  expect(await waited).toMatchObject({ isMet: true, found: 'asked 4' })
  const forbidden = async () => {
    throw new KafkaError('TOPIC_AUTHORIZATION_FAILED')
  }
  await expect(waitUntil(cluster, forbidden, 1000)).rejects.toThrow('Topic authorization failed.')
})
