import { randomUuid } from '../../bytes/uuid.ts'
import { errorCode, KafkaError } from '../../protocol/errors.ts'
import { ConsumerGroupDescribe, ConsumerGroupHeartbeat } from '../../protocol/messages/consumer-groups.ts'
import type { DecodedRequestOf, ResponseOf } from '../../protocol/schema.ts'
import { toKafkaError } from '../failures.ts'
import { toTopicPartitions } from '../groups/assignment.ts'
import { allowedAssignors } from '../groups/assignors.ts'
import { describeConsumerGroup } from '../groups/consumer-description.ts'
import { answerHeartbeat } from '../groups/consumer-requests.ts'
import { consumerSetting } from '../groups/consumer-settings.ts'
import { loadRegexEngine } from '../groups/topic-regex.ts'
import { type Context, handle } from '../handle.ts'
import { ALL_GROUP_OPERATIONS, NO_OPERATIONS } from '../operations.ts'

type HeartbeatRequest = DecodedRequestOf<typeof ConsumerGroupHeartbeat>
type HeartbeatResponse = ResponseOf<typeof ConsumerGroupHeartbeat>

/** From this version on the member makes its own id (KIP-1082). */
const FIRST_WITH_OWN_IDS = 1
const JOINING = 0
const LEAVING = -1
const AWAY = -2

export const consumerGroupHeartbeat = handle(ConsumerGroupHeartbeat, {
  answersBriefly: true,
  run(request, context) {
    checkProtocol(context)
    checkRequest(request, context)
    if (!request.subscribedTopicRegex) return answer(request, context)
    return loadRegexEngine().then(() => answer(request, context))
  },
  refuse: ({ code, message }) => ({
    errorCode: errorCode(code),
    errorMessage: message,
    memberEpoch: 0,
    heartbeatIntervalMs: 0,
  }),
})

/** Whether the protocol is switched off, by the feature or the setting. */
function checkProtocol({ broker: { image, config } }: Context): void {
  const isOn = (image.features.get('group.version') ?? 0) > 0
  if (isOn && config.list('group.coordinator.rebalance.protocols').includes('consumer')) return
  throw new KafkaError('UNSUPPORTED_VERSION')
}

const isBlank = (text: string | null): boolean => text !== null && text.trim() === ''

/** Throws INVALID_REQUEST or UNSUPPORTED_ASSIGNOR with Kafka's sentence. */
function checkRequest(request: HeartbeatRequest, { broker, version }: Context): void {
  const { groupId, memberId, memberEpoch, instanceId, rackId, serverAssignor } = request
  const refuseIf = (isWrong: boolean, message: string) => {
    if (isWrong) throw new KafkaError('INVALID_REQUEST', message)
  }
  const needsId = version >= FIRST_WITH_OWN_IDS || memberEpoch > JOINING || memberEpoch === LEAVING
  refuseIf(needsId && isBlank(memberId), "MemberId can't be empty.")
  refuseIf(isBlank(groupId), "GroupId can't be empty.")
  refuseIf(isBlank(instanceId), "InstanceId can't be empty.")
  refuseIf(isBlank(rackId), "RackId can't be empty.")
  if (memberEpoch === JOINING) {
    const { rebalanceTimeoutMs, topicPartitions, subscribedTopicNames, subscribedTopicRegex } = request
    refuseIf(rebalanceTimeoutMs === -1, 'RebalanceTimeoutMs must be provided in first request.')
    refuseIf(topicPartitions?.length !== 0, 'TopicPartitions must be empty when (re-)joining.')
    refuseIf(
      subscribedTopicNames === null && subscribedTopicRegex === null,
      'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.',
    )
  }
  refuseIf(memberEpoch === AWAY && instanceId === null, "InstanceId can't be null.")
  refuseIf(memberEpoch < AWAY, 'MemberEpoch is invalid.')
  const assignors = allowedAssignors(broker.config.list('group.consumer.assignors'))
  if (serverAssignor !== null && !assignors.includes(serverAssignor)) {
    throw new KafkaError(
      'UNSUPPORTED_ASSIGNOR',
      `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ${assignors.join(', ')}.`,
    )
  }
}

function answer(request: HeartbeatRequest, context: Context): HeartbeatResponse {
  const { broker, node, clientId, connection } = context
  const { groupId } = request
  const shard = broker.groups.shard(groupId, node)
  const { memberId, memberEpoch, assignment } = answerHeartbeat(shard, groupId, {
    ...request,
    memberId: request.memberId === '' ? randomUuid(shard.randomBytes) : request.memberId,
    clientId,
    // As Java prints an address.
    clientHost: `/${connection.clientAddress}`,
  })
  const isStaying = memberEpoch >= JOINING
  return {
    errorCode: 0,
    memberId,
    memberEpoch,
    heartbeatIntervalMs: isStaying ? consumerSetting(shard, groupId, 'heartbeat.interval.ms') : 0,
    assignment: assignment && { topicPartitions: toTopicPartitions(assignment) },
  }
}

type DescribedGroup = ResponseOf<typeof ConsumerGroupDescribe>['groups'][number]

export const consumerGroupDescribe = handle(ConsumerGroupDescribe, {
  run({ groupIds, includeAuthorizedOperations }, context) {
    checkProtocol(context)
    const authorizedOperations = includeAuthorizedOperations ? ALL_GROUP_OPERATIONS : NO_OPERATIONS
    return {
      groups: groupIds.map((groupId) => {
        const described = tryDescribe(groupId, context)
        return described.errorCode === 0 ? { ...described, authorizedOperations } : described
      }),
    }
  },
  refuse: (error, { groupIds }) => ({ groups: groupIds.map((groupId) => undescribed(groupId, error)) }),
})

function undescribed(groupId: string, { code, message }: KafkaError): DescribedGroup {
  return {
    groupId,
    errorCode: errorCode(code),
    // As in Kafka a group without a name is not explained.
    errorMessage: groupId === '' ? null : message,
    groupState: '',
    groupEpoch: 0,
    assignmentEpoch: 0,
    assignorName: '',
    members: [],
  }
}

function tryDescribe(groupId: string, { broker, node }: Context): DescribedGroup {
  try {
    if (groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    return {
      errorCode: 0,
      ...describeConsumerGroup(broker.groups.shard(groupId, node).consumerGroup(groupId)),
    }
  } catch (error) {
    return undescribed(groupId, toKafkaError(error, broker.logger, ConsumerGroupDescribe.name))
  }
}
