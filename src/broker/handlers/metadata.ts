import { ZERO_UUID } from '../../bytes/uuid.ts'
import { type ErrorName, errorCode, KafkaError } from '../../protocol/errors.ts'
import { DescribeTopicPartitions, Metadata } from '../../protocol/messages/metadata.ts'
import type { DecodedRequestOf, ResponseOf } from '../../protocol/schema.ts'
import { autoCreateTopic } from '../auto-create.ts'
import { type Context, handle } from '../handle.ts'
import type { PartitionState, TopicState } from '../metadata/image.ts'
import { ALL_CLUSTER_OPERATIONS, ALL_TOPIC_OPERATIONS, NO_OPERATIONS } from '../operations.ts'
import { checkTopicName, isInternalTopic } from '../topic-names.ts'

type MetadataTopic = ResponseOf<typeof Metadata>['topics'][number]
type DescribedTopic = ResponseOf<typeof DescribeTopicPartitions>['topics'][number]

const failedTopic = (
  name: string | null,
  topicId: string,
  error: ErrorName,
  operations = NO_OPERATIONS,
): MetadataTopic => ({
  errorCode: errorCode(error),
  name,
  topicId,
  isInternal: name !== null && isInternalTopic(name),
  partitions: [],
  topicAuthorizedOperations: operations,
})

const NO_LEADER = -1

/** A partition whose log cannot be opened has no leader, and all its replicas are offline. */
function describePartition({ broker }: Context, state: PartitionState) {
  const isAvailable = broker.logs.get(state.topic.name, state.partition) !== undefined
  return {
    errorCode: errorCode(isAvailable ? 'NONE' : 'LEADER_NOT_AVAILABLE'),
    partitionIndex: state.partition,
    leaderId: isAvailable ? state.leader : NO_LEADER,
    leaderEpoch: state.leaderEpoch,
    replicaNodes: state.replicas,
    isrNodes: state.isr,
    offlineReplicas: isAvailable ? [] : state.replicas,
  }
}

function describeTopic(context: Context, topic: TopicState, operations: number): MetadataTopic {
  return {
    errorCode: 0,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((state) => describePartition(context, state)),
    topicAuthorizedOperations: operations,
  }
}

/** The named topic; made on the spot if the client and the settings allow it. */
function topicByName(context: Context, name: string, mayCreate: boolean, operations: number): MetadataTopic {
  const { broker } = context
  const known = broker.image.topics.get(name)
  if (known) return describeTopic(context, known, operations)
  const failed = (error: ErrorName) => failedTopic(name, ZERO_UUID, error, operations)
  if (checkTopicName(name) !== null) return failed('INVALID_TOPIC_EXCEPTION')
  if (!mayCreate || !broker.config.boolean('auto.create.topics.enable'))
    return failed('UNKNOWN_TOPIC_OR_PARTITION')
  // Differs: Kafka answers UNKNOWN_TOPIC_OR_PARTITION first and lets the client ask again; here the topic is there at once.
  const failure = autoCreateTopic(broker, name)
  const created = broker.image.topics.get(name)
  return created
    ? describeTopic(context, created, operations)
    : failed(failure ?? 'UNKNOWN_TOPIC_OR_PARTITION')
}

/** The topics that are asked for: all, by id if one is asked for by id, else by name; each of them once. */
function findTopics(request: DecodedRequestOf<typeof Metadata>, context: Context): MetadataTopic[] {
  const { topics, topicsById } = context.broker.image
  const operations = request.includeTopicAuthorizedOperations ? ALL_TOPIC_OPERATIONS : NO_OPERATIONS
  const { topics: wanted, allowAutoTopicCreation } = request
  // Version 0 has no null: there an empty list means all topics.
  if (wanted === null || (context.version === 0 && wanted.length === 0)) {
    return Array.from(topics.values(), (topic) => describeTopic(context, topic, operations))
  }
  const ids = new Set(wanted.map(({ topicId }) => topicId).filter((id) => id !== ZERO_UUID))
  if (ids.size > 0) {
    return Array.from(ids, (id) => {
      const known = topicsById.get(id)
      return known ? describeTopic(context, known, operations) : failedTopic(null, id, 'UNKNOWN_TOPIC_ID')
    })
  }
  const names = new Set(wanted.map(({ name }) => name ?? ''))
  return Array.from(names, (name) => topicByName(context, name, allowAutoTopicCreation, operations))
}

