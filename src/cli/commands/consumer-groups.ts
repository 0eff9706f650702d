import { isConsumerGroup, listGroups } from '../../client/groups/listing.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { chosenGroups } from '../groups/chosen-groups.ts'
import { checkGroupOptions, checkReset, GROUP_OPTIONS, RESET_WARNING } from '../groups/options.ts'
import { groupFailure } from '../groups/sentence.ts'
import type { Values } from '../option-spec.ts'
import { ALL_FORMATS } from '../output/listing.ts'

type Options = Values<typeof GROUP_OPTIONS>

export const consumerGroups = defineCommand({
  name: 'consumer-groups',
  options: GROUP_OPTIONS,
  words: ['list', 'describe', 'delete', 'resetOffsets', 'deleteOffsets'],
  subjects: ['group'],
  formats: ALL_FORMATS,
  failure: {
    sentence: groupFailure,
    badValue: groupFailure,
    exit: 0,
    hints: { GROUP_ID_NOT_FOUND: 'consumer-groups --list tells which there are' },
  },
  examples: [
    'consumer-groups list',
    'consumer-groups describe billing -o json',
    'consumer-groups --reset-offsets --group billing --topic orders --to-earliest --dry-run -o table',
  ],
  check: checkGroupOptions,
  async run(options, context) {
    if (options.validateRegex !== undefined) {
      const { judgeRegex } = await import('../groups/validate-regex.ts')
      context.io.out(`${judgeRegex(options.validateRegex)}\n`)
      return
    }
    if (options.resetOffsets) {
      if (!options.dryRun && !options.execute) context.say(RESET_WARNING)
      checkReset(context.given)
    }
    return await act(options, context)
  },
})

/** Each action loads what it alone needs. Gives the exit code where that is not plain. */
async function act(options: Options, context: Context): Promise<number> {
  if (options.list) await list(options, context)
  else if (options.resetOffsets) await reset(options, context)
  else {
    const cluster = await context.cluster(options)
    const groups = await chosenGroups(cluster, options, isConsumerGroup)
    const { timeout: timeoutMs, dryRun } = options
    if (options.describe) {
      const { describeGroups } = await import('../groups/describe.ts')
      await describeGroups(cluster, groups, options, context)
    } else if (options.delete) {
      const { deleteGroups } = await import('../groups/delete.ts')
      await deleteGroups(cluster, groups, { timeoutMs, dryRun }, context)
    } else {
      const { parseTopicArgument } = await import('../groups/topic-argument.ts')
      const { deleteOffsets } = await import('../groups/delete-offsets.ts')
      const topics = options.topic.map(parseTopicArgument)
      return await deleteOffsets(cluster, groups[0]!, topics, { timeoutMs, dryRun }, context)
    }
  }
  return 0
}

async function list(options: Options, context: Context): Promise<void> {
  const { consumerGroupListing, groupFilter, matchesFilter } = await import('../groups/list.ts')
  const filter = groupFilter(options.state, options.type)
  const all = await listGroups(await context.cluster(options), { timeoutMs: options.timeout })
  const wanted = all.filter(isConsumerGroup).filter(matchesFilter(filter))
  const withType = options.type !== undefined
  const withState = options.state !== undefined
  await context.print(consumerGroupListing(wanted, { withType, withState }))
}

async function reset(options: Options, context: Context): Promise<void> {
  const { resetOffsets } = await import('../groups/reset.ts')
  const { scenarios } = await import('../groups/scenarios.ts')
  const { parseTopicArgument } = await import('../groups/topic-argument.ts')
  const topics = options.allTopics ? null : options.topic.map(parseTopicArgument)
  const scenarioOf = scenarios(options, context.io.now())
  const cluster = await context.cluster(options)
  const { timeout: timeoutMs, execute } = options
  await resetOffsets(
    cluster,
    await chosenGroups(cluster, options, isConsumerGroup),
    { timeoutMs, execute, export: options.export, topics, scenarioOf },
    context,
  )
}
