import type { Cluster } from '../../client/cluster.ts'
import { fetchCommitted } from '../../client/groups/committed-offsets.ts'
import { failuresOf } from '../../client/groups/coordinated.ts'
import { describeConsumerGroups, type GroupDescription } from '../../client/groups/description.ts'
import type { Context } from '../context.ts'
import { type DescribeOptions, describeEach, sayEmpty, unreadable } from './describe-each.ts'
import { membersListing } from './members-listing.ts'
import { lookUpOffsets, offsetRows, partitionsOf } from './offset-rows.ts'
import { type GroupOffsets, offsetsListing } from './offsets-listing.ts'
import { stateOf, statesListing } from './states-listing.ts'

/** Describes groups; those that cannot be described are told behind the others. */
export async function describeGroups(
  cluster: Cluster,
  groups: readonly string[],
  options: DescribeOptions,
  context: Context,
): Promise<void> {
  const { timeout: timeoutMs, verbose } = options
  await describeEach(await describeConsumerGroups(cluster, groups, { timeoutMs }), options, {
    async members(descriptions) {
      sayStates(descriptions, context)
      await context.print(membersListing(descriptions, verbose))
    },
    async states(descriptions) {
      sayStates(descriptions, context)
      const { brokers } = cluster.connections
      const states = descriptions.map((group) => stateOf(group, brokers))
      await context.print(statesListing(states, verbose))
    },
    offsets: (descriptions) => printOffsets(cluster, descriptions, { timeoutMs, verbose }, context),
  })
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
  const found = groups.map(({ group, rows }) => ({
    group,
    // Rows of members without partitions have no offset that could not be read.
    offsets: rows.flatMap(({ topic, partition, error }) =>
      topic === null || partition === null ? [] : [{ topic, partition, error }],
    ),
  }))
  return [...failuresOf(results), ...unreadable('consumer', found)]
}

/** What Kafka's tool tells of groups that are empty or on the move. */
function sayStates(groups: readonly GroupDescription[], context: Context): void {
  for (const group of groups) {
    sayEmpty('consumer', [group], context)
    if (!context.isText || group.state === 'Empty' || group.state === 'Stable') continue
    context.say(`\nWarning: Consumer group '${group.groupId}' is rebalancing.`)
  }
}
