import type { Cluster } from '../cluster.ts'
import { backoffMs } from '../retry.ts'
import type { Connection } from './connection.ts'
import type { Channel } from './connections.ts'

/** A connection to one broker that is opened again when it was lost, not too often. */
export class BrokerLane {
  readonly nodeId: number
  readonly #cluster: Cluster
  readonly #channel: Channel
  #connection: Connection | null = null
  #isOpening = false
  #failures = 0
  #retryAtMs = 0
  /** Requests under way. */
  inFlight = 0

  constructor(cluster: Cluster, nodeId: number, channel: Channel) {
    this.#cluster = cluster
    this.nodeId = nodeId
    this.#channel = channel
  }

  /** The connection if it is open. */
  get connection(): Connection | null {
    return this.#connection?.isOpen ? this.#connection : null
  }

  /** Before this time `open` does nothing. */
  get retryAtMs(): number {
    return this.#isOpening ? Infinity : this.#retryAtMs
  }

  /** Begins to connect unless that is under way or failed just now; calls back with the outcome. */
  open(onOutcome: (error: Error | null) => void): void {
    const { clock, random } = this.#cluster
    if (this.#isOpening || clock.monotonicMs() < this.#retryAtMs) return
    this.#isOpening = true
    const settle = (error: Error | null): void => {
      this.#isOpening = false
      if (error !== null) {
        this.#retryAtMs = clock.monotonicMs() + backoffMs(++this.#failures, this.#cluster, random)
      }
      onOutcome(error)
    }
    this.#cluster.connectionTo(this.nodeId, this.#channel).then((connection) => {
      this.#connection = connection
      this.#failures = 0
      settle(null)
    }, settle)
  }
}
