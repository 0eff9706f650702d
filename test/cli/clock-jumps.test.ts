// Tools that wait, on a machine whose wall clock jumps with every look at it.
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { type BrokerHandle, startBroker } from '../../src/index.ts'
import { CLOCK_JUMPS } from '../support/clock-jumps.ts'
import { freePort } from '../support/free-port.ts'
import { testIo } from '../support/test-io.ts'

let broker: BrokerHandle
beforeAll(async () => {
  broker = await startBroker({
    topics: [{ name: 'orders', partitions: 1 }],
    config: { 'log.message.timestamp.after.max.ms': String(Number.MAX_SAFE_INTEGER) },
  })
})
afterAll(() => broker.close())

/** Runs a tool and gives what it says of itself, and the time it took. */
async function timed(jumpMs: number, ...words: string[]) {
  let wallMs = Date.now()
  const look = vi.spyOn(Date, 'now').mockImplementation(() => (wallMs += jumpMs))
  onTestFinished(() => look.mockRestore())
  const io = testIo({ input: 'a\n' })
  const startMs = performance.now()
  const exit = await main('ktool', words, io)
  const tookMs = performance.now() - startMs
  return { exit, stdout: io.stdout, stderr: io.stderr, tookMs }
}

describe.each(CLOCK_JUMPS)('with the wall clock set %s all the time', (_, jumpMs) => {
  test('wait ends after --timeout-ms', async () => {
    const at = ['--bootstrap-server', broker.bootstrapServers]
    const ran = await timed(jumpMs, 'wait', 'topic', 'missing', '--timeout-ms', '400', ...at)
    expect(ran.exit).toBe(3)
    expect(ran.tookMs).toBeGreaterThanOrEqual(399)
  })

  test('wait reports how long it waited', async () => {
    const at = ['--bootstrap-server', broker.bootstrapServers]
    const ran = await timed(jumpMs, 'wait', 'topic', 'missing', '--timeout-ms', '300', '-o', 'json', ...at)
    const [{ waitedMs }] = JSON.parse(ran.stdout)
    expect(waitedMs).toBeGreaterThanOrEqual(299)
    expect(waitedMs).toBeLessThanOrEqual(ran.tookMs)
  })

  test('console-consumer ends after --timeout-ms without a record', async () => {
    const at = ['--bootstrap-server', broker.bootstrapServers]
    const ran = await timed(jumpMs, 'console-consumer', '--topic', 'orders', '--timeout-ms', '400', ...at)
    expect(ran.exit).toBe(0)
    expect(ran.tookMs).toBeGreaterThanOrEqual(399)
  })

  test('a member of a group reads, and ends after --timeout-ms without a record', async () => {
    const at = ['--bootstrap-server', broker.bootstrapServers]
    const reading = ['--topic', 'orders', '--group', 'readers', '--timeout-ms', '1000']
    expect((await timed(jumpMs, 'console-consumer', ...reading, ...at)).exit).toBe(0)
  })

  test('console-producer sends what it was given, at the rate it was given', async () => {
    const at = ['--bootstrap-server', broker.bootstrapServers]
    const ran = await timed(jumpMs, 'produce', 'orders', '--rate', '20', ...at)
    expect(ran).toMatchObject({ exit: 0 })
  })

  test('producer-perf-test keeps its throughput', async () => {
    const at = ['--bootstrap-server', broker.bootstrapServers]
    const sending = [
      '--topic',
      'orders',
      '--num-records',
      '5000',
      '--record-size',
      '10',
      '--throughput',
      '10000',
    ]
    const ran = await timed(jumpMs, 'producer-perf-test', ...sending, ...at)
    expect(ran.exit).toBe(0)
    expect(ran.tookMs).toBeGreaterThan(250)
    expect(ran.stdout).toMatch(/^5000 records sent, [\d.]+ records\/sec/)
  })

  test('a tool that finds no broker gives up in time', async () => {
    const at = ['--bootstrap-server', `127.0.0.1:${await freePort()}`]
    const ran = await timed(jumpMs, 'topics', '--list', ...at)
    expect(ran.exit).toBe(1)
    expect(ran.tookMs).toBeGreaterThan(500)
  })
})
