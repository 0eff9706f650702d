import { expect, test } from 'vitest'

import { errorCode } from '../../../src/protocol/errors.ts'
import { type Answers, fakeCluster, topic } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const MINUTE = 60_000
const NOW = 100 * MINUTE

const producer = (producerId: number, more: object = {}) => ({
  producerId,
  producerEpoch: 3,
  lastSequence: 5,
  lastTimestamp: NOW - 20 * MINUTE,
  coordinatorEpoch: 0,
  currentTxnStartOffset: -1,
  ...more,
})

/** The same producers in every partition that is asked for. */
const remembering =
  (...activeProducers: ReturnType<typeof producer>[]): Answers[string] =>
  ({ topics }: { topics: { name: string; partitionIndexes: number[] }[] }) => ({
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({
        partitionIndex,
        errorCode: 0,
        errorMessage: null,
        activeProducers,
      })),
    })),
  })

const FindCoordinator: Answers[string] = () => ({
  coordinators: [{ key: 'tx', nodeId: 1, host: 'h', port: 1, errorCode: 0, errorMessage: null }],
})

const stateOf =
  (more: object): Answers[string] =>
  () => ({
    transactionStates: [
      {
        errorCode: 0,
        transactionalId: 'tx',
        transactionState: 'Ongoing',
        transactionTimeoutMs: 60_000,
        transactionStartTimeMs: NOW - 5,
        producerId: 7,
        producerEpoch: 2,
        topics: [{ topic: 'a', partitions: [1, 0] }],
        ...more,
      },
    ],
  })

const orders = topic('orders', 2)

test('list asks every broker, and passes the filters on', async () => {
  const ListTransactions: Answers[string] = (_: never, node: unknown) => ({
    errorCode: 0,
    unknownStateFilters: [],
    transactionStates: [{ transactionalId: `t-${node}`, producerId: 9, transactionState: 'Ongoing' }],
  })
  const cluster = fakeCluster({ brokers: [2, 1], answers: { ListTransactions } })
  const { stdout } = await runTool(
    'transactions list --duration-filter 5 --transactional-id-pattern t-.*',
    cluster,
  )
  expect(stdout).toBe(
    'TransactionalId\tCoordinator\tProducerId\tTransactionState\t\n' +
      't-2            \t2          \t9         \tOngoing         \t\n' +
      't-1            \t1          \t9         \tOngoing         \t\n',
  )
  expect(cluster.asked[0]!.body).toMatchObject({ durationFilter: 5, transactionalIdPattern: 't-.*' })
  expect((await runTool('transactions list -o name', cluster)).stdout).toBe('t-1\nt-2\n')
})

test('describe tells how long the transaction has been going on, and where', async () => {
  const cluster = fakeCluster({ answers: { FindCoordinator, DescribeTransactions: stateOf({}) } })
  const { stdout } = await runTool('transactions describe tx', cluster, { now: NOW })
  const [headers, row] = stdout.split('\n')
  expect(headers!.split('\t').map((cell) => cell.trim())).toEqual([
    'CoordinatorId',
    'TransactionalId',
    'ProducerId',
    'ProducerEpoch',
    'TransactionState',
    'TransactionTimeoutMs',
    'CurrentTransactionStartTimeMs',
    'TransactionDurationMs',
    'TopicPartitions',
    '',
  ])
  expect(row!.split('\t').map((cell) => cell.trim())).toEqual([
    '1',
    'tx',
    '7',
    '2',
    'Ongoing',
    '60000',
    String(NOW - 5),
    '5',
    'a-1,a-0',
    '',
  ])
})

test('a transactional id without a transaction has none of its times', async () => {
  const DescribeTransactions = stateOf({ transactionState: 'Empty', transactionStartTimeMs: -1, topics: [] })
  const cluster = fakeCluster({ answers: { FindCoordinator, DescribeTransactions } })
  expect((await runTool('transactions describe tx', cluster)).stdout).toContain('None')
  const { stdout } = await runTool('transactions describe tx -o jsonl', cluster)
  expect(JSON.parse(stdout)).toMatchObject({ startTimeMs: null, durationMs: null, partitions: [] })
})

