import type { Cluster } from '../../client/cluster.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import { describeTopics } from './describe.ts'
import { descriptionListing } from './description.ts'
import { selectTopics } from './select.ts'
import { topicFailure } from './sentence.ts'
import { parseTopicId } from './topic-id.ts'

/** The options of `topics --describe`. */
export interface DescribeOptions {
  readonly topic?: string | undefined
  readonly topicId?: string | undefined
  readonly excludeInternal: boolean
  readonly ifExists: boolean
  readonly underReplicatedPartitions: boolean
  readonly underMinIsrPartitions: boolean
  readonly atMinIsrPartitions: boolean
  readonly unavailablePartitions: boolean
  readonly topicsWithOverrides: boolean
  readonly partitionSizeLimitPerResponse: number
}

const ONLY_THE_ID =
  'Only topic id will be used when both --topic and --topic-id are specified and topicId is not Uuid.ZERO_UUID'

/** Describes the topics that the options choose. */
export async function printDescription(
  cluster: Cluster,
  options: DescribeOptions,
  context: Context,
): Promise<void> {
  const topicId = parseTopicId(options.topicId)
  if (options.ifExists && options.topic !== undefined && options.topicId !== undefined) {
    context.warn(ONLY_THE_ID)
  }
  const found =
    topicId === null ? await selectTopics(cluster, options) : await topicWithId(cluster, topicId, options)
  const described = await describeTopics(cluster, found, {
    byId: topicId !== null,
    pageSize: options.partitionSizeLimitPerResponse,
  })
  const filter = {
    underReplicated: options.underReplicatedPartitions,
    underMinIsr: options.underMinIsrPartitions,
    atMinIsr: options.atMinIsrPartitions,
    unavailable: options.unavailablePartitions,
  }
  await context.print(descriptionListing(described, { filter, overridesOnly: options.topicsWithOverrides }))
}

async function topicWithId(
  cluster: Cluster,
  topicId: string,
  options: DescribeOptions,
): Promise<TopicMetadata[]> {
  const all = await selectTopics(cluster, { ...options, topic: undefined })
  const found = all.filter((candidate) => candidate.topicId === topicId)
  if (found.length === 0 && !options.ifExists) {
    throw new Failure(topicFailure(`TopicId '${topicId}' does not exist as expected`))
  }
  return found
}
