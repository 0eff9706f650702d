import { describe, expect, test } from 'vitest'

import type {
  DescribedPartition,
  DescribedTopic,
  PartitionFilter,
} from '../../../src/cli/topics/description.ts'
import { descriptionListing } from '../../../src/cli/topics/description.ts'
import { parseReplicaAssignment } from '../../../src/cli/topics/replica-assignment.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import type { Answers, Asked } from '../../support/fake-cluster.ts'
import { fakeCluster, topic } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const created =
  (more: object = {}) =>
  () => ({
    topics: [
      {
        name: 'a',
        topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
        errorCode: 0,
        errorMessage: null,
        numPartitions: 3,
        replicationFactor: 1,
        ...more,
      },
    ],
  })
const deleted: Answers = {
  DeleteTopics: ({ topics }: { topics: { name: string }[] }) => ({
    responses: topics.map(({ name }) => ({ name, errorCode: 0, errorMessage: null })),
  }),
}

test('a topic is created with what the options say, and the controller is asked', async () => {
  const cluster = fakeCluster({ answers: { CreateTopics: created() } })
  const ran = await runTool(
    'topics create a --partitions 3 --replication-factor 2 --config x=1 --config y=2',
    cluster,
  )
  expect(ran).toEqual({ exit: 0, stdout: 'Created topic a.\n', stderr: '' })
  expect(cluster.asked).toEqual([
    {
      api: 'CreateTopics',
      node: 'controller',
      body: {
        topics: [
          {
            name: 'a',
            numPartitions: 3,
            replicationFactor: 2,
            assignments: [],
            configs: [
              { name: 'x', value: '1' },
              { name: 'y', value: '2' },
            ],
          },
        ],
        timeoutMs: 30_000,
        validateOnly: false,
      },
    },
  ])
})

test('an assignment takes the place of both numbers', async () => {
  const cluster = fakeCluster({ answers: { CreateTopics: created() } })
  await runTool('topics --create --topic a --replica-assignment 1:2,2:1', cluster)
  expect(cluster.asked[0]!.body.topics).toMatchObject([
    {
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [
        { partitionIndex: 0, brokerIds: [1, 2] },
        { partitionIndex: 1, brokerIds: [2, 1] },
      ],
    },
  ])
})

test('a topic that exists is a failure with a remedy, or none when that is allowed', async () => {
  const answer = created({
    errorCode: errorCode('TOPIC_ALREADY_EXISTS'),
    errorMessage: "Topic 'a' already exists.",
  })
  const cluster = fakeCluster({ answers: { CreateTopics: answer } })
  expect(await runTool('topics create a', cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      "Error while executing topic command : Topic 'a' already exists.\nhint: with --if-not-exists that is no failure\n",
  })
  expect(await runTool('topics create a --if-not-exists', cluster)).toEqual({
    exit: 0,
    stdout: '',
    stderr: '',
  })
})

test('--dry-run lets the cluster check a new topic and creates none', async () => {
  const cluster = fakeCluster({ answers: { CreateTopics: created() } })
  expect(await runTool('topics create a --dry-run', cluster)).toEqual({
    exit: 0,
    stdout: '',
    stderr: 'dry run: topic a would be created\n',
  })
  expect(cluster.asked[0]!.body.validateOnly).toBe(true)
})

test('the warning about names is data in text, and talk in other formats', async () => {
  const cluster = fakeCluster({ answers: { CreateTopics: created() } })
  expect((await runTool('topics create a.b', cluster)).stdout).toMatch(/^WARNING: .*\nCreated topic a\.\n$/)
  const json = await runTool('topics create a.b -o json', cluster)
  expect(JSON.parse(json.stdout)).toEqual([
    { name: 'a', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitionCount: 3, replicationFactor: 1 },
  ])
  expect(json.stderr).toMatch(/^WARNING/)
})

test.each([
  ['create a --partitions 0', 'The partitions must be greater than 0'],
  ['create a --replication-factor 0', 'The replication factor must be between 1 and 32767 inclusive'],
  [
    'create a --config x',
    'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
  ],
  ['create a --replica-assignment 1:1', 'Partition replica lists may not contain duplicate entries: 1'],
  ['create a --replica-assignment 1:2,1', 'Partition 1 has different replication factor: [1]'],
  [
    'describe --topic-id abc',
    'Input string `abc` decoded as 2 bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID',
  ],
])('topics %s sends nothing', async (args, reason) => {
  const cluster = fakeCluster()
  const { exit, stderr } = await runTool(`topics ${args}`, cluster)
  expect([exit, stderr.split('\n')[0]]).toEqual([2, `Error while executing topic command : ${reason}`])
  expect(cluster.asked).toEqual([])
})

