import type { Cluster } from '../client/cluster.ts'
import type { TopicMetadata } from '../client/metadata.ts'
import { KafkaError } from '../protocol/errors.ts'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** Kafka's name of a partition: `orders-0`. */
export const partitionName = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

/** What became of a partition: an answer, or why there is none. */
export type Outcome<A> = { readonly answer: A } | { readonly error: Error }

/** Asks the leader of each partition; `ask` gets those of one broker. Moved leaders are looked up and asked again. */
export async function askLeaders<P extends TopicPartition, A>(
  cluster: Cluster,
  partitions: readonly P[],
  ask: (node: number, partitions: readonly P[]) => Promise<Map<P, Outcome<A>>>,
): Promise<Map<P, Outcome<A>>> {
  const outcomes = new Map<P, Outcome<A>>()
  const deadline = cluster.deadline()
  let open = partitions
  await cluster
    .retrying(deadline, async () => {
      const topics = await cluster.topics(
        open.map(({ topic }) => topic),
        { refresh: outcomes.size > 0 },
      )
      await Promise.all(
        [...byLeader(open, topics, outcomes)].map(async ([node, led]) => {
          for (const [partition, outcome] of await ask(node, led)) outcomes.set(partition, outcome)
        }),
      )
      open = open.filter((partition) => isPassing(outcomes.get(partition)))
      const waiting = outcomes.get(open[0]!)
      if (waiting && 'error' in waiting) throw waiting.error
    })
    .catch((error: unknown) => {
      // What still fails when the time is up is that partition's outcome; anything else concerns them all.
      if (!(error instanceof KafkaError) || outcomes.size < partitions.length) throw error
    })
  return outcomes
}

function byLeader<P extends TopicPartition, A>(
  partitions: readonly P[],
  topics: ReadonlyMap<string, TopicMetadata>,
  outcomes: Map<P, Outcome<A>>,
): Map<number, P[]> {
  const groups = new Map<number, P[]>()
  for (const partition of partitions) {
    const topic = topics.get(partition.topic)
    const found = topic?.partitions.find((candidate) => candidate.partition === partition.partition)
    if (found && found.leader >= 0) {
      groups.set(found.leader, [...(groups.get(found.leader) ?? []), partition])
    } else {
      const isThere = found !== undefined
      outcomes.set(partition, {
        error: new KafkaError(isThere ? 'LEADER_NOT_AVAILABLE' : 'UNKNOWN_TOPIC_OR_PARTITION'),
      })
    }
  }
  return groups
}

const PASSING: ReadonlySet<string> = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
])

function isPassing(outcome: Outcome<unknown> | undefined): boolean {
  return (
    outcome !== undefined &&
    'error' in outcome &&
    outcome.error instanceof KafkaError &&
    PASSING.has(outcome.error.code)
  )
}

/** Partitions in the shape of a request: by topic. */
export function groupByTopic<P extends TopicPartition>(
  partitions: readonly P[],
): { name: string; partitions: P[] }[] {
  const topics = new Map<string, P[]>()
  for (const partition of partitions)
    topics.set(partition.topic, [...(topics.get(partition.topic) ?? []), partition])
  return [...topics].map(([name, ofTopic]) => ({ name, partitions: ofTopic }))
}
