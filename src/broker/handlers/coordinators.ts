import { errorCode } from '../../protocol/errors.ts'
import { FindCoordinator } from '../../protocol/messages/metadata.ts'
import type { ResponseOf } from '../../protocol/schema.ts'
import { offsetsPartition } from '../groups/offsets-partition.ts'
import { type Context, handle } from '../handle.ts'
import { offsetsTopic } from '../internal-topics.ts'

type Coordinator = NonNullable<ResponseOf<typeof FindCoordinator>['coordinators']>[number]

const GROUP = 0
const NOBODY = { nodeId: -1, host: '', port: -1 }

function findCoordinator(context: Context, key: string, keyType: number): Coordinator {
  const { broker } = context
  if (keyType !== GROUP) {
    const errorMessage = `this broker has no coordinators of type ${keyType} yet`
    return { key, ...NOBODY, errorCode: errorCode('UNSUPPORTED_VERSION'), errorMessage }
  }
  if (key === '') return { key, ...NOBODY, errorCode: errorCode('INVALID_GROUP_ID'), errorMessage: null }
  const { partitions } = offsetsTopic(broker)
  const { leader } = partitions[offsetsPartition(key, partitions.length)]!
  const endpoint = broker.endpoints(context).find(({ nodeId }) => nodeId === leader)
  if (!endpoint)
    return { key, ...NOBODY, errorCode: errorCode('COORDINATOR_NOT_AVAILABLE'), errorMessage: null }
  const { nodeId, host, port } = endpoint
  return { key, nodeId, host, port, errorCode: 0, errorMessage: null }
}

/** From this version on several keys may be asked for at once. */
const FIRST_BATCHED = 4

export const coordinators = handle(FindCoordinator, {
  run(request, context) {
    if (context.version < FIRST_BATCHED) {
      const { key: _, ...found } = findCoordinator(context, request.key, request.keyType)
      return found
    }
    return {
      coordinators: request.coordinatorKeys.map((key) => findCoordinator(context, key, request.keyType)),
    }
  },
  refuse({ code, message }, request, { version }) {
    const failure = { ...NOBODY, errorCode: errorCode(code), errorMessage: message }
    if (version < FIRST_BATCHED) return failure
    return { coordinators: request.coordinatorKeys.map((key) => ({ key, ...failure })) }
  },
})
