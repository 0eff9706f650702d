import { olderOption } from '../consume/options.ts'
import { forbidSeveral } from '../groups/option-checks.ts'
import { GROUP_OPTIONS } from '../groups/options.ts'
import type { Given, OptionSpecs } from '../option-spec.ts'
import { forbid, SERVER_OPTIONS } from '../options.ts'

const list = (text: string): string[] => text.split(',')

const WHAT = { section: 'What to reset' } as const

/** Kafka's options of streams-application-reset. */
export const STREAMS_RESET_OPTIONS = {
  applicationId: {
    ...WHAT,
    flags: '-g, --application-id <id>',
    help: 'The application.id of the application.',
    required: true,
    completes: 'group',
  },
  inputTopics: {
    ...WHAT,
    flags: '-t, --input-topics <topic,...>',
    help: 'The topics to read again; from the start, if not said otherwise.',
    parse: list,
    repeatable: true,
    completes: 'topic',
  },
  internalTopics: {
    ...WHAT,
    flags: '--internal-topics <topic,...>',
    help: 'The internal topics to delete; all of them when left out.',
    parse: list,
    repeatable: true,
  },
  intermediateTopics: {
    ...WHAT,
    flags: '--intermediate-topics <topic,...>',
    help: 'Topics to go to the end of.',
    parse: list,
    repeatable: true,
    deprecated: 'WARN: `--intermediate-topics` is deprecated and will be removed in a future release',
  },
  force: { ...WHAT, flags: '--force', help: 'Remove members that are still in the group.' },
  dryRun: { ...WHAT, flags: '--dry-run', help: 'Say what would be done, and do nothing.' },
  toOffset: GROUP_OPTIONS.toOffset,
  fromFile: GROUP_OPTIONS.fromFile,
  toDatetime: GROUP_OPTIONS.toDatetime,
  byDuration: GROUP_OPTIONS.byDuration,
  toEarliest: GROUP_OPTIONS.toEarliest,
  toLatest: GROUP_OPTIONS.toLatest,
  shiftBy: GROUP_OPTIONS.shiftBy,
  ...SERVER_OPTIONS,
  configFile: {
    flags: '--config-file <file>',
    help: 'As --command-config.',
    deprecated: olderOption('config-file', 'command-config').replace('is deprecated', 'has been deprecated'),
  },
} as const satisfies OptionSpecs

const SCENARIOS = [
  'toOffset',
  'toDatetime',
  'byDuration',
  'toEarliest',
  'toLatest',
  'fromFile',
  'shiftBy',
] as const

/** Refuses what does not go together, in Kafka's order. */
export function checkStreamsResetOptions(given: Given<keyof typeof STREAMS_RESET_OPTIONS>): void {
  forbidSeveral(given, SCENARIOS)
  forbid(given, 'configFile', ['commandConfig'])
}
