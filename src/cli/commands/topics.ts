import { defineCommand } from '../command.ts'
import { UsageError } from '../failures.ts'
import { settingHint } from '../kafka/setting-hint.ts'
import type { Given } from '../option-spec.ts'
import { DRY_RUN, exactlyOne, forbid, int, requireOptions, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { topicListing } from '../topics/list.ts'
import { parseReplicaAssignment } from '../topics/replica-assignment.ts'
import { selectTopics, selectTopicsToChange } from '../topics/select.ts'
import { brokersHint, topicFailure } from '../topics/sentence.ts'

const ACTIONS = ['list', 'create', 'delete', 'alter', 'describe'] as const
const PARTITION_REPORTS = [
  'underReplicatedPartitions',
  'underMinIsrPartitions',
  'atMinIsrPartitions',
  'unavailablePartitions',
] as const

export const topics = defineCommand({
  name: 'topics',
  options: {
    ...SERVER_OPTIONS,
    list: { flags: '--list', help: 'List the topics.', section: 'What to do' },
    create: { flags: '--create', help: 'Create a topic.', section: 'What to do' },
    delete: { flags: '--delete', help: 'Delete topics.', section: 'What to do' },
    alter: { flags: '--alter', help: 'Give topics more partitions.', section: 'What to do' },
    describe: { flags: '--describe', help: 'Describe topics and their partitions.', section: 'What to do' },
    topic: {
      flags: '-t, --topic <name>',
      help: 'The topic; a Java regular expression except with --create.',
      section: 'Which topic',
    },
    topicId: { flags: '--topic-id <id>', help: 'The topic to describe, by its id.', section: 'Which topic' },
    partitions: {
      flags: '--partitions <n>',
      help: 'How many partitions it has, or is to have.',
      parse: int,
      section: 'How it is to be',
    },
    replicationFactor: {
      flags: '--replication-factor <n>',
      help: 'How many brokers hold each partition.',
      parse: int,
      section: 'How it is to be',
    },
    replicaAssignment: {
      flags: '--replica-assignment <1:2,2:3,...>',
      help: 'Brokers of each partition.',
      parse: parseReplicaAssignment,
      details:
        'Partitions are separated by commas, the brokers of one by colons; the first of them leads. In place of --partitions and --replication-factor.',
      section: 'How it is to be',
    },
    config: {
      flags: '--config <name=value>',
      help: 'A setting of the new topic.',
      repeatable: true,
      section: 'How it is to be',
    },
    deleteConfig: {
      flags: '--delete-config <name>',
      help: 'Does nothing.',
      repeatable: true,
      deprecated:
        'delete-config option is no longer supported and deprecated since version 4.0. The config will be fully removed in future releases.',
    },
    ifExists: {
      flags: '--if-exists',
      help: 'No failure when the topic is not there.',
      section: 'Which topic',
    },
    ifNotExists: {
      flags: '--if-not-exists',
      help: 'No failure when the topic is there already.',
      section: 'Which topic',
    },
    excludeInternal: {
      flags: '--exclude-internal',
      help: "Leave out Kafka's own topics.",
      section: 'Only some of them',
    },
    topicsWithOverrides: {
      flags: '--topics-with-overrides',
      help: 'Only topics with settings of their own.',
      section: 'Only some of them',
    },
    underReplicatedPartitions: {
      flags: '--under-replicated-partitions',
      help: 'Only partitions that lack a replica in sync.',
      section: 'Only some of them',
    },
    underMinIsrPartitions: {
      flags: '--under-min-isr-partitions',
      help: 'Only partitions with fewer in sync than required.',
      section: 'Only some of them',
    },
    atMinIsrPartitions: {
      flags: '--at-min-isr-partitions',
      help: 'Only partitions with just as many in sync as required.',
      section: 'Only some of them',
    },
    unavailablePartitions: {
      flags: '--unavailable-partitions',
      help: 'Only partitions without a leader.',
      section: 'Only some of them',
    },
    partitionSizeLimitPerResponse: {
      flags: '--partition-size-limit-per-response <n>',
      help: 'How many partitions to ask for at a time.',
      parse: int,
      default: 2000,
      rare: true,
    },
    regex: {
      flags: '--regex',
      help: 'Take --topic as a pattern in any case, and do not ask.',
      own: true,
      details:
        'Without it an existing name is that one topic, and a list of existing names, as a,b or a-[1-3], those. Any other pattern is asked about at a terminal, and refused without one.',
      section: 'Which topic',
    },
    dryRun: DRY_RUN,
  },
  words: ACTIONS,
  subjects: ['topic'],
  formats: ALL_FORMATS,
  failure: {
    sentence: topicFailure,
    badValue: topicFailure,
    badAddress: 'Failed to create new KafkaAdminClient',
    noServer: '--bootstrap-server must be specified',
    hints: {
      TOPIC_ALREADY_EXISTS: 'with --if-not-exists that is no failure',
      INVALID_CONFIG: settingHint,
      INVALID_REPLICATION_FACTOR: brokersHint,
    },
  },
  examples: [
    'topics create invoices --partitions 3',
    'topics list -o json',
    'topics --describe --topic orders',
  ],
  check(given) {
    exactlyOne(
      given,
      ACTIONS,
      'Command must include exactly one action: --list, --describe, --create, --alter or --delete',
    )
    checkSubject(given)
    checkCombinations(given)
  },
  async run(options, context) {
    const cluster = await context.cluster(options)
    const { topic = '', ifNotExists, dryRun, replicaAssignment, partitions = 0 } = options
    // Each action loads what it alone needs: --list is to start as fast as Node does.
    if (options.create) {
      const { createTopic } = await import('../topics/create.ts')
      return await createTopic(cluster, { ...options, topic, ifNotExists, dryRun }, context)
    }
    if (options.list)
      return await context.print(topicListing(await selectTopics(cluster, { ...options, ifExists: true })))
    if (options.alter) {
      const { addPartitions } = await import('../topics/alter.ts')
      const { topics: found } = await selectTopicsToChange(cluster, options, 'Add partitions to', context)
      return await addPartitions(cluster, found, { partitions, replicaAssignment, dryRun }, context)
    }
    if (options.delete) {
      const { deleteTopics } = await import('../topics/alter.ts')
      const found = await selectTopicsToChange(cluster, options, 'Delete', context)
      return await deleteTopics(cluster, found, { dryRun }, context)
    }
    const { printDescription } = await import('../topics/print-description.ts')
    await printDescription(cluster, options, context)
  },
})

function checkSubject(given: Given): void {
  if (given.has('describe') && given.has('ifExists') && !given.has('topic') && !given.has('topicId')) {
    throw new UsageError('--topic or --topic-id is required to describe a topic')
  }
  if (!given.has('list') && !given.has('describe')) requireOptions(given, 'topic')
  if (!given.has('alter')) return
  if (given.has('config')) {
    throw new UsageError(
      'Option combination "[[bootstrap-server], [config]]" can\'t be used with option "[alter]" ' +
        '(To alter topic configurations, the kafka-configs tool can be used.)',
      { hint: 'ktool configs --alter --topic NAME --add-config NAME=VALUE' },
    )
  }
  if (given.has('deleteConfig') && !given.has('partitions')) {
    const hint = 'ktool configs --alter --topic NAME --delete-config NAME'
    throw new UsageError('Missing required argument "[partitions]"', { hint })
  }
  requireOptions(given, 'partitions')
}

function checkCombinations(given: Given): void {
  const only = (option: string, ...actions: readonly string[]) =>
    forbid(
      given,
      option,
      ACTIONS.filter((action) => !actions.includes(action)),
    )
  only('config', 'alter', 'create')
  only('partitions', 'alter', 'create')
  only('replicationFactor', 'create')
  only('replicaAssignment', 'alter', 'create')
  if (given.has('create')) forbid(given, 'replicaAssignment', ['partitions', 'replicationFactor'])
  for (const report of PARTITION_REPORTS) {
    only(report, 'describe')
    forbid(given, report, ['topicsWithOverrides'])
  }
  only('topicsWithOverrides', 'describe')
  only('ifExists', 'alter', 'delete', 'describe')
  only('ifNotExists', 'create')
  only('excludeInternal', 'list', 'describe')
}
