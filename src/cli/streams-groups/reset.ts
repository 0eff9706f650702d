import type { Cluster } from '../../client/cluster.ts'
import { type CommittedOffset, commitOffsets, fetchCommitted } from '../../client/groups/committed-offsets.ts'
import {
  describeStreamsGroups,
  inputTopicsOf,
  type StreamsGroupDescription,
  sourceTopicsOf,
} from '../../client/groups/streams-groups.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import type { ResetRow } from '../groups/reset-listing.ts'
import { offsetsByName, Refusal, ResetOutcome, requireInactive, resetRows } from '../groups/reset-outcome.ts'
import { planReset, type Scenario, warningsIn } from '../groups/reset-plan.ts'
import { checkPartitions, namedPartitions, type TopicArgument } from '../groups/topic-argument.ts'
import { tryToRemoveTopics } from '../topics/remove.ts'
import { internalTopicsOf } from './internal-topics.ts'

export interface ResetOptions {
  readonly timeoutMs: number
  readonly execute: boolean
  readonly export: boolean
  /** Null: all topics of others that the group reads. */
  readonly topics: readonly TopicArgument[] | null
  /** Where the offsets of a group go; null when a file has nothing for it. */
  scenarioOf(group: string): Scenario | null
  /** Which topics of its own a group loses along with its offsets. */
  readonly internalTopics: readonly string[] | 'all'
}

/** The columns of Kafka's table, the last one too. */
const WIDTHS = [30, 30, 10, 15]

/** Sets offsets of groups without members; a group that cannot be reset does not keep the others from it. */
export async function resetOffsets(
  cluster: Cluster,
  groups: readonly string[],
  options: ResetOptions,
  context: Context,
): Promise<void> {
  const { timeoutMs, execute } = options
  const [descriptions, committed] = await Promise.all([
    describeStreamsGroups(cluster, groups, { timeoutMs }),
    fetchCommitted(cluster, groups, { timeoutMs }),
  ])
  const outcome = new ResetOutcome()
  for (const [group, { answer, error }] of descriptions) {
    await outcome.attempt(async () => {
      if (error !== null) throw error
      requireInactive(group, answer.state)
      const found = committed.get(group)!
      if (found.error !== null) throw found.error
      const sources = sourceTopicsOf(answer)
      const ofGroup = found.answer.filter(({ topic }) => sources.has(topic))
      outcome.rows.push(...(await resetGroup(cluster, answer, ofGroup, options, context)))
      return execute ? await deleteInternal(cluster, answer, options) : []
    })
  }
  await outcome.tell('streams', groups, options, context, WIDTHS)
}

async function resetGroup(
  cluster: Cluster,
  group: StreamsGroupDescription,
  committed: readonly CommittedOffset[],
  options: ResetOptions,
  context: Context,
): Promise<ResetRow[]> {
  const { timeoutMs, execute } = options
  const scenario = options.scenarioOf(group.groupId)
  if (scenario === null) throw new Refusal(`Error: No reset plan for group ${group.groupId} found`)
  const partitions = await partitionsToReset(cluster, group, scenario, committed, options)
  const warnings = warningsIn(context)
  const planned = await planReset(cluster, partitions, scenario, { committed, timeoutMs, warnings })
  const errors = execute ? await commitOffsets(cluster, group.groupId, planned, { timeoutMs }) : new Map()
  return resetRows(group.groupId, planned, offsetsByName(committed), errors)
}

async function partitionsToReset(
  cluster: Cluster,
  group: StreamsGroupDescription,
  scenario: Scenario,
  committed: readonly CommittedOffset[],
  { topics, timeoutMs }: ResetOptions,
): Promise<readonly TopicPartition[]> {
  if (scenario.to === 'plan') {
    await checkPartitions(cluster, scenario.offsets, { timeoutMs })
    return scenario.offsets
  }
  if (topics === null) {
    const inputs = inputTopicsOf(group)
    return committed.filter(({ topic }) => inputs.has(topic))
  }
  const named = await namedPartitions(cluster, topics, { timeoutMs })
  await checkPartitions(cluster, named, { timeoutMs })
  const known = new Set(committed.map(partitionName))
  if (named.every((partition) => known.has(partitionName(partition)))) return named
  throw new Refusal(`Error: One or more topics are not part of the group '${group.groupId}'.`)
}

async function deleteInternal(
  cluster: Cluster,
  group: StreamsGroupDescription,
  { internalTopics, timeoutMs }: ResetOptions,
): Promise<Refusal[]> {
  const refusals: Refusal[] = []
  const names =
    internalTopics === 'all'
      ? internalTopicsOf(group, (topic) => refusals.push(new Refusal(notInferred(topic, group.groupId))))
      : internalTopics
  const [first] = (await tryToRemoveTopics(cluster, names, { timeoutMs })).values()
  if (first === undefined) return refusals
  const isMissing = first instanceof KafkaError && first.code === 'UNKNOWN_TOPIC_OR_PARTITION'
  const why = isMissing ? 'failed because the topics do not exist.' : `failed due to ${first.message}`
  refusals.push(new Refusal(`Error: Deleting internal topics for group '${group.groupId}' ${why}`))
  return refusals
}

const notInferred = (topic: string, group: string): string =>
  `Error: The internal topic '${topic}' is not inferred as internal and thus will not be deleted with the group '${group}'.`
