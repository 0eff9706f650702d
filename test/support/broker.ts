import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { createTopic } from '../../src/broker/auto-create.ts'
import { Broker } from '../../src/broker/broker.ts'
import type { Listener } from '../../src/broker/endpoints.ts'
import type { Logger } from '../../src/broker/logger.ts'
import { RESOURCE_TYPES } from '../../src/broker/metadata/image.ts'
import { metadataRecord } from '../../src/broker/metadata/record.ts'
import type { TopicRequest } from '../../src/broker/topic-request.ts'
import { checkLogDir } from '../../src/log/check.ts'
import { type Files, realFiles } from '../../src/log/files.ts'
import { LOCK_FILE } from '../../src/log/folder-lock.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { ConfigRecord, RemoveTopicRecord } from '../../src/protocol/messages/stored-metadata.ts'
import type { Api, DecodedResponseOf, Fields, RequestOf } from '../../src/protocol/schema.ts'
import { duplexPair } from './duplex-pair.ts'
import { ManualClock } from './manual-clock.ts'
import { MemoryFiles } from './memory-files.ts'
import { randomBytes, seededRandom } from './random.ts'
import { settled, WireClient } from './wire-client.ts'

type Configs = Readonly<Record<string, string>>

export interface TestBrokerOptions {
  /** Topics that are there from the start: their number of partitions, or more about them. */
  topics?: Readonly<Record<string, number | Omit<TopicRequest, 'name'>>>
  /** Settings of the broker under Kafka's names. */
  config?: Configs
  /** As how many brokers the process shows itself; their ids begin with 1. */
  brokers?: number
  /** A fresh folder on disk instead of memory. */
  onDisk?: boolean
  seed?: number
  /** Where to listen: on a free port of the loopback interface, unless given. */
  listeners?: readonly Listener[]
}

/** What a client says of itself, and which broker it talks to. */
interface PeerOptions {
  node?: number
  clientId?: string
  clientAddress?: string
  listener?: string
}

/** A broker as a test sees it. */
export class TestBroker {
  broker!: Broker
  readonly clock = new ManualClock()
  readonly folder: string
  files: Files
  /** What the broker said of failures. */
  readonly complaints: string[] = []
  readonly #options: TestBrokerOptions
  readonly #random: () => number
  readonly #clients = new Map<string, WireClient>()
  #config: Configs
  #brokers: number
  #isAltered = false

  constructor(options: TestBrokerOptions, files: Files, folder: string) {
    this.#options = options
    this.#config = options.config ?? {}
    this.#brokers = options.brokers ?? 1
    this.#random = seededRandom(options.seed ?? 1)
    this.files = files
    this.folder = folder
  }

