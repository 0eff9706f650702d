import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { type TestIo, testIo } from '../../support/test-io.ts'

let broker: BrokerHandle

function start(line: string, input = ''): { io: TestIo; ended: Promise<number> } {
  const [tool, ...args] = line.split(' ')
  const io = testIo({ input })
  return { io, ended: main('ktool', [tool!, '--bootstrap-server', broker.bootstrapServers, ...args], io) }
}
async function ktool(line: string, input = ''): Promise<{ exit: number; stdout: string; stderr: string }> {
  const { io, ended } = start(line, input)
  const exit = await ended
  return { exit, stdout: io.stdout, stderr: io.stderr }
}
const committed = async (group: string): Promise<number[]> => {
  const { stdout } = await ktool(`consumer-groups --describe --group ${group} -o jsonl`)
  return JSON.parse(stdout).partitions.map(({ currentOffset }: { currentOffset: number }) => currentOffset)
}

beforeAll(async () => {
  broker = await startBroker({
    topics: [
      { name: 'one', partitions: 1 },
      { name: 'packed', partitions: 1 },
    ],
  })
  await ktool('console-producer --topic one', 'a\nb\nc\nd\n')
})
afterAll(() => broker.close())

test('a group goes on where it stopped', async () => {
  const read = 'console-consumer --topic one --group on --from-beginning --max-messages 2'
  expect(await ktool(read)).toEqual({
    exit: 0,
    stdout: 'a\nb\n',
    stderr: 'Processed a total of 2 messages\n',
  })
  expect(await committed('on')).toEqual([2])
  expect((await ktool(read)).stdout).toBe('c\nd\n')
  expect((await ktool(`${read} --timeout-ms 100`)).stdout).toBe('')
})

test('a new group starts behind the last record, or where auto.offset.reset says', async () => {
  const read = 'console-consumer --topic one --timeout-ms 150 --group'
  expect((await ktool(`${read} late`)).stdout).toBe('')
  expect((await ktool(`${read} early --command-property auto.offset.reset=earliest`)).stdout).toBe(
    'a\nb\nc\nd\n',
  )
})

test('an interrupt commits what was printed, and leaves the group', async () => {
  const { io, ended } = start('console-consumer --topic one --group stopped --from-beginning')
  while (io.stdout !== 'a\nb\nc\nd\n') await new Promise((resolve) => setTimeout(resolve, 5))
  io.interrupt()
  expect(await ended).toBe(130)
  expect(await committed('stopped')).toEqual([4])
  const { stdout } = await ktool('consumer-groups --describe --group stopped --state -o jsonl')
  expect(JSON.parse(stdout)).toMatchObject({ state: 'Empty', memberCount: 0 })
})

test('topics may be chosen by a pattern, the group by a property, and the protocol as well', async () => {
  const { stdout } = await ktool(
    'console-consumer --include on. --from-beginning --max-messages 4 --command-property group.id=new --command-property group.protocol=consumer',
  )
  expect(stdout).toBe('a\nb\nc\nd\n')
  expect(JSON.parse((await ktool('groups --list --group-type consumer -o jsonl')).stdout)).toMatchObject({
    group: 'new',
    type: 'Consumer',
  })
})

test.each(['gzip', 'snappy', 'lz4', 'zstd'])('records packed with %s can be read', async (codec) => {
  await ktool(`console-producer --topic packed --compression-codec ${codec}`, `${codec}\n`.repeat(50))
  const read = `console-consumer --topic packed --group packed --from-beginning --max-messages 50`
  expect((await ktool(read)).stdout).toBe(`${codec}\n`.repeat(50))
})

test('a property that no client has is told, and passed over', async () => {
  const read = 'console-consumer --topic one --group odd --from-beginning --max-messages 2'
  const { exit, stdout, stderr } = await ktool(`${read} --command-property session.timeout=1`)
  expect([exit, stdout]).toEqual([0, 'a\nb\n'])
  expect(stderr).toContain("no client of Kafka has a property 'session.timeout'")
})

test.each([
  ['--group a --command-property group.id=b', "do not match. Detected group ids: 'a', 'b'"],
  ['--group a --from earliest', '--from and --group cannot be given together'],
  ['--group a --until end', '--until and --group cannot be given together'],
  [
    '--group a --command-property group.protocol=consumer --command-property session.timeout.ms=1',
    'cannot be set when',
  ],
])('%s is refused', async (args, message) => {
  const { exit, stderr } = await ktool(`console-consumer --topic one ${args}`)
  expect(exit).toBe(2)
  expect(stderr).toContain(message)
})