test('an existing name is deleted alone, though it is a pattern as well', async () => {
  const topics = [topic('a.b'), topic('a-b'), topic('other')]
  const literal = fakeCluster({ topics, answers: deleted })
  expect(await runTool('topics delete a.b', literal)).toEqual({ exit: 0, stdout: '', stderr: '' })
  expect(literal.asked[0]!.body.topics).toMatchObject([{ name: 'a.b' }])
  const pattern = fakeCluster({ topics, answers: deleted })
  await runTool('topics delete a.b --regex', pattern)
  expect(pattern.asked[0]!.body.topics).toMatchObject([{ name: 'a-b' }, { name: 'a.b' }])
})

describe('a pattern', () => {
  const topics = [topic('a1'), topic('a2'), topic('b1')]
  const deletedNames = ({ asked }: { readonly asked: readonly Asked[] }): unknown =>
    asked.flatMap(({ body }) => (body.topics as { name: string }[]).map(({ name }) => name))

  test.each([
    ['a.', 'Delete 2 topics: a1, a2'],
    ['b.*', 'Delete 1 topic: b1'],
  ])('%s needs a yes at a terminal, whatever it matches', async (pattern, question) => {
    const cluster = fakeCluster({ topics, answers: deleted })
    const refused = await runTool(`topics delete ${pattern}`, cluster, { isTerminal: true, input: 'n\n' })
    expect(refused).toEqual({
      exit: 1,
      stdout: '',
      stderr: `${question}? (y/N) nothing was changed\nhint: --regex takes a pattern without asking\n`,
    })
    expect(cluster.asked).toEqual([])
    const agreed = await runTool(`topics delete ${pattern}`, cluster, { isTerminal: true, input: 'y\n' })
    expect(agreed.exit).toBe(0)
    expect(cluster.asked).toHaveLength(1)
  })

  test.each([
    ['delete', 'a.', '2 topics: a1, a2'],
    ['delete', 'b.*', '1 topic: b1'],
    ['delete', '(?!b).*', '2 topics: a1, a2'],
    ['delete', 'a1,b.*', '2 topics: a1, b1'],
    ['delete', 'b[1-2]', '1 topic: b1'],
    ['alter --partitions 3', 'a.', '2 topics: a1, a2'],
  ])('without a terminal: topics %s %s is refused', async (action, pattern, found) => {
    const cluster = fakeCluster({ topics })
    expect(await runTool(`topics ${action} ${pattern}`, cluster)).toEqual({
      exit: 1,
      stdout: '',
      stderr: `nothing was changed: '${pattern}' is a pattern that matches ${found}\nhint: --regex takes a pattern without asking\n`,
    })
    expect(cluster.asked).toEqual([])
  })

  test.each([
    ['a.', '--regex'],
    ['a1,a2', ''],
    ['a[1-2]', ''],
    ['a(1|2)', ''],
  ])('%s %s is taken, and what was deleted is reported', async (pattern, option) => {
    const cluster = fakeCluster({ topics, answers: deleted })
    const line = `topics delete ${pattern} ${option}`.trim()
    expect(await runTool(line, cluster)).toEqual({
      exit: 0,
      stdout: '',
      stderr: 'deleted 2 topics: a1, a2\n',
    })
    expect(deletedNames(cluster)).toEqual(['a1', 'a2'])
  })

  test('needs no consent for a dry run', async () => {
    const cluster = fakeCluster({ topics })
    expect(await runTool('topics delete a. --dry-run', cluster)).toMatchObject({
      exit: 0,
      stderr: 'dry run: topic a1 would be deleted\ndry run: topic a2 would be deleted\n',
    })
    expect(cluster.asked).toEqual([])
  })

  test.each(['a\\y', '[z-a]', '(a'])(
    '%s that makes no sense is refused in the words of Kafka',
    async (pattern) => {
      for (const action of ['list', 'describe', 'delete', 'alter --partitions 9']) {
        const { exit, stdout, stderr } = await runTool(`topics ${action} ${pattern}`, fakeCluster({ topics }))
        expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
        expect(stderr).toMatch(/^Error while executing topic command : .* is an invalid regex\.\nhint: /)
      }
    },
  )

  test('may be a Java class within a class', async () => {
    const { stdout } = await runTool(
      ['topics', '--list', '--topic', '[\\p{Alpha}_]+[\\d]'],
      fakeCluster({ topics }),
    )
    expect(stdout).toBe('a1\na2\nb1\n')
  })
})

test('every topic that cannot be deleted is told', async () => {
  const DeleteTopics: Answers[string] = () => ({
    responses: ['a1', 'a2', 'a3'].map((name, at) => ({
      name,
      errorCode: at === 1 ? 0 : errorCode('TOPIC_AUTHORIZATION_FAILED'),
      errorMessage: `not ${name}`,
    })),
  })
  const cluster = fakeCluster({ topics: [topic('a1'), topic('a2'), topic('a3')], answers: { DeleteTopics } })
  expect(await runTool('topics delete a. --regex', cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'deleted 1 topic: a2\nError while executing topic command : not a1\nError while executing topic command : not a3\n',
  })
})

test('a topic that is not there is a failure that knows the nearest name', async () => {
  const cluster = fakeCluster({ topics: [topic('orders')] })
  expect(await runTool('topics delete ordesr', cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      "Error while executing topic command : Topic 'ordesr' does not exist as expected\nhint: did you mean orders?\n",
  })
  expect((await runTool('topics delete ordesr --if-exists', cluster)).exit).toBe(0)
})

