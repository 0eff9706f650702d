import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { itemError } from '../../protocol/errors.ts'
import { IncrementalAlterConfigs } from '../../protocol/messages/configs.ts'
import { javaHashOrder } from '../java/order.ts'
import { RESOURCE_TYPES } from '../kafka/resource-configs.ts'
import type { Reassignment } from './ask.ts'
import type { Target } from './plan-file.ts'

const LEADER_RATE = 'leader.replication.throttled.rate'
const FOLLOWER_RATE = 'follower.replication.throttled.rate'
const LOG_DIR_RATE = 'replica.alter.log.dirs.io.max.bytes.per.second'
const LEADER_REPLICAS = 'leader.replication.throttled.replicas'
const FOLLOWER_REPLICAS = 'follower.replication.throttled.replicas'

/** From which brokers a partition is copied, and to which. */
export interface Move extends TopicPartition {
  readonly sources: readonly number[]
  readonly destinations: readonly number[]
}

/** The moves of the reassignments under way, and of those that are proposed. */
export function movesOf(
  underWay: readonly Reassignment[],
  proposed: readonly Target[],
  current: readonly Target[],
): Move[] {
  const moves = new Map<string, Move>()
  for (const reassignment of underWay) {
    const { topic, partition, replicas, addingReplicas } = reassignment
    const sources = replicas.filter((broker) => !addingReplicas.includes(broker))
    moves.set(partitionName(reassignment), { topic, partition, sources, destinations: addingReplicas })
  }
  for (const target of proposed) {
    const { topic, partition, replicas } = target
    const name = partitionName(target)
    const sources =
      moves.get(name)?.sources ?? current.find((placed) => partitionName(placed) === name)?.replicas ?? []
    const destinations = replicas.filter((broker) => !sources.includes(broker))
    moves.set(name, { topic, partition, sources, destinations })
  }
  return [...moves.values()]
}

/** Throttles the copying between brokers: which replicas, and how fast. */
export async function throttleMoves(
  cluster: Cluster,
  moves: readonly Move[],
  bytesPerSecond: Int64,
): Promise<void> {
  const topics = [...new Set(moves.map(({ topic }) => topic))]
  await alterConfigs(
    cluster,
    topics.map((topic) => {
      const ofTopic = moves.filter((move) => move.topic === topic)
      const settings: [string, string][] = [
        [LEADER_REPLICAS, replicaList(ofTopic, ({ sources }) => sources)],
        [FOLLOWER_REPLICAS, replicaList(ofTopic, ({ destinations }) => destinations)],
      ]
      return { type: 'topic', name: topic, settings }
    }),
  )
  const brokers = new Set(moves.flatMap(({ sources, destinations }) => [...sources, ...destinations]))
  const rate = String(bytesPerSecond)
  await alterConfigs(
    cluster,
    [...brokers].map((broker) => {
      const settings: [string, string][] = [
        [LEADER_RATE, rate],
        [FOLLOWER_RATE, rate],
      ]
      return { type: 'broker', name: String(broker), settings }
    }),
  )
}

/** `0:1,0:2,1:1`: replicas as these settings list them, in the order of a Java TreeSet of texts. */
function replicaList(moves: readonly Move[], brokersOf: (move: Move) => readonly number[]): string {
  const names = moves.flatMap((move) => brokersOf(move).map((broker) => `${move.partition}:${broker}`))
  return [...new Set(names)].sort().join(',')
}

/** Throttles the copying between the folders of these brokers. */
export function throttleLogDirs(
  cluster: Cluster,
  brokers: ReadonlySet<number>,
  bytesPerSecond: Int64,
): Promise<void> {
  const settings: [string, string][] = [[LOG_DIR_RATE, String(bytesPerSecond)]]
  return alterConfigs(
    cluster,
    [...brokers].map((broker) => ({ type: 'broker', name: String(broker), settings })),
  )
}

/** Which brokers and topics lose their throttles: all that may have had a part in the reassignments. */
export async function throttled(
  cluster: Cluster,
  targets: readonly Target[],
): Promise<{ brokers: number[]; topics: string[] }> {
  const alive = (await cluster.brokers()).map(({ nodeId }) => nodeId)
  const brokers = new Set([...alive, ...targets.flatMap(({ replicas }) => replicas)])
  const topics = new Set(targets.map(({ topic }) => topic))
  return {
    brokers: javaHashOrder([...brokers], undefined, (id) => id),
    topics: javaHashOrder([...topics]),
  }
}

export function clearBrokerThrottles(cluster: Cluster, brokers: readonly number[]): Promise<void> {
  const settings = [LEADER_RATE, FOLLOWER_RATE, LOG_DIR_RATE].map((name): [string, null] => [name, null])
  return alterConfigs(
    cluster,
    brokers.map((broker) => ({ type: 'broker', name: String(broker), settings })),
  )
}

export function clearTopicThrottles(cluster: Cluster, topics: readonly string[]): Promise<void> {
  const settings = [LEADER_REPLICAS, FOLLOWER_REPLICAS].map((name): [string, null] => [name, null])
  return alterConfigs(
    cluster,
    topics.map((name) => ({ type: 'topic', name, settings })),
  )
}

interface Change {
  readonly type: 'topic' | 'broker'
  readonly name: string
  /** Null puts a setting back to its default. */
  readonly settings: readonly (readonly [name: string, value: string | null])[]
}

const SET = 0
const DELETE = 1

/** A broker takes changes of its own settings only; topics are for the controller. */
async function alterConfigs(cluster: Cluster, changes: readonly Change[]): Promise<void> {
  const topics = changes.filter(({ type }) => type === 'topic')
  const brokers = changes.filter(({ type }) => type === 'broker')
  const alive = new Set(cluster.connections.brokers.keys())
  if (topics.length > 0) await send(cluster, topics, 'controller')
  for (const change of brokers) {
    // The controller keeps the settings of a broker that is not there.
    const id = Number(change.name)
    await send(cluster, [change], !cluster.controllers && alive.has(id) ? id : 'controller')
  }
}

async function send(
  cluster: Cluster,
  changes: readonly Change[],
  node: number | 'controller',
): Promise<void> {
  const resources = changes.map(({ type, name, settings }) => ({
    resourceType: RESOURCE_TYPES[type],
    resourceName: name,
    configs: settings.map(([setting, value]) => ({
      name: setting,
      configOperation: value === null ? DELETE : SET,
      value,
    })),
  }))
  const answer = await cluster.request(IncrementalAlterConfigs, { resources, validateOnly: false }, { node })
  for (const response of answer.responses) {
    const error = itemError(response)
    if (error) throw error
  }
}
