/** Where clients come in, as a listener of Kafka's: one port for each broker of the process. */
export interface Listener {
  /** Kafka's name for it, unique within the process. */
  readonly name: string
  /** Address to listen on. */
  readonly host: string
  /** Port of the first broker; the others take the ones after it. 0: any free ports. */
  readonly port: number
  /** The host that its clients are told, instead of the one they came to. */
  readonly advertisedHost?: string | undefined
  /** The port of the first broker that its clients are told, instead of the one that is listened on. */
  readonly advertisedPort?: number | undefined
}

/** The name of a process's only listener. */
export const DEFAULT_LISTENER = 'PLAINTEXT'

/** Where a broker takes connections. */
export interface Endpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** A port that is open, as it is shown to people. */
export interface BoundListener {
  readonly name: string
  readonly host: string
  readonly port: number
  /** `host:port` that clients are given, where it is not the address they connected to. */
  readonly advertised?: string | undefined
}

/** What of a connection decides which addresses it is told. */
export interface Entrance {
  /** Name of the listener that the client came in by. */
  readonly listener: string
  /** The address that the client came to; empty where there is no socket. */
  readonly localAddress: string
}

/** The addresses of the brokers of this process. */
export class Endpoints {
  readonly #listeners: readonly Listener[]
  readonly #bound = new Map<string, Endpoint[]>()

  constructor(listeners: readonly Listener[]) {
    this.#listeners = listeners
    for (const { name } of listeners) this.#bound.set(name, [])
  }

  /** Notes a broker that now listens; brokers are added in the order of their ids. */
  add(listener: string, endpoint: Endpoint): void {
    this.#bound.get(listener)?.push(endpoint)
  }

  /** Addresses at which a program on this machine reaches the brokers, through the first listener. */
  local(): Endpoint[] {
    const [first] = this.#listeners
    return this.#of(first!.name).map((endpoint) => ({ ...endpoint, host: reachable(endpoint.host) }))
  }

  /** The open ports of all listeners. */
  bound(): BoundListener[] {
    return this.#listeners.flatMap(({ name, advertisedHost, advertisedPort }) => {
      const isAdvertised = advertisedHost !== undefined || advertisedPort !== undefined
      const shown = this.seenFrom({ listener: name, localAddress: '' })
      return this.#of(name).map(({ host, port }, index) => ({
        name,
        host,
        port,
        advertised: isAdvertised ? hostAndPort(shown[index]!) : undefined,
      }))
    })
  }

  /** What every listener tells of a broker whose client came to the address it is bound to. */
  registered(nodeId: number): { name: string; host: string; port: number }[] {
    return this.#listeners.flatMap(({ name }) =>
      this.seenFrom({ listener: name, localAddress: '' })
        .filter((endpoint) => endpoint.nodeId === nodeId)
        .map(({ host, port }) => ({ name, host, port })),
    )
  }

  /**
   * The addresses for a client of a listener: of the same listener, and at the host the client came to, where it can
   * come back, be it from a container or from the machine itself. What is given to be advertised goes first.
   */
  seenFrom({ listener, localAddress }: Entrance): Endpoint[] {
    const { advertisedHost, advertisedPort } = this.#listeners.find(({ name }) => name === listener) ?? {}
    return this.#of(listener).map((endpoint, index) => ({
      ...endpoint,
      host: advertisedHost ?? (localAddress || endpoint.host),
      port: advertisedPort === undefined ? endpoint.port : advertisedPort + index,
    }))
  }

  #of(listener: string): readonly Endpoint[] {
    return this.#bound.get(listener) ?? []
  }
}

/** An IPv6 address is put in brackets. */
export const hostAndPort = ({ host, port }: Pick<Endpoint, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

/** Nobody can connect to the address that stands for every address of the machine. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
