import type { Cluster } from '../../client/cluster.ts'
import { isConsumerGroup, listGroups } from '../../client/groups/listing.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { checkGroupOptions, checkReset, GROUP_OPTIONS, RESET_WARNING } from '../groups/options.ts'
import { groupFailure } from '../groups/sentence.ts'
import type { Values } from '../option-spec.ts'
import { ALL_FORMATS } from '../output.ts'

type Options = Values<typeof GROUP_OPTIONS>

export const consumerGroups = defineCommand({
  name: 'consumer-groups',
  options: GROUP_OPTIONS,
  words: ['list', 'describe', 'delete'],
  subjects: ['group'],
  formats: ALL_FORMATS,
  failure: {
    sentence: groupFailure,
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
      const { isValid, sentence } = judgeRegex(options.validateRegex)
      context.io.out(`${sentence}\n`)
      return isValid ? 0 : 1
    }
    if (options.resetOffsets) {
      if (!options.dryRun && !options.execute) context.say(RESET_WARNING)
      checkReset(context.given)
    }
    await act(options, context)
    return 0
  },
})

/** Each action loads what it alone needs. */
async function act(options: Options, context: Context): Promise<void> {
  const { timeout: timeoutMs, dryRun } = options
  if (options.list) {
    const { consumerGroupListing, groupFilter, matchesFilter } = await import('../groups/list.ts')
    const filter = groupFilter(options.state, options.type)
    const all = await listGroups(await context.cluster(options), { timeoutMs })
    const wanted = all.filter(isConsumerGroup).filter(matchesFilter(filter))
    const withType = options.type !== undefined
    const withState = options.state !== undefined
    return await context.print(consumerGroupListing(wanted, { withType, withState }))
  }
  if (options.describe) {
    const { describeGroups } = await import('../groups/describe.ts')
    const cluster = await context.cluster(options)
    return await describeGroups(cluster, await chosenGroups(cluster, options), options, context)
  }
  if (options.delete) {
    const { deleteGroups } = await import('../groups/delete.ts')
    const cluster = await context.cluster(options)
    const groups = await chosenGroups(cluster, options)
    return await deleteGroups(cluster, groups, { timeoutMs, dryRun }, context)
  }
  const { parseTopicArgument } = await import('../groups/topic-argument.ts')
  const topics = options.topic.map(parseTopicArgument)
  if (options.deleteOffsets) {
    const { deleteOffsets } = await import('../groups/delete-offsets.ts')
    const cluster = await context.cluster(options)
    return await deleteOffsets(cluster, options.group[0]!, topics, { timeoutMs, dryRun }, context)
  }
  const [{ resetOffsets }, { scenarios }] = await Promise.all([
    import('../groups/reset.ts'),
    import('../groups/scenarios.ts'),
  ])
  const scenarioOf = scenarios(options, context.io.now())
  const cluster = await context.cluster(options)
  return await resetOffsets(
    cluster,
    await chosenGroups(cluster, options),
    {
      timeoutMs,
      execute: options.execute,
      export: options.export,
      topics: options.allTopics ? null : topics,
      scenarioOf,
    },
    context,
  )
}

async function chosenGroups(
  cluster: Cluster,
  { group, allGroups, timeout: timeoutMs }: Pick<Options, 'group' | 'allGroups' | 'timeout'>,
): Promise<string[]> {
  if (!allGroups) return [...new Set(group)]
  return (await listGroups(cluster, { timeoutMs })).filter(isConsumerGroup).map(({ groupId }) => groupId)
}
