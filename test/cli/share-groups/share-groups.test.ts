import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import {
  shareMembersListing,
  shareOffsetsListing,
  shareStatesListing,
} from '../../../src/cli/share-groups/listings.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { fakeCluster, topic } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'
import { testIo } from '../../support/test-io.ts'
import { SHARE_GROUP, SHARE_OFFSETS, SHARE_STATE } from './samples.ts'

const OK = { errorCode: 0, errorMessage: null }
const GROUP_ID_NOT_FOUND = 69

const listed = (groupId: string, groupState: string, groupType = 'Share') => ({
  groupId,
  protocolType: groupType.toLowerCase(),
  groupState,
  groupType,
})
const coordinator = {
  FindCoordinator: ({ coordinatorKeys }: { coordinatorKeys: string[] }) => ({
    coordinators: coordinatorKeys.map((key) => ({ ...OK, key, nodeId: 1 })),
  }),
}
const described = (state: string) => ({
  ShareGroupDescribe: ({ groupIds }: { groupIds: string[] }) => ({
    groups: groupIds.map((groupId) =>
      groupId === 'none'
        ? { errorCode: GROUP_ID_NOT_FOUND, errorMessage: 'Group none not found.', groupId }
        : {
            ...OK,
            groupId,
            groupState: state,
            groupEpoch: 1,
            assignmentEpoch: 1,
            assignorName: 'simple',
            members: [],
          },
    ),
  }),
})
const offsets = {
  DescribeShareGroupOffsets: ({ groups }: { groups: { groupId: string }[] }) => ({
    groups: groups.map(({ groupId }) => ({
      ...OK,
      groupId,
      topics: [
        {
          topicName: 'orders',
          partitions: [{ ...OK, partitionIndex: 0, startOffset: 2, leaderEpoch: 0, lag: 1 }],
        },
      ],
    })),
  }),
  ListOffsets: () => ({
    topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, errorCode: 0, offset: 3, timestamp: -1 }] }],
  }),
}
const cluster = (answers: object) =>
  fakeCluster({ topics: [topic('orders')], answers: { ...coordinator, ...answers } })

describe('texts are those of Kafka', () => {
  test('offsets', () => {
    expect(shareOffsetsListing([SHARE_OFFSETS], true).text()).toBe(`
GROUP           TOPIC           PARTITION  LEADER-EPOCH  START-OFFSET  LAG
g               a               0          0             3             1
g               a               1          -             -             -
`)
    expect(shareOffsetsListing([{ ...SHARE_OFFSETS, offsets: [] }], false).text()).toBe(
      "\nShare group 'g' has no offset information.\n",
    )
  })

  test('members', () => {
    expect(shareMembersListing([SHARE_GROUP], false).text()).toBe(`
GROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS  ASSIGNMENT
g               m               /h              c               3            a:2,10;b:1
`)
    expect(shareMembersListing([SHARE_GROUP], true).text()).toBe(`
GROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS  MEMBER-EPOCH  ASSIGNMENT
g               m               /h              c               3            4             a:2,10;b:1
`)
  })

  test('states', () => {
    expect(shareStatesListing([SHARE_STATE], true).text()).toBe(`
GROUP           COORDINATOR (ID)          STATE           GROUP-EPOCH  ASSIGNMENT-EPOCH  #MEMBERS
g               h:9092  (1)               Stable          3            2                 1
`)
  })
})

test.each([
  [
    '',
    'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets.',
  ],
  ['--list --members', 'Option(s) [members] are unavailable given other options on the command line'],
  ['--describe', 'Option [describe] takes one of these options: [all-groups], [group]'],
  ['--describe --group g --state Empty', 'Option [describe] does not take a value for [state]'],
  ['--delete', 'Option [delete] takes the options [group] or [all-groups]'],
  ['--delete --group g --all-groups', 'Option [delete] takes either [group] or [all-groups], not both.'],
  ['--delete --group g --topic t', 'Option [delete] does not take the option: [topic]'],
  ['--delete-offsets --group g', 'Option [delete-offsets] takes the following options: [group], [topic]'],
  ['--reset-offsets --group g', 'Option [reset-offsets] takes the option: [execute] or [dry-run]'],
  ['--reset-offsets --dry-run', 'Option [reset-offsets] takes the option: [group]'],
  [
    '--reset-offsets --dry-run --group g',
    'Option [reset-offsets] takes one of these options: [all-topics], [topic]',
  ],
  [
    '--reset-offsets --dry-run --group g --all-topics',
    'Option [reset-offsets] takes one of these options: [to-datetime], [to-earliest], [to-latest]',
  ],
  [
    '--reset-offsets --dry-run --group g --all-topics --to-latest --to-earliest',
    'Option "[to-earliest]" can\'t be used with option "[to-latest]"',
  ],
  [
    '--reset-offsets --dry-run --group g --group h --all-topics --to-latest',
    'Error: Executing share group command failed due to Found multiple arguments for option group, but you asked for only one',
  ],
  ['--list --state odd', "Invalid state list 'odd'. Valid states are: Empty, Stable, Dead"],
])('share-groups %s is refused', async (line, message) => {
  const { exit, stderr } = await runTool(['share-groups', ...line.split(' ').filter(Boolean)])
  expect(stderr.split('\n')[0]).toBe(message)
  expect(exit).toBe(2)
})

