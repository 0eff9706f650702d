import { onTestFinished } from 'vitest'
import { Cluster, type ClusterOptions } from '../../src/client/cluster.ts'
import { errorCode } from '../../src/protocol/errors.ts'
import { Metadata } from '../../src/protocol/messages/metadata.ts'
import { on, type ScriptedBroker } from './scripted-broker.ts'

/** A client with short waits, closed when the test finishes. */
export function connectCluster(
  brokers: readonly { address: string }[] | string,
  options: Partial<ClusterOptions> = {},
): Cluster {
  const bootstrapServers =
    typeof brokers === 'string' ? brokers : brokers.map(({ address }) => address).join(',')
  const cluster = Cluster.connect({
    bootstrapServers,
    retryBackoffMs: 2,
    retryBackoffMaxMs: 10,
    bootstrapTimeoutMs: 50,
    defaultApiTimeoutMs: 3000,
    ...options,
  })
  onTestFinished(() => cluster.close())
  return cluster
}

/** The 16-byte id that scripted brokers give a topic. */
export const topicIdOf = (name: string): string => Buffer.alloc(16, name).toString('base64url')

/** An answer to Metadata: brokers 1, 2, … and topics with the leader of each partition, read anew for each request. */
export function metadataScript(
  brokers: readonly ScriptedBroker[],
  leaders: Readonly<Record<string, readonly number[]>>,
  versions: { min?: number; max?: number } = {},
) {
  return on(
    Metadata,
    ({ topics }, { version }) => ({
      brokers: brokers.map(({ port }, i) => ({ nodeId: i + 1, host: '127.0.0.1', port })),
      clusterId: 'scripted',
      controllerId: 1,
      topics: (topics?.map(({ name }) => name ?? '') ?? Object.keys(leaders)).map((name) => {
        const partitions = leaders[name]
        return {
          errorCode: partitions === undefined ? errorCode('UNKNOWN_TOPIC_OR_PARTITION') : 0,
          name,
          ...(version >= 10 ? { topicId: topicIdOf(name) } : {}),
          partitions: (partitions ?? []).map((leaderId, partitionIndex) => ({
            errorCode: leaderId < 0 ? errorCode('LEADER_NOT_AVAILABLE') : 0,
            partitionIndex,
            leaderId,
            replicaNodes: [leaderId],
            isrNodes: [leaderId],
          })),
        }
      }),
    }),
    versions,
  )
}
