import type { Duplex } from 'node:stream'
import { randomUuid } from '../bytes/uuid.ts'
import { type Files, realFiles } from '../log/files.ts'
import { CONTEST_MS } from '../log/folder-lock.ts'
import { LogDir, type LogDirListener } from '../log/log-dir.ts'
import { DEFAULT_LOG_SETTINGS } from '../log/log-settings.ts'
import { readMetaProperties } from '../log/meta-properties.ts'
import type { RecoverySummary } from '../log/recovery-summary.ts'
import { StorageError } from '../log/storage-error.ts'
import type { Clock } from './clock.ts'
import type { BrokerConfig } from './config/broker-config.ts'
import type { TopicConfigs } from './config/topic-config.ts'
import { Dispatcher } from './dispatch.ts'
import { type BoundListener, type Endpoint, Endpoints, hostAndPort, type Listener } from './endpoints.ts'
import { reportFailure } from './failures.ts'
import { FetchSessions } from './fetch-sessions.ts'
import { GroupCoordinator } from './groups/coordinator.ts'
import type { Context } from './handle.ts'
import { HANDLERS } from './handlers.ts'
import { Housekeeping } from './housekeeping.ts'
import { repairInternalTopics } from './internal-topics.ts'
import { LeveledLogger } from './leveled-logger.ts'
import type { Logger } from './logger.ts'
import type { MetadataChanges } from './metadata/changes.ts'
import { Controller } from './metadata/controller.ts'
import { finalizedFeatures, SUPPORTED_FEATURES } from './metadata/features.ts'
import type { MetadataImage } from './metadata/image.ts'
import { MetadataFolder } from './metadata/metadata-folder.ts'
import { METADATA_TOPIC, METADATA_TOPIC_ID } from './metadata/metadata-log.ts'
import { PartitionLogs } from './partition-logs.ts'
import { ProducerIds } from './producer-ids.ts'
import { BrokerServer } from './server.ts'
import type { Services } from './services.ts'
import { SettingNotices } from './setting-notices.ts'
import { staticSettings } from './static-settings.ts'
import { WorkerPool } from './workers/worker-pool.ts'

export interface BrokerOptions {
  /** Absolute path of the data folder; made when it is not there. */
  readonly dataDir: string
  /** Where to listen; clients of the first one are told of by `addresses`. */
  readonly listeners: readonly Listener[]
  /** How many brokers this process shows itself as. */
  readonly brokers: number
  /** Id of the first broker; the others follow. */
  readonly firstNode: number
  /** Settings under Kafka's names. */
  readonly settings: ReadonlyMap<string, string>
  /** Given to a new data folder; one that has another is refused. Random when left out. */
  readonly clusterId?: string | undefined
  readonly clock: Clock
  readonly randomBytes: (size: number) => Buffer
  readonly logger: Logger
  readonly files?: Files
}

/** What is known of a client that did not come over a socket. */
export interface Peer {
  readonly clientAddress: string
  readonly localAddress: string
  readonly listener: string
}

/** The metadata log is never cut; everything else about it is as in any log. */
const METADATA_LOG_SETTINGS = { ...DEFAULT_LOG_SETTINGS, isDeletedByAge: false }

const DEFAULT_QUEUED_BYTES = 1024 ** 3
const LOCK_TRIES = 20
const LOCK_RETRY_MS = 100

/** One process with a data folder: everything it shares between the brokers that it shows itself as. */
export class Broker implements Services {
  readonly clock: Clock
  readonly logger: LeveledLogger
  readonly clusterId: string
  readonly controller: Controller
  readonly logs: PartitionLogs
  readonly producerIds: ProducerIds
  readonly groups: GroupCoordinator
  readonly workers: WorkerPool
  readonly #dir: LogDir
  #recovery: RecoverySummary | null = null
  readonly #server: BrokerServer
  readonly #endpoints: Endpoints
  readonly #fetchSessions = new Map<number, FetchSessions>()
  readonly #housekeeping: Housekeeping
  readonly #random: () => number
  readonly #listener: string
  #closing: Promise<void> | null = null
  #reportFailed: (reason: Error) => void = () => {}
  /** Resolves with the reason once the broker has closed itself: it is no longer the only one with its data folder. */
  readonly failed = new Promise<Error>((resolve) => {
    this.#reportFailed = resolve
  })

