import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { testIo } from '../../support/test-io.ts'

let broker: BrokerHandle

async function ktool(line: string, input = ''): Promise<{ exit: number; stdout: string; stderr: string }> {
  const [tool, ...args] = line.split(' ')
  const io = testIo({ input, now: Date.now() })
  const exit = await main('ktool', [tool!, '--bootstrap-server', broker.bootstrapServers, ...args], io)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}
const json = async (line: string) => JSON.parse((await ktool(`${line} -o json`)).stdout)

beforeAll(async () => {
  broker = await startBroker({
    topics: [
      { name: 'orders', partitions: 3 },
      { name: 'bills', partitions: 1 },
    ],
  })
  for (const partition of [0, 1]) {
    await ktool(`console-producer --topic orders --partition ${partition}`, 'a\nb\nc\n')
  }
  await ktool('consumer-groups --reset-offsets --group shop --topic orders:0 --to-offset 1 --execute')
  await ktool('consumer-groups --reset-offsets --group shop-2 --topic bills --to-latest --execute')
})
afterAll(() => broker.close())

test('there is a row for each group and topic, and partitions without a commit are counted', async () => {
  expect((await ktool('lag')).stdout).toBe(
    [
      'GROUP   TOPIC   TOTAL-LAG  MAX-LAG  PARTITIONS  UNCOMMITTED  MEMBERS  STATE',
      'shop    orders  2          2        3           1            0        Empty',
      'shop-2  bills   0          0        1           0            0        Empty',
      '',
    ].join('\n'),
  )
})

test('partitions that nobody committed for are visible; where there is nothing to read nobody is behind', async () => {
  expect(await json('lag shop --by partition')).toMatchObject([
    { partition: 0, currentOffset: 1, logEndOffset: 3, lag: 2 },
    { partition: 1, currentOffset: null, logEndOffset: 3, lag: null, error: null },
    { partition: 2, currentOffset: null, logEndOffset: 0, lag: 0 },
  ])
})

test('groups and topics are chosen by name or pattern', async () => {
  const names = async (args: string) => (await ktool(`lag ${args} -o name`)).stdout.split('\n').slice(0, -1)
  expect(await names('shop*')).toEqual(['shop', 'shop-2'])
  expect(await names('shop shop-2')).toEqual(['shop', 'shop-2'])
  expect(await json('lag --topic bil*')).toMatchObject([
    { group: 'shop', topic: null, totalLag: null, partitions: 0 },
    { group: 'shop-2', topic: 'bills' },
  ])
  expect(await ktool('lag nobody*')).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('no group matches'),
  })
})

test('a group that is not there is a row with an error, and exit 1', async () => {
  const { exit, stdout, stderr } = await ktool('lag shop-2 nobody -o json')
  expect(exit).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject([
    { group: 'nobody', state: null, totalLag: null, error: 'Group nobody not found.' },
    { group: 'shop-2', totalLag: 0, error: null },
  ])
  expect(JSON.parse(stderr).error.message).toBe('ktool lag: group nobody: Group nobody not found.')
})

test('limits that do not hold are exit 3, behind the report', async () => {
  expect(await ktool('lag shop-2 --max-lag 0 --max-total-lag 0')).toMatchObject({ exit: 0, stderr: '' })
  const { exit, stdout, stderr } = await ktool('lag shop --max-lag 1')
  expect(exit).toBe(3)
  expect(stdout).toContain('shop   orders')
  expect(stderr).toBe(
    'ktool lag: group shop, orders-0: the lag 2 is over 1\n' +
      'ktool lag: group shop: the lag of 1 partition is unknown, nothing is committed for it\n',
  )
})

test('a wait ends when the lag is small enough, or with exit 3 when the time is up', async () => {
  expect(await ktool('lag shop --wait-lag 0 --timeout-ms 20')).toMatchObject({ exit: 3 })
  await ktool('consumer-groups --reset-offsets --group slow --topic orders --to-earliest --execute')
  const waiting = ktool('lag slow --wait-lag 0 --timeout-ms 5000')
  const caughtUp = 'consumer-groups --reset-offsets --group slow --topic orders --to-latest --execute'
  expect((await ktool(caughtUp)).exit).toBe(0)
  expect(await waiting).toMatchObject({ exit: 0, stderr: '' })
  await ktool('consumer-groups delete slow')
})

test('watching prints again and again, until it is interrupted', async () => {
  const io = testIo()
  const args = ['lag', '-b', broker.bootstrapServers, 'shop-2', '--watch', '0.01', '-o', 'jsonl']
  const watching = main('ktool', args, io)
  while (io.stdout.split('\n').length < 4) await new Promise((resolve) => setTimeout(resolve, 5))
  io.interrupt()
  expect(await watching).toBe(130)
})

test('what makes no sense is refused', async () => {
  for (const args of [
    '--watch --wait-lag 0',
    '--watch -1',
    '--max-lag x',
    '--max-lag -1',
    '--by moon',
    '--isolation-level x',
  ]) {
    expect(await ktool(`lag ${args}`)).toMatchObject({ exit: 2, stdout: '' })
  }
})
