// What every request about a partition asks first: does it exist, does this broker lead it, and does the client
// know the current leader epoch?
import type { PartitionLog } from '../log/partition-log.ts'
import { type ErrorName, KafkaError } from '../protocol/errors.ts'
import type { Context } from './handle.ts'
import type { PartitionState, TopicState } from './metadata/image.ts'

export interface LedPartition {
  readonly state: PartitionState
  readonly log: PartitionLog
}

/** From this version on Produce and Fetch name topics by id alone. */
export const FIRST_WITH_IDS = 13

/** The topic that a Produce or Fetch request means, or the error that says it is unknown. */
export function findTopic(context: Context, name: string, topicId: string): TopicState | ErrorName {
  const { image } = context.broker
  if (context.version >= FIRST_WITH_IDS) return image.topicsById.get(topicId) ?? 'UNKNOWN_TOPIC_ID'
  return image.topics.get(name) ?? 'UNKNOWN_TOPIC_OR_PARTITION'
}

/** The client named an epoch that is not the current one (KIP-320); -1 is "not known". */
export function checkLeaderEpoch(state: PartitionState, currentLeaderEpoch: number): ErrorName | null {
  if (currentLeaderEpoch === -1 || currentLeaderEpoch === state.leaderEpoch) return null
  return currentLeaderEpoch < state.leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH'
}

/** The partition with its log if this broker leads it; else why not. */
export function findLedPartition(
  context: Context,
  topic: TopicState,
  partition: number,
): LedPartition | ErrorName {
  const state = topic.partitions[partition]
  if (!state) return 'UNKNOWN_TOPIC_OR_PARTITION'
  if (state.leader !== context.node) return 'NOT_LEADER_OR_FOLLOWER'
  const log = context.broker.logs.get(topic.name, partition)
  return log ? { state, log } : 'KAFKA_STORAGE_ERROR'
}

/** The partition of the named topic if this broker leads it and the client knows so; else throws why not. */
export function requireLedPartition(
  context: Context,
  topic: string,
  partition: number,
  currentLeaderEpoch = -1,
): LedPartition {
  const found = context.broker.image.topics.get(topic)
  if (!found) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
  const led = findLedPartition(context, found, partition)
  if (typeof led === 'string') throw new KafkaError(led)
  const epochError = checkLeaderEpoch(led.state, currentLeaderEpoch)
  if (epochError) throw new KafkaError(epochError)
  return led
}

/** Who leads instead: told with NOT_LEADER_OR_FOLLOWER and FENCED_LEADER_EPOCH from newer versions on (KIP-951). */
export function leaderHint(error: ErrorName, state: PartitionState | undefined) {
  const isMoved = error === 'NOT_LEADER_OR_FOLLOWER' || error === 'FENCED_LEADER_EPOCH'
  return isMoved && state ? { leaderId: state.leader, leaderEpoch: state.leaderEpoch } : undefined
}
