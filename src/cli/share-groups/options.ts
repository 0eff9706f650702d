import { UsageError } from '../failures.ts'
import { checkDescribe, checkExecution, checkPlaces, forbidSeveral } from '../groups/option-checks.ts'
import type { Given, OptionSpecs } from '../option-spec.ts'
import { exactlyOne, forbid, long, SERVER_OPTIONS } from '../options.ts'

const ACTION = { section: 'What to do' } as const
const CHOICE = { section: 'Which groups and topics' } as const
const VIEW = { section: 'What to tell' } as const
const PLACE = { section: 'Where to reset offsets to' } as const
const CONNECTION = { section: 'Connection' } as const

/** Kafka's options of share-groups. */
export const SHARE_GROUP_OPTIONS = {
  list: { ...ACTION, flags: '--list', help: 'List the share groups.' },
  describe: {
    ...ACTION,
    flags: '--describe',
    help: 'Tell where groups are, who is in them, or their state.',
  },
  delete: { ...ACTION, flags: '--delete', help: 'Delete groups without members.' },
  resetOffsets: { ...ACTION, flags: '--reset-offsets', help: 'Set where a group without members goes on.' },
  deleteOffsets: { ...ACTION, flags: '--delete-offsets', help: 'Forget where a group is in topics.' },
  dryRun: { ...ACTION, flags: '--dry-run', help: 'Say what would be done, and do nothing.' },
  execute: { ...ACTION, flags: '--execute', help: 'With --reset-offsets: do it.' },
  group: { ...CHOICE, flags: '-g, --group <group>', help: 'The group.', repeatable: true },
  allGroups: { ...CHOICE, flags: '--all-groups', help: 'All share groups.' },
  topic: {
    ...CHOICE,
    flags: '-t, --topic <topic[:0,1,...]>',
    help: 'The topic to reset or delete, or with --reset-offsets some partitions.',
    repeatable: true,
  },
  allTopics: { ...CHOICE, flags: '--all-topics', help: 'With --reset-offsets: all topics of the group.' },
  offsets: { ...VIEW, flags: '--offsets', help: 'Start offset and lag of each partition (the default).' },
  members: { ...VIEW, flags: '--members', help: 'The members.' },
  state: {
    ...VIEW,
    flags: '--state [states]',
    help: 'The state; with --list also: only groups in these states.',
  },
  verbose: { ...VIEW, flags: '--verbose', help: 'More columns.' },
  toDatetime: {
    ...PLACE,
    flags: '--to-datetime <time>',
    help: 'The first record since YYYY-MM-DDTHH:mm:ss.SSS, UTC or with a zone.',
  },
  toEarliest: { ...PLACE, flags: '--to-earliest', help: 'The first record.' },
  toLatest: { ...PLACE, flags: '--to-latest', help: 'Behind the last record.' },
  ...SERVER_OPTIONS,
  timeout: {
    ...CONNECTION,
    flags: '--timeout <ms>',
    help: 'How long each question to the cluster may take.',
    parse: long,
    default: 30_000,
  },
} as const satisfies OptionSpecs

type Key = keyof typeof SHARE_GROUP_OPTIONS

const ACTIONS = ['list', 'describe', 'delete', 'resetOffsets', 'deleteOffsets'] as const
const SCENARIOS = ['toDatetime', 'toEarliest', 'toLatest'] as const

const PLACES: readonly (readonly [Key, readonly Key[]])[] = [
  ['members', ['describe']],
  ['offsets', ['describe']],
  ['verbose', ['describe']],
  ['state', ['describe', 'list']],
]

/** Refuses what does not go together, in Kafka's order. */
export function checkShareGroupOptions(given: Given<Key>): void {
  checkPlaces(given, PLACES)
  if (given.has('describe')) checkDescribe(given)
  if (given.has('delete')) checkDelete(given)
  if (given.has('deleteOffsets') && (!given.has('group') || !given.has('topic'))) {
    throw new UsageError('Option [delete-offsets] takes the following options: [group], [topic]')
  }
  if (given.has('resetOffsets')) checkReset(given)
  forbid(given, 'group', ['allGroups', 'list'])
  forbid(given, 'topic', ['list', 'describe'])
  exactlyOne(
    given,
    ACTIONS,
    'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets.',
  )
}

function checkDelete(given: Given<Key>): void {
  if (!given.has('group') && !given.has('allGroups')) {
    throw new UsageError('Option [delete] takes the options [group] or [all-groups]')
  }
  if (given.has('group') && given.has('allGroups')) {
    throw new UsageError('Option [delete] takes either [group] or [all-groups], not both.')
  }
  if (given.has('topic')) throw new UsageError('Option [delete] does not take the option: [topic]')
}

function checkReset(given: Given<Key>): void {
  checkExecution(given, true)
  if (!given.has('group')) throw new UsageError('Option [reset-offsets] takes the option: [group]')
  if (!given.has('topic') && !given.has('allTopics')) {
    throw new UsageError('Option [reset-offsets] takes one of these options: [all-topics], [topic]')
  }
  if (!SCENARIOS.some((scenario) => given.has(scenario))) {
    throw new UsageError(
      'Option [reset-offsets] takes one of these options: [to-datetime], [to-earliest], [to-latest]',
    )
  }
  forbidSeveral(given, SCENARIOS)
}
