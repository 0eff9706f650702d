import { type Int64, minInt64, toSafeNumber } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { ConditionNotMet, Failure, UsageError } from '../failures.ts'
import { askLag, type LagQuestion } from '../lag/ask.ts'
import type { GroupLag } from '../lag/group-lag.ts'
import { overLimits, unreadable } from '../lag/limits.ts'
import { lagListing } from '../lag/listing.ts'
import { namePattern } from '../lag/name-pattern.ts'
import { VIEWS, type View } from '../lag/rows.ts'
import { BadValue, type OptionSpecs, type Values } from '../option-spec.ts'
import { int64, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { unescaped } from '../output/terminal-io.ts'

/** How often lag is looked at while it is waited for. */
const POLL_MS = 500
/** The last question has a chance of an answer. */
const MIN_ASK_MS = 1000

const WATCH_SECONDS = 2

/** Puts the cursor into the upper left corner of a terminal, and clears it. */
const CLEAR = '\u001b[H\u001b[2J'

const OPTIONS = {
  ...SERVER_OPTIONS,
  group: {
    flags: '-g, --group <pattern>',
    help: 'Groups: a name, or a pattern as bill*. All without it.',
    parse: namePattern,
    repeatable: true,
    section: 'Which lag',
  },
  topic: {
    flags: '-t, --topic <pattern>',
    help: 'Topics: a name, or a pattern. All without it.',
    parse: namePattern,
    repeatable: true,
    section: 'Which lag',
  },
  by: {
    flags: '--by <view>',
    help: `What a row is about: ${VIEWS.join(', ')}.`,
    default: 'topic' as View,
    parse(text: string): View {
      const view = VIEWS.find((each) => each === text)
      if (view === undefined)
        throw new BadValue(`--by: '${text}' is not one of ${VIEWS.join(', ')}`, { isWhole: true })
      return view
    },
    section: 'Which lag',
    completes: VIEWS,
  },
  isolationLevel: {
    flags: '--isolation-level <level>',
    help: 'To the end, or (read_committed) to the first open transaction.',
    parse: isolationLevel,
    default: 'read_uncommitted' as const,
    section: 'Which lag',
    completes: ['read_uncommitted', 'read_committed'],
  },
  maxLag: {
    flags: '--max-lag <n>',
    help: 'Exit with 3 when a partition is more than this behind.',
    parse: limit,
    section: 'What to check or wait for',
  },
  maxTotalLag: {
    flags: '--max-total-lag <n>',
    help: 'Exit with 3 when a group is more than this behind in all.',
    parse: limit,
    section: 'What to check or wait for',
  },
  waitLag: {
    flags: '--wait-lag <n>',
    help: 'Wait until no group is further behind in all, or exit with 3.',
    parse: limit,
    section: 'What to check or wait for',
  },
  timeoutMs: {
    flags: '--timeout-ms <ms>',
    help: 'How long to wait.',
    parse: (text: string) => toSafeNumber(limit(text)),
    default: 60_000,
    section: 'What to check or wait for',
  },
  watch: {
    flags: '--watch [seconds]',
    help: 'Print again and again, every 2 seconds or as often as said.',
    section: 'Output',
  },
} as const satisfies OptionSpecs

type Options = Values<typeof OPTIONS>

export const lag = defineCommand({
  name: 'lag',
  options: OPTIONS,
  subjects: ['group'],
  formats: [...ALL_FORMATS, 'prometheus'],
  failure: { sentence: (reason) => `ktool lag: ${reason}` },
  examples: ['lag -o table', 'lag billing --max-lag 1000', "lag --group 'bill*' --by partition -o json"],
  check(given) {
    if (given.has('watch') && given.has('waitLag')) {
      throw new UsageError('--watch and --wait-lag cannot be given together')
    }
  },
  async run(options, context) {
    const everyMs = watchInterval(options.watch)
    const cluster = await context.cluster(options)
    const question: LagQuestion = {
      groups: options.group,
      topics: options.topic,
      isolationLevel: options.isolationLevel,
      timeoutMs: cluster.defaultApiTimeoutMs,
    }
    if (everyMs !== null) return await watch(cluster, question, { everyMs, view: options.by }, context)
    const groups =
      options.waitLag === undefined
        ? await askLag(cluster, question)
        : await waitForLag(cluster, question, options.waitLag, options.timeoutMs)
    await context.print(lagListing(groups, options.by))
    judge(groups, options)
  },
})

/** Throws when the report has holes, or what was asked for does not hold. */
function judge(groups: readonly GroupLag[], options: Options): void {
  const holes = unreadable(groups)
  if (holes.length > 0) throw new Failure(told(holes))
  const totals = [options.maxTotalLag, options.waitLag].filter((total) => total !== undefined)
  const maxTotalLag = totals.length === 0 ? undefined : totals.reduce(minInt64)
  const over = overLimits(groups, { maxLag: options.maxLag, maxTotalLag })
  if (over.length > 0) throw new ConditionNotMet(told(over))
}

const told = (reasons: readonly string[]): string =>
  reasons.map((reason) => `ktool lag: ${reason}`).join('\n')

/** The lag once it is small enough, or as it is when the time is up. */
async function waitForLag(
  cluster: Cluster,
  question: LagQuestion,
  maxTotalLag: Int64,
  timeoutMs: number,
): Promise<GroupLag[]> {
  const deadline = cluster.deadline(timeoutMs)
  for (;;) {
    const leftMs = Math.max(MIN_ASK_MS, deadline.leftMs)
    const groups = await askLag(cluster, { ...question, timeoutMs: Math.min(question.timeoutMs, leftMs) })
    const isOver = unreadable(groups).length > 0 || overLimits(groups, { maxTotalLag }).length > 0
    if (!isOver || deadline.isOver) return groups
    await cluster.lifetime.sleep(Math.min(POLL_MS, deadline.leftMs))
  }
}

async function watch(
  cluster: Cluster,
  question: LagQuestion,
  { everyMs, view }: { readonly everyMs: number; readonly view: View },
  context: Context,
): Promise<never> {
  for (;;) {
    const listing = lagListing(await askLag(cluster, question), view)
    if (context.io.isTerminal.out) unescaped(context.io).out(CLEAR)
    await context.print(listing)
    await cluster.lifetime.sleep(everyMs)
  }
}

function watchInterval(text: string | true | undefined): number | null {
  if (text === undefined) return null
  const seconds = text === true ? WATCH_SECONDS : Number(text)
  if (seconds > 0 && seconds < 1e6) return seconds * 1000
  throw new UsageError(`--watch: '${text}' is not a number of seconds`)
}

function limit(text: string): Int64 {
  const value = int64(text)
  if (value >= 0) return value
  throw new BadValue(`'${text}' is less than 0`)
}

function isolationLevel(text: string): 'read_uncommitted' | 'read_committed' {
  if (text === 'read_uncommitted' || text === 'read_committed') return text
  throw new BadValue(`--isolation-level: '${text}' is not read_uncommitted or read_committed`, {
    isWhole: true,
  })
}
