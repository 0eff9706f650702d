import { ZERO_UUID } from '../../bytes/uuid.ts'
import { type ErrorName, errorCode, KafkaError } from '../../protocol/errors.ts'
import { OffsetCommit, OffsetDelete, OffsetFetch } from '../../protocol/messages/commits.ts'
import type { DecodedRequestOf, ResponseOf } from '../../protocol/schema.ts'
import { toKafkaError } from '../failures.ts'
import {
  admitFetch,
  commitOffsets,
  deleteCommitted,
  fetchOffset,
  type TopicCommit,
} from '../groups/commits.ts'
import type { GroupShard } from '../groups/group-shard.ts'
import type { CommittedOffset } from '../groups/offset-store.ts'
import { type Context, handle } from '../handle.ts'

type CommitRequest = DecodedRequestOf<typeof OffsetCommit>
type CommitAnswer = ResponseOf<typeof OffsetCommit>
type CommittedTopic = CommitAnswer['topics'][number]

/** From this version on OffsetCommit and OffsetFetch name topics by id alone. */
const FIRST_WITH_IDS = 10

export const offsetCommit = handle(OffsetCommit, {
  answersBriefly: true,
  run(request, context) {
    const { known, unknown } = sortTopics(request, context)
    if (known.length === 0) return { topics: unknown }
    const errors = tryCommit(request, known, context)
    return { topics: mergeTopics(unknown, known, errors) }
  },
  refuse: ({ code }, { topics }) => ({
    topics: topics.map((topic) => committedTopic(topic, topic.partitions, () => code)),
  }),
})

const committedTopic = (
  { name, topicId }: { readonly name: string; readonly topicId: string },
  partitions: readonly { readonly partitionIndex: number }[],
  errorOf: (index: number) => ErrorName,
): CommittedTopic => ({
  name,
  topicId,
  partitions: partitions.map(({ partitionIndex }, index) => ({
    partitionIndex,
    errorCode: errorCode(errorOf(index)),
  })),
})

/** Parts what can be committed from topics and partitions that do not exist. */
function sortTopics(request: CommitRequest, { broker, version }: Context) {
  const known: TopicCommit[] = []
  const unknown: CommittedTopic[] = []
  const hasIds = version >= FIRST_WITH_IDS
  for (const asked of request.topics) {
    const topic = hasIds ? broker.image.topicsById.get(asked.topicId) : broker.image.topics.get(asked.name)
    const error = hasIds && !topic ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION'
    const exists = ({ partitionIndex }: { partitionIndex: number }) =>
      topic?.partitions[partitionIndex] !== undefined
    const missing = asked.partitions.filter((partition) => !exists(partition))
    if (missing.length > 0) unknown.push(committedTopic(asked, missing, () => error))
    const partitions = asked.partitions.filter(exists)
    if (topic && partitions.length > 0) known.push({ name: topic.name, topicId: topic.id, partitions })
  }
  return { known, unknown }
}

/** An error per partition: the one that the whole commit failed with, if it did. */
function tryCommit(request: CommitRequest, topics: TopicCommit[], context: Context): ErrorName[][] {
  const { broker, node, version } = context
  try {
    const shard = broker.groups.shard(request.groupId, node)
    return commitOffsets(shard, { ...request, topics, version })
  } catch (error) {
    const { code } = toKafkaError(error, broker.logger, OffsetCommit.name)
    return topics.map(({ partitions }) => partitions.map(() => code))
  }
}

/** As in Kafka what failed early comes first, and a topic once. */
function mergeTopics(
  unknown: CommittedTopic[],
  known: readonly TopicCommit[],
  errors: readonly (readonly ErrorName[])[],
): CommittedTopic[] {
  const merged = unknown.map(({ partitions, ...topic }) => ({ ...topic, partitions: [...partitions] }))
  for (const [index, topic] of known.entries()) {
    const answer = committedTopic(topic, topic.partitions, (at) => errors[index]![at]!)
    const earlier = merged.find(({ name, topicId }) => name === topic.name || topicId === topic.topicId)
    if (earlier) earlier.partitions.push(...answer.partitions)
    else merged.push({ ...answer, partitions: [...answer.partitions] })
  }
  return merged
}

type FetchRequest = DecodedRequestOf<typeof OffsetFetch>
type GroupRequest = FetchRequest['groups'][number]
type FetchedGroup = NonNullable<ResponseOf<typeof OffsetFetch>['groups']>[number]
type FetchedTopic = FetchedGroup['topics'][number]

/** From this version on several groups can be asked for at once. */
const FIRST_BATCHED = 8

export const offsetFetch = handle(OffsetFetch, {
  run(request, context) {
    if (context.version >= FIRST_BATCHED) {
      return { groups: request.groups.map((group) => tryFetch(group, context)) }
    }
    return asSingle(tryFetch(onlyGroup(request), context))
  },
  refuse({ code }, request, { version }) {
    if (version < FIRST_BATCHED) return asSingle(failedGroup(onlyGroup(request), code))
    return { groups: request.groups.map((group) => failedGroup(group, code)) }
  },
})

