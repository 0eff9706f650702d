import type { Cluster } from '../../client/cluster.ts'
import { itemError, type KafkaError } from '../../protocol/errors.ts'
import { CreateTopics } from '../../protocol/messages/topics.ts'

export interface TopicShape {
  readonly name: string
  /** The broker's default when left out. */
  readonly partitions?: number
  readonly replicationFactor?: number
  readonly configs?: readonly { readonly name: string; readonly value: string }[]
}

/** Makes a topic, or asks whether it could be made; gives what the broker has against it. */
export async function makeTopic(
  cluster: Cluster,
  { name, partitions = -1, replicationFactor = -1, configs = [] }: TopicShape,
  { validateOnly = false } = {},
): Promise<KafkaError | undefined> {
  const topic = { name, numPartitions: partitions, replicationFactor, assignments: [], configs: [...configs] }
  const answer = await cluster.request(
    CreateTopics,
    { topics: [topic], timeoutMs: cluster.requestTimeoutMs, validateOnly },
    { node: 'controller' },
  )
  return answer.topics.map((created) => itemError(created)).find((error) => error !== undefined)
}
