import { defineCommand, defineGroup } from '../command.ts'
import { UsageError } from '../failures.ts'
import { DRY_RUN, int, int64, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { requireApi, telling } from '../transactions/failure.ts'

const COMMON = {
  style: 'argparse',
  needsKafka: true,
  failure: { noServer: 'error: argument --bootstrap-server is required' },
} as const

const TOPIC = { flags: '--topic <name>', help: 'The topic.', completes: 'topic' } as const
const PARTITION = { flags: '--partition <number>', help: 'The partition.', parse: int } as const
const BROKER = { flags: '--broker-id <id>', parse: int } as const

const list = defineCommand({
  ...COMMON,
  name: 'list',
  summary: 'List the transactional ids that the brokers know.',
  options: {
    durationFilter: {
      flags: '--duration-filter <ms>',
      help: 'Only those with a transaction open for longer.',
      parse: int64,
    },
    transactionalIdPattern: {
      flags: '--transactional-id-pattern <regex>',
      help: 'Only those that match, as the broker reads it.',
    },
    ...SERVER_OPTIONS,
  },
  subjects: ['transactionalIdPattern'],
  formats: ALL_FORMATS,
  examples: ['transactions list -o table'],
  async run({ durationFilter: durationMs, transactionalIdPattern: pattern, ...server }, context) {
    const { listTransactions, transactionListing } = await import('../transactions/list.ts')
    const cluster = await context.cluster(server)
    const found = await telling('Failed to list transactions', () =>
      listTransactions(cluster, { durationMs, pattern }),
    )
    await context.print(transactionListing(found))
  },
})

const describe = defineCommand({
  ...COMMON,
  name: 'describe',
  summary: 'Describe the state of a transactional id.',
  options: {
    transactionalId: { flags: '--transactional-id <id>', help: 'The transactional id.', required: true },
    ...SERVER_OPTIONS,
  },
  subjects: ['transactionalId'],
  formats: ALL_FORMATS,
  examples: [{ line: 'transactions describe copier-1', exit: 1 }],
  async run({ transactionalId, ...server }, context) {
    const { describeTransaction, descriptionListing } = await import('../transactions/describe.ts')
    const cluster = await context.cluster(server)
    const found = await telling(
      `Failed to describe transaction state of transactional-id \`${transactionalId}\``,
      () => describeTransaction(cluster, transactionalId),
    )
    await context.print(descriptionListing(found, context.io.now()))
  },
})

const producers = defineCommand({
  ...COMMON,
  name: 'describe-producers',
  summary: 'Describe the producers that a partition remembers.',
  options: {
    brokerId: { ...BROKER, help: 'The replica to ask; the leader without it.' },
    topic: { ...TOPIC, required: true },
    partition: { ...PARTITION, required: true },
    ...SERVER_OPTIONS,
  },
  subjects: ['topic', 'partition'],
  formats: ALL_FORMATS,
  examples: ['transactions describe-producers orders 0'],
  async run({ topic, partition, brokerId, ...server }, context) {
    const { describeProducers, producerListing } = await import('../transactions/producers.ts')
    const cluster = await context.cluster(server)
    const where = brokerId === undefined ? 'leader' : `broker ${brokerId}`
    const [found] = await telling(
      `Failed to describe producers for partition ${topic}-${partition} on ${where}`,
      () => describeProducers(cluster, [{ topic, partition }], brokerId),
    )
    await context.print(producerListing(found?.producers ?? []))
  },
})

const abort = defineCommand({
  ...COMMON,
  name: 'abort',
  summary: 'Abort a hanging transaction.',
  options: {
    topic: { ...TOPIC, required: true },
    partition: { ...PARTITION, required: true },
    startOffset: { flags: '--start-offset <offset>', help: 'Where the transaction starts.', parse: int64 },
    producerId: { flags: '--producer-id <id>', help: 'Before Kafka 3.0: the producer.', parse: int64 },
    producerEpoch: { flags: '--producer-epoch <epoch>', help: 'Before Kafka 3.0: its epoch.', parse: int },
    coordinatorEpoch: {
      flags: '--coordinator-epoch <epoch>',
      help: "Before Kafka 3.0: its coordinator's epoch.",
      parse: int,
    },
    ...SERVER_OPTIONS,
    dryRun: DRY_RUN,
  },
  subjects: ['topic', 'partition'],
  examples: [{ line: 'transactions abort orders 0 --start-offset 5 --dry-run', exit: 1 }],
  check(given) {
    if (!given.has('topic') || !given.has('partition') || given.has('startOffset')) return
    if (!given.has('producerId')) {
      throw new UsageError(
        'The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with ' +
          '--producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)',
      )
    }
    if (!given.has('producerEpoch')) throw new UsageError('Missing required argument --producer-epoch')
    if (!given.has('coordinatorEpoch')) throw new UsageError('Missing required argument --coordinator-epoch')
  },
  async run({ topic, partition, startOffset, dryRun, ...options }, context) {
    const { abortTransaction, findOpenTransaction, specText } = await import('../transactions/abort.ts')
    const cluster = await context.cluster(options)
    const open =
      startOffset === undefined
        ? {
            topic,
            partition,
            producerId: options.producerId!,
            producerEpoch: options.producerEpoch!,
            // -1 as describe-producers shows it for a producer whose first transaction hangs: 0 is low enough for any.
            coordinatorEpoch: Math.max(0, options.coordinatorEpoch!),
          }
        : await findOpenTransaction(cluster, { topic, partition }, startOffset)
    if (dryRun) context.say(`dry run: would abort ${specText(open)}`)
    else await abortTransaction(cluster, open)
  },
})

const findHanging = defineCommand({
  ...COMMON,
  name: 'find-hanging',
  summary: 'Find transactions that nobody is going to end.',
  options: {
    brokerId: { ...BROKER, help: 'Search the partitions of this broker.' },
    maxTransactionTimeout: {
      flags: '--max-transaction-timeout <minutes>',
      help: 'How long a transaction may be open.',
      parse: int,
      default: 15,
    },
    topic: { ...TOPIC, help: 'Search this topic.' },
    partition: { ...PARTITION, help: 'Search this partition of the topic.' },
    ...SERVER_OPTIONS,
  },
  subjects: ['topic', 'partition'],
  formats: ALL_FORMATS,
  examples: ['transactions find-hanging orders'],
  check(given) {
    if (given.has('topic') || given.has('brokerId')) {
      if (given.has('partition') && !given.has('topic')) {
        throw new UsageError('The --partition argument requires --topic to be provided')
      }
      return
    }
    throw new UsageError(
      'The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search',
    )
  },
  async run(options, context) {
    const hanging = await import('../transactions/hanging.ts')
    const cluster = await context.cluster(options)
    await context.print(hanging.hangingListing(await hanging.findHanging(cluster, options, context.io.now())))
  },
})

const forceTerminate = defineCommand({
  ...COMMON,
  name: 'forceTerminateTransaction',
  summary: 'Fence a transactional id off; a transaction that is open is aborted.',
  options: {
    transactionalId: { flags: '--transactionalId <id>', help: 'The transactional id.', required: true },
    ...SERVER_OPTIONS,
    dryRun: DRY_RUN,
  },
  subjects: ['transactionalId'],
  examples: ['transactions forceTerminateTransaction copier-1 --dry-run'],
  async run({ transactionalId, dryRun, ...server }, context) {
    if (dryRun) return context.say(`dry run: would fence '${transactionalId}' off and abort its transaction`)
    const [{ requestCoordinator }, { EndTxn, InitProducerId }] = await Promise.all([
      import('../../client/coordinators.ts'),
      import('../../protocol/messages/transactions.ts'),
    ])
    const cluster = await context.cluster(server)
    // A producer that starts under the same id fences the one before it.
    const body = { transactionalId, transactionTimeoutMs: cluster.requestTimeoutMs }
    await telling(`Failed to force terminate transactionalId \`${transactionalId}\``, async () => {
      await requireApi(cluster, EndTxn)
      await requestCoordinator(cluster, 'transaction', transactionalId, InitProducerId, body)
    })
  },
})

export const transactions = defineGroup({
  name: 'transactions',
  style: 'argparse',
  subcommands: [list, describe, producers, abort, findHanging, forceTerminate],
})
