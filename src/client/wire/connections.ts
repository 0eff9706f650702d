import { KafkaError } from '../../protocol/errors.ts'
import { QUIET_MS } from '../retry.ts'
import type { SecuritySettings } from '../security/security-properties.ts'
import { type Address, formatAddress } from './addresses.ts'
import { Connection, type ConnectionOptions, type ConnectionStep } from './connection.ts'
import { ConnectionError } from './connection-error.ts'
import { Reachability } from './reachability.ts'

export interface Broker {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/**
 * Which of several connections to one broker. A broker answers the requests of a connection one after the other, so
 * a fetch that waits for records must not stand in front of anything else.
 */
export type Channel = 'main' | 'produce' | 'fetch' | 'group'

export interface ConnectionsOptions extends ConnectionOptions {
  readonly security?: SecuritySettings | undefined
  /** Called with a line for people when a broker cannot be reached or does not answer. */
  readonly onNotice?: ((line: string) => void) | undefined
}

interface Entry {
  readonly channel: Channel
  readonly opening: Promise<Connection>
  /** Null until it is open. */
  connection: Connection | null
}

/** Connections to the brokers of one cluster: opened when first asked for, forgotten when they close. */
export class Connections {
  readonly #bootstrap: readonly Address[]
  readonly #options: ConnectionsOptions
  #secured: Promise<ConnectionOptions> | undefined
  readonly #entries = new Map<string, Entry>()
  readonly #reachability: Reachability
  /** Aborted by close, which ends attempts to connect as well. */
  readonly #closing = new AbortController()
  #brokers = new Map<number, Broker>()
  #isClosed = false
  /** Whether any broker ever answered. */
  hasConnected = false

