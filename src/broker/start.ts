import { randomBytes } from 'node:crypto'
import { realFiles, unsyncedFiles } from '../log/files.ts'
import { openTemporaryFolder } from '../log/temporary-folder.ts'
import { createTopic } from './auto-create.ts'
import { Broker } from './broker.ts'
import { systemClock } from './clock.ts'
import { DEFAULT_LISTENER, type Listener } from './endpoints.ts'
import { type Logger, silentLogger } from './logger.ts'
import type { TopicRequest } from './topic-request.ts'

export interface StartOptions {
  /** The data folder. Without it a temporary one is used, and removed by `close` or when the process ends. */
  readonly dataDir?: string
  /** Where to listen; 127.0.0.1, so that nobody else gets in. */
  readonly host?: string
  /** 0, any free port, unless given. */
  readonly port?: number
  /** How many brokers this one process shows itself as; 1. */
  readonly brokers?: number
  /** Id of the first broker; 1. */
  readonly nodeId?: number
  /** Broker settings under Kafka's names, as strings. */
  readonly config?: Readonly<Record<string, string>>
  /** Topics that must be there: made unless the data folder has them. */
  readonly topics?: readonly TopicRequest[]
  readonly clusterId?: string | undefined
  /** The host that clients are told, instead of the one they came to. */
  readonly advertisedHost?: string | undefined
  /** The port that they are told, instead of the one that is listened on. */
  readonly advertisedPort?: number | undefined
  /** Several ways in, each with addresses of its own; in place of host, port and what is advertised. */
  readonly listeners?: readonly Listener[] | undefined
  /** Nothing is said unless given. */
  readonly logger?: Logger
}

export interface BrokerHandle {
  /** Addresses of the brokers, as a client's bootstrap.servers. */
  readonly bootstrapServers: string
  readonly clusterId: string
  readonly dataDir: string
  /** Closes connections and files; a temporary folder is removed. */
  close(): Promise<void>
}

/** Starts a broker in this process; several do not get in each other's way. */
export async function startBroker(options: StartOptions = {}): Promise<BrokerHandle> {
  const temporary = options.dataDir === undefined ? openTemporaryFolder(realFiles) : null
  const dataDir = options.dataDir ?? temporary!.path
  let broker: Broker | null = null
  try {
    broker = await Broker.start({
      dataDir,
      files: temporary ? unsyncedFiles : realFiles,
      listeners: options.listeners ?? [onlyListener(options)],
      brokers: options.brokers ?? 1,
      firstNode: options.nodeId ?? 1,
      settings: new Map(Object.entries(options.config ?? {})),
      clusterId: options.clusterId,
      clock: systemClock,
      randomBytes,
      logger: options.logger ?? silentLogger,
    })
    for (const topic of options.topics ?? []) createTopic(broker, topic)
    const started = broker
    return {
      bootstrapServers: started.addresses.join(','),
      clusterId: started.clusterId,
      dataDir,
      async close() {
        await started.close()
        temporary?.remove()
      },
    }
  } catch (error) {
    await broker?.close()
    temporary?.remove()
    throw error
  }
}

const onlyListener = ({ host, port, advertisedHost, advertisedPort }: StartOptions): Listener => ({
  name: DEFAULT_LISTENER,
  host: host ?? '127.0.0.1',
  port: port ?? 0,
  advertisedHost,
  advertisedPort,
})
