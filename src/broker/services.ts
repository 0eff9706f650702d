import type { ClientConnection } from './client-connection.ts'
import type { Clock } from './clock.ts'
import type { BrokerConfig } from './config/broker-config.ts'
import type { TopicConfigs } from './config/topic-config.ts'
import type { Endpoint } from './endpoints.ts'
import type { FetchSessions } from './fetch-sessions.ts'
import type { GroupCoordinator } from './groups/coordinator.ts'
import type { LeveledLogger } from './leveled-logger.ts'
import type { Controller } from './metadata/controller.ts'
import type { FeatureRange } from './metadata/features.ts'
import type { MetadataImage } from './metadata/image.ts'
import type { PartitionLogs } from './partition-logs.ts'
import type { ProducerIds } from './producer-ids.ts'
import type { WorkerPool } from './workers/worker-pool.ts'

/** What the broker is to those who answer requests. */
export interface Services {
  readonly clock: Clock
  readonly logger: LeveledLogger
  readonly clusterId: string
  readonly controller: Controller
  readonly image: MetadataImage
  readonly config: BrokerConfig
  readonly topicConfigs: TopicConfigs
  readonly logs: PartitionLogs
  readonly producerIds: ProducerIds
  readonly groups: GroupCoordinator
  /** Does what would hold the event loop. */
  readonly workers: WorkerPool
  /** What ApiVersions tells of features, with the position of the metadata that says so. */
  features(): { supported: readonly FeatureRange[]; finalized: FinalizedFeature[]; epoch: number }
  /** The brokers as they are told to a client: at the host the client came to, unless one is advertised. */
  endpoints(to: { readonly connection: ClientConnection }): Endpoint[]
  /** The incremental fetch sessions of one broker id. */
  fetchSessions(node: number): FetchSessions
}

interface FinalizedFeature {
  readonly name: string
  readonly maxVersionLevel: number
  readonly minVersionLevel: number
}
