import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { runTool } from '../../support/run-tool.ts'
import { testIo } from '../../support/test-io.ts'

test.each([
  ['--input-topics a', 'Missing required argument "[application-id]"'],
  [
    '--application-id a --to-latest --to-earliest',
    'Option "[to-earliest]" can\'t be used with option "[to-latest]"',
  ],
  [
    '--application-id a --config-file a --command-config b',
    'Option "[config-file]" can\'t be used with option "[command-config]"',
  ],
])('streams-application-reset %s is refused', async (line, message) => {
  const { exit, stderr } = await runTool(['streams-application-reset', ...line.split(' ')])
  expect(stderr.split('\n')[0]).toBe(message)
  expect(exit).toBe(2)
})

describe('against a broker', () => {
  let broker: BrokerHandle
  let folder: string
  const ktool = async (line: string, input = '') => {
    const io = testIo({ input, now: Date.now() })
    const [tool, ...args] = line.split(' ')
    const exit = await main('ktool', [tool!, '--bootstrap-server', broker.bootstrapServers, ...args], io)
    return { exit, stdout: io.stdout, stderr: io.stderr }
  }
  const reset = (line: string) => ktool(`streams-application-reset --application-id shop ${line}`)
  const offset = async () => {
    const { stdout } = await ktool('consumer-groups --describe --group shop -o json')
    const { partitions } = JSON.parse(stdout)[0] as { partitions: { topic: string; currentOffset: number }[] }
    return partitions.find(({ topic }) => topic === 'orders')?.currentOffset
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ktool-reset-'))
    const names = ['orders', 'between', 'shop-store-changelog', 'shop-x-repartition', 'shop-orders']
    broker = await startBroker({ topics: names.map((name) => ({ name, partitions: 1 })) })
    await ktool('console-producer --topic orders', 'a\nb\nc\nd\n')
  })
  afterAll(async () => {
    await broker.close()
    rmSync(folder, { recursive: true })
  })

  test('shows with --dry-run what it would do', async () => {
    expect(await reset('--input-topics orders --dry-run')).toEqual({
      exit: 0,
      stderr: '',
      stdout: `----Dry run displays the actions which will be performed when running Streams Reset Tool----
Reset-offsets for input topics [orders]
Following input topics offsets will be reset to (for consumer group shop)
Topic: orders Partition: 0 Offset: 0
Done.
Deleting inferred internal topics [shop-store-changelog, shop-x-repartition]
Done.
`,
    })
    expect((await ktool('topics --list')).stdout).toContain('shop-store-changelog\n')
  })

  test('a topic that is not there is exit 1, and keeps no other from it', async () => {
    const { exit, stdout } = await reset('--input-topics none,orders --dry-run')
    expect(exit).toBe(1)
    expect(stdout).toContain('Following input topics are not found, skipping them\nTopic: none\n')
    expect(stdout).toContain('Topic: orders Partition: 0 Offset: 0\n')
  })

  test('refuses to delete what is not internal, before it changes anything', async () => {
    const { exit, stderr } = await reset('--input-topics orders --internal-topics shop-orders')
    expect(exit).toBe(1)
    expect(stderr).toMatch(/^ERROR: Invalid topic specified in the --internal-topics option\./)
  })

  test('deletes the internal topics that are named, and goes to the end of intermediate ones', async () => {
    const { exit, stdout, stderr } = await reset(
      '--input-topics orders --intermediate-topics between --internal-topics shop-x-repartition',
    )
    expect(exit, stderr).toBe(0)
    expect(stdout).toContain(
      'Following intermediate topics offsets will be reset to end (for consumer group shop)\nTopic: between\n',
    )
    expect((await ktool('topics --list')).stdout).toMatch(
      /^between\norders\nshop-orders\nshop-store-changelog\n/m,
    )
  })

  test('goes where it is told, within the partition', async () => {
    await reset('--input-topics orders --to-offset 2')
    expect(await offset()).toBe(2)
    await reset('--input-topics orders --shift-by 1')
    expect(await offset()).toBe(3)
    const far = await reset('--input-topics orders --to-offset 99')
    expect(far.stdout).toContain('New offset (99) is higher than latest offset. Value will be set to 4\n')
    expect(await offset()).toBe(4)
    await reset('--input-topics orders --to-datetime 2020-01-01T00:00:00.000')
    expect(await offset()).toBe(0)
    writeFileSync(join(folder, 'plan.csv'), 'orders,0,1\n')
    await reset(`--input-topics orders --from-file ${join(folder, 'plan.csv')}`)
    expect(await offset()).toBe(1)
    const late = await reset('--input-topics orders --to-datetime 2099-01-01T00:00:00.000 -o json')
    expect(late.stderr).toContain(
      'is empty, without a committed record. Falling back to latest known offset.',
    )
    expect(JSON.parse(late.stdout)[0]).toEqual({
      applicationId: 'shop',
      topic: 'orders',
      role: 'input',
      partition: 0,
      newOffset: 4,
      error: null,
    })
  })
})
