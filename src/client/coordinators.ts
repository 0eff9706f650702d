import { checkError } from '../protocol/errors.ts'
import { FindCoordinator } from '../protocol/messages/metadata.ts'
import type { Api, Decoded, Fields } from '../protocol/schema.ts'
import type { Body, Cluster } from './cluster.ts'
import { requireReadable } from './read-only.ts'

/** What a coordinator looks after; the number is its key type on the wire. */
const KEY_TYPES = { group: 0, transaction: 1, share: 2 } as const
export type CoordinatorKind = keyof typeof KEY_TYPES

/** The broker that coordinates this group or transactional id. */
export function findCoordinator(
  cluster: Cluster,
  kind: CoordinatorKind,
  key: string,
  options: { timeoutMs?: number | undefined } = {},
): Promise<number> {
  return cluster.retrying(cluster.deadline(options.timeoutMs), async () => {
    const keyType = KEY_TYPES[kind]
    const answer = await cluster.request(
      FindCoordinator,
      (version) => (version >= 4 ? { keyType, coordinatorKeys: [key] } : { keyType, key }),
      options,
    )
    const found = answer.coordinators[0] ?? answer
    checkError(found.errorCode, found.errorMessage)
    return found.nodeId
  })
}

/** Sends a request to the coordinator of `key`, and again when that moved to another broker. */
export async function requestCoordinator<Q extends Fields, S extends Fields>(
  cluster: Cluster,
  kind: CoordinatorKind,
  key: string,
  api: Api<Q, S>,
  body: Body<Q>,
  options: {
    readonly timeoutMs?: number | undefined
    /** The error code of the answer when it is not at its top. */
    readonly errorCodeIn?: ((answer: Decoded<S>) => number) | undefined
    /** The highest version to speak, if not the highest both sides know. */
    readonly maxVersion?: number | undefined
  } = {},
): Promise<Decoded<S>> {
  requireReadable(api, cluster.readOnly)
  const deadline = cluster.deadline(options.timeoutMs)
  return await cluster.retrying(deadline, async () => {
    const node = await findCoordinator(cluster, kind, key, { timeoutMs: deadline.leftMs })
    const version =
      options.maxVersion === undefined
        ? undefined
        : (await cluster.connectionTo(node)).version(api, options.maxVersion)
    const answer = await cluster.requestOnce(api, body, { node, deadline, version })
    checkError(options.errorCodeIn?.(answer) ?? (answer as { errorCode?: number }).errorCode ?? 0)
    return answer
  })
}
