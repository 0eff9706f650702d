import { itemError, KafkaError } from '../protocol/errors.ts'
import type { Api, Decoded, Encodable, Fields } from '../protocol/schema.ts'
import type { Cluster } from './cluster.ts'
import type { Deadline } from './deadline.ts'
import type { TopicMetadata } from './metadata.ts'
import { requireReadable } from './read-only.ts'
import { backoffMs, isRetriable } from './retry.ts'
import { partitionName, type TopicPartition } from './topic-partition.ts'

/** What became of one partition: the answer of its leader, or what went wrong. */
export type LeaderResult<P, A> =
  | { readonly target: P; readonly answer: A; readonly error: null }
  | { readonly target: P; readonly answer: null; readonly error: Error }

export interface LeaderRequest<Q extends Fields, S extends Fields, P, A> {
  readonly api: Api<Q, S>
  /** What to send to one leader. */
  body(targets: readonly P[], version: number): Encodable<Q>
  /** The answers for the partitions that were sent, in any order. */
  read(answer: Decoded<S>): Iterable<{ topic: string; partition: number; errorCode: number; answer: A }>
  readonly timeoutMs?: number | undefined
}

/** How long a topic or partition that nobody knows is asked for again: it may just have been created. */
const UNKNOWN_TOPIC_MS = 1000

/**
 * Asks the leader of each partition, all leaders at once, and again those whose leader moved or went away. Gives one
 * result for each target, in the order of the targets.
 */
export async function requestLeaders<Q extends Fields, S extends Fields, P extends TopicPartition, A>(
  cluster: Cluster,
  targets: readonly P[],
  request: LeaderRequest<Q, S, P, A>,
): Promise<LeaderResult<P, A>[]> {
  requireReadable(request.api, cluster.readOnly)
  const deadline = cluster.deadline(request.timeoutMs)
  const unknownDeadline = cluster.deadline(Math.min(deadline.timeoutMs, UNKNOWN_TOPIC_MS))
  const results = new Map<string, LeaderResult<P, A>>()
  let left = [...targets]
  for (let round = 1; ; round++) {
    for (const result of await askOnce(cluster, left, request, deadline))
      results.set(partitionName(result.target), result)
    left = left.filter((target) =>
      mayPass(results.get(partitionName(target))?.error ?? null, unknownDeadline),
    )
    const waitMs = backoffMs(round, cluster, cluster.random)
    if (left.length === 0 || waitMs >= deadline.leftMs) break
    for (const { topic } of left) cluster.metadata.invalidate(topic)
    await cluster.lifetime.sleep(waitMs)
  }
  return targets.map((target) => results.get(partitionName(target))!)
}

function mayPass(error: Error | null, unknownDeadline: Deadline): boolean {
  if (!isRetriable(error)) return false
  const isUnknown = error instanceof KafkaError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION'
  return !isUnknown || !unknownDeadline.isOver
}

async function askOnce<Q extends Fields, S extends Fields, P extends TopicPartition, A>(
  cluster: Cluster,
  targets: readonly P[],
  request: LeaderRequest<Q, S, P, A>,
  deadline: Deadline,
): Promise<LeaderResult<P, A>[]> {
  const topics = await cluster.topics(
    targets.map(({ topic }) => topic),
    { timeoutMs: deadline.leftMs },
  )
  const results: LeaderResult<P, A>[] = []
  const byLeader = new Map<number, P[]>()
  for (const target of targets) {
    const leader = leaderOf(topics.get(target.topic), target)
    if (typeof leader !== 'number') results.push({ target, answer: null, error: leader })
    else if (!byLeader.get(leader)?.push(target)) byLeader.set(leader, [target])
  }
  const asking = [...byLeader].map(([node, led]) => askLeader(cluster, node, led, request, deadline))
  for (const answers of await Promise.all(asking)) results.push(...answers)
  return results
}

/** The broker that leads the partition, or why there is none. */
function leaderOf(metadata: TopicMetadata | undefined, target: TopicPartition): number | KafkaError {
  const { topic, partition } = target
  if (metadata === undefined || metadata.error === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `topic '${topic}' does not exist`)
  }
  if (metadata.error !== 'NONE') return new KafkaError(metadata.error)
  const found = metadata.partitions.find((candidate) => candidate.partition === partition)
  if (found === undefined) {
    const count = metadata.partitions.length
    const detail = `topic '${topic}' has no partition ${partition}, only ${count}`
    return new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', detail)
  }
  if (found.leader < 0) return new KafkaError('LEADER_NOT_AVAILABLE')
  return found.leader
}

async function askLeader<Q extends Fields, S extends Fields, P extends TopicPartition, A>(
  cluster: Cluster,
  node: number,
  targets: readonly P[],
  { api, body, read }: LeaderRequest<Q, S, P, A>,
  deadline: Deadline,
): Promise<LeaderResult<P, A>[]> {
  try {
    const bodyFor = (version: number): Encodable<Q> => body(targets, version)
    const answer = await cluster.requestOnce(api, bodyFor, { node, deadline })
    const answers = new Map([...read(answer)].map((item) => [partitionName(item), item]))
    return targets.map((target) => {
      const item = answers.get(partitionName(target))
      if (item === undefined) {
        const error = new KafkaError('UNKNOWN_SERVER_ERROR', 'the answer lacks a partition')
        return { target, answer: null, error }
      }
      const error = itemError(item)
      return error ? { target, answer: null, error } : { target, answer: item.answer, error: null }
    })
  } catch (error) {
    if (!isRetriable(error) && !(error instanceof KafkaError)) throw error
    return targets.map((target) => ({ target, answer: null, error }))
  }
}