export const metadata = handle(Metadata, {
  run(request, context) {
    const { broker, version } = context
    // Versions 10 and 11 have the ids, but no place for an answer to them.
    if (version < 12 && request.topics?.some(({ name, topicId }) => name === null || topicId !== ZERO_UUID)) {
      throw new KafkaError('INVALID_REQUEST', `topic ids are not supported in version ${version}`)
    }
    return {
      brokers: broker
        .endpoints(context)
        .map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack })),
      clusterId: broker.clusterId,
      controllerId: context.node,
      topics: findTopics(request, context),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? ALL_CLUSTER_OPERATIONS
        : NO_OPERATIONS,
    }
  },
  refuse: ({ code }, request) => ({
    brokers: [],
    topics: (request.topics ?? []).map(({ name, topicId }) => failedTopic(name ?? '', topicId, code)),
    errorCode: errorCode(code),
  }),
})

export const describeTopicPartitions = handle(DescribeTopicPartitions, {
  run(request, context) {
    const { broker } = context
    const { cursor } = request
    const { topics: known } = broker.image
    const names = request.topics.length > 0 ? request.topics.map(({ name }) => name) : [...known.keys()]
    if (cursor && request.topics.length > 0 && !names.includes(cursor.topicName)) {
      throw new KafkaError(
        'INVALID_REQUEST',
        `the cursor's topic '${cursor.topicName}' is not among those asked for`,
      )
    }
    if (cursor && cursor.partitionIndex < 0) {
      throw new KafkaError('INVALID_REQUEST', `partition ${cursor.partitionIndex} of the cursor is negative`)
    }
    const sorted = [...new Set(names)].sort().filter((name) => !cursor || name >= cursor.topicName)
    let room = Math.max(
      1,
      Math.min(broker.config.number('max.request.partition.size.limit'), request.responsePartitionLimit),
    )
    const topics: DescribedTopic[] = []
    let nextCursor: { topicName: string; partitionIndex: number } | null = null
    for (const name of sorted) {
      if (room === 0) {
        nextCursor = { topicName: name, partitionIndex: 0 }
        break
      }
      const topic = known.get(name)
      if (!topic) {
        const error = checkTopicName(name) === null ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_TOPIC_EXCEPTION'
        topics.push({
          errorCode: errorCode(error),
          name,
          topicId: ZERO_UUID,
          isInternal: isInternalTopic(name),
          partitions: [],
          topicAuthorizedOperations: ALL_TOPIC_OPERATIONS,
        })
        continue
      }
      const from = cursor?.topicName === name ? cursor.partitionIndex : 0
      const partitions = topic.partitions.slice(from, from + room)
      room -= partitions.length
      topics.push({
        errorCode: 0,
        name,
        topicId: topic.id,
        isInternal: isInternalTopic(name),
        topicAuthorizedOperations: ALL_TOPIC_OPERATIONS,
        partitions: partitions.map((state) => ({
          ...describePartition(context, state),
          eligibleLeaderReplicas: state.eligibleLeaderReplicas ?? [],
          lastKnownElr: state.lastKnownElr ?? [],
        })),
      })
      if (from + partitions.length < topic.partitions.length) {
        nextCursor = { topicName: name, partitionIndex: from + partitions.length }
        break
      }
    }
    return { topics, nextCursor }
  },
  refuse: ({ code }, request) => ({
    topics: request.topics.map(({ name }) => ({
      errorCode: errorCode(code),
      name,
      topicId: ZERO_UUID,
      partitions: [],
    })),
  }),
})
