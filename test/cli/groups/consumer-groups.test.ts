import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { testIo } from '../../support/test-io.ts'

let broker: BrokerHandle
let folder: string

async function ktool(line: string, input = ''): Promise<{ exit: number; stdout: string; stderr: string }> {
  const [tool, ...args] = line.split(' ')
  const io = testIo({ input, now: Date.now() })
  const exit = await main('ktool', [tool!, '--bootstrap-server', broker.bootstrapServers, ...args], io)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}
const json = async (line: string) => JSON.parse((await ktool(`${line} -o json`)).stdout)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ktool-groups-'))
  broker = await startBroker({
    topics: [
      { name: 'orders', partitions: 2 },
      { name: 'bills', partitions: 1 },
    ],
  })
  for (const partition of [0, 1]) {
    await ktool(`console-producer --topic orders --partition ${partition}`, 'a\nb\nc\n')
  }
  await ktool('consumer-groups --reset-offsets --group shop --topic orders --to-offset 1 --execute')
  await ktool('consumer-groups --reset-offsets --group desk --topic bills --to-latest --execute')
})
afterAll(async () => {
  await broker.close()
  rmSync(folder, { recursive: true })
})

describe('listing', () => {
  test('tells names, or states and types as well', async () => {
    expect((await ktool('consumer-groups list')).stdout).toBe('desk\nshop\n')
    expect((await ktool('consumer-groups --list --state')).stdout).toBe(
      `${'GROUP'.padEnd(25)} ${'STATE'.padEnd(20)}\n${'desk'.padEnd(25)} ${'Empty'.padEnd(20)}\n${'shop'.padEnd(25)} ${'Empty'.padEnd(20)}\n`,
    )
    expect(await json('consumer-groups --list --type classic')).toEqual([
      { group: 'desk', type: 'Classic', protocol: '', state: 'Empty' },
      { group: 'shop', type: 'Classic', protocol: '', state: 'Empty' },
    ])
    expect(await json('consumer-groups --list --state preparing_rebalance')).toEqual([])
  })

  test('groups chooses by type and protocol', async () => {
    expect((await ktool('groups list -o name')).stdout).toBe('desk\nshop\n')
    expect(await json('groups --list --share')).toEqual([])
    expect(await json('groups --list --group-type CLASSIC')).toHaveLength(2)
    expect(await ktool('groups --list --group-type odd')).toMatchObject({ exit: 2 })
  })
})

describe('describing', () => {
  test('tells offsets and lag', async () => {
    expect(await json('consumer-groups describe shop')).toMatchObject([
      {
        group: 'shop',
        state: 'Empty',
        partitions: [
          {
            topic: 'orders',
            partition: 0,
            currentOffset: 1,
            logEndOffset: 3,
            lag: 2,
            consumerId: null,
            error: null,
          },
          { topic: 'orders', partition: 1, currentOffset: 1, logEndOffset: 3, lag: 2 },
        ],
      },
    ])
  })

  test('tells state and members of several groups', async () => {
    expect(await json('consumer-groups describe shop desk --state')).toMatchObject([
      {
        group: 'desk',
        type: 'Classic',
        state: 'Empty',
        assignmentStrategy: null,
        memberCount: 0,
        coordinatorId: 1,
      },
      { group: 'shop' },
    ])
    expect(await json('consumer-groups --describe --all-groups --members')).toEqual([
      { group: 'desk', state: 'Empty', members: [] },
      { group: 'shop', state: 'Empty', members: [] },
    ])
  })

  test('a group that is not there is exit 1, and hides no other', async () => {
    const { exit, stdout, stderr } = await ktool('consumer-groups describe shop none')
    expect(exit).toBe(1)
    expect(stdout).toMatch(/^shop +orders +0 /m)
    expect(stderr).toContain('Error: Executing consumer group command failed due to Group none not found.\n')
    const compatible = await ktool('consumer-groups describe none --compat-exit-codes')
    expect(compatible.exit).toBe(0)
  })
})

