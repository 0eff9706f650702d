import type { Cluster } from '../../client/cluster.ts'
import { type CommittedOffset, commitOffsets, fetchCommitted } from '../../client/groups/committed-offsets.ts'
import {
  describeStreamsGroups,
  inputTopicsOf,
  type StreamsGroupDescription,
  sourceTopicsOf,
} from '../../client/groups/streams-groups.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { Failure, throwFailures } from '../failures.ts'
import { exportedPlan } from '../groups/reset-file.ts'
import { type ResetRow, resetListing } from '../groups/reset-listing.ts'
import { planReset, type Scenario, warningsIn } from '../groups/reset-plan.ts'
import { failureOf } from '../groups/sentence.ts'
import { checkPartitions, namedPartitions, type TopicArgument } from '../groups/topic-argument.ts'
import { deleteTopics, internalTopicsOf } from './internal-topics.ts'

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
  const rows: ResetRow[] = []
  const refusals: Refusal[] = []
  const failures: Error[] = []
  for (const [group, { answer, error }] of descriptions) {
    try {
      if (error !== null) throw error
      checkInactive(answer)
      const found = committed.get(group)!
      if (found.error !== null) throw found.error
      const sources = sourceTopicsOf(answer)
      const ofGroup = found.answer.filter(({ topic }) => sources.has(topic))
      rows.push(...(await resetGroup(cluster, answer, ofGroup, options, context)))
      if (execute) refusals.push(...(await deleteInternal(cluster, answer, options)))
    } catch (reason) {
      if (reason instanceof Refusal) refusals.push(reason)
      else if (reason instanceof KafkaError || reason instanceof Failure) failures.push(reason)
      else throw reason
    }
  }
  const hasNothingToSay = rows.length === 0 && refusals.length === 0 && failures.length > 0
  if (hasNothingToSay) throwFailures(failures)
  if (options.export && context.isText) context.io.out(`${exportedPlan(rows, groups.length === 1)}\n`)
  else await context.print(resetListing(rows, groups, WIDTHS))
  for (const { error, ...row } of rows) {
    if (error === null) continue
    failures.push(new Failure(failureOf('streams')(`${row.group}, ${partitionName(row)}: ${error.message}`)))
  }
  throwFailures([...refusals, ...failures])
}

/** What Kafka's tool says on the side while it goes on. */
class Refusal extends Failure {}

function checkInactive({ groupId, state }: StreamsGroupDescription): void {
  if (state === 'Empty' || state === 'Dead') return
  throw new Refusal(
    `Error: Assignments can only be reset if the group '${groupId}' is inactive, but the current state is ${state}.`,
    { hint: 'stop its members first', code: 'NON_EMPTY_GROUP' },
  )
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
  const current = new Map(committed.map((found) => [partitionName(found), found.offset]))
  return [...planned].sort(comparePartitions).map((target) => ({
    group: group.groupId,
    topic: target.topic,
    partition: target.partition,
    currentOffset: current.get(partitionName(target)) ?? null,
    newOffset: target.offset,
    error: errors.get(partitionName(target)) ?? null,
  }))
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
  const [first] = (await deleteTopics(cluster, names, timeoutMs)).values()
  if (first === undefined) return refusals
  const isMissing = first instanceof KafkaError && first.code === 'UNKNOWN_TOPIC_OR_PARTITION'
  const why = isMissing ? 'failed because the topics do not exist.' : `failed due to ${first.message}`
  refusals.push(new Refusal(`Error: Deleting internal topics for group '${group.groupId}' ${why}`))
  return refusals
}

const notInferred = (topic: string, group: string): string =>
  `Error: The internal topic '${topic}' is not inferred as internal and thus will not be deleted with the group '${group}'.`
