import type { Cluster } from '../../client/cluster.ts'
import { answersOf, failuresOf } from '../../client/groups/coordinated.ts'
import {
  describeShareGroups,
  fetchShareOffsets,
  type ShareGroupDescription,
} from '../../client/groups/share-groups.ts'
import { comparePartitions, partitionName } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import { Failure, throwFailures } from '../failures.ts'
import { failureOf } from '../groups/sentence.ts'
import { stateOf } from '../groups/states-listing.ts'
import { shareMembersListing, shareOffsetsListing, shareStatesListing } from './listings.ts'

export interface DescribeOptions {
  readonly timeout: number
  readonly verbose: boolean
  readonly members: boolean
  readonly state: string | true | undefined
}

/** Describes share groups; those that cannot be described are told behind the others. */
export async function describeGroups(
  cluster: Cluster,
  groups: readonly string[],
  options: DescribeOptions,
  context: Context,
): Promise<void> {
  const { timeout: timeoutMs, verbose } = options
  const results = await describeShareGroups(cluster, groups, { timeoutMs })
  const descriptions = answersOf(results).sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
  const failures = failuresOf(results)
  if (options.members) {
    sayEmpty(descriptions, context)
    await context.print(shareMembersListing(descriptions, verbose))
  } else if (options.state) {
    sayEmpty(descriptions, context)
    const { brokers } = cluster.connections
    const states = descriptions.map((group) => stateOf(group, brokers))
    await context.print(shareStatesListing(states, verbose))
  } else {
    failures.push(...(await printOffsets(cluster, descriptions, { timeoutMs, verbose }, context)))
  }
  throwFailures(failures)
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
  const unreadable = groups.flatMap(({ group, offsets }) =>
    offsets.flatMap((found) =>
      found.error === null ? [] : [`group ${group}, ${partitionName(found)}: ${found.error.message}`],
    ),
  )
  return [...failuresOf(results), ...unreadable.map((reason) => new Failure(failureOf('share')(reason)))]
}

function sayEmpty(groups: readonly ShareGroupDescription[], context: Context): void {
  if (!context.isText) return
  for (const { groupId, state } of groups) {
    if (state === 'Empty') context.say(`\nShare group '${groupId}' has no active members.`)
  }
}
