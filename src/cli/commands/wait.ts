import { parseInt64 } from '../../bytes/int64.ts'
import { defineCommand, defineGroup } from '../command.ts'
import type { Context, ServerOptions } from '../context.ts'
import { ConditionNotMet, UsageError } from '../failures.ts'
import { BadValue } from '../option-spec.ts'
import { int, long, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import {
  brokersAreThere,
  type Condition,
  groupIsGone,
  groupIsReady,
  type Mark,
  offsetsAreCommitted,
  offsetsAreWritten,
  topicIsGone,
  topicIsReady,
} from '../wait/conditions.ts'
import { waitListing } from '../wait/listing.ts'
import { MAX_ASK_MS, waitUntil } from '../wait/until.ts'

const TIME = {
  timeoutMs: {
    flags: '--timeout-ms <ms>',
    help: 'How long to wait; exit with 3 after that.',
    parse: atLeast(0, long),
    default: 30_000,
  },
  ...SERVER_OPTIONS,
} as const

const COMMON = {
  formats: ALL_FORMATS,
  failure: { sentence: (reason: string) => `ktool wait: ${reason}` },
} as const

const broker = defineCommand({
  ...COMMON,
  name: 'broker',
  summary: 'Wait until brokers answer.',
  options: {
    count: { flags: '--count <n>', help: 'So many brokers at least.', parse: atLeast(1, int), default: 1 },
    ...TIME,
  },
  examples: ['wait broker --timeout-ms 60000'],
  run: (options, context) => wait('broker', null, brokersAreThere(options.count), options, context),
})

const topic = defineCommand({
  ...COMMON,
  name: 'topic',
  summary: 'Wait until a topic is there, and all its partitions have a leader.',
  options: {
    topic: { flags: '-t, --topic <name>', help: 'The topic.', required: true, completes: 'topic' },
    partitions: {
      flags: '--partitions <n>',
      help: 'So many partitions at least.',
      parse: atLeast(1, int),
      default: 1,
    },
    absent: { flags: '--absent', help: 'Wait until it is gone.' },
    ...TIME,
  },
  subjects: ['topic'],
  examples: ['wait topic orders --partitions 3'],
  run: ({ topic: name, partitions, absent, ...options }, context) =>
    wait('topic', name, absent ? topicIsGone(name) : topicIsReady(name, partitions), options, context),
})

const group = defineCommand({
  ...COMMON,
  name: 'group',
  summary: 'Wait until a consumer group has members that share its partitions.',
  options: {
    group: { flags: '-g, --group <group>', help: 'The group.', required: true, completes: 'group' },
    members: {
      flags: '--members <n>',
      help: 'So many members at least: 1, or 0 with --state.',
      parse: atLeast(0, int),
    },
    state: { flags: '--state <state>', help: 'The state it is to be in, Stable unless given.' },
    absent: { flags: '--absent', help: 'Wait until it is gone.' },
    ...TIME,
  },
  subjects: ['group'],
  examples: ['wait group billing --state Empty'],
  run({ group: name, members, state, absent, ...options }, context) {
    const wish = { state: state ?? 'Stable', members: members ?? (state === undefined ? 1 : 0) }
    return wait('group', name, absent ? groupIsGone(name) : groupIsReady(name, wish), options, context)
  },
})

const offset = defineCommand({
  ...COMMON,
  name: 'offset',
  summary: 'Wait until partitions are written, or a group has committed, up to an offset.',
  options: {
    offset: {
      flags: '--offset <topic:partition:offset>',
      help: 'The next offset is to be this one or a later one.',
      parse: parseMark,
      repeatable: true,
    },
    group: {
      flags: '-g, --group <group>',
      help: 'What this group has committed counts, not what is written.',
      completes: 'group',
    },
    ...TIME,
  },
  subjects: ['offset'],
  examples: ['wait offset orders:0:1'],
  check(given) {
    if (!given.has('offset'))
      throw new UsageError('no offset is given', { hint: 'as in wait offset orders:0:42' })
  },
  run({ offset: marks, group: name, ...options }, context) {
    const subject = marks.map((mark) => `${mark.topic}:${mark.partition}:${mark.offset}`).join(',')
    const condition = name === undefined ? offsetsAreWritten(marks) : offsetsAreCommitted(name, marks)
    return wait('offset', subject, condition, options, context)
  },
})

export const waitTool = defineGroup({ name: 'wait', subcommands: [broker, topic, group, offset] })

async function wait(
  what: string,
  subject: string | null,
  condition: Condition,
  { timeoutMs, ...server }: ServerOptions & { readonly timeoutMs: number },
  context: Context,
): Promise<void> {
  const cluster = await context.cluster(server, { defaultApiTimeoutMs: MAX_ASK_MS })
  const waited = await waitUntil(cluster, condition, timeoutMs)
  await context.print(waitListing({ what, subject, ...waited }))
  if (waited.isMet) return
  const name = subject === null ? what : `${what} ${subject}`
  throw new ConditionNotMet(`ktool wait: ${name} is not as wanted after ${timeoutMs} ms: ${waited.found}`)
}

function parseMark(text: string): Mark {
  const [, name, partition, at = ''] = /^(.+):(\d+):(\d+)$/.exec(text) ?? []
  const offset = parseInt64(at)
  if (name === undefined || offset === null) {
    throw new BadValue(`--offset: '${text}' is not TOPIC:PARTITION:OFFSET`, { isWhole: true })
  }
  return { topic: name, partition: Number(partition), offset }
}

function atLeast(least: number, read: (text: string) => number) {
  return (text: string): number => {
    const value = read(text)
    if (value >= least) return value
    throw new BadValue(`'${text}' is less than ${least}`, { isWhole: true })
  }
}
