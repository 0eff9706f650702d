import { UsageError } from '../failures.ts'
import {
  checkDescribe,
  checkExecution,
  checkPlaces,
  forbidSeveral,
  requireGroup,
} from '../groups/option-checks.ts'
import { GROUP_OPTIONS } from '../groups/options.ts'
import type { Given, OptionSpecs } from '../option-spec.ts'
import { exactlyOne, forbid, long, SERVER_OPTIONS } from '../options.ts'

const ACTION = { section: 'What to do' } as const
const CHOICE = { section: 'Which groups and topics' } as const
const VIEW = { section: 'What to tell' } as const

/** Kafka's options of streams-groups. */
export const STREAMS_GROUP_OPTIONS = {
  list: { ...ACTION, flags: '--list', help: 'List the streams groups.' },
  describe: {
    ...ACTION,
    flags: '--describe',
    help: 'Tell how far groups are, who is in them, or their state.',
  },
  delete: { ...ACTION, flags: '--delete', help: 'Delete groups without members.' },
  resetOffsets: { ...ACTION, flags: '--reset-offsets', help: 'Set the offsets of groups without members.' },
  deleteOffsets: { ...ACTION, flags: '--delete-offsets', help: 'Forget what a group committed for topics.' },
  deleteInternalTopic: {
    ...ACTION,
    flags: '--delete-internal-topic <topic>',
    help: 'With --reset-offsets: delete this topic of the group.',
    repeatable: true,
  },
  deleteAllInternalTopics: {
    ...ACTION,
    flags: '--delete-all-internal-topics',
    help: 'With --delete, --reset-offsets: delete its own topics, too.',
  },
  dryRun: GROUP_OPTIONS.dryRun,
  execute: GROUP_OPTIONS.execute,
  export: GROUP_OPTIONS.export,
  group: {
    ...CHOICE,
    flags: '-g, --group <group>',
    help: 'The group.',
    repeatable: true,
    completes: 'group',
  },
  allGroups: { ...CHOICE, flags: '--all-groups', help: 'All streams groups.' },
  inputTopic: {
    ...CHOICE,
    flags: '-t, --input-topic <topic[:0,1,...]>',
    help: 'The topic to reset or delete, or some partitions of it.',
    repeatable: true,
    completes: 'topic',
  },
  allInputTopics: {
    ...CHOICE,
    flags: '--all-input-topics',
    help: 'All topics of others that the group reads.',
  },
  offsets: { ...VIEW, flags: '--offsets', help: 'The lag of each partition (the default).' },
  members: { ...VIEW, flags: '--members', help: 'The members and their tasks.' },
  state: {
    ...VIEW,
    flags: '--state [states]',
    help: 'The state; with --list also: only groups in these states.',
  },
  verbose: { ...VIEW, flags: '--verbose', help: 'More columns.' },
  toOffset: GROUP_OPTIONS.toOffset,
  fromFile: GROUP_OPTIONS.fromFile,
  toDatetime: GROUP_OPTIONS.toDatetime,
  byDuration: GROUP_OPTIONS.byDuration,
  toEarliest: GROUP_OPTIONS.toEarliest,
  toLatest: GROUP_OPTIONS.toLatest,
  toCurrent: GROUP_OPTIONS.toCurrent,
  shiftBy: GROUP_OPTIONS.shiftBy,
  ...SERVER_OPTIONS,
  timeout: {
    flags: '--timeout <ms>',
    help: 'How long each question to the cluster may take.',
    section: 'Connection',
    parse: long,
    default: 30_000,
  },
} as const satisfies OptionSpecs

type Key = keyof typeof STREAMS_GROUP_OPTIONS

const ACTIONS = ['list', 'describe', 'delete', 'resetOffsets', 'deleteOffsets'] as const
const SCENARIOS = [
  'toOffset',
  'toDatetime',
  'byDuration',
  'toEarliest',
  'toLatest',
  'toCurrent',
  'shiftBy',
  'fromFile',
] as const

const PLACES: readonly (readonly [Key, readonly Key[]])[] = [
  ['members', ['describe']],
  ['offsets', ['describe']],
  ['verbose', ['describe']],
  ['state', ['describe', 'list']],
]

/** Refuses what does not go together, in Kafka's order. */
export function checkStreamsGroupOptions(given: Given<Key>): void {
  checkPlaces(given, PLACES)
  if (given.has('describe')) checkDescribe(given)
  if (given.has('delete')) {
    requireGroup(given, 'delete')
    if (given.has('inputTopic') || given.has('allInputTopics')) {
      throw new UsageError(
        'Kafka Streams does not support topic-specific offset deletion from a streams group.',
      )
    }
  }
  if (given.has('deleteOffsets')) checkDeleteOffsets(given)
  if (given.has('resetOffsets')) {
    checkExecution(given, true)
    requireGroup(given, 'resetOffsets')
    forbidSeveral(given, SCENARIOS)
  }
  checkInternalTopics(given)
  // Differs: Kafka's tool has --dry-run for --reset-offsets alone; here every change has it.
  if (given.has('execute') && !given.has('resetOffsets')) {
    throw new UsageError('Only Option [reset-offsets] accepts [execute] or [dry-run]')
  }
  forbid(given, 'list', ['members', 'offsets'])
  forbid(given, 'group', ['allGroups', 'list'])
  forbid(given, 'inputTopic', ['list', 'describe', 'delete'])
  exactlyOne(
    given,
    ACTIONS,
    'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, or --delete-offsets.',
  )
  if (given.has('resetOffsets')) checkScope(given)
}

function checkDeleteOffsets(given: Given<Key>): void {
  const hasTopics = given.has('inputTopic') || given.has('allInputTopics')
  if (!hasTopics || !given.has('group')) {
    throw new UsageError(
      'Option [delete-offsets] takes the [group] and one of these options: [all-input-topics], [input-topic]',
    )
  }
  const groups = given.texts('group')
  if (groups.length > 1) {
    throw new UsageError(
      `Option [delete-offsets] supports only one [group] at a time, but found: [${groups.join(', ')}]`,
    )
  }
}

function checkInternalTopics(given: Given<Key>): void {
  if (given.has('deleteAllInternalTopics')) {
    if (!given.has('resetOffsets') && !given.has('delete')) {
      throw new UsageError(
        'Option [delete-all-internal-topics] takes one of these options: [delete], [reset-offsets]',
      )
    }
    if (given.has('resetOffsets') && !given.has('execute')) {
      throw new UsageError(
        'Option [delete-all-internal-topics] takes [execute] when [reset-offsets] is used.',
      )
    }
  } else if (given.has('deleteInternalTopic') && !(given.has('resetOffsets') && given.has('execute'))) {
    throw new UsageError('Option [delete-internal-topic] takes [reset-offsets] when [execute] is used.')
  }
}

function checkScope(given: Given<Key>): void {
  if (!given.has('allInputTopics') && !given.has('inputTopic') && !given.has('fromFile')) {
    throw new UsageError('One of the reset scopes should be defined: --all-topics, --topic.')
  }
  if (SCENARIOS.some((scenario) => given.has(scenario))) return
  throw new UsageError(
    "Option '[reset-offsets]' requires one of the following scenarios: [to-offset], [shift-by], [to-datetime], [by-duration], [to-earliest], [to-latest], [to-current], [from-file]",
  )
}
