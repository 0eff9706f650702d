import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { commitOffsets } from '../../client/groups/committed-offsets.ts'
import { isInternalTopicOf } from '../../client/groups/streams-groups.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import { OFFSET_SPECS } from '../../client/offsets.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { Failure, throwFailures } from '../failures.ts'
import type { Scenario } from '../groups/reset-plan.ts'
import type { Listing } from '../output/listing.ts'
import { tryToRemoveTopics } from '../topics/remove.ts'
import { namedOffsetsAt, planOffsets } from './offsets.ts'

export interface ApplicationReset {
  readonly applicationId: string
  readonly inputTopics: readonly string[]
  readonly intermediateTopics: readonly string[]
  /** Empty: all that look like topics of the application. */
  readonly internalTopics: readonly string[]
  readonly scenario: Scenario
  readonly dryRun: boolean
}

export interface ResetTopic {
  readonly topic: string
  readonly role: 'input' | 'intermediate' | 'internal'
  /** Null for topics that are deleted. */
  readonly partition: number | null
  readonly newOffset: Int64 | null
  readonly error: Error | null
}

/** Resets the offsets of an application, and deletes its internal topics; the exit code. */
export async function resetApplication(
  cluster: Cluster,
  reset: ApplicationReset,
  context: Context,
): Promise<number> {
  const tell = (line: string): void => context.warn(line)
  const topics = await cluster.allTopics()
  const internal = internalTopics(topics, reset)
  if (reset.dryRun) {
    tell('----Dry run displays the actions which will be performed when running Streams Reset Tool----')
  }
  const { rows, hasMissing } = await resetTopics(cluster, topics, reset, tell)
  const kind = reset.internalTopics.length > 0 ? 'specified' : 'inferred'
  tell(`Deleting ${kind} internal topics [${internal.join(', ')}]`)
  const errors = reset.dryRun
    ? new Map<string, Error>()
    : await tryToRemoveTopics(cluster, internal, { timeoutMs: cluster.defaultApiTimeoutMs })
  const deleted = internal.map(
    (topic): ResetTopic => ({
      topic,
      role: 'internal',
      partition: null,
      newOffset: null,
      error: errors.get(topic) ?? null,
    }),
  )
  if (errors.size === 0) tell('Done.')
  if (!context.isText) await context.print(applicationListing(reset.applicationId, [...rows, ...deleted]))
  throwFailures(
    [...errors].map(([topic, error]) => new Failure(`ERROR: deleting topic ${topic}: ${error.message}`)),
  )
  return hasMissing ? EXIT.failed : EXIT.done
}

/** Before anything is changed: Kafka's tool finds out only when the offsets are reset. */
function internalTopics(topics: ReadonlyMap<string, TopicMetadata>, reset: ApplicationReset): string[] {
  const named = new Set([...reset.inputTopics, ...reset.intermediateTopics])
  const inferred = [...topics.keys()]
    .filter((topic) => !named.has(topic) && isInternalTopicOf(topic, reset.applicationId))
    .sort()
  const stranger = reset.internalTopics.find((topic) => !inferred.includes(topic))
  if (stranger === undefined) return reset.internalTopics.length > 0 ? [...reset.internalTopics] : inferred
  throw new Failure(
    'ERROR: Invalid topic specified in the --internal-topics option. Ensure that the topics specified are all internal topics. Do a dry run without the --internal-topics option to see the list of all internal topics that can be deleted.',
    { hint: `'${stranger}' is not an internal topic of the application` },
  )
}

async function resetTopics(
  cluster: Cluster,
  topics: ReadonlyMap<string, TopicMetadata>,
  reset: ApplicationReset,
  tell: (line: string) => void,
): Promise<{ rows: ResetTopic[]; hasMissing: boolean }> {
  const { applicationId, inputTopics, intermediateTopics } = reset
  if (inputTopics.length === 0 && intermediateTopics.length === 0) {
    tell('No input or intermediate topics specified. Skipping seek.')
    return { rows: [], hasMissing: false }
  }
  if (inputTopics.length > 0) tell(`Reset-offsets for input topics [${inputTopics.join(', ')}]`)
  if (intermediateTopics.length > 0) {
    tell(`Seek-to-end for intermediate topics [${intermediateTopics.join(', ')}]`)
  }
  const noInput = inputTopics.filter((topic) => !topics.has(topic))
  const noIntermediate = intermediateTopics.filter((topic) => !topics.has(topic))
  if (noInput.length > 0) tell('Following input topics are not found, skipping them')
  for (const topic of noInput) tell(`Topic: ${topic}`)
  if (noIntermediate.length > 0) tell('Following intermediate topics are not found, skipping them')
  for (const topic of noIntermediate) tell(`Topic:${topic}`)
  const hasMissing = noInput.length + noIntermediate.length > 0
  const inputs = partitionsOf(inputTopics, topics)
  const others = intermediateTopics.filter((topic) => !inputTopics.includes(topic))
  const intermediates = partitionsOf(others, topics)
  if (inputs.length + intermediates.length === 0) return { rows: [], hasMissing }
  const offsets = new Map<string, Int64>()
  if (inputs.length > 0) {
    tell(`Following input topics offsets will be reset to (for consumer group ${applicationId})`)
    const planned = await planOffsets(cluster, applicationId, inputs, reset.scenario, tell)
    for (const { topic, partition } of inputs) {
      const offset = planned.get(partitionName({ topic, partition }))!
      offsets.set(partitionName({ topic, partition }), offset)
      tell(`Topic: ${topic} Partition: ${partition} Offset: ${offset}`)
    }
  }
  if (intermediates.length > 0) {
    tell(`Following intermediate topics offsets will be reset to end (for consumer group ${applicationId})`)
    for (const { topic } of intermediates) tell(`Topic: ${topic}`)
    const ends = await namedOffsetsAt(cluster, intermediates, OFFSET_SPECS.latest)
    for (const [name, offset] of ends) offsets.set(name, offset)
  }
  const targets = [...inputs, ...intermediates].map((partition) => ({
    ...partition,
    offset: offsets.get(partitionName(partition))!,
  }))
  const errors = reset.dryRun
    ? new Map<string, Error>()
    : await commitOffsets(cluster, applicationId, targets)
  const [first] = errors
  if (first !== undefined) throw new Failure(`ERROR: ${first[0]}: ${first[1].message}`)
  tell('Done.')
  const inputNames = new Set(inputTopics)
  const rows = targets.map(
    ({ topic, partition, offset }): ResetTopic => ({
      topic,
      role: inputNames.has(topic) ? 'input' : 'intermediate',
      partition,
      newOffset: offset,
      error: null,
    }),
  )
  return { rows, hasMissing }
}

const partitionsOf = (
  names: readonly string[],
  topics: ReadonlyMap<string, TopicMetadata>,
): TopicPartition[] =>
  [...new Set(names)]
    .flatMap((topic) => (topics.get(topic)?.partitions ?? []).map(({ partition }) => ({ topic, partition })))
    .sort(comparePartitions)

/** What `streams-application-reset` prints in formats other than text, in which it tells as it goes. */
export function applicationListing(applicationId: string, rows: readonly ResetTopic[]): Listing {
  return {
    text: () => '',
    items: rows.map(({ topic, role, partition, newOffset, error }) => ({
      applicationId,
      topic,
      role,
      partition,
      newOffset,
      error: error?.message ?? null,
    })),
    columns: ['applicationId', 'topic', 'role', 'partition', 'newOffset', 'error'],
    names: () => [...new Set(rows.map(({ topic }) => topic))],
  }
}
