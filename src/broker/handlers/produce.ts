import { type ErrorName, errorCode, type KafkaError } from '../../protocol/errors.ts'
import { Produce } from '../../protocol/messages/produce.ts'
import type { DecodedRequestOf, ResponseOf } from '../../protocol/schema.ts'
import { type CheckedRecords, RefusedRecords, RefusedRequest } from '../../records/validator.ts'
import { toKafkaError } from '../failures.ts'
import { type Context, handle } from '../handle.ts'
import type { PartitionState } from '../metadata/image.ts'
import { findLedPartition, findTopic, type LedPartition, leaderHint } from '../partition-access.ts'
import { appendChecked, checkForAppend } from '../produce-append.ts'
import { distinctPartitions, hasTransaction, type PartitionData, type TopicData } from '../produce-request.ts'
import { isInternalTopic } from '../topic-names.ts'

type Request = DecodedRequestOf<typeof Produce>
type Response = ResponseOf<typeof Produce>
type PartitionAnswer = Response['responses'][number]['partitionResponses'][number]

/** librdkafka takes a missing version 0 as "no compression" (KAFKA-18659), so Kafka tells it without serving it. */
const TOLD_MIN_VERSION = 0
/** From this version on a moved leader comes with its address. */
const FIRST_WITH_LEADER = 10
/** Failures with which Kafka does not tell where the log starts. */
const WITHOUT_START: ReadonlySet<ErrorName> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'CORRUPT_MESSAGE',
  'KAFKA_STORAGE_ERROR',
])
/** Kafka's own admin client may write to internal topics. */
const ADMIN_CLIENT_ID = '__admin_client'

const failed = (
  index: number,
  error: ErrorName,
  context: Context,
  state?: PartitionState,
): PartitionAnswer => ({
  index,
  errorCode: errorCode(error),
  baseOffset: -1,
  ...(context.version >= FIRST_WITH_LEADER ? { currentLeader: leaderHint(error, state) } : {}),
})

export const produce = handle(Produce, {
  answersBriefly: true,
  advertisedMinVersion: TOLD_MIN_VERSION,
  run(request, context) {
    // Without an id nobody can say that the client may use it.
    if (request.transactionalId === null && hasTransaction(request)) {
      return refuseAll(request, context, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
    }
    if (request.acks < -1 || request.acks > 1) return refuseAll(request, context, 'INVALID_REQUIRED_ACKS')
    let isLate = false
    const topics = distinctPartitions(request.topicData).map((topic) => ({
      topic,
      answers: topic.partitionData.map((partition) => {
        const answer = appendPartition(context, topic, partition, request.acks)
        isLate ||= answer instanceof Promise
        return answer
      }),
    }))
    if (!isLate) return finish(request, context, topics as { topic: TopicData; answers: PartitionAnswer[] }[])
    const settled = topics.map(async ({ topic, answers }) => ({ topic, answers: await Promise.all(answers) }))
    return Promise.all(settled).then((all) => finish(request, context, all))
  },
  refuse: ({ code }, request, context) => refuseAll(request, context, code),
})

function appendPartition(
  context: Context,
  topic: TopicData,
  { index, records }: PartitionData,
  acks: number,
): PartitionAnswer | Promise<PartitionAnswer> {
  const led = findWritable(context, topic, index)
  if ('errorCode' in led) return led
  const refuse = (error: unknown) => refusedAnswer(error, index, context, led.log.startOffset)
  try {
    const checked = checkForAppend(context, led, records, acks)
    if (!(checked instanceof Promise)) return { index, errorCode: 0, ...appendChecked(context, led, checked) }
    const append = (later: CheckedRecords): PartitionAnswer => {
      // The topic may have been deleted meanwhile, or another broker leads it.
      const now = findWritable(context, topic, index)
      return 'errorCode' in now ? now : { index, errorCode: 0, ...appendChecked(context, now, later) }
    }
    return checked.then(append).catch(refuse)
  } catch (error) {
    return refuse(error)
  }
}

/** The partition that the client may write to at this broker; else the answer that says why not. */
function findWritable(
  context: Context,
  { name, topicId }: TopicData,
  index: number,
): LedPartition | PartitionAnswer {
  const topic = findTopic(context, name, topicId)
  if (typeof topic === 'string') return failed(index, topic, context)
  if (isInternalTopic(topic.name) && context.clientId !== ADMIN_CLIENT_ID) {
    return failed(index, 'INVALID_TOPIC_EXCEPTION', context)
  }
  const led = findLedPartition(context, topic, index)
  return typeof led === 'string' ? failed(index, led, context, topic.partitions[index]) : led
}

function refusedAnswer(
  error: unknown,
  index: number,
  context: Context,
  logStartOffset: number,
): PartitionAnswer {
  const refusal: KafkaError = toKafkaError(error, context.broker.logger, 'an append')
  const recordErrors = refusal instanceof RefusedRecords ? refusal.recordErrors : []
  const isAboutRequest = refusal instanceof RefusedRequest
  const hasMessage = recordErrors.length > 0 || (isAboutRequest && refusal.code === 'CORRUPT_MESSAGE')
  return {
    ...failed(index, refusal.code, context),
    logStartOffset: isAboutRequest || WITHOUT_START.has(refusal.code) ? -1 : logStartOffset,
    errorMessage: hasMessage ? refusal.message : null,
    recordErrors: recordErrors.map(({ batchIndex, message }) => ({
      batchIndex,
      batchIndexErrorMessage: message,
    })),
  }
}

function finish(
  request: Request,
  context: Context,
  topics: readonly { topic: TopicData; answers: PartitionAnswer[] }[],
): Response | null | 'close' {
  // Without acknowledgement there is no answer; closing the connection is the only way to tell of a failure.
  if (request.acks === 0) {
    return topics.every(({ answers }) => answers.every(({ errorCode: code }) => code === 0)) ? null : 'close'
  }
  const leaders = new Set(
    topics.flatMap(({ answers }) => answers.flatMap(({ currentLeader }) => currentLeader?.leaderId ?? [])),
  )
  return {
    responses: topics.map(({ topic: { name, topicId }, answers }) => ({
      name,
      topicId,
      partitionResponses: answers,
    })),
    nodeEndpoints:
      leaders.size > 0 ? context.broker.endpoints(context).filter(({ nodeId }) => leaders.has(nodeId)) : [],
  }
}

function refuseAll(request: Request, context: Context, error: ErrorName): Response | null | 'close' {
  const topics = request.topicData.map((topic) => ({
    topic,
    answers: topic.partitionData.map(({ index }) => failed(index, error, context)),
  }))
  return finish(request, context, topics)
}
