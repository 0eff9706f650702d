import { systemClock } from '../../src/client/clock.ts'
import type { Cluster } from '../../src/client/cluster.ts'
import type { Deadline } from '../../src/client/deadline.ts'
import { Lifetime } from '../../src/client/lifetime.ts'
import type { TopicMetadata } from '../../src/client/metadata.ts'

export interface Asked {
  readonly api: string
  readonly body: Record<string, unknown>
  readonly node: unknown
}

export interface FakeCluster {
  /** What was sent, in order. */
  readonly asked: Asked[]
  readonly isClosed: boolean
  readonly connect: () => Cluster
}

export type Answers = Readonly<Record<string, (body: never, node: unknown) => unknown>>

/** A cluster that knows some topics and gives prepared answers; asking anything else fails the test. */
export function fakeCluster({
  topics = [],
  brokers = [1],
  answers = {},
  version = 99,
}: {
  readonly topics?: readonly TopicMetadata[]
  readonly brokers?: readonly number[]
  readonly answers?: Answers
  /** The version that bodies which depend on it are made for. */
  readonly version?: number
} = {}): FakeCluster {
  const asked: Asked[] = []
  let isClosed = false
  const byName = new Map(topics.map((topic) => [topic.name, topic]))
  const addresses = brokers.map((nodeId) => ({ nodeId, host: `host-${nodeId}`, port: 9092, rack: null }))
  const lifetime = new Lifetime(systemClock)
  const fake = {
    requestTimeoutMs: 30_000,
    defaultApiTimeoutMs: 1000,
    retryBackoffMs: 1000,
    retryBackoffMaxMs: 1000,
    clock: systemClock,
    random: () => 0.5,
    lifetime,
    metadata: { clusterId: 'cluster-of-a-test-abcd' },
    connections: { brokers: new Map(addresses.map((broker) => [broker.nodeId, broker])) },
    async request(api: { name: string }, body: unknown, options: { node?: unknown } = {}) {
      const sent = typeof body === 'function' ? body(version) : body
      asked.push({ api: api.name, body: sent, node: options.node ?? 'any' })
      const answer = answers[api.name]
      if (answer === undefined) throw new Error(`the test has no answer to ${api.name}`)
      return answer(sent as never, options.node)
    },
    requestOnce: (api: { name: string }, body: unknown, options: { node?: unknown }) =>
      fake.request(api, body, options),
    allTopics: async () => new Map(byName),
    topics: async (names: readonly string[]) =>
      new Map(names.flatMap((name) => (byName.has(name) ? [[name, byName.get(name)!]] : []))),
    brokers: async () => addresses,
    connectionFor: async () => ({ version: () => version }),
    deadline: (timeoutMs = 1000) => lifetime.deadline(timeoutMs),
    within: <T>(_deadline: Deadline, work: Promise<T>) => work,
    reach: async () => {},
    notice: () => {},
    retrying: <T>(_deadline: Deadline, attempt: () => Promise<T>) => attempt(),
    close() {
      isClosed = true
    },
  }
  return {
    asked,
    get isClosed() {
      return isClosed
    },
    connect: () => fake as unknown as Cluster,
  }
}

/** A topic with partitions that broker 1 leads. */
export function topic(name: string, partitions = 1, more: Partial<TopicMetadata> = {}): TopicMetadata {
  return {
    name,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
    isInternal: name.startsWith('__'),
    error: 'NONE',
    partitions: Array.from({ length: partitions }, (_, partition) => ({
      partition,
      leader: 1,
      leaderEpoch: 0,
      replicas: [1],
      isr: [1],
      offlineReplicas: [],
      error: 'NONE',
    })),
    ...more,
  }
}
