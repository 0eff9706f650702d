import { randomBytes } from 'node:crypto'
import { realFiles, unsyncedFiles } from '../log/files.ts'
import type { RecoverySummary } from '../log/recovery-summary.ts'
import { openTemporaryFolder } from '../log/temporary-folder.ts'
import { createTopic } from './auto-create.ts'
import { Broker } from './broker.ts'
import { systemClock } from './clock.ts'
import { BrokerConfig } from './config/broker-config.ts'
import { checkRequirements } from './config/broker-reconfiguration.ts'
import { brokerSettingWarnings } from './config/setting-warnings.ts'
import type { BoundListener, Listener } from './endpoints.ts'
import { type Logger, silentLogger } from './logger.ts'
import { type PlaceOptions, readPlace } from './start-settings.ts'
import type { TopicRequest } from './topic-request.ts'

export interface StartOptions extends PlaceOptions {
  /** The data folder. Without it a temporary one is used, and removed by `close` or when the process ends. */
  readonly dataDir?: string | undefined
  /** The address to listen on: 127.0.0.1, which other machines cannot reach, unless given. */
  readonly host?: string | undefined
  /** 0, any free port, unless given. */
  readonly port?: number | undefined
  /** Number of brokers that this process presents to clients; 1. */
  readonly brokers?: number | undefined
  /** Id of the first broker; 1. */
  readonly nodeId?: number | undefined
  /**
   * Broker settings under Kafka's names, as strings. `listeners`, `advertised.listeners`, `log.dirs` and `node.id` may be
   * given here instead of as options; where both are given and differ, startBroker throws.
   */
  readonly config?: Readonly<Record<string, string>> | undefined
  /** Topics that are created unless the data folder has them. */
  readonly topics?: readonly TopicRequest[] | undefined
  readonly clusterId?: string | undefined
  /** The host that clients are given, instead of the one they connected to. */
  readonly advertisedHost?: string | undefined
  /** The port that clients are given, instead of the one that is listened on. */
  readonly advertisedPort?: number | undefined
  /** Several listeners, in place of host, port and the advertised address. */
  readonly listeners?: readonly Listener[] | undefined
  /** Nothing is logged unless given. */
  readonly logger?: Logger | undefined
}

export interface BrokerHandle {
  /** Addresses of the brokers, as a client's bootstrap.servers. */
  readonly bootstrapServers: string
  /** What is listened on: each listener of each broker. */
  readonly listeners: readonly BoundListener[]
  readonly clusterId: string
  readonly dataDir: string
  /** What the start found and repaired in the data folder. */
  readonly recovery: RecoverySummary
  /**
   * Resolves with the reason once the broker has closed itself, because another broker took over its data folder, or
   * the folder or the lock in it was removed or replaced: what it would write could be lost. Never rejects.
   */
  readonly failed: Promise<Error>
  /** Closes connections and files; a temporary folder is removed. Rejects if the data folder was lost unnoticed. */
  close(): Promise<void>
}

/**
 * Starts a broker in this process; several do not get in each other's way. Throws ConfigError for settings that Kafka
 * refuses, that cannot be honoured, or that contradict the options.
 */
export async function startBroker(options: StartOptions = {}): Promise<BrokerHandle> {
  const settings = new Map(Object.entries(options.config ?? {}))
  const place = readPlace(options, settings)
  checkRequirements(new BrokerConfig(place.nodeId, settings, { configsOf: () => new Map() }))
  const logger = options.logger ?? silentLogger
  for (const warning of brokerSettingWarnings(settings)) logger.warn(warning)
  const temporary = place.dataDir === undefined ? openTemporaryFolder(realFiles) : null
  const dataDir = place.dataDir ?? temporary!.path
  let broker: Broker | null = null
  try {
    broker = await Broker.start({
      dataDir,
      files: temporary ? unsyncedFiles : realFiles,
      listeners: place.listeners,
      brokers: options.brokers ?? 1,
      firstNode: place.nodeId,
      settings,
      clusterId: options.clusterId,
      clock: systemClock,
      randomBytes,
      logger,
    })
    for (const topic of options.topics ?? []) createTopic(broker, topic)
    const started = broker
    return {
      bootstrapServers: started.addresses.join(','),
      listeners: started.listeners,
      clusterId: started.clusterId,
      dataDir,
      failed: started.failed,
      recovery: started.recovery,
      async close() {
        try {
          await started.close()
        } finally {
          // The folder may be another broker's now.
          if (started.hasLostFolder) temporary?.abandon()
          else temporary?.remove()
        }
      },
    }
  } catch (error) {
    await broker?.close()
    temporary?.remove()
    throw error
  }
}
