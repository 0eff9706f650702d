// Reading for one fetch request: partition after partition, until the request's bytes are used up.
import type { FileSlice } from '../log/file-slice.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { type ErrorName, errorCode, KafkaError } from '../protocol/errors.ts'
import type { Fetch } from '../protocol/messages/fetch.ts'
import type { ResponseOf } from '../protocol/schema.ts'
import { toKafkaError } from './failures.ts'
import type { FetchPartition } from './fetch-sessions.ts'
import type { Context } from './handle.ts'
import type { PartitionState } from './metadata/image.ts'
import { checkLeaderEpoch, findLedPartition, findTopic, leaderHint } from './partition-access.ts'

export type FetchAnswer = ResponseOf<typeof Fetch>['responses'][number]['partitions'][number]

/** What one partition gave. */
export interface PartitionReading {
  readonly partition: FetchPartition
  readonly answer: FetchAnswer
  /** The log that was read, to wait on; null after an error. */
  readonly log: PartitionLog | null
  /** The records of the answer. */
  readonly slice: FileSlice | null
  /** An error, news of another leader, or records left for the next read: no waiting then. */
  readonly isRemarkable: boolean
}

export interface Reading {
  readonly partitions: readonly PartitionReading[]
  readonly bytes: number
  /** Whether there is a reason not to wait, apart from the bytes. */
  readonly isRemarkable: boolean
  /** Ends the use of the files; records of the answers cannot be read afterwards. */
  release(): void
}

const NO_RECORDS = Buffer.alloc(0)
const UNKNOWN: ReadonlySet<ErrorName> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID'])
const READ_COMMITTED = 1
/** One request must not hold the event loop: the next one goes on where the CRCs of so many bytes were compared. */
const MAX_CHECKED_BYTES = 8 * 1024 * 1024

/** Reads what the request may have now. The first records found are given even when they are over the limits. */
export function readPartitions(
  context: Context,
  wanted: readonly FetchPartition[],
  limits: { maxBytes: number; isolationLevel: number },
): Reading {
  const slices: FileSlice[] = []
  const partitions: PartitionReading[] = []
  let bytes = 0
  let isRemarkable = false
  let checkedBytes = 0
  for (const partition of wanted) {
    const left = bytes === 0 ? limits.maxBytes : Math.max(0, limits.maxBytes - bytes)
    const maxBytes = checkedBytes < MAX_CHECKED_BYTES ? Math.min(partition.maxBytes, left) : 0
    const reading = readPartition(context, partition, maxBytes, bytes === 0, limits.isolationLevel)
    const { slice } = reading
    if (slice !== null) {
      slices.push(slice)
      bytes += slice.length
      checkedBytes += slice.checkedBytes
    }
    isRemarkable ||= reading.isRemarkable
    partitions.push(reading)
  }
  return {
    partitions,
    bytes,
    isRemarkable: isRemarkable || checkedBytes >= MAX_CHECKED_BYTES,
    release: () => {
      for (const slice of slices) slice.release()
    },
  }
}

function readPartition(
  context: Context,
  partition: FetchPartition,
  maxBytes: number,
  isFirst: boolean,
  isolationLevel: number,
): PartitionReading {
  const topic = findTopic(context, partition.topic, partition.topicId)
  if (typeof topic === 'string') return failed(partition, topic)
  const led = findLedPartition(context, topic, partition.partition)
  if (typeof led === 'string') return failed(partition, led, topic.partitions[partition.partition])
  const { state, log } = led
  // Here, other than elsewhere, Kafka takes any negative epoch for none.
  const epochError = checkLeaderEpoch(state, Math.max(-1, partition.currentLeaderEpoch))
  if (epochError) return failed(partition, epochError, state)
  try {
    const diverging = divergence(log, partition)
    if (diverging)
      return {
        ...failed(partition, 'NONE'),
        answer: { ...positions(log, partition), divergingEpoch: diverging },
      }
    const isCommittedOnly = isolationLevel === READ_COMMITTED
    const upTo = isCommittedOnly ? log.lastStableOffset : log.highWatermark
    if (maxBytes < 0) throw new KafkaError('UNKNOWN_SERVER_ERROR')
    const slice = log.slice(partition.fetchOffset, maxBytes, { upTo, minOneBatch: isFirst })
    return {
      partition,
      log,
      slice,
      isRemarkable: slice.isCutShort,
      answer: {
        ...positions(log, partition),
        abortedTransactions: isCommittedOnly ? log.abortedTransactions(partition.fetchOffset, upTo) : null,
        records: slice,
      },
    }
  } catch (error) {
    const { code } = toKafkaError(error, context.broker.logger, 'a fetch')
    return failed(partition, code, state)
  }
}

const positions = (log: PartitionLog, { partition }: FetchPartition): FetchAnswer => ({
  partitionIndex: partition,
  errorCode: 0,
  highWatermark: log.highWatermark,
  lastStableOffset: log.lastStableOffset,
  logStartOffset: log.startOffset,
  abortedTransactions: null,
  records: NO_RECORDS,
})

/** Where the client's log and ours part, if the epoch it read last ended here before its offset (KIP-595). */
function divergence(log: PartitionLog, { lastFetchedEpoch, fetchOffset }: FetchPartition) {
  if (lastFetchedEpoch < 0) return null
  const end = log.epochEnd(lastFetchedEpoch)
  if (end.epoch < 0 || end.endOffset < 0) throw new KafkaError('OFFSET_OUT_OF_RANGE')
  if (end.epoch >= lastFetchedEpoch && end.endOffset >= fetchOffset) return null
  return { epoch: end.epoch, endOffset: end.endOffset }
}

function failed(partition: FetchPartition, error: ErrorName, state?: PartitionState): PartitionReading {
  return {
    partition,
    log: null,
    slice: null,
    isRemarkable: true,
    answer: {
      partitionIndex: partition.partition,
      errorCode: errorCode(error),
      highWatermark: -1,
      // As Kafka: what it finds out before it reads has an empty list.
      abortedTransactions: UNKNOWN.has(error) ? [] : null,
      currentLeader: leaderHint(error, state),
      records: NO_RECORDS,
    },
  }
}