test('an older broker is asked to delete by name', async () => {
  const DeleteTopics: Answers[string] = () => ({ responses: [] })
  const cluster = fakeCluster({ topics: [topic('a')], answers: { DeleteTopics }, version: 5 })
  await runTool('topics delete a', cluster)
  expect(cluster.asked[0]!.body).toEqual({ topicNames: ['a'], timeoutMs: 30_000 })
})

test('lists are sorted, and empty ones are a blank line', async () => {
  const cluster = fakeCluster({ topics: [topic('b'), topic('a'), topic('__consumer_offsets')] })
  expect((await runTool('topics list', cluster)).stdout).toBe('__consumer_offsets\na\nb\n')
  expect((await runTool('topics list --exclude-internal', cluster)).stdout).toBe('a\nb\n')
  expect((await runTool('topics list x', cluster)).stdout).toBe('\n')
  expect((await runTool('topics list -o name', cluster)).stdout).toBe('__consumer_offsets\na\nb\n')
})

const partition = (more: Partial<DescribedPartition> = {}): DescribedPartition => ({
  partition: 0,
  leader: 1,
  replicas: [1, 2],
  isr: [1, 2],
  elr: [],
  lastKnownElr: [],
  addingReplicas: null,
  removingReplicas: null,
  ...more,
})
const described = (partitions: DescribedPartition[], more: Partial<DescribedTopic> = {}): DescribedTopic => ({
  name: 'a',
  topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
  isInternal: false,
  configs: [],
  minInsyncReplicas: 2,
  partitions,
  ...more,
})
const ALL: PartitionFilter = {
  underReplicated: false,
  unavailable: false,
  underMinIsr: false,
  atMinIsr: false,
}
const text = (topics: DescribedTopic[], filter: Partial<PartitionFilter> = {}) =>
  descriptionListing(topics, { filter: { ...ALL, ...filter }, overridesOnly: false }).text()

test('a description has a line for the topic and one for each partition', () => {
  const topicOfTwo = described(
    [partition(), partition({ partition: 1, leader: null, isr: [2], elr: null, lastKnownElr: null })],
    {
      configs: [
        { name: 'x', value: '1' },
        { name: 'y', value: null },
      ],
    },
  )
  expect(text([topicOfTwo])).toBe(
    'Topic: a\tTopicId: AAAAAAAAAAAAAAAAAAAAAQ\tPartitionCount: 2\tReplicationFactor: 2\tConfigs: x=1,y=null\n' +
      '\tTopic: a\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1,2\tElr: \tLastKnownElr: \n' +
      '\tTopic: a\tPartition: 1\tLeader: none\tReplicas: 1,2\tIsr: 2\tElr: N/A\tLastKnownElr: N/A\n',
  )
})

test('replicas on the move are shown, and do not count', () => {
  const moving = partition({ replicas: [1, 2, 3], isr: [1, 2], addingReplicas: [3], removingReplicas: [1] })
  expect(text([described([moving])])).toContain(
    'ReplicationFactor: 2\tConfigs: \n\tTopic: a\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2\tAdding Replicas: 3\tRemoving Replicas: 1\t',
  )
  expect(text([described([moving])], { underReplicated: true })).toBe('')
})

test.each([
  ['underReplicated', { isr: [1] }, true],
  ['underReplicated', {}, false],
  ['unavailable', { leader: null }, true],
  ['unavailable', {}, false],
  ['underMinIsr', { isr: [1] }, true],
  ['underMinIsr', { leader: null }, true],
  ['underMinIsr', {}, false],
  ['atMinIsr', {}, true],
  ['atMinIsr', { isr: [1] }, false],
] as const)('%s lets %j through: %s', (filter, more, passes) => {
  expect(text([described([partition(more)])], { [filter]: true }) !== '').toBe(passes)
})

test('an assignment is read per partition', () => {
  expect(parseReplicaAssignment('1:2,2:3 ,3: 1')).toEqual([
    [1, 2],
    [2, 3],
    [3, 1],
  ])
})

test.each(['delete', 'alter'])(
  '%s of a topic whose name is empty changes nothing, and says so',
  async (action) => {
    const cluster = fakeCluster({ topics: [topic('a')], answers: deleted })
    const partitions = action === 'alter' ? ['--partitions', '3'] : []
    expect(await runTool(['topics', action, '--topic', '', ...partitions], cluster)).toEqual({
      exit: 1,
      stdout: '',
      stderr:
        "Error while executing topic command : Topic '' does not exist as expected\nhint: --topic has an empty value\n",
    })
    const lenient = await runTool(['topics', action, '--topic', '', '--if-exists', ...partitions], cluster)
    expect(lenient).toEqual({ exit: 0, stdout: '', stderr: '' })
    expect(cluster.asked.filter(({ api }) => api !== 'Metadata')).toEqual([])
  },
)
