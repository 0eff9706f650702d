import { checkError, KafkaError } from '../protocol/errors.ts'
import type { Api, Decoded, Encodable, Fields } from '../protocol/schema.ts'
import { type Clock, systemClock } from './clock.ts'
import { askControllers, requireControllerApi } from './controllers.ts'
import { Deadline } from './deadline.ts'
import { Interrupted, Lifetime } from './lifetime.ts'
import { MetadataCache, type TopicMetadata } from './metadata.ts'
import { requireReadable } from './read-only.ts'
import { isRetriable, withRetries } from './retry.ts'
import type { SecuritySettings } from './security/security-properties.ts'
import { type Address, parseAddresses } from './wire/addresses.ts'
import type { Connection } from './wire/connection.ts'
import { type Broker, type Channel, Connections } from './wire/connections.ts'

/** Names, defaults and meaning of Kafka's client properties where they have one. */
export interface ClusterOptions {
  /** `host:port,host:port`, or addresses. */
  readonly bootstrapServers: string | readonly Address[]
  /** The addresses are those of KRaft controllers, which answer without a broker in between; nothing about topics. */
  readonly controllers?: boolean | undefined
  readonly clientId?: string | undefined
  readonly clientVersion?: string | undefined
  /** How long one broker may take to answer one request. */
  readonly requestTimeoutMs?: number | undefined
  /** How long a call may take in all, retries included. */
  readonly defaultApiTimeoutMs?: number | undefined
  /** How long one address may take to accept a connection. */
  readonly connectTimeoutMs?: number | undefined
  /** How long the first connection is tried again after every address failed; no wait when 0. */
  readonly bootstrapTimeoutMs?: number | undefined
  readonly retryBackoffMs?: number | undefined
  readonly retryBackoffMaxMs?: number | undefined
  readonly metadataMaxAgeMs?: number | undefined
  readonly clock?: Clock | undefined
  readonly random?: (() => number) | undefined
  /** The time of the run that this client is a part of; one of its own when left out. */
  readonly lifetime?: Lifetime | undefined
  /** Called with a line for people when something keeps the client waiting. */
  readonly onNotice?: ((line: string) => void) | undefined
  /** Why this cluster must not be changed: requests that would change it throw ReadOnlyError with this reason. */
  readonly readOnly?: string | undefined
  /** Called before each request that may change the cluster. */
  readonly beforeChange?: (() => void) | undefined
  /** TLS and a login, for listeners that want them. */
  readonly security?: SecuritySettings | undefined
}

export interface CallOptions {
  /** Which broker: its id, any that answers, or the one that leads the cluster. `any` when left out. */
  readonly node?: number | 'any' | 'controller' | undefined
  readonly version?: number | undefined
  /** How long the call may take in all, if not defaultApiTimeoutMs. */
  readonly timeoutMs?: number | undefined
}

export interface OnceOptions {
  readonly node: number | 'any' | 'controller'
  readonly deadline: Deadline
  readonly version?: number | undefined
  /** How long the broker may hold the answer back. */
  readonly heldMs?: number | undefined
}

export interface TopicsOptions {
  /** Asks the brokers even when the answer is known. */
  readonly refresh?: boolean | undefined
  readonly allowAutoTopicCreation?: boolean | undefined
  readonly timeoutMs?: number | undefined
}

/** What to send; a function when it depends on the version that is spoken. */
export type Body<Q extends Fields> = Encodable<Q> | ((version: number) => Encodable<Q>)

/** After so long without it, what was waited for before is reported again. */
const NOTICE_LAPSE_MS = 10_000

/** A Kafka cluster as a client sees it: its brokers, topics and leaders, and requests to them. */
export class Cluster {
  readonly connections: Connections
  readonly metadata: MetadataCache
  readonly clock: Clock
  readonly lifetime: Lifetime
  readonly random: () => number
  readonly requestTimeoutMs: number
  readonly defaultApiTimeoutMs: number
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
  /** Whether it is controllers that are asked. */
  readonly controllers: boolean
  readonly readOnly: string | undefined
  readonly #bootstrapTimeoutMs: number
  readonly #onNotice: ((line: string) => void) | undefined
  /** When each line was last to be reported. */
  readonly #noticed = new Map<string, number>()

