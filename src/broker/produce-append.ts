// Appending the records of one partition of a produce request.
import { KafkaError } from '../protocol/errors.ts'
import { isTransactional } from '../records/batch.ts'
import { loadCodec } from '../records/compression.ts'
import {
  codecsToLoad,
  type ValidatedRecords,
  type ValidationSettings,
  validateRecords,
} from '../records/validator.ts'
import type { TopicSettings } from './config/topic-config.ts'
import type { Context } from './handle.ts'
import type { LedPartition } from './partition-access.ts'

export interface Appended {
  readonly baseOffset: number
  readonly logAppendTimeMs: number
  readonly logStartOffset: number
}

const ALL_REPLICAS = -1
const NO_RECORDS = Buffer.alloc(0)

/** Validates and appends; throws KafkaError or StorageError. A promise only where a codec has to be loaded first. */
export function appendRecords(
  context: Context,
  { state, log }: LedPartition,
  records: Buffer | null,
  acks: number,
): Appended | Promise<Appended> {
  const bytes = records ?? NO_RECORDS
  const topic = context.broker.topicConfigs.of(state.topic.name)
  // A topic with fewer replicas than min.insync.replicas is held to what it has (KIP-966).
  if (acks === ALL_REPLICAS && state.isr.length < Math.min(topic.minInsyncReplicas, state.replicas.length)) {
    throw new KafkaError('NOT_ENOUGH_REPLICAS')
  }
  const append = (): Appended => {
    const settings = validationSettings(topic, `${state.topic.name}-${state.partition}`, context.version)
    const valid = validateRecords(bytes, settings, context.broker.clock.now())
    refuseTransactional(valid)
    const result = log.append(valid.records, { leaderEpoch: state.leaderEpoch, origin: 'client' })
    return {
      baseOffset: result.baseOffset,
      // For records that were there before, Kafka tells the time of the last of them, whoever set it.
      logAppendTimeMs: result.isDuplicate ? result.logAppendTimeMs : valid.logAppendTimeMs,
      logStartOffset: log.startOffset,
    }
  }
  const missing = codecsToLoad(bytes, topic.compressionType)
  return missing.length === 0 ? append() : Promise.all(missing.map(loadCodec)).then(append)
}

function refuseTransactional({ records }: ValidatedRecords): void {
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
