import { systemClock } from '../../client/clock.ts'
import { clusterOptions } from '../../client/config/common-config.ts'
import { fetchSettings } from '../../client/fetch/fetch-config.ts'
import { producerSettings } from '../../client/produce/producer-config.ts'
import { defineCommand } from '../command.ts'
import { parseFrom, parseUntil } from '../consume/place.ts'
import type { Context } from '../context.ts'
import { Copier, type CopyRange } from '../copy/copier.ts'
import {
  defaultStateFile,
  type PartitionState,
  readCopyState,
  type TopicPlace,
  writeCopyState,
} from '../copy/copy-state.ts'
import { copyListing } from '../copy/listing.ts'
import { copyRanges } from '../copy/ranges.ts'
import { preparedTarget, requireTwo, sideOf, sourceTopic } from '../copy/sides.ts'
import { Failure, UsageError } from '../failures.ts'
import type { OptionSpecs, Values } from '../option-spec.ts'
import { DRY_RUN, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { startProgress } from '../output/progress.ts'
import type { ServerNaming } from '../server-choice.ts'

const [WHAT, WHERE, HOW] = ['What to copy', 'From where, to where', 'How']

const OPTIONS = {
  topic: {
    flags: '-t, --topic <name>',
    help: 'The topic to copy.',
    required: true,
    section: WHAT,
    completes: 'topic',
  },
  toTopic: {
    flags: '--to-topic <name>',
    help: 'Its name in the target: the same unless given.',
    section: WHAT,
  },
  from: {
    flags: '--from <place>',
    help: 'Where to start: earliest, latest, an offset, -N, @TIME; starts anew.',
    parse: parseFrom,
    section: WHAT,
  },
  until: {
    flags: '--until <place>',
    help: 'Where to stop: end (as it is now, the default), an offset, +N, @TIME.',
    parse: parseUntil,
    section: WHAT,
  },
  fromContext: {
    flags: '--from-context <name>',
    help: 'The cluster to read from; the usual one unless given.',
    section: WHERE,
    completes: 'context',
  },
  toContext: {
    flags: '--to-context <name>',
    help: 'The cluster to write to; the usual one unless given.',
    section: WHERE,
    completes: 'context',
  },
  fromBootstrapServer: {
    flags: '--from-bootstrap-server <host:port>',
    help: 'Brokers to read from, in place of a context.',
    section: WHERE,
  },
  toBootstrapServer: {
    flags: '--to-bootstrap-server <host:port>',
    help: 'Brokers to write to, in place of a context.',
    section: WHERE,
  },
  fromProperty: {
    flags: '--from-property <name=value>',
    help: "Setting of the consumer, under Kafka's name.",
    repeatable: true,
    section: WHERE,
  },
  toProperty: {
    flags: '--to-property <name=value>',
    help: "Setting of the producer, under Kafka's name.",
    repeatable: true,
    section: WHERE,
  },
  byKey: {
    flags: '--by-key',
    help: 'Choose partitions by key, where the target has not as many.',
    section: HOW,
  },
  restart: { flags: '--restart', help: 'Start anew, where an earlier copy would go on.', section: HOW },
  state: {
    flags: '--state <file>',
    help: 'Where to note how far the copy is: a file in your state folder unless given.',
    section: HOW,
    completes: 'file',
  },
  dryRun: { ...DRY_RUN, section: HOW },
  ...SERVER_OPTIONS,
} as const satisfies OptionSpecs

type Options = Values<typeof OPTIONS>

/** What a copy asks for, unless a property says otherwise: whole transactions, and batches that are worth their trip. */
const READING = { 'isolation.level': 'read_committed', 'client.id': 'ktool-copy' }
/** The target's own limit decides which records are too large. */
const WRITING = {
  'batch.size': '262144',
  'linger.ms': '20',
  'max.request.size': '104857600',
  'client.id': 'ktool-copy',
}

export const copy = defineCommand({
  name: 'copy',
  options: OPTIONS,
  subjects: ['topic'],
  formats: ALL_FORMATS,
  failure: { sentence: (reason) => `ktool copy: ${reason}` },
  endsOnInterrupt: true,
  examples: [
    'copy orders --to-topic orders-copy',
    'copy orders --to-topic recent-orders --from @-1h',
    'copy orders --to-topic orders-copy --dry-run -o table',
  ],
  check(given) {
    for (const side of ['from', 'to'] as const) {
      if (given.has(`${side}Context`) && given.has(`${side}BootstrapServer`)) {
        throw new UsageError(`--${side}-context and --${side}-bootstrap-server exclude each other`)
      }
    }
  },
  async run(options, context) {
    const sides = await openSides(options, context)
    const { from, to } = sides
    requireTwo(from, to)
    const statePath = options.state ?? defaultStateFile(from, to, context.io.env)
    const ranges = await planCopy(options, sides, statePath, context)
    if (options.dryRun) {
      context.say('dry run: nothing is copied')
      return await context.print(copyListing(from, to, ranges, new Map()))
    }
    const note = (partitions: readonly PartitionState[]): void =>
      writeCopyState(statePath, { from: placeOf(from), to: placeOf(to), partitions })
    note(ranges.map(({ partition, next, end }) => ({ partition, next, end })))
    const copier = new Copier({ ...sides, ranges, byKey: options.byKey, onCheckpoint: note })
    context.interrupted.addEventListener('abort', () => copier.stop())
    await showing(copier, ranges, context)
    await context.print(copyListing(from, to, ranges, copier.counts()))
    if (context.interrupted.aborted) context.say('interrupted; the same command goes on from here')
  },
})

const placeOf = ({ clusterId, topic }: TopicPlace): TopicPlace => ({ clusterId, topic })

type Sides = Awaited<ReturnType<typeof openSides>>

async function planCopy(
  options: Options,
  { from, to, fetch }: Sides,
  statePath: string,
  context: Context,
): Promise<CopyRange[]> {
  const source = await sourceTopic(from)
  const partitions = source.partitions.length
  const targetPartitions = await preparedTarget(from, to, source, options, context)
  if (targetPartitions !== null && targetPartitions < partitions && !options.byKey) {
    throw new Failure(
      `ktool copy: topic '${to.topic}' has ${targetPartitions} partition${targetPartitions === 1 ? '' : 's'}, fewer than the ${partitions} of '${from.topic}'`,
      { hint: '--by-key puts records where their key says; records without one go anywhere' },
    )
  }
  const isAnew = options.restart || options.from !== undefined
  const state = isAnew ? null : readCopyState(statePath, from, to)
  if (state) context.say('going on where an earlier copy ended; --restart starts anew')
  const nowMs = from.cluster.clock.now()
  const range = { from: options.from?.(nowMs) ?? 'earliest', until: options.until?.(nowMs) ?? 'latest' }
  const hasSamePartitions = !options.byKey && targetPartitions !== null
  return await copyRanges(from, to, { partitions, range, fetch, state, hasSamePartitions }, context)
}

async function showing(copier: Copier, ranges: readonly CopyRange[], { io }: Context): Promise<void> {
  const total = ranges.reduce((sum, { next, until }) => sum + Math.max(0, until - next), 0)
  const text = (): string => {
    const copied = [...copier.counts().values()].reduce((sum, count) => sum + count, 0)
    return `${copied} of ${total} records copied`
  }
  const progress = startProgress(io, systemClock, text)
  try {
    await copier.run()
  } finally {
    progress.stop()
  }
}

async function openSides(options: Options, context: Context) {
  const reading = namingOf(options, options.fromContext, options.fromBootstrapServer, options.fromProperty)
  const writing = namingOf(options, options.toContext, options.toBootstrapServer, options.toProperty)
  const fetch = fetchSettings(withDefaults((await context.settings(reading)).properties, READING))
  const produce = producerSettings(withDefaults((await context.settings(writing)).properties, WRITING))
  // The source is never written to, whatever its context says of that.
  const readOnly = `'${options.topic}' is only read`
  const source = await context.cluster(reading, { ...clusterOptions(fetch), readOnly })
  const from = await sideOf(source, options.topic)
  const target = await context.cluster(writing, clusterOptions(produce))
  const to = await sideOf(target, options.toTopic ?? options.topic)
  return { from, to, fetch, produce }
}

/** A side's own options, or those of both. */
function namingOf(
  options: Options,
  context: string | undefined,
  bootstrapServer: string | undefined,
  commandProperty: readonly string[],
): ServerNaming {
  if (bootstrapServer !== undefined) {
    return { bootstrapServer, commandConfig: options.commandConfig, commandProperty }
  }
  if (context !== undefined) return { context, commandProperty }
  return {
    bootstrapServer: options.bootstrapServer,
    context: options.context,
    commandConfig: options.commandConfig,
    commandProperty,
  }
}

function withDefaults(
  properties: ReadonlyMap<string, string>,
  defaults: Readonly<Record<string, string>>,
): Map<string, string> {
  return new Map([...Object.entries(defaults), ...properties])
}
