import type { Int64 } from '../../bytes/int64.ts'
import { toLogOffset } from '../../log/log-offsets.ts'
import type { NewStart } from '../../log/log-rounds.ts'
import type { PartitionLog } from '../../log/partition-log.ts'
import { inSlices, type Work } from '../../log/slices.ts'
import { type ErrorName, errorCode, KafkaError } from '../../protocol/errors.ts'
import { DeleteRecords, ListOffsets, OffsetForLeaderEpoch } from '../../protocol/messages/offsets.ts'
import type { DecodedRequestOf, ResponseOf } from '../../protocol/schema.ts'
import { toKafkaError } from '../failures.ts'
import { type Context, handle } from '../handle.ts'
import { requireLedPartition } from '../partition-access.ts'
import { findByTimestamp, findLargestTimestamp } from '../timestamp-lookup.ts'
import { isInternalTopic } from '../topic-names.ts'

type Request = DecodedRequestOf<typeof ListOffsets>
type ListedPartition = ResponseOf<typeof ListOffsets>['topics'][number]['partitions'][number]

interface SpecialTime {
  /** The first version of the API that knows it. */
  readonly since: number
  find(log: PartitionLog, upTo: number, context: Context): FoundOffset | null | Work<FoundOffset | null>
}

/** Times that stand for a place in the log. */
const SPECIAL_TIMES: ReadonlyMap<Int64, SpecialTime> = new Map<Int64, SpecialTime>([
  [-1, { since: 0, find: (_log, upTo) => ({ timestamp: -1, offset: upTo }) }],
  [-2, { since: 0, find: (log) => ({ timestamp: -1, offset: log.startOffset }) }],
  // The largest timestamp (KIP-734).
  [-3, { since: 7, find: (log, _upTo, { broker }) => findLargestTimestamp(log, broker.workers) }],
  // The earliest offset on local disk (KIP-405): without tiered storage that is the start.
  [-4, { since: 8, find: (log) => ({ timestamp: -1, offset: log.startOffset }) }],
  // The latest offset in tiered storage, and the first that waits for upload (KIP-1005, KIP-1023): there are none.
  [-5, { since: 9, find: () => null }],
  [-6, { since: 11, find: () => null }],
])

interface FoundOffset {
  readonly timestamp: Int64
  readonly offset: number
}

const NO_PARTITIONS: ReadonlySet<number> = new Set()
const LATEST = -1
const FIRST_WITH_EPOCH = 4
const READ_COMMITTED = 1

/** Runs `work` for one partition and turns what it throws into a code of that partition. */
function tryPartition<Result>(
  context: Context,
  work: () => Result,
  failed: (code: ErrorName) => Result,
): Result {
  try {
    return work()
  } catch (error) {
    return failed(toKafkaError(error, context.broker.logger, 'a request about an offset').code)
  }
}

const notListed = (partitionIndex: number, error: ErrorName): ListedPartition => ({
  partitionIndex,
  errorCode: errorCode(error),
  timestamp: -1,
  offset: -1,
})

export const listOffsets = handle(ListOffsets, {
  run: (request, context) => inSlices(listAll(request, context)),
  refuse: ({ code }, request) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => notListed(partitionIndex, code)),
    })),
  }),
})

function* listAll(request: Request, context: Context): Work<ResponseOf<typeof ListOffsets>> {
  const repeated = repeatedPartitions(request)
  const topics: ResponseOf<typeof ListOffsets>['topics'][number][] = []
  for (const { name, partitions } of request.topics) {
    if (partitions.length === 0) continue
    const twice = repeated.get(name) ?? NO_PARTITIONS
    const listed = Array.from(twice, (partition) => notListed(partition, 'INVALID_REQUEST'))
    for (const wanted of partitions) {
      if (twice.has(wanted.partitionIndex)) continue
      try {
        listed.push(yield* listPartition(context, name, wanted, request.isolationLevel))
      } catch (error) {
        const { code } = toKafkaError(error, context.broker.logger, 'looking up an offset')
        listed.push(notListed(wanted.partitionIndex, code))
      }
      yield
    }
    topics.push({ name, partitions: listed })
  }
  return { topics }
}

/** The partitions that are asked for more than once, each of them once, by topic. */
function repeatedPartitions({ topics }: Request): ReadonlyMap<string, ReadonlySet<number>> {
  const repeated = new Map<string, ReadonlySet<number>>()
  for (const { name, partitions } of topics) {
    const seen = new Set<number>()
    const twice = new Set<number>()
    for (const { partitionIndex } of partitions) {
      if (seen.has(partitionIndex)) twice.add(partitionIndex)
      seen.add(partitionIndex)
    }
    if (twice.size > 0) repeated.set(name, twice)
  }
  return repeated
}

