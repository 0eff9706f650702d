import { addSaturated, type Int64, maxInt64, subtractInt64 } from '../../bytes/int64.ts'
import { systemClock } from '../../client/clock.ts'
import { clusterOptions } from '../../client/config/common-config.ts'
import { fetchSettings } from '../../client/fetch/fetch-config.ts'
import { producerSettings } from '../../client/produce/producer-config.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import type { Values } from '../option-spec.ts'
import { plural } from '../output/plural.ts'
import { startProgress } from '../output/progress.ts'
import type { ServerNaming } from '../server-choice.ts'
import { Copier, type CopyRange } from './copier.ts'
import {
  defaultStateFile,
  type PartitionState,
  readCopyState,
  type TopicPlace,
  writeCopyState,
} from './copy-state.ts'
import { copyListing } from './listing.ts'
import type { COPY_OPTIONS } from './options.ts'
import { copyRanges } from './ranges.ts'
import { preparedTarget, requireTwo, sideOf, sourceTopic } from './sides.ts'

type Options = Values<typeof COPY_OPTIONS>

/** What a copy asks for, unless a property says otherwise: whole transactions, and batches that are worth their trip. */
const READING = { 'isolation.level': 'read_committed', 'client.id': 'ktool-copy' }
/** The target's own limit decides which records are too large. */
const WRITING = {
  'batch.size': '262144',
  'linger.ms': '20',
  'max.request.size': '104857600',
  'client.id': 'ktool-copy',
}

export async function runCopy(options: Options, context: Context): Promise<void> {
  context.onClose(() => {
    if (context.interrupted.aborted) context.say('interrupted; the same command goes on from here')
  })
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
  context.onInterrupt(() => copier.stop())
  await showing(copier, ranges, context)
  await context.print(copyListing(from, to, ranges, copier.progress()))
}

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
      `ktool copy: topic '${to.topic}' has ${plural(targetPartitions, 'partition')}, fewer than the ${partitions} of '${from.topic}'`,
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
  const total = ranges.reduce<Int64>(
    (sum, { next, until }) => addSaturated(sum, maxInt64(0, subtractInt64(until, next))),
    0,
  )
  const text = (): string => {
    const copied = [...copier.progress().values()].reduce((sum, { acknowledged }) => sum + acknowledged, 0)
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
