import { toLogOffset } from '../../log/log-offsets.ts'
import { type ErrorName, errorCode, KafkaError } from '../../protocol/errors.ts'
import { Fetch } from '../../protocol/messages/fetch.ts'
import type { DecodedRequestOf, ResponseOf } from '../../protocol/schema.ts'
import { type FetchAnswer, type Reading, readPartitions } from '../fetch-reading.ts'
import type { FetchPartition, FetchPlan } from '../fetch-sessions.ts'
import { waitForBytes } from '../fetch-wait.ts'
import { type Context, handle } from '../handle.ts'
import { FIRST_WITH_IDS } from '../partition-access.ts'

type Request = DecodedRequestOf<typeof Fetch>
type Response = ResponseOf<typeof Fetch>

/** From this version on a moved leader comes with its address. */
const FIRST_WITH_ENDPOINTS = 16
/** Up to this version clients do not know KAFKA_STORAGE_ERROR. */
const LAST_WITHOUT_STORAGE_ERROR = 5

/** The partitions in their order; where one stands twice, what the later entry says counts. */
function listPartitions(request: Request): FetchPartition[] {
  const listed = new Map<string, FetchPartition>()
  for (const { topic, topicId, partitions } of request.topics) {
    for (const wanted of partitions) {
      listed.set(`${topic}/${topicId}/${wanted.partition}`, {
        topic,
        topicId,
        partition: wanted.partition,
        fetchOffset: toLogOffset(wanted.fetchOffset),
        maxBytes: wanted.partitionMaxBytes,
        currentLeaderEpoch: wanted.currentLeaderEpoch,
        lastFetchedEpoch: wanted.lastFetchedEpoch,
        logStartOffset: toLogOffset(wanted.logStartOffset),
      })
    }
  }
  return [...listed.values()]
}

const listForgotten = (request: Request) =>
  request.forgottenTopicsData.flatMap(({ topic, topicId, partitions }) =>
    partitions.map((partition) => ({ topic, topicId, partition })),
  )

const refusal = (error: ErrorName, responses: Response['responses'] = []): Response => ({
  errorCode: errorCode(error),
  sessionId: 0,
  responses,
})

const READ_COMMITTED = 1
const NO_RECORDS = Buffer.alloc(0)

export const fetch = handle(Fetch, {
  answersBriefly: true,
  run(request, context) {
    const { broker, version } = context
    if (request.isolationLevel < 0 || request.isolationLevel > READ_COMMITTED) {
      throw new KafkaError('UNKNOWN_SERVER_ERROR')
    }
    const plan = broker.fetchSessions(context.node).plan({
      sessionId: request.sessionId,
      sessionEpoch: request.sessionEpoch,
      usesTopicIds: version >= FIRST_WITH_IDS,
      partitions: listPartitions(request),
      forgotten: listForgotten(request),
    })
    if (typeof plan === 'string') return refusal(plan)
    const limits = {
      maxBytes: Math.min(request.maxBytes, broker.config.number('fetch.max.bytes')),
      isolationLevel: request.isolationLevel,
    }
    const read = () => readPartitions(context, plan.partitions, limits)
    const reading = read()
    if (isDone(reading, request)) return answer(context, plan, reading)
    return longPoll(context, plan, reading, read, request)
  },
  refuse({ code }, request, { version }) {
    if (version >= FIRST_WITH_IDS) return refusal(code)
    const failed = {
      errorCode: errorCode(code),
      highWatermark: -1,
      abortedTransactions: [],
      records: NO_RECORDS,
    }
    return refusal(
      code,
      request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ ...failed, partitionIndex: partition })),
      })),
    )
  },
})

/** Whether there is no reason to wait: enough bytes, something the client must know, or nothing to wait for. */
const isDone = (reading: Reading, request: Request): boolean =>
  request.maxWaitMs <= 0 ||
  reading.partitions.length === 0 ||
  reading.isRemarkable ||
  reading.bytes >= request.minBytes

async function longPoll(
  context: Context,
  plan: FetchPlan,
  first: Reading,
  read: () => Reading,
  request: Request,
): Promise<Response | 'close'> {
  const { clock } = context.broker
  const deadline = clock.monotonicMs() + request.maxWaitMs
  let reading = first
  for (
    let left = request.maxWaitMs;
    left > 0 && !isDone(reading, request);
    left = deadline - clock.monotonicMs()
  ) {
    const logs = reading.partitions.flatMap(({ log }) => log ?? [])
    const missing = request.minBytes - reading.bytes
    reading.release()
    if (!(await waitForBytes(logs, missing, left, clock, context.connection))) return 'close'
    reading = read()
  }
  return answer(context, plan, reading)
}

function answer(context: Context, { session, isIncremental }: FetchPlan, reading: Reading): Response {
  context.onSent(reading.release)
  const topics = new Map<string, { topic: string; topicId: string; partitions: FetchAnswer[] }>()
  const leaders = new Set<number>()
  for (const { partition, answer, isRemarkable } of reading.partitions) {
    const isNews = session?.note(partition, {
      hasRecords: (answer.records?.length ?? 0) > 0,
      highWatermark: answer.highWatermark,
      logStartOffset: answer.logStartOffset ?? -1,
      isRemarkable,
    })
    if (isIncremental && !isNews) continue
    const { topic, topicId } = partition
    const key = `${topic}/${topicId}`
    const group = topics.get(key) ?? { topic, topicId, partitions: [] }
    topics.set(key, group)
    group.partitions.push(forVersion(answer, context.version))
    if (answer.currentLeader) leaders.add(answer.currentLeader.leaderId ?? -1)
  }
  return {
    errorCode: 0,
    sessionId: session?.id ?? 0,
    responses: [...topics.values()],
    nodeEndpoints:
      context.version >= FIRST_WITH_ENDPOINTS
        ? context.broker.endpoints(context).filter(({ nodeId }) => leaders.has(nodeId))
        : [],
  }
}

function forVersion(answer: FetchAnswer, version: number): FetchAnswer {
  const isUnknown =
    version <= LAST_WITHOUT_STORAGE_ERROR && answer.errorCode === errorCode('KAFKA_STORAGE_ERROR')
  const { currentLeader, ...rest } = answer
  if (isUnknown) return { ...rest, errorCode: errorCode('NOT_LEADER_OR_FOLLOWER') }
  return version < 12 ? rest : answer
}
