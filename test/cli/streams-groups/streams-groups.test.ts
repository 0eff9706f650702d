import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { internalTopicsOf } from '../../../src/cli/streams-groups/internal-topics.ts'
import {
  streamsMembersListing,
  streamsOffsetsListing,
  streamsStatesListing,
} from '../../../src/cli/streams-groups/listings.ts'
import { isInternalTopicOf } from '../../../src/client/groups/streams-groups.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { runTool } from '../../support/run-tool.ts'
import { testIo } from '../../support/test-io.ts'
import { STREAMS_GROUP, STREAMS_OFFSETS, STREAMS_STATE } from './samples.ts'

describe('texts are those of Kafka', () => {
  test('offsets, of partitions with an active task', () => {
    const inactive = { ...STREAMS_OFFSETS.offsets[0]!, topic: 'b', isActive: false }
    const offsets = { ...STREAMS_OFFSETS, offsets: [...STREAMS_OFFSETS.offsets, inactive] }
    expect(streamsOffsetsListing([offsets], true).text()).toBe(
      `GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LEADER-EPOCH    LOG-END-OFFSET  OFFSET-LAG     
g               a               0          1               -               3               2              
`,
    )
    expect(streamsOffsetsListing([{ ...offsets, offsets: [inactive] }], false).text()).toBe('')
  })

  test('members, with no blank behind the epoch of the topology', () => {
    const text = streamsMembersListing([STREAMS_GROUP], true).text()
    expect(text.split('\n')[0]).toBe(
      'GROUP           TARGET-ASSIGNMENT-EPOCH   TOPOLOGY-EPOCH MEMBER          MEMBER-PROTOCOL MEMBER-EPOCH    PROCESS         CLIENT-ID       ASSIGNMENTS',
    )
    expect(text).toMatch(
      / ACTIVE: 0:\[0,1\]; STANDBY: 0:\[0,1\]; WARMUP: 0:\[0,1\]; TARGET-ACTIVE: 0:\[0,1\]; \n$/,
    )
  })

  test('states, with a notice about an empty group', () => {
    const text = streamsStatesListing([{ ...STREAMS_STATE, state: 'Empty', memberCount: 0 }], false).text()
    expect(text).toBe(`
Error: Streams group 'g' has no active members.
GROUP           COORDINATOR (ID)          STATE                     #MEMBERS
g               h:9092 (1)                Empty                     0
`)
  })
})

test('internal topics are those that a group made and named', () => {
  const others: string[] = []
  expect(internalTopicsOf(STREAMS_GROUP, (topic) => others.push(topic))).toEqual([
    'g-x-repartition',
    'g-y-changelog',
  ])
  expect(others).toEqual(['odd'])
  expect(isInternalTopicOf('g-KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-0000000001-topic', 'g')).toBe(true)
  expect(isInternalTopicOf('g-x-KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-0000000001-topic', 'g')).toBe(true)
  expect(isInternalTopicOf('g-x-subscription-response-topic', 'g')).toBe(true)
  expect(isInternalTopicOf('h-x-changelog', 'g')).toBe(false)
  expect(isInternalTopicOf('g-orders', 'g')).toBe(false)
})

test.each([
  [
    '',
    'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, or --delete-offsets.',
  ],
  ['--describe', 'Option [describe] takes one of these options: [all-groups], [group]'],
  ['--delete', 'Option [delete] takes one of these options: [all-groups], [group]'],
  [
    '--delete --group g --input-topic t',
    'Kafka Streams does not support topic-specific offset deletion from a streams group.',
  ],
  [
    '--delete-offsets --group g',
    'Option [delete-offsets] takes the [group] and one of these options: [all-input-topics], [input-topic]',
  ],
  [
    '--delete-offsets --group g --group h --all-input-topics',
    'Option [delete-offsets] supports only one [group] at a time, but found: [g, h]',
  ],
  ['--reset-offsets --group g', 'Option [reset-offsets] takes the option: [execute] or [dry-run]'],
  ['--reset-offsets --dry-run', 'Option [reset-offsets] takes one of these options: [all-groups], [group]'],
  [
    '--reset-offsets --dry-run --group g --all-input-topics',
    "Option '[reset-offsets]' requires one of the following scenarios: [to-offset], [shift-by], [to-datetime], [by-duration], [to-earliest], [to-latest], [to-current], [from-file]",
  ],
  [
    '--list --delete-all-internal-topics',
    'Option [delete-all-internal-topics] takes one of these options: [delete], [reset-offsets]',
  ],
  [
    '--reset-offsets --dry-run --group g --delete-all-internal-topics',
    'Option [delete-all-internal-topics] takes [execute] when [reset-offsets] is used.',
  ],
  [
    '--delete --group g --delete-internal-topic t',
    'Option [delete-internal-topic] takes [reset-offsets] when [execute] is used.',
  ],
  ['--list --execute', 'Only Option [reset-offsets] accepts [execute] or [dry-run]'],
  [
    '--list --state odd',
    "Invalid state list 'odd'. Valid states are: Empty, Assigning, Dead, NotReady, Reconciling, Stable",
  ],
])('streams-groups %s is refused', async (line, message) => {
  const { exit, stderr } = await runTool(['streams-groups', ...line.split(' ').filter(Boolean)])
  expect(stderr.split('\n')[0]).toBe(message)
  expect(exit).toBe(2)
})

describe('against a broker without streams groups', () => {
  let broker: BrokerHandle
  beforeAll(async () => {
    broker = await startBroker({ topics: [{ name: 'orders', partitions: 1 }] })
  })
  afterAll(() => broker.close())

  test.each([
    '--describe --group g',
    '--reset-offsets --group g --all-input-topics --to-latest --execute',
    '--delete-offsets --group g --all-input-topics',
  ])('streams-groups %s says so', async (line) => {
    const io = testIo()
    const args = ['streams-groups', '--bootstrap-server', broker.bootstrapServers, ...line.split(' ')]
    expect(await main('ktool', args, io)).toBe(1)
    expect(io.stderr).toBe(
      `Error: Executing streams group command failed due to The broker at ${broker.bootstrapServers} does not support StreamsGroupDescribe\n`,
    )
  })
})