  async open(): Promise<void> {
    const complain = (message: string) => this.complaints.push(message)
    const logger: Logger = {
      info() {},
      warn: complain,
      error: (message, cause) => complain(`${message}: ${cause}`),
    }
    this.broker = await Broker.start({
      dataDir: this.folder,
      listeners: this.#options.listeners ?? [{ name: 'PLAINTEXT', host: '127.0.0.1', port: 0 }],
      brokers: this.#brokers,
      firstNode: 1,
      settings: new Map(Object.entries(this.#config)),
      clock: this.clock,
      randomBytes: (size) => randomBytes(this.#random, size),
      logger,
      files: this.files,
    })
    for (const [name, topic] of Object.entries(this.#options.topics ?? {})) {
      this.createTopic(name, typeof topic === 'number' ? { partitions: topic } : topic)
    }
  }

  createTopic(name: string, topic: Omit<TopicRequest, 'name'> = {}): void {
    createTopic(this.broker, { name, ...topic })
  }

  deleteTopic(name: string): void {
    this.broker.controller.commit([metadataRecord(RemoveTopicRecord, { topicId: this.topicId(name) })])
  }

  /** Gives a topic a setting; null takes it away. */
  configureTopic(name: string, setting: string, value: string | null): void {
    const record = { resourceType: RESOURCE_TYPES.TOPIC, resourceName: name, name: setting, value }
    this.broker.controller.commit([metadataRecord(ConfigRecord, record)])
  }

  /** Gives a group a setting; null takes it away. */
  configureGroup(name: string, setting: string, value: string | null): void {
    const record = { resourceType: RESOURCE_TYPES.GROUP, resourceName: name, name: setting, value }
    this.broker.controller.commit([metadataRecord(ConfigRecord, record)])
  }

  /** A new connection without a socket. */
  connect({
    node = 1,
    clientId = 'test',
    clientAddress = '127.0.0.1',
    listener,
  }: PeerOptions = {}): WireClient {
    const [here, there] = duplexPair()
    this.broker.handle(there, node, { clientAddress, ...(listener ? { listener } : {}) })
    return new WireClient(here, clientId)
  }

  /** A new connection over the loopback interface. */
  connectSocket({ node = 1, localAddress }: { node?: number; localAddress?: string } = {}): WireClient {
    const [host, port] = this.broker.addresses[node - 1]!.split(':')
    const socket: Socket = connect({
      host: host!,
      port: Number(port),
      ...(localAddress ? { localAddress } : {}),
    })
    onTestFinished(() => {
      socket.destroy()
    })
    return new WireClient(socket)
  }

  /** Asks over a connection that is kept for further questions. */
  ask<A extends Api<Fields, Fields>>(
    api: A,
    version: number,
    body: RequestOf<A>,
    peer: PeerOptions = {},
  ): Promise<DecodedResponseOf<A>> {
    const key = JSON.stringify(peer)
    let client = this.#clients.get(key)
    if (!client || client.isClosed) {
      client = this.connect(peer)
      this.#clients.set(key, client)
    }
    return client.ask(api, version, body)
  }

  /** Lets time pass, and the broker do what is due by then. */
  async pass(ms: number): Promise<void> {
    this.clock.pass(ms)
    await this.broker.settled()
    // Files are synced in the background.
    await settled()
  }

  log(topic: string, partition = 0): PartitionLog {
    return this.broker.logs.get(topic, partition)!
  }

  topicId(topic: string): string {
    return this.broker.image.topics.get(topic)!.id
  }

  /** Closes the broker well and starts it again on the same folder, as so many brokers. */
  async restartAs(brokers: number): Promise<void> {
    this.#brokers = brokers
    await this.restart()
  }

  /** Closes the broker well and starts it again on the same folder. */
  async restart(config: Configs = this.#config): Promise<void> {
    await this.close()
    this.#config = config
    await this.open()
  }

  /**
   * Stops the broker, cleanly or as crash does, changes the files that it left, and starts another on them. What is in
   * the files at the end of the test is not checked.
   */
  async alter(how: 'closed' | 'killed', change: (files: MemoryFiles) => void): Promise<void> {
    this.#isAltered = true
    if (how === 'killed') return await this.crash(change)
    await this.close()
    change(this.files as MemoryFiles)
    await this.open()
  }

  /** Kills the broker, as far as its files are concerned, and starts another on what it left. */
  async crash(prepare: (left: MemoryFiles) => void = () => {}): Promise<void> {
    const left = this.#killed()
    await this.broker.close()
    prepare(left)
    this.files = left
    await this.open()
  }

  /** As crash, for a broker that could not be started. */
  async openAfterKill(prepare: (left: MemoryFiles) => void = () => {}): Promise<void> {
    const left = this.#killed()
    prepare(left)
    this.files = left
    await this.open()
  }

  /** The files as a killed broker leaves them. */
  #killed(): MemoryFiles {
    if (!(this.files instanceof MemoryFiles)) throw new Error('only a broker in memory can crash')
    const left = this.files.afterKill()
    left.makeFolder(this.folder)
    // As after a reboot: a process that has not ended holds the lock.
    left.writeFile(`${this.folder}/${LOCK_FILE}`, Buffer.from('{"pid":1,"boot":"the one before"}'))
    return left
  }

  async close(): Promise<void> {
    await this.broker.close()
    if (!this.#isAltered) expect(checkLogDir(this.files, this.folder)).toEqual([])
    if (this.files instanceof MemoryFiles) expect(this.files.openHandles).toBe(0)
  }
}

/** Starts a broker on a clock that only the test moves; when the test ends, it is closed and its files are checked. */
export async function startTestBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const folder = options.onDisk ? mkdtempSync(join(tmpdir(), 'ktool-broker-')) : '/data'
  const broker = new TestBroker(options, options.onDisk ? realFiles : new MemoryFiles(), folder)
  onTestFinished(async () => {
    await broker.close()
    if (options.onDisk) rmSync(folder, { recursive: true })
  })
  await broker.open()
  return broker
}
