import { errorName, KafkaError } from '../../protocol/errors.ts'
import type { Api, Decoded, Fields } from '../../protocol/schema.ts'
import type { Body, Cluster } from '../cluster.ts'
import { findCoordinator } from '../coordinators.ts'
import { requireReadable } from '../read-only.ts'
import { isRetriable } from '../retry.ts'
import { ConnectionError } from '../wire/connection-error.ts'

const MOVED: ReadonlySet<string> = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
])

/** Whether another broker may be the coordinator now, or this one soon. */
export const isCoordinatorFailure = (error: unknown): boolean =>
  error instanceof KafkaError ? MOVED.has(error.code) : error instanceof ConnectionError && isRetriable(error)

/** The code that says that another broker is to be asked, wherever in a commit's answer it stands; 0 when none does. */
export function coordinatorCode(
  topics: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[],
): number {
  const codes = topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
  return codes.find((code) => MOVED.has(errorName(code))) ?? 0
}

/** Requests of a member to its coordinator, on a connection where a join that waits keeps nothing else waiting. */
export class CoordinatorLink {
  readonly #cluster: Cluster
  readonly #groupId: string
  #node: number | null = null
  /** Whether anything was sent to a coordinator. */
  hasSent = false

  constructor(cluster: Cluster, groupId: string) {
    this.#cluster = cluster
    this.#groupId = groupId
  }

  async send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Body<Q>,
    { timeoutMs = this.#cluster.requestTimeoutMs, heldMs = 0, channel = 'group' as 'group' | 'main' } = {},
  ): Promise<Decoded<S>> {
    requireReadable(api, this.#cluster.readOnly)
    this.#node ??= await findCoordinator(this.#cluster, 'group', this.#groupId)
    const connection = await this.#cluster.connectionTo(this.#node, channel)
    const version = connection.version(api)
    const encodable = typeof body === 'function' ? body(version) : body
    this.hasSent = true
    return await connection.request(api, encodable, { version, timeoutMs, heldMs })
  }

  /** The next request looks for the coordinator again. */
  forget(): void {
    this.#node = null
  }
}

/** Waits for both, also when one of them fails; rejects with the first failure. */
export async function bothSettled(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.allSettled([one, other])
  await Promise.all([one, other])
}

/** A wait that can be cut short. */
export class Pause {
  readonly #cluster: Cluster
  #wake: (() => void) | null = null

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  async for(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#cluster.clock.after(delayMs, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    this.#wake = null
  }

  end(): void {
    this.#wake?.()
  }
}
