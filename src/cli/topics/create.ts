import type { Cluster } from '../../client/cluster.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import { CreateTopics } from '../../protocol/messages/topics.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import { topicFailure } from './sentence.ts'

export interface NewTopic {
  readonly topic: string
  readonly partitions?: number | undefined
  readonly replicationFactor?: number | undefined
  /** The brokers of each partition, in place of the two numbers. */
  readonly replicaAssignment?: readonly (readonly number[])[] | undefined
  readonly config: readonly string[]
  readonly ifNotExists: boolean
  readonly dryRun: boolean
}

const COLLISION_WARNING =
  "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. " +
  'To avoid issues it is best to use either, but not both.'

/** Creates a topic and prints Kafka's sentence; nothing is printed when it may and does exist. */
export async function createTopic(cluster: Cluster, topic: NewTopic, context: Context): Promise<void> {
  if (topic.topic === '') {
    const reason = "The given topic name '' cannot be represented in a request."
    throw new KafkaError('INVALID_TOPIC_EXCEPTION', reason)
  }
  const configs = readConfigs(topic.config)
  if (/[._]/.test(topic.topic)) context.warn(COLLISION_WARNING)
  checkNumbers(topic)
  const { replicaAssignment } = topic
  const answer = await cluster.request(
    CreateTopics,
    {
      topics: [
        {
          name: topic.topic,
          numPartitions: replicaAssignment ? -1 : (topic.partitions ?? -1),
          replicationFactor: replicaAssignment ? -1 : (topic.replicationFactor ?? -1),
          assignments: (replicaAssignment ?? []).map((brokerIds, partitionIndex) => ({
            partitionIndex,
            brokerIds: [...brokerIds],
          })),
          configs,
        },
      ],
      timeoutMs: cluster.requestTimeoutMs,
      validateOnly: topic.dryRun,
    },
    { node: 'controller' },
  )
  for (const created of answer.topics) {
    const error = itemError(created)
    if (error?.code === 'TOPIC_ALREADY_EXISTS' && topic.ifNotExists) continue
    if (error) throw error
    if (topic.dryRun) context.say(`dry run: topic ${created.name} would be created`)
    else await context.print(createdListing(created))
  }
}

export interface CreatedTopic {
  readonly name: string
  readonly topicId: string
  readonly numPartitions: number
  readonly replicationFactor: number
}

const CREATED_COLUMNS = ['name', 'topicId', 'partitionCount', 'replicationFactor'] as const

export function createdListing({ name, topicId, numPartitions, replicationFactor }: CreatedTopic): Listing {
  const known = (value: number) => (value < 0 ? null : value)
  return {
    text: () => `Created topic ${name}.\n`,
    columns: CREATED_COLUMNS,
    items: [
      { name, topicId, partitionCount: known(numPartitions), replicationFactor: known(replicationFactor) },
    ],
    names: () => [name],
  }
}

function readConfigs(texts: readonly string[]): { name: string; value: string }[] {
  const configs = new Map<string, string>()
  for (const text of texts) {
    const parts = text.split(/\s*=\s*/)
    while (parts.at(-1) === '') parts.pop()
    if (parts.length !== 2) {
      throw badValue(
        'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
      )
    }
    configs.set(parts[0]!.trim(), parts[1]!.trim())
  }
  return [...configs].map(([name, value]) => ({ name, value }))
}

const badValue = (reason: string): UsageError => new UsageError(topicFailure(reason))

function checkNumbers({ replicationFactor, partitions }: NewTopic): void {
  if (replicationFactor !== undefined && (replicationFactor < 1 || replicationFactor > 32767)) {
    throw badValue('The replication factor must be between 1 and 32767 inclusive')
  }
  if (partitions !== undefined && partitions < 1) throw badValue('The partitions must be greater than 0')
}
