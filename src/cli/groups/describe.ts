import type { Cluster } from '../../client/cluster.ts'
import { fetchCommitted } from '../../client/groups/committed-offsets.ts'
import { answersOf, failuresOf } from '../../client/groups/coordinated.ts'
import { describeConsumerGroups, type GroupDescription } from '../../client/groups/description.ts'
import { partitionName } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import { Failure, throwFailures } from '../failures.ts'
import { membersListing } from './members-listing.ts'
import { lookUpOffsets, offsetRows, partitionsOf } from './offset-rows.ts'
import { type GroupOffsets, offsetsListing } from './offsets-listing.ts'
import { groupFailure } from './sentence.ts'
import { stateOf, statesListing } from './states-listing.ts'

export interface DescribeOptions {
  readonly timeout: number
  readonly verbose: boolean
  readonly members: boolean
  readonly state: string | true | undefined
}

/** Describes groups; those that cannot be described are told behind the others. */
export async function describeGroups(
  cluster: Cluster,
  groups: readonly string[],
  options: DescribeOptions,
  context: Context,
): Promise<void> {
  const { timeout: timeoutMs, verbose } = options
  const results = await describeConsumerGroups(cluster, groups, { timeoutMs })
  const descriptions = answersOf(results).sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
  const failures = failuresOf(results)
  if (options.members) {
    sayStates(descriptions, context)
    await context.print(membersListing(descriptions, verbose))
  } else if (options.state) {
    sayStates(descriptions, context)
    const { brokers } = cluster.connections
    const states = descriptions.map((group) => stateOf(group, brokers))
    await context.print(statesListing(states, verbose))
  } else {
    failures.push(...(await printOffsets(cluster, descriptions, { timeoutMs, verbose }, context)))
  }
  throwFailures(failures)
}

async function printOffsets(
  cluster: Cluster,
  descriptions: readonly GroupDescription[],
  { timeoutMs, verbose }: { readonly timeoutMs: number; readonly verbose: boolean },
  context: Context,
): Promise<Error[]> {
  const ids = descriptions.map(({ groupId }) => groupId)
  const results = await fetchCommitted(cluster, ids, { timeoutMs })
  const committed = (groupId: string) => results.get(groupId)?.answer ?? []
  const told = descriptions.filter(({ groupId }) => results.get(groupId)?.error === null)
  const partitions = told.flatMap((group) => partitionsOf(group, committed(group.groupId)))
  const ends = await lookUpOffsets(cluster, partitions, { timeoutMs })
  const groups = told.map((group): GroupOffsets => {
    const rows = offsetRows(group, committed(group.groupId), ends)
    return { group: group.groupId, state: group.state, rows }
  })
  sayStates(told, context)
  await context.print(offsetsListing(groups, verbose))
  const unreadable = groups.flatMap(({ group, rows }) =>
    rows.flatMap(({ topic, partition, error }) =>
      error === null
        ? []
        : [`group ${group}, ${partitionName({ topic: topic!, partition: partition! })}: ${error.message}`],
    ),
  )
  return [...failuresOf(results), ...unreadable.map((reason) => new Failure(groupFailure(reason)))]
}

/** What Kafka's tool tells of groups that are empty or on the move. */
function sayStates(groups: readonly GroupDescription[], context: Context): void {
  if (!context.isText) return
  for (const { groupId, state } of groups) {
    if (state === 'Empty') context.say(`\nConsumer group '${groupId}' has no active members.`)
    else if (state !== 'Stable') context.say(`\nWarning: Consumer group '${groupId}' is rebalancing.`)
  }
}