  private constructor(options: ClusterOptions) {
    const { bootstrapServers, clock = systemClock } = options
    const addresses =
      typeof bootstrapServers === 'string' ? parseAddresses(bootstrapServers) : bootstrapServers
    this.controllers = options.controllers ?? false
    this.clock = clock
    this.lifetime = options.lifetime ?? new Lifetime(clock)
    this.random = options.random ?? Math.random
    this.requestTimeoutMs = options.requestTimeoutMs ?? 30_000
    this.defaultApiTimeoutMs = options.defaultApiTimeoutMs ?? 60_000
    this.retryBackoffMs = options.retryBackoffMs ?? 100
    this.retryBackoffMaxMs = options.retryBackoffMaxMs ?? 1000
    this.readOnly = options.readOnly
    this.#onNotice = options.onNotice
    this.#bootstrapTimeoutMs = options.bootstrapTimeoutMs ?? 1000
    this.connections = new Connections(addresses, {
      clientId: options.clientId ?? 'ktool',
      clientVersion: options.clientVersion ?? '0',
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      requestTimeoutMs: this.requestTimeoutMs,
      clock,
      readOnly: options.readOnly,
      beforeChange: options.beforeChange,
      random: this.random,
      onNotice: options.onNotice,
      security: options.security,
    })
    this.metadata = new MetadataCache(this.connections, clock, options.metadataMaxAgeMs ?? 300_000)
  }

  /** Nothing is sent before the first request; SettingError when an address is none. */
  static connect(options: ClusterOptions): Cluster {
    return new Cluster(options)
  }