test.each([
  ['TRANSACTIONAL_ID_NOT_FOUND', 'failed because the ID could not be found'],
  ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'failed due to authorization failure'],
  ['INVALID_REQUEST', 'failed due to unexpected error'],
] as const)('describe: %s', async (code, reason) => {
  const DescribeTransactions = stateOf({ errorCode: errorCode(code) })
  const cluster = fakeCluster({ answers: { FindCoordinator, DescribeTransactions } })
  expect(await runTool('transactions describe tx', cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'Failed to describe transaction state of transactional-id `tx`: ' +
      `DescribeTransactions request for transactionalId \`tx\` ${reason}. Enable debug logging for additional detail.\n`,
  })
})

test('describe-producers asks the leader, or the broker that is named', async () => {
  const DescribeProducers = remembering(
    producer(8, { currentTxnStartOffset: 4 }),
    producer(7, { coordinatorEpoch: -1, lastSequence: -1 }),
  )
  const cluster = fakeCluster({ topics: [orders], brokers: [1, 2], answers: { DescribeProducers } })
  const { stdout } = await runTool('transactions describe-producers orders 0', cluster)
  expect(stdout.split('\n').map((line) => line.split('\t').map((cell) => cell.trim()))).toEqual([
    [
      'ProducerId',
      'ProducerEpoch',
      'LatestCoordinatorEpoch',
      'LastSequence',
      'LastTimestamp',
      'CurrentTransactionStartOffset',
      '',
    ],
    ['8', '3', '0', '5', String(NOW - 20 * MINUTE), '4', ''],
    ['7', '3', '-1', '-1', String(NOW - 20 * MINUTE), 'None', ''],
    [''],
  ])
  const json = await runTool('transactions describe-producers orders 0 --broker-id 2 -o json', cluster)
  expect(JSON.parse(json.stdout)[0]).toMatchObject({
    producerId: 7,
    coordinatorEpoch: null,
    lastSequence: null,
    transactionStartOffset: null,
  })
  expect(cluster.asked.map(({ node }) => node)).toEqual([1, 2])
})

const ABORT_BODY = {
  markers: [
    {
      producerId: 8,
      producerEpoch: 3,
      coordinatorEpoch: 0,
      transactionResult: false,
      topics: [{ name: 'orders', partitionIndexes: [0] }],
    },
  ],
}

const marked =
  (code: Parameters<typeof errorCode>[0]): Answers[string] =>
  () => ({
    markers: [
      {
        producerId: 8,
        topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, errorCode: errorCode(code) }] }],
      },
    ],
  })

test('abort finds the transaction by its first offset, and has its leader end it', async () => {
  const DescribeProducers = remembering(producer(7), producer(8, { currentTxnStartOffset: 4 }))
  const answers = { DescribeProducers, WriteTxnMarkers: marked('NONE') }
  const cluster = fakeCluster({ topics: [orders], answers })
  expect(await runTool('transactions abort orders 0 --start-offset 4', cluster)).toEqual({
    exit: 0,
    stdout: '',
    stderr: '',
  })
  expect(cluster.asked.at(-1)).toEqual({ api: 'WriteTxnMarkers', body: ABORT_BODY, node: 1 })
  const dry = fakeCluster({ topics: [orders], answers: { DescribeProducers } })
  expect((await runTool('transactions abort orders 0 --start-offset 4 --dry-run', dry)).stderr).toBe(
    'dry run: would abort AbortTransactionSpec(topicPartition=orders-0, producerId=8, producerEpoch=3, coordinatorEpoch=0)\n',
  )
  expect((await runTool('transactions abort orders 0 --start-offset 9', dry)).stderr).toBe(
    'Could not find any open transactions starting at offset 9 on partition orders-0\n',
  )
})

