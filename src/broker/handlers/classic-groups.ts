import { type ErrorName, errorCode, KafkaError } from '../../protocol/errors.ts'
import { Heartbeat, JoinGroup, LeaveGroup, SyncGroup } from '../../protocol/messages/classic-groups.ts'
import type { DecodedRequestOf, ResponseOf } from '../../protocol/schema.ts'
import { ClassicGroup } from '../groups/classic-group.ts'
import { type JoinRequest, join } from '../groups/classic-join.ts'
import { leave } from '../groups/classic-leave.ts'
import { type JoinAnswer, refusedJoin, type SyncAnswer } from '../groups/classic-member.ts'
import { heartbeat, sync } from '../groups/classic-sync.ts'
import {
  heartbeatClassic,
  joinClassic,
  leaveClassic,
  syncClassic,
} from '../groups/consumer-classic-members.ts'
import { ConsumerGroup } from '../groups/consumer-group.ts'
import { type Context, handle, type Outcome } from '../handle.ts'

/** From this version on a new member is given an id and comes back with it (KIP-394). */
const FIRST_WITH_MEMBER_IDS = 4
/** From this version on a returning leader understands that it has nothing to assign (KIP-814). */
const FIRST_WITH_SKIPPING = 9
/** Before this version there was no way to say that no protocol was chosen. */
const FIRST_WITH_NULL_PROTOCOL = 7

/**
 * Waits for an answer that may take as long as a rebalance. When the client goes away meanwhile, the request is
 * forgotten; its member stays, as Kafka keeps it until its time is up.
 */
function parked<Answer, Response>(
  { connection }: Context,
  ask: (answer: (answer: Answer) => void) => void,
  respond: (answer: Answer) => Response,
): Outcome<Response> | Promise<Outcome<Response>> {
  let answered: Answer | undefined
  let wake: ((outcome: Outcome<Response>) => void) | null = null
  let forget = () => {}
  ask((answer) => {
    answered = answer
    forget()
    wake?.(respond(answer))
  })
  if (answered !== undefined) return respond(answered)
  return new Promise((resolve) => {
    wake = resolve
    forget = connection.onClose(() => {
      wake = null
      resolve('close')
    })
  })
}

export const joinGroup = handle(JoinGroup, {
  run(request, context) {
    const { broker, node, version } = context
    const { groupId, memberId, sessionTimeoutMs } = request
    const respond = (answer: JoinAnswer) => joinResponse(answer, version)
    if (groupId === '') return respond(refusedJoin('INVALID_GROUP_ID', memberId))
    const limit = (name: string) => broker.config.number(`group.${name}.session.timeout.ms`)
    if (sessionTimeoutMs < limit('min') || sessionTimeoutMs > limit('max')) {
      return respond(refusedJoin('INVALID_SESSION_TIMEOUT', memberId))
    }
    const shard = broker.groups.shard(groupId, node)
    const known = shard.groups.get(groupId)
    if (known instanceof ConsumerGroup && !known.isEmpty) {
      return respond(joinClassic(known, joinRequest(request, context)))
    }
    const group = shard.classicGroupToJoin(groupId, memberId)
    if (!group) return respond(refusedJoin('UNKNOWN_MEMBER_ID', memberId))
    return parked(context, (answer) => join(group, joinRequest(request, context), answer), respond)
  },
  refuse: ({ code }, _request, { version }) => joinResponse(refusedJoin(code, ''), version),
})

function joinRequest(request: DecodedRequestOf<typeof JoinGroup>, context: Context): JoinRequest {
  const { clientId, connection, version } = context
  const { sessionTimeoutMs, rebalanceTimeoutMs } = request
  return {
    ...request,
    clientId,
    // As Java prints an address.
    clientHost: `/${connection.clientAddress}`,
    // Version 0 knows only one timeout.
    rebalanceTimeoutMs: version === 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
    // Kept for as long as the member is there, and the frame of the request is not.
    protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
    knowsMemberIds: version >= FIRST_WITH_MEMBER_IDS,
    knowsSkipping: version >= FIRST_WITH_SKIPPING,
  }
}

const joinResponse = (
  { error, protocolName, ...answer }: JoinAnswer,
  version: number,
): ResponseOf<typeof JoinGroup> => ({
  ...answer,
  errorCode: errorCode(error),
  protocolName: version < FIRST_WITH_NULL_PROTOCOL ? (protocolName ?? '') : protocolName,
})

/** From this version on SyncGroup must say which protocol it is about. */
const FIRST_WITH_PROTOCOL = 5

export const syncGroup = handle(SyncGroup, {
  run(request, context) {
    const { groupId, protocolType, protocolName } = request
    if (context.version >= FIRST_WITH_PROTOCOL && (protocolType === null || protocolName === null)) {
      throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
    }
    const group = joinedGroup(context, groupId)
    const respond = ({ error, ...answer }: SyncAnswer) => ({ ...answer, errorCode: errorCode(error) })
    if (group instanceof ConsumerGroup) return respond(syncClassic(group, request))
    return parked(context, (answer) => sync(group, request, answer), respond)
  },
  refuse: ({ code }) => ({
    errorCode: errorCode(code),
    protocolType: null,
    protocolName: null,
    assignment: Buffer.alloc(0),
  }),
})

/** A group that the client claims to be a member of. */
function joinedGroup({ broker, node }: Context, groupId: string): ClassicGroup | ConsumerGroup {
  if (groupId === '') throw new KafkaError('INVALID_GROUP_ID')
  const group = broker.groups.shard(groupId, node).groups.get(groupId)
  if (group instanceof ClassicGroup || group instanceof ConsumerGroup) return group
  throw new KafkaError('UNKNOWN_MEMBER_ID', `Group ${groupId} not found.`)
}

export const heartbeats = handle(Heartbeat, {
  answersBriefly: true,
  run(request, context) {
    const group = joinedGroup(context, request.groupId)
    const error =
      group instanceof ConsumerGroup ? heartbeatClassic(group, request) : heartbeat(group, request)
    return { errorCode: errorCode(error) }
  },
  refuse: ({ code }) => ({ errorCode: errorCode(code) }),
})

/** From this version on several members can leave at once. */
const FIRST_BATCHED_LEAVE = 3

type LeaveRequest = DecodedRequestOf<typeof LeaveGroup>

const leavers = ({ memberId, members }: LeaveRequest, version: number) =>
  version >= FIRST_BATCHED_LEAVE ? members : [{ memberId, groupInstanceId: null }]

function leaveResponse(
  request: LeaveRequest,
  errors: readonly ErrorName[],
  version: number,
): ResponseOf<typeof LeaveGroup> {
  if (version < FIRST_BATCHED_LEAVE) return { errorCode: errorCode(errors[0]!) }
  return {
    errorCode: 0,
    members: request.members.map(({ memberId, groupInstanceId }, index) => ({
      memberId,
      groupInstanceId,
      errorCode: errorCode(errors[index]!),
    })),
  }
}

export const leaveGroup = handle(LeaveGroup, {
  run(request, context) {
    const { version } = context
    const group = joinedGroup(context, request.groupId)
    const leaving = leavers(request, version)
    const errors = group instanceof ConsumerGroup ? leaveClassic(group, leaving) : leave(group, leaving)
    return leaveResponse(request, errors, version)
  },
  refuse({ code }, request, { version }) {
    // The group is there no longer, and so is none of its members.
    if (code === 'UNKNOWN_MEMBER_ID') {
      return leaveResponse(
        request,
        leavers(request, version).map(() => code),
        version,
      )
    }
    return { errorCode: errorCode(code) }
  },
})
