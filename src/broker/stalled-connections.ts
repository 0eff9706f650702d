import type { Clock } from './clock.ts'
import type { Connection } from './connection.ts'
import type { Logger } from './logger.ts'

const STALLED_MS = 3000
const CHECK_MS = 500

/** Memory that connections share, and may have to wait for. */
export interface SharedMemory {
  readonly isAwaited: boolean
  /** How many bytes must be given back until there is room for some time. */
  readonly excessBytes: number
  onAwaited: () => void
}

export interface Contested {
  readonly memory: SharedMemory
  /** What the connection holds of it, if only the client can end that. */
  readonly heldBy: (connection: Connection) => number
  /** What a client with so many bytes has not done. */
  readonly omission: (bytes: number) => string
}

/**
 * While connections wait for memory: closes those that hold most of it, if their clients have not moved for a while.
 *
 * Differs: in Kafka clients that send half a request, or do not read their answers, keep the memory of others until
 * connections.max.idle.ms is over.
 */
export class StalledConnections {
  readonly #connections: Iterable<Connection>
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #stops = new Map<SharedMemory, () => void>()

  constructor(connections: Iterable<Connection>, clock: Clock, logger: Logger) {
    this.#connections = connections
    this.#clock = clock
    this.#logger = logger
  }

  watch(contested: Contested): void {
    contested.memory.onAwaited = () => this.#check(contested)
  }

  stop(): void {
    for (const stop of this.#stops.values()) stop()
    this.#stops.clear()
  }

  #check(contested: Contested): void {
    const { memory, heldBy, omission } = contested
    this.#stops.get(memory)?.()
    if (!memory.isAwaited) return
    this.#stops.set(
      memory,
      this.#clock.after(CHECK_MS, () => this.#check(contested)),
    )
    let excess = memory.excessBytes
    const since = this.#clock.monotonicMs() - STALLED_MS
    const stalled = [...this.#connections]
      .filter((connection) => connection.lastActiveMs <= since && heldBy(connection) > 0)
      .sort((one, other) => heldBy(other) - heldBy(one))
    for (const connection of stalled) {
      if (excess <= 0) return
      const held = heldBy(connection)
      excess -= held
      this.#logger.warn(
        `closing the connection from ${connection.clientAddress}: its client has ${omission(held)} ` +
          `for ${STALLED_MS} ms, and others wait for the memory`,
      )
      connection.close()
    }
  }
}
