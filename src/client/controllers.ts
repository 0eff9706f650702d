import { checkError, KafkaError } from '../protocol/errors.ts'
import { DescribeCluster } from '../protocol/messages/metadata.ts'
import type { Connection } from './wire/connection.ts'
import type { Broker } from './wire/connections.ts'

/** What Kafka's admin client asks the controllers of a KRaft cluster without a broker in between (KIP-919). */
const CONTROLLER_APIS: ReadonlySet<string> = new Set([
  'DescribeCluster',
  'DescribeAcls',
  'CreateAcls',
  'DeleteAcls',
  'DescribeConfigs',
  'IncrementalAlterConfigs',
  'AlterPartitionReassignments',
  'ListPartitionReassignments',
  'UpdateFeatures',
  'DescribeQuorum',
  'UnregisterBroker',
  'AddRaftVoter',
  'RemoveRaftVoter',
])

/** Refuses what only brokers answer, in the sentence of Kafka's admin client. */
export function requireControllerApi({ name }: { readonly name: string }): void {
  if (CONTROLLER_APIS.has(name)) return
  throw new KafkaError(
    'UNSUPPORTED_ENDPOINT_TYPE',
    'This Admin API is not yet supported when communicating directly with the controller quorum.',
  )
}

export interface Controllers {
  readonly clusterId: string
  /** The one that leads; -1 while they elect one. */
  readonly activeId: number
  readonly nodes: readonly Broker[]
}

/** EndpointType on the wire. */
export const CONTROLLER_ENDPOINTS = 2

/** The controllers as one of them knows them; KafkaError MISMATCHED_ENDPOINT_TYPE when it is a broker that is asked. */
export async function askControllers(connection: Connection): Promise<Controllers> {
  const answer = await connection.request(DescribeCluster, {
    includeClusterAuthorizedOperations: false,
    endpointType: CONTROLLER_ENDPOINTS,
  })
  checkError(answer.errorCode, answer.errorMessage)
  return {
    clusterId: answer.clusterId,
    activeId: answer.controllerId,
    nodes: answer.brokers.map(({ brokerId: nodeId, host, port, rack }) => ({ nodeId, host, port, rack })),
  }
}
