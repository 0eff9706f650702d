import { type Int64, subtractInt64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { type CommittedOffset, fetchCommitted } from '../../client/groups/committed-offsets.ts'
import { failuresOf } from '../../client/groups/coordinated.ts'
import {
  activePartitions,
  describeStreamsGroups,
  type StreamsGroupDescription,
  sourceTopicsOf,
} from '../../client/groups/streams-groups.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import { type DescribeOptions, describeEach, sayEmpty, unreadable } from '../groups/describe-each.ts'
import { type FoundOffset, lookUpOffsets } from '../groups/offset-rows.ts'
import { stateOf } from '../groups/states-listing.ts'
import {
  type StreamsOffset,
  streamsMembersListing,
  streamsOffsetsListing,
  streamsStatesListing,
} from './listings.ts'

/** Describes streams groups; those that cannot be described are told behind the others. */
export async function describeGroups(
  cluster: Cluster,
  groups: readonly string[],
  options: DescribeOptions,
  context: Context,
): Promise<void> {
  const { timeout: timeoutMs, verbose } = options
  await describeEach(await describeStreamsGroups(cluster, groups, { timeoutMs }), options, {
    async members(descriptions) {
      sayEmpty('streams', descriptions, context)
      await context.print(streamsMembersListing(descriptions, verbose))
    },
    async states(descriptions) {
      const { brokers } = cluster.connections
      const states = descriptions.map((group) => stateOf({ ...group, assignor: null }, brokers))
      await context.print(streamsStatesListing(states, verbose))
    },
    offsets: (descriptions) => printOffsets(cluster, descriptions, { timeoutMs, verbose }, context),
  })
}

async function printOffsets(
  cluster: Cluster,
  descriptions: readonly StreamsGroupDescription[],
  { timeoutMs, verbose }: { readonly timeoutMs: number; readonly verbose: boolean },
  context: Context,
): Promise<Error[]> {
  // Kafka's tool prints nothing at all about a group without members here.
  sayEmpty('streams', descriptions, context)
  const ids = descriptions.map(({ groupId }) => groupId)
  const results = await fetchCommitted(cluster, ids, { timeoutMs })
  const told = descriptions.flatMap((group) => {
    const committed = results.get(group.groupId)?.answer
    if (!committed) return []
    const sources = sourceTopicsOf(group)
    return [{ group, committed: committed.filter(({ topic }) => sources.has(topic)) }]
  })
  const partitions = told.flatMap(({ group, committed }) => [...activePartitions(group), ...committed])
  const [starts, ends] = await Promise.all([
    lookUpOffsets(cluster, partitions, { timeoutMs, spec: 'earliest' }),
    lookUpOffsets(cluster, partitions, { timeoutMs }),
  ])
  const groups = told.map(({ group, committed }) => ({
    group: group.groupId,
    state: group.state,
    offsets: offsetsOf(group, committed, starts, ends),
  }))
  await context.print(streamsOffsetsListing(groups, verbose))
  return [...failuresOf(results), ...unreadable('streams', groups)]
}

function offsetsOf(
  group: StreamsGroupDescription,
  committed: readonly CommittedOffset[],
  starts: ReadonlyMap<string, FoundOffset>,
  ends: ReadonlyMap<string, FoundOffset>,
): StreamsOffset[] {
  const active = activePartitions(group)
  const activeNames = new Set(active.map(partitionName))
  const byName = new Map(committed.map((found) => [partitionName(found), found]))
  const all = new Map<string, TopicPartition>(
    [...active, ...committed].map((partition) => [partitionName(partition), partition]),
  )
  return [...all]
    .map(([name, { topic, partition }]): StreamsOffset => {
      const [found, start, end] = [byName.get(name), starts.get(name), ends.get(name)]
      const currentOffset = found === undefined || found.error !== null ? null : found.offset
      const logEndOffset = known(end)
      const from = currentOffset ?? known(start)
      return {
        topic,
        partition,
        currentOffset,
        leaderEpoch: found?.leaderEpoch ?? null,
        logEndOffset,
        lag: logEndOffset === null || from === null ? null : subtractInt64(logEndOffset, from),
        isActive: activeNames.has(name),
        error: found?.error ?? (end instanceof Error ? end : null),
      }
    })
    .sort(comparePartitions)
}

const known = (found: FoundOffset | undefined): Int64 | null =>
  found === undefined || found instanceof Error ? null : found
