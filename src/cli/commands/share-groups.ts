import { isShareGroup, listGroups } from '../../client/groups/listing.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../failures.ts'
import { chosenGroups } from '../groups/chosen-groups.ts'
import { failureOf } from '../groups/sentence.ts'
import type { Values } from '../option-spec.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { checkShareGroupOptions, SHARE_GROUP_OPTIONS } from '../share-groups/options.ts'

type Options = Values<typeof SHARE_GROUP_OPTIONS>

export const shareGroups = defineCommand({
  name: 'share-groups',
  options: SHARE_GROUP_OPTIONS,
  words: ['list', 'describe', 'delete', 'resetOffsets', 'deleteOffsets'],
  subjects: ['group'],
  formats: ALL_FORMATS,
  failure: {
    sentence: failureOf('share'),
    badValue: failureOf('share'),
    exit: 0,
    hints: { GROUP_ID_NOT_FOUND: 'share-groups --list tells which there are' },
  },
  examples: [
    'share-groups list',
    'share-groups describe --all-groups --members -o json',
    'share-groups list --state Empty,Stable -o table',
  ],
  check: checkShareGroupOptions,
  async run(options, context) {
    if (options.list) return await list(options, context)
    return await act(options, context)
  },
})

async function list({ state, ...options }: Options, context: Context): Promise<undefined> {
  const { namesOrStatesListing, statesIn } = await import('../groups/list.ts')
  const states = statesIn('share', state)
  const all = await listGroups(await context.cluster(options), { timeoutMs: options.timeout })
  const wanted = all.filter((group) => isShareGroup(group) && (states?.has(group.state ?? '') ?? true))
  await context.print(namesOrStatesListing(wanted, state !== undefined))
}

/** Each action loads what it alone needs. Gives the exit code where that is not plain. */
async function act(options: Options, context: Context): Promise<number | undefined> {
  const { timeout: timeoutMs, dryRun } = options
  if (options.resetOffsets) return await reset(options, context)
  if (options.deleteOffsets) {
    const { deleteOffsets } = await import('../share-groups/delete-offsets.ts')
    const group = onlyGroup(options)
    const cluster = await context.cluster(options)
    return await deleteOffsets(cluster, group, options.topic, { timeoutMs, dryRun }, context)
  }
  const cluster = await context.cluster(options)
  const groups = await chosenGroups(cluster, options, isShareGroup)
  if (options.describe) {
    const { describeGroups } = await import('../share-groups/describe.ts')
    await describeGroups(cluster, groups, options, context)
  } else {
    const { deleteListedGroups } = await import('../groups/delete-listed.ts')
    const { deletionFailure, deletionListing } = await import('../groups/deletion-listing.ts')
    const results = await deleteListedGroups(cluster, 'share', groups, { timeoutMs, dryRun })
    await context.print(deletionListing(results, { dryRun, kind: 'share' }))
    const failure = deletionFailure(results, 'share')
    if (failure !== null) throw failure
  }
  return undefined
}

async function reset(options: Options, context: Context): Promise<undefined> {
  const { resetOffsets } = await import('../share-groups/reset.ts')
  const { shareScenario } = await import('../groups/scenarios.ts')
  const group = onlyGroup(options)
  const scenario = shareScenario(options, context.io.now())
  const { parseTopicArgument } = await import('../groups/topic-argument.ts')
  const topics = options.topic.length > 0 ? options.topic.map(parseTopicArgument) : null
  const cluster = await context.cluster(options)
  const { timeout: timeoutMs, execute } = options
  await resetOffsets(cluster, group, { timeoutMs, execute, topics, scenario }, context)
}

/** The group of an action that takes one alone. */
function onlyGroup({ group }: Options): string {
  if (group.length === 1) return group[0]!
  throw new UsageError(
    failureOf('share')('Found multiple arguments for option group, but you asked for only one'),
  )
}