describe('resetting', () => {
  const plan = 'consumer-groups --reset-offsets --group shop --topic orders'

  test('shows what is committed and the difference, and does nothing without --execute', async () => {
    const { stderr, stdout } = await ktool(`${plan} --to-latest -o json`)
    expect(stderr).toMatch(/^WARN: No action will be performed as the --execute option is missing\./)
    expect(JSON.parse(stdout)).toEqual([
      {
        group: 'shop',
        topic: 'orders',
        partition: 0,
        currentOffset: 1,
        newOffset: 3,
        difference: 2,
        error: null,
      },
      {
        group: 'shop',
        topic: 'orders',
        partition: 1,
        currentOffset: 1,
        newOffset: 3,
        difference: 2,
        error: null,
      },
    ])
    expect((await json('consumer-groups describe shop'))[0].partitions[0].currentOffset).toBe(1)
  })

  test.each([
    ['--to-earliest', [0, 0]],
    ['--to-offset 2', [2, 2]],
    ['--to-offset 9', [3, 3]],
    ['--to-offset 9223372036854775807', [3, 3]],
    ['--to-offset -9223372036854775808', [0, 0]],
    ['--shift-by -7', [0, 0]],
    ['--shift-by -9223372036854775808', [0, 0]],
    ['--shift-by 9007199254740993', [3, 3]],
    ['--shift-by 1', [2, 2]],
    ['--to-current', [1, 1]],
    ['--to-datetime 2020-01-01T00:00:00.000', [0, 0]],
    ['--by-duration PT0S', [3, 3]],
  ])('%s', async (scenario, expected) => {
    const rows = await json(`${plan} --dry-run ${scenario}`)
    expect(rows.map(({ newOffset }: { newOffset: number }) => newOffset)).toEqual(expected)
  })

  test('an exported plan can be read back, alone and with several groups', async () => {
    const one = await ktool(`${plan} --to-latest --export --dry-run`)
    expect(one.stdout).toBe('orders,0,3\norders,1,3\n\n')
    const two = await ktool(`${plan} --group desk --to-latest --export --dry-run`)
    expect(two.stdout).toBe('shop,orders,0,3\nshop,orders,1,3\ndesk,orders,0,3\ndesk,orders,1,3\n\n')
    for (const { stdout } of [one, two]) {
      const file = join(folder, 'plan.csv')
      writeFileSync(file, stdout)
      const rows = await json(`consumer-groups --reset-offsets --group shop --from-file ${file} --dry-run`)
      expect(rows.map(({ newOffset }: { newOffset: number }) => newOffset)).toEqual([3, 3])
    }
  })

  test('a group that a plan does not mention fails, and the others are reset', async () => {
    const file = join(folder, 'shop.csv')
    writeFileSync(file, 'shop,orders,0,3\n')
    const { exit, stdout, stderr } = await ktool(
      `consumer-groups --reset-offsets --group shop --group desk --from-file ${file} --dry-run`,
    )
    expect(exit).toBe(1)
    expect(stdout).toMatch(/^shop +orders +0 +3$/m)
    expect(stderr).toContain('Error: No reset plan for group desk found.')
  })

  test('what makes no sense is told in the words of Kafka', async () => {
    const bad = async (args: string) =>
      (await ktool(`consumer-groups --reset-offsets --group shop --dry-run ${args}`)).stderr
    expect(await bad('--topic orders:7 --to-latest')).toContain('The partitions "orders-7" do not exist')
    expect(await bad('--topic nope --to-latest')).toContain('This server does not host this topic-partition.')
    expect(await bad('--topic bills --shift-by 1')).toContain(
      'Cannot shift offset for partition bills-0 since there is no current committed offset',
    )
    expect(await bad('--topic orders:x --to-latest')).toContain(
      "Invalid partition 'x' specified in topic arg 'orders:x''",
    )
    expect(await bad('--topic orders')).toContain(
      "Option '[reset-offsets]' requires one of the following scenarios",
    )
    expect(await bad('--topic orders --to-latest --to-earliest')).toContain(
      'Option "[to-earliest]" can\'t be used with option "[to-latest]"',
    )
  })
})

describe('deleting', () => {
  test('groups, of which some are not there', async () => {
    await ktool('consumer-groups --reset-offsets --group old --topic bills --to-earliest --execute')
    expect(await ktool('consumer-groups delete old --dry-run')).toMatchObject({
      exit: 0,
      stdout: "Would delete the consumer groups 'old'.\n",
    })
    const { exit, stdout, stderr } = await ktool('consumer-groups delete old none')
    expect(exit).toBe(1)
    expect(stdout).toBe("\nThese consumer groups were deleted successfully: 'old'\n")
    expect(stderr).toContain("* Group 'none' could not be deleted due to: The group id does not exist.")
  })

  test('offsets of partitions', async () => {
    await ktool('consumer-groups --reset-offsets --group half --topic orders --to-earliest --execute')
    const { exit, stdout } = await ktool('consumer-groups --delete-offsets --group half --topic orders:1')
    expect(exit).toBe(0)
    expect(stdout).toMatch(
      /^Request succeeded for deleting offsets from group half\.\n\nTOPIC +PARTITION +STATUS/,
    )
    const [{ partitions }] = await json('consumer-groups describe half')
    expect(partitions).toHaveLength(1)
    const missing = await ktool('consumer-groups --delete-offsets --group half --topic nope -o json')
    expect(missing.exit).toBe(1)
    expect(JSON.parse(missing.stdout)).toMatchObject([{ topic: 'nope', partition: null }])
    await ktool('consumer-groups delete half')
  })
})

test('a regular expression is valid if brokers will understand it', async () => {
  expect((await ktool('consumer-groups --validate-regex a.*')).stdout).toBe(
    'The regular expression `a.*` is valid.\n',
  )
  expect((await ktool('consumer-groups --validate-regex a(?=b)')).stdout).toMatch(
    /^The regular expression `a\(\?=b\)` is invalid: /,
  )
})
