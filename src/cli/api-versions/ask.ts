import type { Cluster } from '../../client/cluster.ts'
import type { Broker } from '../../client/wire/connections.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { DescribeCluster } from '../../protocol/messages/metadata.ts'
import { messageOf } from '../failures.ts'

export interface ApiRange {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

export interface BrokerVersions extends Broker {
  readonly isFenced: boolean
  readonly apis: readonly ApiRange[]
  /** Why the broker did not tell; null when it did. */
  readonly error: string | null
}

/** Asks every broker which APIs it offers; one that cannot be reached does not spoil the others. */
export async function askApiVersions(cluster: Cluster): Promise<BrokerVersions[]> {
  const brokers = await cluster.brokers()
  const fenced = await fencedBrokers(cluster)
  return await Promise.all(
    brokers.map(async (broker) => {
      const known = { ...broker, isFenced: fenced.has(broker.nodeId) }
      try {
        const { apiVersions } = await cluster.connectionTo(broker.nodeId)
        return { ...known, apis: [...apiVersions.apiKeys].sort((a, b) => a.apiKey - b.apiKey), error: null }
      } catch (error) {
        return { ...known, apis: [], error: messageOf(error) }
      }
    }),
  )
}

/** None where a broker is too old to tell. */
async function fencedBrokers(cluster: Cluster): Promise<Set<number>> {
  try {
    const answer = await cluster.request(DescribeCluster, {
      includeClusterAuthorizedOperations: false,
      includeFencedBrokers: false,
    })
    return new Set(answer.brokers.filter(({ isFenced }) => isFenced).map(({ brokerId }) => brokerId))
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return new Set()
  }
}
