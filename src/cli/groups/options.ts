import { UsageError } from '../failures.ts'
import type { Given, OptionSpecs } from '../option-spec.ts'
import { exactlyOne, forbid, int64, long, SERVER_OPTIONS } from '../options.ts'
import { checkDescribe, checkExecution, checkPlaces, forbidSeveral, requireGroup } from './option-checks.ts'

/** Kafka's options of consumer-groups. */
export const GROUP_OPTIONS = {
  ...SERVER_OPTIONS,
  list: { flags: '--list', help: 'List the consumer groups.', section: 'What to do' },
  describe: {
    flags: '--describe',
    help: 'Tell how far groups are, who is in them, or their state.',
    section: 'What to do',
  },
  delete: { flags: '--delete', help: 'Delete groups, with all they committed.', section: 'What to do' },
  resetOffsets: {
    flags: '--reset-offsets',
    help: 'Set the offsets of groups without members.',
    section: 'What to do',
  },
  deleteOffsets: {
    flags: '--delete-offsets',
    help: 'Forget what a group committed for topics.',
    section: 'What to do',
  },
  validateRegex: {
    flags: '--validate-regex <regex>',
    help: 'Say whether brokers understand this pattern (RE2).',
    section: 'What to do',
    rare: true,
  },
  group: {
    flags: '-g, --group <group>',
    help: 'The group.',
    repeatable: true,
    section: 'Which groups and topics',
  },
  allGroups: { flags: '--all-groups', help: 'All consumer groups.', section: 'Which groups and topics' },
  topic: {
    flags: '-t, --topic <topic[:0,1,...]>',
    help: 'Whose offsets to reset or delete.',
    repeatable: true,
    section: 'Which groups and topics',
    completes: 'topic',
  },
  allTopics: {
    flags: '--all-topics',
    help: 'With --reset-offsets: all it has committed for.',
    section: 'Which groups and topics',
  },
  timeout: {
    flags: '--timeout <ms>',
    help: 'How long each question may take.',
    parse: long,
    default: 5000,
    section: 'Connection',
  },
  offsets: {
    flags: '--offsets',
    help: 'With --describe: offsets and lag (the default).',
    section: 'What to tell',
  },
  members: { flags: '--members', help: 'With --describe: the members.', section: 'What to tell' },
  state: {
    flags: '--state [states]',
    help: 'The state; with --list, or only groups in these.',
    details:
      'With --describe: the state. With --list: the state of each group, or only groups in these states, which are separated by commas.',
    section: 'What to tell',
    completes: [
      'Stable',
      'PreparingRebalance',
      'CompletingRebalance',
      'Empty',
      'Dead',
      'Assigning',
      'Reconciling',
    ],
  },
  type: {
    flags: '--type [types]',
    help: 'With --list: the type, or only groups of these.',
    details: 'Types are separated by commas.',
    section: 'What to tell',
    completes: ['classic', 'consumer'],
  },
  verbose: { flags: '--verbose', help: 'With --describe: more columns.', section: 'What to tell' },
  dryRun: { flags: '--dry-run', help: 'Say what would be done, and do nothing.', section: 'What to do' },
  execute: { flags: '--execute', help: 'With --reset-offsets: do it.', section: 'What to do' },
  export: {
    flags: '--export',
    help: 'With --reset-offsets: print the plan as CSV, for --from-file.',
    section: 'What to do',
  },
  toOffset: {
    flags: '--to-offset <offset>',
    help: 'This offset.',
    parse: int64,
    section: 'Where to reset offsets to',
  },
  fromFile: {
    flags: '--from-file <file>',
    help: 'The offsets in a CSV file.',
    section: 'Where to reset offsets to',
  },
  toDatetime: {
    flags: '--to-datetime <time>',
    help: 'The first record since YYYY-MM-DDTHH:mm:ss.SSS.',
    details: 'In UTC, or with a zone behind it.',
    section: 'Where to reset offsets to',
  },
  byDuration: {
    flags: '--by-duration <PnDTnHnMnS>',
    help: 'The first record within this time until now.',
    section: 'Where to reset offsets to',
  },
  toEarliest: { flags: '--to-earliest', help: 'The first record.', section: 'Where to reset offsets to' },
  toLatest: { flags: '--to-latest', help: 'Behind the last record.', section: 'Where to reset offsets to' },
  toCurrent: {
    flags: '--to-current',
    help: 'What is committed, or else the end.',
    section: 'Where to reset offsets to',
  },
  shiftBy: {
    flags: '--shift-by <n>',
    help: 'So many behind what is committed, or before it.',
    parse: int64,
    section: 'Where to reset offsets to',
  },
} as const satisfies OptionSpecs

type Key = keyof typeof GROUP_OPTIONS

const ACTIONS = ['list', 'describe', 'delete', 'resetOffsets', 'deleteOffsets', 'validateRegex'] as const
const SCENARIOS = [
  'toOffset',
  'shiftBy',
  'toDatetime',
  'byDuration',
  'toEarliest',
  'toLatest',
  'toCurrent',
  'fromFile',
] as const

const PLACES: readonly (readonly [Key, readonly Key[]])[] = [
  ['members', ['describe']],
  ['offsets', ['describe']],
  ['verbose', ['describe']],
  ['state', ['describe', 'list']],
  ['type', ['list']],
]

/** Refuses what does not go together, in Kafka's order, up to what it says behind its warning. */
export function checkGroupOptions(given: Given<Key>): void {
  checkPlaces(given, PLACES)
  if (given.has('describe')) checkDescribe(given)
  if (given.has('delete')) {
    requireGroup(given, 'delete')
    if (given.has('topic')) {
      throw new UsageError(
        'The consumer does not support topic-specific offset deletion from a consumer group.',
      )
    }
  }
  if (given.has('deleteOffsets') && (!given.has('group') || !given.has('topic'))) {
    throw new UsageError('Option [delete-offsets] takes the following options: [topic], [group]')
  }
  if (given.has('resetOffsets')) {
    checkExecution(given, false)
    // What Kafka checks now comes behind a warning, see checkReset.
    return
  }
  checkRest(given)
  exactlyOne(
    given,
    ACTIONS,
    'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex',
  )
}

/** The rest of the checks when offsets are to be reset. */
export function checkReset(given: Given): void {
  requireGroup(given, 'resetOffsets')
  forbidSeveral(given, SCENARIOS)
  checkRest(given)
  exactlyOne(
    given,
    ACTIONS,
    'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex',
  )
  if (!given.has('allTopics') && !given.has('topic') && !given.has('fromFile')) {
    throw new UsageError('One of the reset scopes should be defined: --all-topics, --topic.')
  }
  if (!SCENARIOS.some((scenario) => given.has(scenario))) {
    throw new UsageError(
      "Option '[reset-offsets]' requires one of the following scenarios: [to-offset], [shift-by], [to-datetime], [by-duration], [to-earliest], [to-latest], [to-current], [from-file]",
    )
  }
}

export const RESET_WARNING =
  'WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require ' +
  'either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are scripting ' +
  'this command and want to keep the current default behavior without prompting.'

function checkRest(given: Given): void {
  forbid(given, 'group', ['allGroups', 'list'])
  forbid(given, 'topic', ['list', 'describe'])
}
