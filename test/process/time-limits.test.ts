// The time that an option allows holds, whatever the brokers do: nobody listens, they never answer, the leaders cannot be
// reached, the broker is stopped.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { freePort, listen } from '../support/free-port.ts'
import { type KtoolProcess, startKtool } from '../support/start-ktool.ts'
import { testIo } from '../support/test-io.ts'

const TIME_MS = 1500
/** The second that anything may take longer, and something for a machine that is busy. */
const MORE_MS = 1000 + 1500
/** For a close that is announced. */
const CLOSING_MS = 5000

const CONSUMER = '--command-property group.protocol=consumer'
const LINES = [
  `console-consumer --topic orders --timeout-ms ${TIME_MS}`,
  `console-consumer --topic orders --group one --timeout-ms ${TIME_MS}`,
  `console-consumer --topic orders --group two ${CONSUMER} --timeout-ms ${TIME_MS}`,
  `console-consumer --include .* --timeout-ms ${TIME_MS}`,
  `consume orders --from earliest --until end --timeout-ms ${TIME_MS}`,
  `consume orders --from earliest --until end --deadline-ms ${TIME_MS}`,
  `consume orders --group three --deadline-ms ${TIME_MS}`,
  `console-share-consumer --topic orders --timeout-ms ${TIME_MS}`,
  `consumer-perf-test --topic orders --num-records 10 --timeout ${TIME_MS}`,
  `wait broker --count 3 --timeout-ms ${TIME_MS}`,
  `wait topic payments --timeout-ms ${TIME_MS}`,
  `wait group billing --timeout-ms ${TIME_MS}`,
  `wait offset orders:0:99 --timeout-ms ${TIME_MS}`,
  `wait offset orders:0:99 --group billing --timeout-ms ${TIME_MS}`,
  `lag billing --wait-lag 0 --timeout-ms ${TIME_MS}`,
  `consumer-groups --list --timeout ${TIME_MS}`,
  `consumer-groups --describe --group billing --timeout ${TIME_MS}`,
  `consumer-groups --describe --all-groups --timeout ${TIME_MS}`,
  `consumer-groups --delete --group billing --timeout ${TIME_MS}`,
  `share-groups --list --timeout ${TIME_MS}`,
  `streams-groups --list --timeout ${TIME_MS}`,
  `doctor --timeout-ms ${TIME_MS}`,
  `console-producer --topic orders --max-block-ms ${TIME_MS} --command-property delivery.timeout.ms=${TIME_MS} --request-timeout-ms 1000 --timeout 0`,
  `lag billing --command-property default.api.timeout.ms=${TIME_MS}`,
]

async function timeOf(line: string, address: string) {
  const home = mkdtempSync(join(tmpdir(), 'ktool-limits-'))
  const io = testIo({ env: { KTOOL_BOOTSTRAP_SERVERS: address, HOME: home }, input: 'x\n' })
  const startMs = performance.now()
  try {
    const exit = await main('ktool', line.split(' '), io)
    return { exit, ms: performance.now() - startMs, stderr: io.stderr, stdout: io.stdout }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function endsInTime(line: string, address: string): Promise<void> {
  const found = await timeOf(line, address)
  const closingMs = found.stderr.includes('closing: waiting up to 5 s') ? CLOSING_MS : 0
  expect(found).toMatchObject({
    exit: expect.not.toSatisfy((code: number) => code > 3),
    ms: expect.toSatisfy((ms: number) => ms < TIME_MS + MORE_MS + closingMs),
  })
}

describe.concurrent('nobody listens', () => {
  test.each(LINES)('%s', async (line) => endsInTime(line, `127.0.0.1:${await freePort()}`))
})

describe.concurrent('brokers that never answer', () => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  let address: string
  beforeAll(async () => {
    address = `127.0.0.1:${await listen(server)}`
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  test.each(LINES)('%s', (line) => endsInTime(line, address))
})

describe.concurrent('leaders that cannot be reached', () => {
  let broker: KtoolProcess
  beforeAll(async () => {
    broker = await startKtool({
      args: ['--advertise', `127.0.0.1:${await freePort()}`, '--topic', 'orders:3'],
    })
  })
  afterAll(() => broker.stop())

  test.each(LINES)('%s', (line) => endsInTime(line, broker.bootstrapServers))
})
