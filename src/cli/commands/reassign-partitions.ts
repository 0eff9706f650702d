import { defineCommand } from '../command.ts'
import type { ServerOptions } from '../context.ts'
import { UsageError } from '../failures.ts'
import type { Given } from '../option-spec.ts'
import {
  CONTROLLER_OPTION,
  checkServerChoice,
  DRY_RUN,
  exactlyOne,
  int64,
  long,
  nameOf,
  requireOptions,
  SERVER_OPTIONS,
} from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { readTextFile } from '../read-file.ts'
import { reassignFailure, rethrow } from '../reassign/failure.ts'

const ACTION = { section: 'What to do' } as const
const HOW = { section: 'How' } as const

const OPTIONS = {
  generate: { flags: '--generate', help: 'Propose where the partitions of topics could be.', ...ACTION },
  execute: { flags: '--execute', help: 'Start moving partitions.', ...ACTION },
  verify: { flags: '--verify', help: 'Tell how far that is; end the throttles when done.', ...ACTION },
  cancel: { flags: '--cancel', help: 'Call off what is under way.', ...ACTION },
  list: { flags: '--list', help: 'List the partitions that are being moved.', ...ACTION },
  reassignmentJsonFile: {
    flags: '--reassignment-json-file <file>',
    help: 'Where partitions are to be, as --generate prints it.',
    details:
      '`{"version": 1, "partitions": [{"topic": "orders", "partition": 0, "replicas": [1, 2], "log_dirs": ["any", "/data"]}]}`; ' +
      'log_dirs may be left out.',
    completes: 'file',
    section: 'Which partitions',
  },
  topicsToMoveJsonFile: {
    flags: '--topics-to-move-json-file <file>',
    help: 'With --generate: the topics.',
    details: '`{"version": 1, "topics": [{"topic": "orders"}]}`',
    completes: 'file',
    section: 'Which partitions',
  },
  brokerList: {
    flags: '--broker-list <ids>',
    help: 'With --generate: the brokers to use, as 1,2,3.',
    section: 'Which partitions',
  },
  disableRackAware: {
    flags: '--disable-rack-aware',
    rare: true,
    help: 'With --generate: leave racks out of account.',
    ...HOW,
  },
  throttle: {
    flags: '--throttle <bytes/s>',
    help: 'How fast brokers may copy; --additional changes it.',
    parse: int64,
    default: -1,
    ...HOW,
  },
  replicaAlterLogDirsThrottle: {
    flags: '--replica-alter-log-dirs-throttle <bytes/s>',
    rare: true,
    help: 'How fast a broker may copy between its folders.',
    parse: int64,
    default: -1,
    ...HOW,
  },
  preserveThrottles: {
    flags: '--preserve-throttles',
    rare: true,
    help: 'Leave the throttles as they are.',
    ...HOW,
  },
  additional: { flags: '--additional', help: 'Also while others are under way.', ...HOW },
  disallowReplicationFactorChange: {
    flags: '--disallow-replication-factor-change',
    rare: true,
    help: 'Refuse plans with more or fewer replicas than now.',
    ...HOW,
  },
  timeout: {
    flags: '--timeout <ms>',
    rare: true,
    help: 'How long to wait for moves between folders to start.',
    parse: long,
    default: 10_000,
    ...HOW,
  },
  ...SERVER_OPTIONS,
  bootstrapServer: { ...SERVER_OPTIONS.bootstrapServer, flags: '-b, --bootstrap-server [host:port]' },
  bootstrapController: { ...CONTROLLER_OPTION, flags: '--bootstrap-controller [host:port]', rare: true },
  dryRun: DRY_RUN,
} as const

type Key = keyof typeof OPTIONS

const ACTIONS = ['generate', 'execute', 'verify', 'cancel', 'list'] as const
type Action = (typeof ACTIONS)[number]

const REQUIRED: Readonly<Record<Action, readonly Key[]>> = {
  generate: ['topicsToMoveJsonFile', 'brokerList'],
  execute: ['reassignmentJsonFile'],
  verify: ['reassignmentJsonFile'],
  cancel: ['reassignmentJsonFile'],
  list: [],
}

