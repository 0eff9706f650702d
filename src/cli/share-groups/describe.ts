import type { Cluster } from '../../client/cluster.ts'
import { failuresOf } from '../../client/groups/coordinated.ts'
import {
  describeShareGroups,
  fetchShareOffsets,
  type ShareGroupDescription,
} from '../../client/groups/share-groups.ts'
import { comparePartitions } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import { type DescribeOptions, describeEach, sayEmpty, unreadable } from '../groups/describe-each.ts'
import { stateOf } from '../groups/states-listing.ts'
import { shareMembersListing, shareOffsetsListing, shareStatesListing } from './listings.ts'

/** Describes share groups; those that cannot be described are told behind the others. */
export async function describeGroups(
  cluster: Cluster,
  groups: readonly string[],
  options: DescribeOptions,
  context: Context,
): Promise<void> {
  const { timeout: timeoutMs, verbose } = options
  await describeEach(await describeShareGroups(cluster, groups, { timeoutMs }), options, {
    async members(descriptions) {
      sayEmpty('share', descriptions, context)
      await context.print(shareMembersListing(descriptions, verbose))
    },
    async states(descriptions) {
      sayEmpty('share', descriptions, context)
      const { brokers } = cluster.connections
      const states = descriptions.map((group) => stateOf(group, brokers))
      await context.print(shareStatesListing(states, verbose))
    },
    offsets: (descriptions) => printOffsets(cluster, descriptions, { timeoutMs, verbose }, context),
  })
}

async function printOffsets(
  cluster: Cluster,
  descriptions: readonly ShareGroupDescription[],
  { timeoutMs, verbose }: { readonly timeoutMs: number; readonly verbose: boolean },
  context: Context,
): Promise<Error[]> {
  const ids = descriptions.map(({ groupId }) => groupId)
  const results = await fetchShareOffsets(cluster, ids, { timeoutMs })
  const groups = descriptions.flatMap(({ groupId: group, state }) => {
    const offsets = results.get(group)?.answer
    return offsets ? [{ group, state, offsets: [...offsets].sort(comparePartitions) }] : []
  })
  await context.print(shareOffsetsListing(groups, verbose))
  return [...failuresOf(results), ...unreadable('share', groups)]
}
