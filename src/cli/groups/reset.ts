import type { Cluster } from '../../client/cluster.ts'
import { type CommittedOffset, commitOffsets, fetchCommitted } from '../../client/groups/committed-offsets.ts'
import type { GroupResult } from '../../client/groups/coordinated.ts'
import { describeConsumerGroups, type GroupDescription } from '../../client/groups/description.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { Failure, throwFailures } from '../failures.ts'
import { exportedPlan } from './reset-file.ts'
import { type ResetRow, resetListing } from './reset-listing.ts'
import { planReset, type Scenario, warningsIn } from './reset-plan.ts'
import { groupFailure } from './sentence.ts'
import { checkPartitions, namedPartitions, type TopicArgument } from './topic-argument.ts'

export interface ResetOptions {
  readonly timeoutMs: number
  readonly execute: boolean
  readonly export: boolean
  /** Null: all that the group has committed for. */
  readonly topics: readonly TopicArgument[] | null
  /** Where the offsets of a group go; null when a file has nothing for it. */
  scenarioOf(group: string): Scenario | null
}

/** Sets the offsets of groups that have no members; a group that cannot be reset does not keep the others from it. */
export async function resetOffsets(
  cluster: Cluster,
  groups: readonly string[],
  options: ResetOptions,
  context: Context,
): Promise<void> {
  const { timeoutMs } = options
  const [descriptions, committed] = await Promise.all([
    describeConsumerGroups(cluster, groups, { timeoutMs }),
    fetchCommitted(cluster, groups, { timeoutMs }),
  ])
  const rows: ResetRow[] = []
  const refusals: Refusal[] = []
  const failures: Error[] = []
  for (const group of new Set(groups)) {
    try {
      checkInactive(group, descriptions.get(group)!)
      const found = committed.get(group)!
      if (found.error !== null) throw found.error
      rows.push(...(await resetGroup(cluster, group, found.answer, options, context)))
    } catch (error) {
      if (error instanceof Refusal) refusals.push(error)
      else if (error instanceof KafkaError || error instanceof Failure) failures.push(error)
      else throw error
    }
  }
  const hasNothingToSay = rows.length === 0 && refusals.length === 0 && failures.length > 0
  if (hasNothingToSay) throwFailures(failures)
  if (options.export && context.isText) {
    context.io.out(`${exportedPlan(rows, groups.length === 1)}\n`)
  } else {
    await context.print(resetListing(rows, groups))
  }
  for (const { group, topic, partition, error } of rows) {
    if (error !== null)
      failures.push(new Failure(groupFailure(`${group}, ${topic}-${partition}: ${error.message}`)))
  }
  throwFailures([...refusals, ...failures])
}

/** A group whose offsets are not to be reset; Kafka prints its table all the same. */
class Refusal extends Failure {}

function checkInactive(group: string, { answer, error }: GroupResult<GroupDescription>): void {
  if (error !== null) {
    // A group that is not there comes into being with its first commit.
    if (error instanceof KafkaError && error.code === 'GROUP_ID_NOT_FOUND') return
    throw error
  }
  if (answer.state === 'Empty' || answer.state === 'Dead') return
  throw new Refusal(
    `Error: Assignments can only be reset if the group '${group}' is inactive, but the current state is ${answer.state}.`,
    { hint: 'stop its members first', code: 'NON_EMPTY_GROUP' },
  )
}

async function resetGroup(
  cluster: Cluster,
  group: string,
  committed: readonly CommittedOffset[],
  options: ResetOptions,
  context: Context,
): Promise<ResetRow[]> {
  const { timeoutMs, execute } = options
  const scenario = options.scenarioOf(group)
  if (scenario === null) throw new Refusal(`Error: No reset plan for group ${group} found.`)
  const partitions = await partitionsToReset(cluster, scenario, committed, options)
  await checkPartitions(cluster, partitions, { timeoutMs })
  const warnings = warningsIn(context)
  const planned = await planReset(cluster, partitions, scenario, { committed, timeoutMs, warnings })
  const errors = execute ? await commitOffsets(cluster, group, planned, { timeoutMs }) : new Map()
  const current = new Map(committed.map((found) => [partitionName(found), found.offset]))
  return [...planned].sort(comparePartitions).map((target) => ({
    group,
    topic: target.topic,
    partition: target.partition,
    currentOffset: current.get(partitionName(target)) ?? null,
    newOffset: target.offset,
    error: errors.get(partitionName(target)) ?? null,
  }))
}

async function partitionsToReset(
  cluster: Cluster,
  scenario: Scenario,
  committed: readonly CommittedOffset[],
  { topics, timeoutMs }: ResetOptions,
): Promise<readonly TopicPartition[]> {
  if (scenario.to === 'plan') return scenario.offsets
  return topics === null ? committed : await namedPartitions(cluster, topics, { timeoutMs })
}
