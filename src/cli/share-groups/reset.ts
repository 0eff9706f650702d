import type { Cluster } from '../../client/cluster.ts'
import {
  alterShareOffsets,
  describeShareGroups,
  fetchShareOffsets,
} from '../../client/groups/share-groups.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { Failure, throwFailures } from '../failures.ts'
import { resetListing } from '../groups/reset-listing.ts'
import { resetRows } from '../groups/reset-outcome.ts'
import { planReset, type Scenario, warningsIn } from '../groups/reset-plan.ts'
import { failureOf } from '../groups/sentence.ts'
import { checkPartitions, namedPartitions, type TopicArgument } from '../groups/topic-argument.ts'

export interface ResetOptions {
  readonly timeoutMs: number
  readonly execute: boolean
  /** Null: all that the group has read. */
  readonly topics: readonly TopicArgument[] | null
  readonly scenario: Scenario
}

/** Sets where a share group without members goes on; a group that is not there comes into being. */
export async function resetOffsets(
  cluster: Cluster,
  group: string,
  options: ResetOptions,
  context: Context,
): Promise<void> {
  const { timeoutMs, execute, topics, scenario } = options
  await checkInactive(cluster, group, timeoutMs)
  const found = (await fetchShareOffsets(cluster, [group], { timeoutMs })).get(group)
  if (topics === null && found?.error) throw found.error
  const current = found?.answer ?? []
  const partitions: readonly TopicPartition[] =
    topics === null ? current : await namedPartitions(cluster, topics, { timeoutMs })
  await checkPartitions(cluster, partitions, { timeoutMs })
  const warnings = warningsIn(context)
  const planned = await planReset(cluster, partitions, scenario, { committed: [], timeoutMs, warnings })
  const errors = execute ? await alterShareOffsets(cluster, group, planned, { timeoutMs }) : new Map()
  const starts = new Map(current.map((offset) => [partitionName(offset), offset.startOffset]))
  const rows = resetRows(group, planned, starts, errors)
  await context.print(resetListing(rows, [group]))
  const refused = rows.flatMap(({ error, ...target }) =>
    error === null ? [] : [new Failure(failureOf('share')(`${partitionName(target)}: ${error.message}`))],
  )
  throwFailures(refused)
}

async function checkInactive(cluster: Cluster, group: string, timeoutMs: number): Promise<void> {
  const { answer, error } = (await describeShareGroups(cluster, [group], { timeoutMs })).get(group)!
  if (error instanceof KafkaError && error.code === 'GROUP_ID_NOT_FOUND') return
  if (error !== null) throw error
  if (answer.state === 'Empty' || answer.state === 'Dead') return
  throw new Failure(`Share group '${group}' is not empty.`, {
    hint: 'stop its members first',
    code: 'NON_EMPTY_GROUP',
  })
}