  private constructor(options: BrokerOptions, dir: LogDir, nodes: readonly number[]) {
    const { clock, randomBytes } = options
    const logger = new LeveledLogger(options.logger, clock)
    this.clock = clock
    this.logger = logger
    this.workers = new WorkerPool(logger)
    this.#dir = dir
    this.clusterId = dir.meta.clusterId
    this.#random = () => randomBytes(4).readUInt32BE(0) / 2 ** 32
    const directoryId = dir.meta.directoryId ?? randomUuid(randomBytes)
    const metadataFolder = new MetadataFolder(options.files ?? realFiles, options.dataDir)
    this.controller = explainingDamage(dir.folder, () => {
      const store = dir.createPartition(METADATA_TOPIC, 0, METADATA_TOPIC_ID)
      return new Controller({
        store,
        start: metadataFolder.read(store),
        directoryId,
        statics: new Map(nodes.map((node, index) => [node, staticSettings(options, node, index)])),
        clock,
        randomBytes,
        spendReserve: (change) => dir.withReserve(change),
      })
    })
    metadataFolder.complete(nodes[0]!, directoryId, this.controller.epoch, () => clock.now())
    this.logs = new PartitionLogs(dir, logger)
    this.producerIds = new ProducerIds(this.controller, nodes[0]!)
    this.groups = new GroupCoordinator({ controller: this.controller, logs: this.logs, clock, logger })
    this.#listener = options.listeners[0]!.name
    this.#endpoints = new Endpoints(options.listeners)
    this.#server = new BrokerServer(
      new Dispatcher(this, HANDLERS),
      () => this.#connectionLimits(),
      clock,
      logger,
    )
    this.#housekeeping = new Housekeeping(dir, this.config, clock, logger)
  }

  /** Opens the data folder, recovers what a crash left, and takes connections. */
  static async start(options: BrokerOptions): Promise<Broker> {
    const { dataDir, firstNode, randomBytes } = options
    const files = options.files ?? realFiles
    const nodes = Array.from({ length: options.brokers }, (_, index) => firstNode + index)
    // The settings of a topic are known only once the metadata log is read, which is a log of this folder itself.
    let broker: Broker | null = null
    const open = () =>
      LogDir.open({
        folder: dataDir,
        files,
        clock: options.clock,
        randomBytes,
        settings: (topic) =>
          broker && topic !== METADATA_TOPIC ? broker.topicConfigs.of(topic) : METADATA_LOG_SETTINGS,
        nodeId: firstNode,
        clusterId:
          options.clusterId ?? readMetaProperties(files, dataDir)?.clusterId ?? randomUuid(randomBytes),
        listener: {
          ...writeReports(options.logger),
          // Found in the middle of a write, whose client gets an answer first.
          folderLost: (reason) => setImmediate(() => broker?.fail(reason)),
        },
        report: ({ message }) => options.logger.warn(message),
      })
    const dir = await openUnlocked(open, options.clock)
    try {
      if (dir.isContested) await pause(options.clock, CONTEST_MS)
      broker = new Broker(options, dir, nodes)
      await broker.#open(options, nodes)
      return broker
    } catch (error) {
      // What went wrong first is worth knowing; that closing fails too, as on a full disk, is not.
      await (broker ? broker.close() : Promise.resolve().then(() => dir.close())).catch(() => {})
      throw error
    }
  }

  /** What the start found and repaired in the data folder. */
  get recovery(): RecoverySummary {
    return this.#recovery!
  }

  get image(): MetadataImage {
    return this.controller.image
  }

  get config(): BrokerConfig {
    return this.controller.config
  }

  get topicConfigs(): TopicConfigs {
    return this.controller.topicConfigs
  }

  /** Addresses at which a program on this machine reaches the brokers, as `host:port`. */
  get addresses(): string[] {
    return this.#endpoints.local().map(hostAndPort)
  }

  /** The ports that are open. */
  get listeners(): BoundListener[] {
    return this.#endpoints.bound()
  }

  /** What ApiVersions tells of features, with the position of the metadata that says so. */
  features() {
    return {
      supported: SUPPORTED_FEATURES,
      finalized: finalizedFeatures(this.image),
      epoch: this.controller.lastOffset,
    }
  }

  /** The brokers as they are told to a client: at the host the client came to, unless one is advertised. */
  endpoints(context: Pick<Context, 'connection'>): Endpoint[] {
    return this.#endpoints.seenFrom(context.connection)
  }

  /** The incremental fetch sessions of one broker id. */
  fetchSessions(node: number): FetchSessions {
    let sessions = this.#fetchSessions.get(node)
    if (!sessions) {
      const slots = this.config.number('max.incremental.fetch.session.cache.slots')
      sessions = new FetchSessions(slots, this.clock, this.#random)
      this.#fetchSessions.set(node, sessions)
    }
    return sessions
  }

  /** Serves one client of broker `node` over any stream, as a listener would: the first unless another is named. */
  handle(stream: Duplex, node: number, peer: Partial<Peer> = {}): void {
    const somebody = { clientAddress: '127.0.0.1', localAddress: '127.0.0.1', listener: this.#listener }
    this.#server.handle(stream, { node, ...somebody, ...peer })
  }

  /** Whether the data folder is known to have another broker, or to be gone. */
  get hasLostFolder(): boolean {
    return this.#dir.isLost
  }

  /**
   * Stops taking requests, writes down what the next start needs, and gives the folder free. Rejects if the folder
   * turns out not to be ours any more.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Closes the broker because of a failure that it cannot go on with. */
  fail(reason: Error): void {
    this.logger.error('fatal, closing the broker', reason)
    const report = () => this.#reportFailed(reason)
    this.close().then(report, report)
  }

  /** Resolves when nothing goes on that no client waits for, and no change of topics. */
  async settled(): Promise<void> {
    await this.#housekeeping.settled()
    await this.controller.settled()
    await this.logs.removals
  }

  async #close(): Promise<void> {
    this.#housekeeping.stop()
    this.groups.close()
    await this.#server.close()
    await this.workers.close()
    // Folders must not be changed once another broker may have them.
    await this.settled()
    await this.#dir.removed()
    this.#dir.close()
  }

  async #open(options: BrokerOptions, nodes: readonly number[]): Promise<void> {
    this.controller.prepareWith((partitions) => this.logs.prepare(partitions))
    const followers = [new SettingNotices(this.image, this.logger), this.logs, this.groups]
    this.controller.listen((changes) => this.#follow(changes, followers))
    this.logs.open(this.image, this.controller.removedTopics)
    repairInternalTopics(this)
    await this.groups.open()
    this.#recovery = this.#dir.endOpening()
    const rack = this.config.value('broker.rack')
    for (const { name, host, port } of options.listeners) {
      for (const [index, nodeId] of nodes.entries()) {
        const wanted = port === 0 ? 0 : port + index
        const taken = await this.#server.listen({ listener: name, host, port: wanted, node: nodeId })
        this.#endpoints.add(name, { nodeId, host, port: taken, rack })
      }
    }
    const registrations = nodes.map((node) => ({
      node,
      rack,
      endPoints: this.#endpoints.registered(node).map((at) => ({ ...at, securityProtocol: 0 })),
    }))
    this.controller.registerBrokers(registrations, this.#dir.wasClean)
    this.#housekeeping.start()
  }

  /** The change is committed: a part of the broker that cannot follow it must not make it look as if it had failed. */
  #follow(changes: MetadataChanges, parts: readonly { apply(changes: MetadataChanges): void }[]): void {
    for (const part of parts) {
      try {
        part.apply(changes)
      } catch (error) {
        this.logger.error('following a change of the metadata failed', error)
      }
    }
  }

  #connectionLimits() {
    const { config } = this
    return {
      maxQueuedBytes: queuedBytesAllowed(config),
      maxRequestBytes: config.number('socket.request.max.bytes'),
      maxConnections: config.number('max.connections'),
      maxIdleMs: config.number('connections.max.idle.ms'),
      maxConnectionsFrom: (address: string) => connectionsAllowedFrom(address, config),
    }
  }
}

