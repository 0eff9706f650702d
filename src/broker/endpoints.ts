/** Where a broker takes connections. */
export interface Endpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** The addresses of the brokers of this process. */
export class Endpoints {
  readonly #endpoints: Endpoint[] = []
  readonly #advertisedHost: string | null

  constructor(advertisedHost: string | null) {
    this.#advertisedHost = advertisedHost
  }

  add(endpoint: Endpoint): void {
    this.#endpoints.push(endpoint)
  }

  all(): readonly Endpoint[] {
    return this.#endpoints
  }

  /**
   * The addresses for a client that came to `host`: it can come back there, be it from a container or from the
   * machine itself. A host that was given as the one to advertise goes first.
   */
  seenFrom(host: string): Endpoint[] {
    const shown = this.#advertisedHost ?? host
    return this.#endpoints.map((endpoint) => (shown === '' ? endpoint : { ...endpoint, host: shown }))
  }
}