const onlyGroup = ({ groupId, topics }: FetchRequest): GroupRequest => ({
  groupId,
  memberId: null,
  memberEpoch: -1,
  topics: topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null,
})

const failedGroup = ({ groupId }: GroupRequest, error: ErrorName): FetchedGroup => ({
  groupId,
  topics: [],
  errorCode: errorCode(error),
})

const asSingle = ({ topics, errorCode: code }: FetchedGroup): ResponseOf<typeof OffsetFetch> => ({
  topics: topics.map(({ name = '', partitions }) => ({ name, partitions })),
  errorCode: code ?? 0,
})

function tryFetch(request: GroupRequest, context: Context): FetchedGroup {
  const { broker, node } = context
  try {
    const shard = broker.groups.shard(request.groupId, node)
    const exists = admitFetch(shard, request)
    const topics = request.topics
      ? request.topics.map((topic) => fetchTopic(shard, request.groupId, topic, context))
      : exists
        ? fetchAll(shard, request.groupId, context)
        : []
    return { groupId: request.groupId, topics, errorCode: 0 }
  } catch (error) {
    return failedGroup(request, toKafkaError(error, broker.logger, OffsetFetch.name).code)
  }
}

const NOT_COMMITTED = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 }

function fetchedPartition(partitionIndex: number, committed: CommittedOffset | null) {
  if (!committed) return { partitionIndex, ...NOT_COMMITTED }
  const { offset, leaderEpoch, metadata } = committed
  return {
    partitionIndex,
    committedOffset: offset,
    committedLeaderEpoch: leaderEpoch,
    metadata,
    errorCode: 0,
  }
}

function fetchTopic(
  shard: GroupShard,
  groupId: string,
  asked: NonNullable<GroupRequest['topics']>[number],
  { broker, version }: Context,
): FetchedTopic {
  const hasIds = version >= FIRST_WITH_IDS
  const topic = hasIds ? broker.image.topicsById.get(asked.topicId) : broker.image.topics.get(asked.name)
  if (hasIds && !topic) {
    const unknown = { ...NOT_COMMITTED, errorCode: errorCode('UNKNOWN_TOPIC_ID') }
    return {
      topicId: asked.topicId,
      partitions: asked.partitionIndexes.map((partitionIndex) => ({ partitionIndex, ...unknown })),
    }
  }
  const name = topic?.name ?? asked.name
  const topicId = topic?.id ?? ZERO_UUID
  return {
    name,
    topicId,
    partitions: asked.partitionIndexes.map((partition) =>
      fetchedPartition(partition, fetchOffset(shard, groupId, { name, topicId }, partition)),
    ),
  }
}

function fetchAll(shard: GroupShard, groupId: string, { broker, version }: Context): FetchedTopic[] {
  const topics: FetchedTopic[] = []
  for (const [name, byPartition] of shard.offsets.of(groupId).inOrder()) {
    const topicId = broker.image.topics.get(name)?.id
    // It has no id that could be told.
    if (topicId === undefined && version >= FIRST_WITH_IDS) continue
    const topic = { name, topicId: topicId ?? ZERO_UUID }
    const partitions = byPartition.inOrder().flatMap(([partition]) => {
      const committed = fetchOffset(shard, groupId, topic, partition)
      return committed ? [fetchedPartition(partition, committed)] : []
    })
    if (partitions.length > 0) topics.push({ ...topic, partitions })
  }
  return topics
}

type DeletedTopic = ResponseOf<typeof OffsetDelete>['topics'][number]

export const offsetDelete = handle(OffsetDelete, {
  run(request, { broker, node }) {
    if (request.groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    const shard = broker.groups.shard(request.groupId, node)
    const existing = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions
        .map(({ partitionIndex }) => partitionIndex)
        .filter((partition) => broker.image.partition(name, partition)),
    }))
    const errors = deleteCommitted(shard, request.groupId, existing)
    return {
      errorCode: 0,
      topics: request.topics.flatMap(({ name, partitions }, index): DeletedTopic[] => {
        // As in Kafka a topic that is there, without partitions, is not answered.
        if (partitions.length === 0 && broker.image.topics.has(name)) return []
        const { partitions: known } = existing[index]!
        const answer = (partitionIndex: number, error: ErrorName) => ({
          partitionIndex,
          errorCode: errorCode(error),
        })
        // As in Kafka what does not exist comes first.
        const unknown = partitions.filter(({ partitionIndex }) => !known.includes(partitionIndex))
        const answers = [
          ...unknown.map(({ partitionIndex }) => answer(partitionIndex, 'UNKNOWN_TOPIC_OR_PARTITION')),
          ...known.map((partition) => answer(partition, errors[index]!)),
        ]
        return [{ name, partitions: answers }]
      }),
    }
  },
  refuse: ({ code }) => ({ errorCode: errorCode(code), topics: [] }),
})
