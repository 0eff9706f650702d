// Appending the records of one partition of a produce request: checked first, which may take a thread and a while, then
// appended without yielding.
import type { Int64 } from '../bytes/int64.ts'
import { KafkaError } from '../protocol/errors.ts'
import { BATCH_OVERHEAD, batchSize, compressionId, isTransactional } from '../records/batch.ts'
import { loadCodec } from '../records/compression.ts'
import {
  type CheckedRecords,
  checkProduced,
  checkSmall,
  codecsToLoad,
  isRepacked,
  stampTime,
  type ValidationSettings,
} from '../records/validator.ts'
import type { TopicSettings } from './config/topic-config.ts'
import type { Context } from './handle.ts'
import type { LedPartition } from './partition-access.ts'
import { checkedBy } from './workers/check-task.ts'

export interface Appended {
  readonly baseOffset: number
  readonly logAppendTimeMs: Int64
  readonly logStartOffset: number
}

const ALL_REPLICAS = -1
const NO_RECORDS = Buffer.alloc(0)

/** Batches that are compressed, before or after, are checked on a thread from this size on. */
const LARGE_BYTES = 32 * 1024
/** So much may come out of a smaller one: more takes a thread. Compressing costs more than decompressing. */
const MAX_UNFOLDED_BYTES = 512 * 1024
const MAX_REPACKED_BYTES = 64 * 1024

/** Checks records, and compresses them as the topic wants them; throws KafkaError. A promise where that takes long. */
export function checkForAppend(
  context: Context,
  { state }: LedPartition,
  records: Buffer | null,
  acks: number,
): CheckedRecords | Promise<CheckedRecords> {
  const bytes = records ?? NO_RECORDS
  const topic = context.broker.topicConfigs.of(state.topic.name)
  // A topic with fewer replicas than min.insync.replicas is held to what it has (KIP-966).
  if (acks === ALL_REPLICAS && state.isr.length < Math.min(topic.minInsyncReplicas, state.replicas.length)) {
    throw new KafkaError('NOT_ENOUGH_REPLICAS')
  }
  const settings = validationSettings(topic, `${state.topic.name}-${state.partition}`, context.version)
  const nowMs = context.broker.clock.now()
  if (bytes.length < BATCH_OVERHEAD) return checkProduced(bytes, settings, nowMs)
  const repacks = isRepacked(bytes, settings)
  if (!repacks && compressionId(bytes, 0) === 0) return checkProduced(bytes, settings, nowMs)
  if (bytes.length > LARGE_BYTES && batchSize(bytes, 0) <= topic.maxMessageBytes) {
    return checkOnThread(context, bytes, settings, nowMs)
  }
  const missing = codecsToLoad(bytes, topic.compressionType)
  const check = () =>
    checkSmall(bytes, settings, nowMs, repacks ? MAX_REPACKED_BYTES : MAX_UNFOLDED_BYTES) ??
    checkOnThread(context, bytes, settings, nowMs)
  return missing.length === 0 ? check() : Promise.all(missing.map(loadCodec)).then(check)
}

async function checkOnThread(
  { broker }: Context,
  records: Buffer,
  settings: ValidationSettings,
  nowMs: number,
): Promise<CheckedRecords> {
  return checkedBy(await broker.workers.run('check', { records, settings, nowMs }), records)
}

/** Appends checked records; throws KafkaError or StorageError. */
export function appendChecked(
  context: Context,
  { state, log }: LedPartition,
  checked: CheckedRecords,
): Appended {
  const { messageTimestampType } = context.broker.topicConfigs.of(state.topic.name)
  const stamped = stampTime(checked, { timestampType: messageTimestampType }, context.broker.clock.now())
  refuseTransactional(stamped.records)
  const result = log.append(stamped.records, { leaderEpoch: state.leaderEpoch, origin: 'client' })
  return {
    baseOffset: result.baseOffset,
    // For records that were there before, Kafka tells the time of the last of them, whoever set it.
    logAppendTimeMs: result.isDuplicate ? result.logAppendTimeMs : stamped.logAppendTimeMs,
    logStartOffset: log.startOffset,
  }
}

function refuseTransactional(records: Buffer): void {
  if (isTransactional(records, 0)) {
    throw new KafkaError('INVALID_TXN_STATE', 'this broker has no transactions yet')
  }
}

function validationSettings(
  topic: TopicSettings,
  topicPartition: string,
  produceVersion: number,
): ValidationSettings {
  const { compressionLevel } = topic
  return {
    topicPartition,
    produceVersion,
    isCompacted: topic.isCompacted,
    timestampType: topic.messageTimestampType,
    timestampBeforeMaxMs: topic.messageTimestampBeforeMaxMs,
    timestampAfterMaxMs: topic.messageTimestampAfterMaxMs,
    maxMessageBytes: topic.maxMessageBytes,
    compressionType: topic.compressionType,
    ...(compressionLevel === undefined ? {} : { compressionLevel }),
  }
}
