import type { Cluster } from '../../client/cluster.ts'
import { type CommittedOffset, commitOffsets, fetchCommitted } from '../../client/groups/committed-offsets.ts'
import type { GroupResult } from '../../client/groups/coordinated.ts'
import { describeConsumerGroups, type GroupDescription } from '../../client/groups/description.ts'
import type { TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import type { ResetRow } from './reset-listing.ts'
import { offsetsByName, Refusal, ResetOutcome, requireInactive, resetRows } from './reset-outcome.ts'
import { planReset, type Scenario, warningsIn } from './reset-plan.ts'
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
  const outcome = new ResetOutcome()
  for (const group of new Set(groups)) {
    await outcome.attempt(async () => {
      checkInactive(group, descriptions.get(group)!)
      const found = committed.get(group)!
      if (found.error !== null) throw found.error
      outcome.rows.push(...(await resetGroup(cluster, group, found.answer, options, context)))
      return []
    })
  }
  await outcome.tell('consumer', groups, options, context)
}

function checkInactive(group: string, { answer, error }: GroupResult<GroupDescription>): void {
  if (error === null) requireInactive(group, answer.state)
  // A group that is not there comes into being with its first commit.
  else if (!(error instanceof KafkaError && error.code === 'GROUP_ID_NOT_FOUND')) throw error
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
  return resetRows(group, planned, offsetsByName(committed), errors)
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