const PERMITTED: Readonly<Record<Action, readonly Key[]>> = {
  generate: ['disableRackAware'],
  execute: [
    'additional',
    'throttle',
    'replicaAlterLogDirsThrottle',
    'disallowReplicationFactorChange',
    'timeout',
    'dryRun',
  ],
  verify: ['preserveThrottles', 'dryRun'],
  cancel: ['bootstrapController', 'preserveThrottles', 'timeout', 'dryRun'],
  list: ['bootstrapController'],
}

export const reassignPartitions = defineCommand({
  name: 'reassign-partitions',
  needsKafka: true,
  options: OPTIONS,
  words: ACTIONS,
  subjects: ['reassignmentJsonFile'],
  formats: ALL_FORMATS,
  failure: {
    sentence: reassignFailure,
    badValue: reassignFailure,
    noServer: 'Please specify either --bootstrap-server or --bootstrap-controller',
  },
  examples: [
    'reassign-partitions list -o table',
    'reassign-partitions generate --topics-to-move-json-file topics.json --broker-list 1',
    'reassign-partitions execute plan.json --throttle 50000000 --dry-run',
  ],
  check: checkReassignOptions,
  async run(options, context) {
    try {
      // What is wrong with a file is told before anything is sent.
      if (options.generate) {
        const { parseBrokerList, parseTopicsToMove } = await import('../reassign/plan-file.ts')
        const brokers = parseBrokerList(options.brokerList!)
        const topics = parseTopicsToMove(readTextFile(options.topicsToMoveJsonFile!))
        const { generate } = await import('../reassign/generate.ts')
        const cluster = await context.cluster(serverOf(options))
        return await generate(cluster, { topics, brokers, rackAware: !options.disableRackAware }, context)
      }
      if (options.list) {
        const { askReassignments } = await import('../reassign/ask.ts')
        const { reassignmentListing } = await import('../reassign/list.ts')
        const cluster = await context.cluster(serverOf(options))
        return await context.print(reassignmentListing(await askReassignments(cluster, null)))
      }
      const { checkPlan, parsePlan } = await import('../reassign/plan-file.ts')
      const plan = parsePlan(readTextFile(options.reassignmentJsonFile!))
      if (options.execute) checkPlan(plan)
      const cluster = await context.cluster(serverOf(options))
      if (options.execute) {
        const { execute } = await import('../reassign/execute.ts')
        return await execute(cluster, plan, options, context)
      }
      if (options.verify) {
        const { verify } = await import('../reassign/verify.ts')
        return await verify(cluster, plan, options, context)
      }
      const { cancel } = await import('../reassign/cancel.ts')
      return await cancel(cluster, plan, options, context)
    } catch (error) {
      rethrow(error)
    }
  },
})

function checkReassignOptions(given: Given<Key>): void {
  const action = exactlyOne(
    given,
    ACTIONS,
    'Command must include exactly one action: --generate, --execute, --verify, --cancel, --list',
  )
  checkServerChoice(given, "Please don't specify both --bootstrap-server and --bootstrap-controller")
  for (const key of ['bootstrapServer', 'bootstrapController'] as const) {
    if (given.has(key) && given.texts(key).length === 0) {
      throw new UsageError(`Option ${nameOf(key)} requires an argument`)
    }
  }
  requireOptions(given, ...REQUIRED[action])
  const allowed = new Set<string>([action, ...REQUIRED[action], ...PERMITTED[action]])
  const stranger = given.order.find((key) => key in OPTIONS && !(key in SERVER_OPTIONS) && !allowed.has(key))
  if (stranger === undefined) return
  throw new UsageError(`Option "[${nameOf(stranger)}]" can't be used with action "[${nameOf(action)}]"`)
}

/** Kafka's tool takes its addresses as optional values; a missing one was refused already. */
function serverOf({
  bootstrapServer,
  bootstrapController,
  ...others
}: {
  readonly bootstrapServer?: string | true | undefined
  readonly bootstrapController?: string | true | undefined
  readonly commandConfig?: string | undefined
  readonly context?: string | undefined
}): ServerOptions {
  return {
    ...others,
    bootstrapServer: bootstrapServer === true ? undefined : bootstrapServer,
    bootstrapController: bootstrapController === true ? undefined : bootstrapController,
  }
}