test.each([
  ['INVALID_PRODUCER_EPOCH', 'due an invalid producer epoch'],
  [
    'TRANSACTION_COORDINATOR_FENCED',
    'since the provided coordinator epoch 0 has been fenced by the active coordinator',
  ],
  ['CLUSTER_AUTHORIZATION_FAILED', 'due to cluster authorization error'],
] as const)('abort: %s', async (code, reason) => {
  const cluster = fakeCluster({ topics: [orders], answers: { WriteTxnMarkers: marked(code) } })
  const spec =
    'AbortTransactionSpec(topicPartition=orders-0, producerId=8, producerEpoch=3, coordinatorEpoch=0)'
  const args = 'transactions abort orders 0 --producer-id 8 --producer-epoch 3 --coordinator-epoch -1'
  expect(await runTool(args, cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      `Failed to abort transaction ${spec}: WriteTxnMarkers request with ${spec} failed ${reason}. ` +
      'Enable debug logging for additional detail.\n',
  })
  expect(cluster.asked[0]!.body).toEqual(ABORT_BODY)
})

test('find-hanging tells old transactions that no coordinator knows to be open', async () => {
  const open = { currentTxnStartOffset: 4 }
  const answers: Answers = {
    FindCoordinator,
    DescribeProducers: remembering(
      producer(7, open),
      producer(8, open),
      producer(9, { ...open, lastTimestamp: NOW - MINUTE }),
      producer(10),
    ),
    // Of 8 nobody has heard; 7 writes to orders-0, and has forgotten orders-1.
    ListTransactions: () => ({
      errorCode: 0,
      transactionStates: [{ transactionalId: 'tx', producerId: 7, transactionState: 'Ongoing' }],
    }),
    DescribeTransactions: stateOf({ topics: [{ topic: 'orders', partitions: [0] }] }),
  }
  const cluster = fakeCluster({ topics: [orders], answers })
  const { stdout } = await runTool('transactions find-hanging --topic orders -o csv', cluster, { now: NOW })
  const last = NOW - 20 * MINUTE
  expect(stdout.split('\n')).toEqual([
    'topic,partition,producerId,producerEpoch,coordinatorEpoch,startOffset,lastTimestamp,durationMinutes',
    `orders,0,8,3,0,4,${last},20`,
    `orders,1,7,3,0,4,${last},20`,
    `orders,1,8,3,0,4,${last},20`,
    '',
  ])
  expect(cluster.asked.find(({ api }) => api === 'ListTransactions')!.body).toMatchObject({
    producerIdFilters: [7, 8],
  })
  const text = await runTool('transactions find-hanging orders 1', cluster, { now: NOW })
  expect(text.stdout.split('\n')[1]).toBe(
    `orders\t1        \t7         \t3            \t0               \t4          \t${last}      \t20           \t`,
  )
})

test('forceTerminateTransaction fences the id off by starting a producer with it', async () => {
  const InitProducerId: Answers[string] = () => ({ errorCode: 0, producerId: 1, producerEpoch: 1 })
  const cluster = fakeCluster({ answers: { FindCoordinator, InitProducerId } })
  const args = 'transactions forceTerminateTransaction --transactionalId tx'
  expect(await runTool(args, cluster)).toEqual({ exit: 0, stdout: '', stderr: '' })
  expect(cluster.asked.at(-1)).toMatchObject({
    api: 'InitProducerId',
    body: { transactionalId: 'tx' },
    node: 1,
  })
  const dry = fakeCluster()
  expect((await runTool(`${args} --dry-run`, dry)).stderr).toBe(
    "dry run: would fence 'tx' off and abort its transaction\n",
  )
  expect(dry.asked).toEqual([])
})

test.each([
  ['describe', 'error: argument --transactional-id is required'],
  ['forceTerminateTransaction', 'error: argument --transactionalId is required'],
  [
    'list --duration-filter x',
    'error: argument --duration-filter: could not convert \'x\' to Long (For input string: "x")',
  ],
  [
    'find-hanging',
    'The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search',
  ],
  ['find-hanging --broker-id 1 --partition 0', 'The --partition argument requires --topic to be provided'],
  [
    'abort orders 0',
    'The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)',
  ],
  ['abort orders 0 --producer-id 4', 'Missing required argument --producer-epoch'],
  ['abort orders 0 --producer-id 4 --producer-epoch 1', 'Missing required argument --coordinator-epoch'],
])('transactions %s is a usage error', async (args, message) => {
  const { exit, stderr } = await runTool(`transactions ${args}`)
  expect([exit, stderr.split('\n')[0]]).toEqual([2, message])
})