/** A broker that was just killed may still be on its way out: its lock is waited for, but not for long. */
async function openUnlocked(open: () => LogDir, clock: Clock): Promise<LogDir> {
  for (let triesLeft = LOCK_TRIES; ; triesLeft--) {
    try {
      return open()
    } catch (error) {
      const isLocked = error instanceof StorageError && error.code === 'FOLDER_LOCKED'
      if (!isLocked || triesLeft === 0) throw error
      await pause(clock, LOCK_RETRY_MS)
    }
  }
}

const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise<void>((resolve) => clock.after(ms, resolve))

/** Logs that a partition takes no writes, and that it takes them again. */
const writeReports = (logger: Logger): Omit<LogDirListener, 'folderLost'> => ({
  writesFailed: (partition, failure) =>
    reportFailure(failure, logger, `writing ${partition} failed; it is tried again with every write`),
  writesResumed: (partition) => logger.warn(`writing ${partition} succeeds again`),
})

/**
 * Differs: without queued.max.request.bytes Kafka lets requests at work take all the memory there is. Here large ones
 * share a gigabyte, and the rest wait.
 */
function queuedBytesAllowed(config: BrokerConfig): number {
  const limit = config.number('queued.max.request.bytes')
  return limit > 0 ? limit : DEFAULT_QUEUED_BYTES
}

/** max.connections.per.ip, unless max.connections.per.ip.overrides names the address. */
function connectionsAllowedFrom(address: string, config: BrokerConfig): number {
  for (const override of config.list('max.connections.per.ip.overrides')) {
    const at = override.lastIndexOf(':')
    if (override.slice(0, at) === address) return Number(override.slice(at + 1))
  }
  return config.number('max.connections.per.ip')
}

/** Without its metadata a broker would start empty: damage there stops the start, and the message says what to do. */
function explainingDamage<T>(folder: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const isDamage = error instanceof StorageError && ['BATCH_CORRUPT', 'LOG_CORRUPT'].includes(error.code)
    if (!isDamage && !(error instanceof RangeError)) throw error
    const way = `restore '${folder}/${METADATA_TOPIC}-0' from a backup; the records of the topics are not touched`
    throw new StorageError('LOG_CORRUPT', `the cluster's metadata is damaged: ${error.message}: ${way}`, {
      cause: error,
    })
  }
}