  /**
   * Sends a request and gives the answer. Sent again, elsewhere if need be, after failures that may pass, until the
   * time is up; an error code at the top of the answer is thrown as KafkaError.
   */
  async request<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Body<Q>,
    options: CallOptions = {},
  ): Promise<Decoded<S>> {
    // The connection looks at each request; here nobody has to wait for one to learn it.
    requireReadable(api, this.readOnly)
    const deadline = this.deadline(options.timeoutMs)
    const { node = 'any', version } = options
    return await this.retrying(deadline, async () => {
      const answer = await this.requestOnce(api, body, { node, deadline, version })
      checkAnswer(answer)
      return answer
    })
  }

  /** Sends a request a single time, and gives the answer whatever its error codes are. */
  async requestOnce<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Body<Q>,
    { node, deadline, version: wanted, heldMs }: OnceOptions,
  ): Promise<Decoded<S>> {
    requireReadable(api, this.readOnly)
    if (this.controllers) requireControllerApi(api)
    let isAwaited = true
    const send = async (): Promise<Decoded<S>> => {
      const connection = await this.connectionFor(node)
      // Nobody would learn what became of it.
      if (!isAwaited) throw new Interrupted()
      const version = wanted ?? connection.version(api)
      const timeoutMs = Math.min(this.requestTimeoutMs, deadline.leftMs)
      const encodable = typeof body === 'function' ? body(version) : body
      return await connection.request(api, encodable, { version, timeoutMs, heldMs })
    }
    try {
      return await this.within(deadline, send())
    } finally {
      isAwaited = false
    }
  }

  /** Topics by name with their partitions and leaders; each has an error of its own. */
  async topics(names: readonly string[], options: TopicsOptions = {}): Promise<Map<string, TopicMetadata>> {
    const { refresh = false } = options
    const allowAutoTopicCreation = options.allowAutoTopicCreation === true && this.readOnly === undefined
    const found = new Map<string, TopicMetadata>()
    const missing: string[] = []
    for (const name of new Set(names)) {
      const known = refresh ? undefined : this.metadata.get(name)
      if (known === undefined) missing.push(name)
      else found.set(name, known)
    }
    if (missing.length > 0) {
      for (const [name, topic] of await this.#askTopics(missing, allowAutoTopicCreation, options.timeoutMs)) {
        found.set(name, topic)
      }
    }
    return found
  }

  /** Every topic that this client may see. */
  allTopics(options: { readonly timeoutMs?: number | undefined } = {}): Promise<Map<string, TopicMetadata>> {
    return this.#askTopics(null, false, options.timeoutMs)
  }

  /** The brokers that are alive, by id. */
  async brokers(options: { readonly timeoutMs?: number | undefined } = {}): Promise<Broker[]> {
    await this.#askTopics([], false, options.timeoutMs)
    return [...this.connections.brokers.values()].sort((a, b) => a.nodeId - b.nodeId)
  }

  /** A connection to a broker, for requests in a stream of their own; asks for the brokers when it is unknown. */
  async connectionTo(nodeId: number, channel: Channel = 'main'): Promise<Connection> {
    if (!this.connections.brokers.has(nodeId)) await this.#askTopics([], false)
    return await this.connections.node(nodeId, channel)
  }

  /** The connection that a request to this node takes. */
  async connectionFor(node: number | 'any' | 'controller'): Promise<Connection> {
    if (typeof node === 'number') return await this.connectionTo(node)
    if (this.controllers) return await this.#activeController()
    if (node === 'any') return await this.connections.any()
    if (this.connections.brokers.size === 0) await this.#askTopics([], false)
    try {
      return await this.connections.node(this.metadata.controllerId)
    } catch (error) {
      // With KRaft any broker passes the request on; before, only the controller itself took it.
      if (!isRetriable(error) && !(error instanceof KafkaError)) throw error
      return await this.connections.any()
    }
  }

  deadline(timeoutMs = this.defaultApiTimeoutMs): Deadline {
    return this.lifetime.deadline(timeoutMs)
  }

  /** Settles as `work` does, and by the deadline or an interrupt whatever it waits for. */
  within<T>(deadline: Deadline, work: Promise<T>): Promise<T> {
    return this.lifetime.within(deadline, work, () => this.late(deadline))
  }

  /** Reports what is waited for, once as long as it goes on. */
  notice(line: string): void {
    const nowMs = this.clock.monotonicMs()
    const before = this.#noticed.get(line) ?? -Infinity
    this.#noticed.set(line, nowMs)
    if (nowMs - before > NOTICE_LAPSE_MS) this.#onNotice?.(line)
  }

  /** What stood in the way of something that did not happen by the deadline. */
  late({ timeoutMs }: Deadline): Error {
    return (
      this.connections.obstacle(timeoutMs) ??
      new KafkaError('REQUEST_TIMED_OUT', `no answer within ${timeoutMs} ms`)
    )
  }

  /** Resolves once a broker has answered; rejects soon when none ever did. */
  async reach(deadline = this.deadline()): Promise<void> {
    await this.retrying(deadline, () => this.connections.any())
  }

  /** Runs `attempt` again after failures that may pass; not for long if no broker ever answered. */
  async retrying<T>(deadline: Deadline, attempt: () => Promise<T>): Promise<T> {
    if (!this.connections.hasConnected) {
      const patience = new Deadline(this.clock, this.#bootstrapTimeoutMs)
      await withRetries(this, deadline, () => this.connections.any(), patience)
    }
    return await withRetries(this, deadline, attempt)
  }

  close(): void {
    this.connections.close()
  }

  /** Asked for anew each time: only the one that leads answers, and that may be another one by now. */
  async #activeController(): Promise<Connection> {
    await this.#askTopics([], false)
    const { controllerId } = this.metadata
    if (controllerId < 0)
      throw new KafkaError('NOT_CONTROLLER', 'the controllers have no leader at the moment')
    return await this.connections.node(controllerId)
  }

  #askTopics(
    names: readonly string[] | null,
    allowAutoTopicCreation: boolean,
    timeoutMs?: number,
  ): Promise<Map<string, TopicMetadata>> {
    return this.retrying(this.deadline(timeoutMs), async () => {
      if (!this.controllers) {
        return this.metadata.ask(await this.connections.any(), names, allowAutoTopicCreation)
      }
      if (names === null || names.length > 0) requireControllerApi({ name: 'Metadata' })
      this.metadata.learnControllers(await askControllers(await this.connections.any()))
      return new Map<string, TopicMetadata>()
    })
  }
}

/** Throws what the top of an answer says went wrong; most answers have a code for each item instead. */
function checkAnswer(answer: { readonly errorCode?: unknown; readonly errorMessage?: unknown }): void {
  const { errorCode, errorMessage } = answer
  if (typeof errorCode !== 'number') return
  checkError(errorCode, typeof errorMessage === 'string' ? errorMessage : null)
}
