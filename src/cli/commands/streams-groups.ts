import { isStreamsGroup, listGroups } from '../../client/groups/listing.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { chosenGroups } from '../groups/chosen-groups.ts'
import { failureOf } from '../groups/sentence.ts'
import type { Values } from '../option-spec.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { checkStreamsGroupOptions, STREAMS_GROUP_OPTIONS } from '../streams-groups/options.ts'

type Options = Values<typeof STREAMS_GROUP_OPTIONS>

export const streamsGroups = defineCommand({
  name: 'streams-groups',
  options: STREAMS_GROUP_OPTIONS,
  words: ['list', 'describe', 'delete'],
  subjects: ['group'],
  formats: ALL_FORMATS,
  failure: {
    sentence: failureOf('streams'),
    exit: 1,
    hints: { GROUP_ID_NOT_FOUND: 'streams-groups --list tells which there are' },
  },
  examples: [
    'streams-groups list',
    'streams-groups describe --all-groups --members -o json',
    'streams-groups --reset-offsets --all-groups --all-input-topics --to-earliest --dry-run -o table',
  ],
  check: checkStreamsGroupOptions,
  async run(options, context) {
    if (options.list) return await list(options, context)
    return await act(options, context)
  },
})

async function list({ state, ...options }: Options, context: Context): Promise<undefined> {
  const { namesOrStatesListing, statesIn } = await import('../groups/list.ts')
  const states = statesIn('streams', state)
  const all = await listGroups(await context.cluster(options), { timeoutMs: options.timeout })
  const wanted = all.filter((group) => isStreamsGroup(group) && (states?.has(group.state ?? '') ?? true))
  await context.print(namesOrStatesListing(wanted, state !== undefined))
}

/** Each action loads what it alone needs. Gives the exit code where that is not plain. */
async function act(options: Options, context: Context): Promise<number | undefined> {
  const { timeout: timeoutMs, dryRun } = options
  if (options.resetOffsets) return await reset(options, context)
  if (options.deleteOffsets) return await deleteOffsets(options, context)
  const cluster = await context.cluster(options)
  const groups = await chosenGroups(cluster, options, isStreamsGroup)
  if (options.describe) {
    const { describeGroups } = await import('../streams-groups/describe.ts')
    await describeGroups(cluster, groups, options, context)
  } else {
    const { deleteGroups } = await import('../streams-groups/delete.ts')
    const withInternalTopics = options.deleteAllInternalTopics
    await deleteGroups(cluster, groups, { timeoutMs, dryRun, withInternalTopics }, context)
  }
  return undefined
}

async function reset(options: Options, context: Context): Promise<undefined> {
  const { resetOffsets } = await import('../streams-groups/reset.ts')
  const { scenarios } = await import('../groups/scenarios.ts')
  const { parseTopicArgument } = await import('../groups/topic-argument.ts')
  const topics = options.allInputTopics ? null : options.inputTopic.map(parseTopicArgument)
  const scenarioOf = scenarios(options, context.io.now(), 'streams')
  const cluster = await context.cluster(options)
  const { timeout: timeoutMs, execute } = options
  const internalTopics = options.deleteAllInternalTopics ? 'all' : options.deleteInternalTopic
  await resetOffsets(
    cluster,
    await chosenGroups(cluster, options, isStreamsGroup),
    { timeoutMs, execute, export: options.export, topics, scenarioOf, internalTopics },
    context,
  )
}

async function deleteOffsets(options: Options, context: Context): Promise<number> {
  const { timeout: timeoutMs, dryRun } = options
  const group = options.group[0]!
  const cluster = await context.cluster(options)
  const found = await import('../groups/delete-offsets.ts')
  if (options.allInputTopics) {
    const { inputPartitions } = await import('../streams-groups/input-partitions.ts')
    const partitions = await inputPartitions(cluster, group, timeoutMs)
    return await found.deleteFound(cluster, group, partitions, { timeoutMs, dryRun }, context)
  }
  const { parseTopicArgument } = await import('../groups/topic-argument.ts')
  const topics = options.inputTopic.map(parseTopicArgument)
  return await found.deleteOffsets(cluster, group, topics, { timeoutMs, dryRun }, context)
}