function* listPartition(
  context: Context,
  topic: string,
  { partitionIndex, currentLeaderEpoch, timestamp }: Request['topics'][number]['partitions'][number],
  isolationLevel: number,
): Work<ListedPartition> {
  if (isolationLevel < 0 || isolationLevel > READ_COMMITTED) throw new KafkaError('UNKNOWN_SERVER_ERROR')
  checkSpecialTime(timestamp, context.version)
  const { log, state } = requireLedPartition(context, topic, partitionIndex, currentLeaderEpoch)
  const upTo = isolationLevel === READ_COMMITTED ? log.lastStableOffset : log.highWatermark
  const found = yield* findOffset(log, timestamp, upTo, context)
  if (!found) return notListed(partitionIndex, 'NONE')
  const epoch = timestamp === LATEST ? state.leaderEpoch : log.leaderEpochs.epochAt(found.offset)
  // Version 3 and below have no place for the epoch.
  const leaderEpoch = context.version >= FIRST_WITH_EPOCH ? epoch : -1
  return { partitionIndex, errorCode: 0, timestamp: found.timestamp, offset: found.offset, leaderEpoch }
}

function checkSpecialTime(timestamp: Int64, version: number): void {
  if (timestamp >= 0) return
  const special = SPECIAL_TIMES.get(timestamp)
  if (!special || version < special.since) throw new KafkaError('UNSUPPORTED_VERSION')
}

function* findOffset(
  log: PartitionLog,
  timestamp: Int64,
  upTo: number,
  context: Context,
): Work<FoundOffset | null> {
  const special = SPECIAL_TIMES.get(timestamp)
  if (special) {
    const found = special.find(log, upTo, context)
    return found !== null && 'next' in found ? yield* found : found
  }
  const found = yield* findByTimestamp(log, timestamp, log.startOffset, context.broker.workers)
  // A record that this isolation level cannot read yet does not count.
  return found && found.offset < upTo ? found : null
}

export const offsetForLeaderEpoch = handle(OffsetForLeaderEpoch, {
  run(request, context) {
    return {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) =>
          tryPartition(
            context,
            () => {
              const { log } = requireLedPartition(context, topic, partition, currentLeaderEpoch)
              const end = log.epochEnd(leaderEpoch)
              return { partition, errorCode: 0, leaderEpoch: end.epoch, endOffset: end.endOffset }
            },
            (code) => ({ partition, errorCode: errorCode(code) }),
          ),
        ),
      })),
    }
  },
  refuse: ({ code }, request) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode: errorCode(code) })),
    })),
  }),
})

/** In place of an offset: everything up to the high watermark. */
const HIGH_WATERMARK = -1

export const deleteRecords = handle(DeleteRecords, {
  run: (request, context) => inSlices(deleteAll(request, context)),
  refuse: ({ code }, request) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: errorCode(code),
        lowWatermark: -1,
      })),
    })),
  }),
})

type Deletion = ResponseOf<typeof DeleteRecords>['topics'][number]['partitions'][number]

function* deleteAll(
  { topics }: DecodedRequestOf<typeof DeleteRecords>,
  context: Context,
): Work<ResponseOf<typeof DeleteRecords>> {
  const wanted = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, offset }) => ({
      partitionIndex,
      start: tryPartition<NewStart | ErrorName>(
        context,
        () => newStart(context, name, partitionIndex, offset),
        (code) => code,
      ),
    })),
  }))
  const starts = wanted.flatMap(({ partitions }) =>
    partitions.flatMap(({ start }) => (typeof start === 'string' ? [] : [start])),
  )
  let failure: ErrorName | null = null
  try {
    yield* context.broker.logs.deleteRecordsBefore(starts)
  } catch (error) {
    failure = toKafkaError(error, context.broker.logger, 'deleting records').code
  }
  const answer = (partitionIndex: number, start: NewStart | ErrorName): Deletion =>
    typeof start !== 'string' && failure === null
      ? { partitionIndex, errorCode: 0, lowWatermark: start.log.startOffset }
      : {
          partitionIndex,
          errorCode: errorCode(typeof start === 'string' ? start : failure!),
          lowWatermark: -1,
        }
  return {
    topics: wanted.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, start }) => answer(partitionIndex, start)),
    })),
  }
}

/** Where the log of the partition is to start; throws why it cannot. */
function newStart(context: Context, topic: string, partition: number, offset: Int64): NewStart {
  if (isInternalTopic(topic)) throw new KafkaError('INVALID_TOPIC_EXCEPTION')
  const { log } = requireLedPartition(context, topic, partition)
  const upTo = offset === HIGH_WATERMARK ? log.highWatermark : toLogOffset(offset)
  if (upTo < 0 || upTo > log.highWatermark) throw new KafkaError('OFFSET_OUT_OF_RANGE')
  // A compacted topic may need its old records to make sense of the new ones.
  if (!context.broker.topicConfigs.of(topic).isDeletedByAge) throw new KafkaError('POLICY_VIOLATION')
  return { log, offset: upTo }
}