test('lists groups of their type, and of some states', async () => {
  const groups = [listed('b', 'Stable'), listed('a', 'Empty'), listed('c', 'Stable', 'Consumer')]
  const answers = { ListGroups: () => ({ errorCode: 0, groups }) }
  expect((await runTool('share-groups list', cluster(answers))).stdout).toBe('a\nb\n')
  expect((await runTool('share-groups list --state stable', cluster(answers))).stdout).toBe(
    'GROUP           STATE\nb               Stable\n',
  )
})

test('a group that is not there is exit 1, and hides no other', async () => {
  const { exit, stdout, stderr } = await runTool(
    'share-groups describe sg none',
    cluster({ ...described('Empty'), ...offsets }),
  )
  expect(exit).toBe(1)
  expect(stdout).toContain('sg              orders          0          2             1\n')
  expect(stderr).toContain('Error: Executing share group command failed due to Group none not found.\n')
})

describe('resetting', () => {
  const line = 'share-groups --reset-offsets --group sg --all-topics --to-latest'

  test('says with --dry-run what it would do, and asks for nothing', async () => {
    const fake = cluster({ ...described('Empty'), ...offsets })
    const { stdout } = await runTool(`${line} --dry-run -o json`, fake)
    expect(JSON.parse(stdout)).toEqual([
      {
        group: 'sg',
        topic: 'orders',
        partition: 0,
        currentOffset: 2,
        newOffset: 3,
        difference: 1,
        error: null,
      },
    ])
    expect(fake.asked.map(({ api }) => api)).not.toContain('AlterShareGroupOffsets')
  })

  test('does it with --execute, and tells of partitions that refuse', async () => {
    const fake = cluster({
      ...described('Empty'),
      ...offsets,
      AlterShareGroupOffsets: () => ({
        ...OK,
        responses: [
          { topicName: 'orders', partitions: [{ partitionIndex: 0, errorCode: 29, errorMessage: 'no' }] },
        ],
      }),
    })
    const { exit, stderr } = await runTool(`${line} --execute`, fake)
    expect(fake.asked.at(-1)?.body).toEqual({
      groupId: 'sg',
      topics: [{ topicName: 'orders', partitions: [{ partitionIndex: 0, startOffset: 3 }] }],
    })
    expect({ exit, stderr }).toEqual({
      exit: 1,
      stderr: 'Error: Executing share group command failed due to orders-0: no\n',
    })
  })

  test('refuses a group with members', async () => {
    const { exit, stderr } = await runTool(`${line} --execute`, cluster(described('Stable')))
    expect({ exit, stderr }).toEqual({
      exit: 1,
      stderr: "Share group 'sg' is not empty.\nhint: stop its members first\n",
    })
  })
})

test('deletes only what is an empty share group', async () => {
  const groups = [listed('a', 'Empty'), listed('b', 'Stable'), listed('c', 'Empty', 'Classic')]
  const fake = cluster({
    ListGroups: () => ({ errorCode: 0, groups }),
    DeleteGroups: ({ groupsNames }: { groupsNames: string[] }) => ({
      results: groupsNames.map((groupId) => ({ groupId, errorCode: 0 })),
    }),
  })
  const { exit, stdout, stderr } = await runTool('share-groups delete a b c', fake)
  expect(exit).toBe(1)
  expect(stdout).toBe("\nThese share groups were deleted successfully: 'a'\n")
  expect(stderr).toBe(
    "Error: Deletion of some share groups failed:\n* Group 'b' could not be deleted due to: Share group 'b' is not EMPTY.\n* Group 'c' could not be deleted due to: Group 'c' is not a share group.\n",
  )
  const dry = await runTool('share-groups delete a --dry-run', fake)
  expect(dry.stdout).toBe("Would delete the share groups 'a'.\n")
})

describe('against a broker without share groups', () => {
  let broker: BrokerHandle
  beforeAll(async () => {
    broker = await startBroker({ topics: [{ name: 'orders', partitions: 1 }] })
  })
  afterAll(() => broker.close())

  test.each(['--describe --group g', '--reset-offsets --group g --topic orders --to-latest --execute'])(
    'share-groups %s says so',
    async (line) => {
      const io = testIo()
      const args = ['share-groups', '--bootstrap-server', broker.bootstrapServers, ...line.split(' ')]
      expect(await main('ktool', args, io)).toBe(1)
      expect(io.stderr).toBe(
        `Error: Executing share group command failed due to The broker at ${broker.bootstrapServers} does not support ShareGroupDescribe\n`,
      )
    },
  )
})
