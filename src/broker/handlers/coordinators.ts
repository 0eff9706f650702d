import { type ErrorName, errorCode, KafkaError } from '../../protocol/errors.ts'
import { FindCoordinator } from '../../protocol/messages/metadata.ts'
import type { ResponseOf } from '../../protocol/schema.ts'
import { toKafkaError } from '../failures.ts'
import { OFFSETS_TOPIC, offsetsPartition } from '../groups/offsets-partition.ts'
import { type Context, handle } from '../handle.ts'
import { offsetsTopic } from '../internal-topics.ts'
import type { PartitionState } from '../metadata/image.ts'
import type { Services } from '../services.ts'

type Coordinator = NonNullable<ResponseOf<typeof FindCoordinator>['coordinators']>[number]

const [GROUP, TRANSACTION, SHARE] = [0, 1, 2]
const NOBODY = { nodeId: -1, host: '', port: -1 }
/** From this version on there are coordinators of share groups. */
const FIRST_WITH_SHARE = 6
/** A share group, the id of a topic, a partition. */
const SHARE_KEY = /^.+:[\w-]{22}:\d+$/

const unfound = (key: string, error: ErrorName, errorMessage = ''): Coordinator => ({
  key,
  ...NOBODY,
  errorCode: errorCode(error),
  errorMessage,
})

function findCoordinator(context: Context, key: string, keyType: number): Coordinator {
  const { broker, version } = context
  if (keyType === SHARE && (version < FIRST_WITH_SHARE || !SHARE_KEY.test(key))) {
    return unfound(key, 'INVALID_REQUEST')
  }
  if (keyType === TRANSACTION || keyType === SHARE) {
    return unfound(key, 'UNSUPPORTED_VERSION', `this broker has no coordinators of type ${keyType} yet`)
  }
  if (keyType !== GROUP) throw new KafkaError('INVALID_REQUEST')
  const partitions = partitionsOfGroups(broker)
  if (!partitions) return unfound(key, 'COORDINATOR_NOT_AVAILABLE')
  const { leader } = partitions[offsetsPartition(key, partitions.length)]!
  // Differs: Kafka names the coordinator all the same, which then answers NOT_COORDINATOR; clients that show the message
  // of this error say why.
  const failure = broker.groups.failureOf(key)
  if (failure !== null) return unfound(key, 'COORDINATOR_NOT_AVAILABLE', failure)
  const endpoint = broker.endpoints(context).find(({ nodeId }) => nodeId === leader)
  if (!endpoint) return unfound(key, 'COORDINATOR_NOT_AVAILABLE')
  const { nodeId, host, port } = endpoint
  // Kafka's words for no error: the name of the code before there were several answers, nothing since.
  return { key, nodeId, host, port, errorCode: 0, errorMessage: version < FIRST_BATCHED ? 'NONE' : '' }
}

/** The partitions that hold groups; undefined when the topic cannot be created now. */
function partitionsOfGroups(broker: Services): readonly PartitionState[] | undefined {
  try {
    return offsetsTopic(broker).partitions
  } catch (error) {
    toKafkaError(error, broker.logger, `creating ${OFFSETS_TOPIC}`)
    return undefined
  }
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