  constructor(bootstrap: readonly Address[], options: ConnectionsOptions) {
    this.#bootstrap = bootstrap
    this.#options = {
      ...options,
      quietMs: QUIET_MS,
      onSilence: (address) => this.#reachability.silent(address),
      onAnswerAgain: (address) => this.#reachability.answered(address),
      signal: this.#closing.signal,
    }
    this.#reachability = new Reachability({
      clock: options.clock,
      nameOf: (address) => this.#nameOf(address),
      onNotice: options.onNotice,
    })
  }

  get brokers(): ReadonlyMap<number, Broker> {
    return this.#brokers
  }

  /** Replaces the table of brokers by a newer one. */
  learn(brokers: Iterable<Broker>): void {
    this.#brokers = new Map([...brokers].map((broker) => [broker.nodeId, broker]))
  }

  /** A connection to this broker; KafkaError BROKER_NOT_AVAILABLE when the cluster has none of that id. */
  async node(nodeId: number, channel: Channel = 'main'): Promise<Connection> {
    const broker = this.#brokers.get(nodeId)
    if (broker === undefined) {
      throw new KafkaError('BROKER_NOT_AVAILABLE', `broker ${nodeId} is not part of the cluster`)
    }
    return await this.#connect(broker, channel)
  }

  /** A connection to whichever broker can be reached: an open one that answers, if there is any. */
  async any(): Promise<Connection> {
    const open = [...this.#entries.values()].flatMap(({ channel, connection }) =>
      channel === 'main' && connection?.isOpen ? [connection] : [],
    )
    const answering = open.find(({ isSilent }) => !isSilent)
    if (answering !== undefined) return answering
    const others = this.#addresses().filter((address) =>
      open.every((connection) => connection.address !== formatAddress(address)),
    )
    const [silent] = open
    if (silent === undefined) return await this.#first(others)
    // Another broker may answer; where none does, this one may yet.
    return await this.#first(others).catch(() => silent)
  }

  /** Each address once, those of the brokers first. */
  #addresses(): Address[] {
    const all = [...this.#brokers.values(), ...this.#bootstrap]
    return [...new Map(all.map((address) => [formatAddress(address), address])).values()]
  }

  /** The first connection that is open; an address that does not answer holds up the next for no more than a second. */
  async #first(addresses: readonly Address[]): Promise<Connection> {
    const failures: ConnectionError[] = []
    const attempts = new Set<Promise<Connection | null>>()
    for (const [at, address] of addresses.entries()) {
      const attempt = this.#connect(address, 'main').catch((error: unknown) => {
        // Each broker of a cluster knows the same users: another would only count as one more wrong login.
        if (!(error instanceof ConnectionError) || isRefusal(error)) throw error
        failures.push(error)
        attempts.delete(attempt)
        return null
      })
      attempts.add(attempt)
      const found = await this.#race(attempts, at === addresses.length - 1 ? Infinity : QUIET_MS)
      if (found !== null) return found
    }
    throw noneReached(failures)
  }

  /** The first attempt that succeeds within this time; null when there is none, or all have failed. */
  async #race(
    attempts: ReadonlySet<Promise<Connection | null>>,
    timeoutMs: number,
  ): Promise<Connection | null> {
    let cancel = (): void => {}
    const late = new Promise<'late'>((resolve) => {
      if (timeoutMs < Infinity) cancel = this.#options.clock.after(timeoutMs, () => resolve('late'))
    })
    try {
      while (attempts.size > 0) {
        const found = await Promise.race([late, ...attempts])
        if (found === 'late') return null
        if (found !== null) return found
      }
      return null
    } finally {
      cancel()
    }
  }

  /** What keeps the client waiting at the moment; null when nothing is known to. */
  obstacle(timeoutMs: number): ConnectionError | null {
    return this.#reachability.obstacle(timeoutMs)
  }

  close(): void {
    this.#isClosed = true
    this.#reachability.close()
    this.#closing.abort()
    for (const { connection } of this.#entries.values()) connection?.close()
    this.#entries.clear()
  }

  // By address and not by id, so that the bootstrap connection serves its broker, too.
  #connect(address: Address, channel: Channel): Promise<Connection> {
    const key = `${channel} ${formatAddress(address)}`
    const known = this.#entries.get(key)
    if (known !== undefined) return known.opening
    const entry: Entry = { channel, connection: null, opening: this.#open(address) }
    const forget = (): void => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    }
    this.#entries.set(key, entry)
    entry.opening.then((connection) => {
      entry.connection = connection
      connection.onClose(forget)
    }, forget)
    return entry.opening
  }

  async #open(address: Address): Promise<Connection> {
    const { security } = this.#options
    const options = security === undefined ? this.#options : await this.#secure(security)
    if (this.#isClosed) {
      throw new ConnectionError('shut-down', formatAddress(address), 'this client was closed')
    }
    const attempt = this.#reachability.begin(formatAddress(address))
    try {
      const onStep = (step: ConnectionStep): void => attempt.step(step)
      const connection = await Connection.open(address, { ...options, onStep })
      attempt.opened()
      if (this.#isClosed) connection.close()
      this.hasConnected = true
      return connection
    } catch (error) {
      attempt.failed(asConnectionError(error, address))
      throw error
    }
  }

  #nameOf(address: string): string {
    const broker = [...this.#brokers.values()].find((known) => formatAddress(known) === address)
    return broker === undefined ? address : `${address} (broker ${broker.nodeId})`
  }

  /** Stores are read, and tokens asked for, once for all connections. */
  #secure(settings: SecuritySettings): Promise<ConnectionOptions> {
    this.#secured ??= import('../security/security.ts').then(async ({ openSecurity }) => ({
      ...this.#options,
      ...(await openSecurity(settings, this.#options.clock)),
    }))
    return this.#secured
  }
}

/** An attempt may also fail by what the broker answered. */
function asConnectionError(error: unknown, address: Address): ConnectionError {
  if (error instanceof ConnectionError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new ConnectionError('rejected', formatAddress(address), reason, { cause: error })
}

const isRefusal = ({ failure }: ConnectionError): boolean => failure === 'authentication' || failure === 'tls'

function noneReached(failures: ConnectionError[]): ConnectionError {
  const [first] = failures
  if (first === undefined) throw new KafkaError('BROKER_NOT_AVAILABLE', 'the cluster has no brokers')
  if (failures.length === 1) return first
  const addresses = failures.map(({ address }) => address).join(', ')
  const reasons = failures.map(({ message }) => message).join('; ')
  return new ConnectionError(first.failure, addresses, `no broker could be reached (${reasons})`, {
    cause: first,
    hint: first.hint,
    isUnresolved: failures.every(({ isUnresolved }) => isUnresolved),
  })
}
