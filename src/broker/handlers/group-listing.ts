import { errorCode, type KafkaError } from '../../protocol/errors.ts'
import { DeleteGroups, DescribeGroups, ListGroups } from '../../protocol/messages/classic-groups.ts'
import type { ResponseOf } from '../../protocol/schema.ts'
import { toKafkaError } from '../failures.ts'
import type { ClassicGroup } from '../groups/classic-group.ts'
import { deleteGroup } from '../groups/expiry.ts'
import { type Context, handle } from '../handle.ts'
import { ALL_GROUP_OPERATIONS, NO_OPERATIONS } from '../operations.ts'

export const listGroups = handle(ListGroups, {
  run({ statesFilter, typesFilter }, { broker, node }) {
    const states = new Set(statesFilter.map((state) => state.trim().toLowerCase()))
    const types = new Set(typesFilter.map((type) => type.toLowerCase()))
    const groups: ResponseOf<typeof ListGroups>['groups'][number][] = []
    for (const { id, type, stateName, protocolType } of broker.groups.all(node)) {
      if (states.size > 0 && !states.has(stateName.toLowerCase())) continue
      if (types.size > 0 && !types.has(type)) continue
      groups.push({ groupId: id, protocolType: protocolType ?? '', groupState: stateName, groupType: type })
    }
    return { errorCode: 0, groups }
  },
  refuse: ({ code }) => ({ errorCode: errorCode(code), groups: [] }),
})

type DescribedGroup = ResponseOf<typeof DescribeGroups>['groups'][number]

/** From this version on an unknown group is an error instead of a dead one. */
const FIRST_WITH_NOT_FOUND = 6

export const describeGroups = handle(DescribeGroups, {
  run({ groups, includeAuthorizedOperations }, context) {
    const authorizedOperations = includeAuthorizedOperations ? ALL_GROUP_OPERATIONS : NO_OPERATIONS
    return {
      groups: groups.map((groupId) => {
        const described = tryDescribe(groupId, context)
        return described.errorCode === 0 ? { ...described, authorizedOperations } : described
      }),
    }
  },
  refuse: ({ code }, { groups }) => ({ groups: groups.map((groupId) => undescribed(groupId, code)) }),
})

const undescribed = (
  groupId: string,
  code: KafkaError['code'],
  groupState = '',
  errorMessage: string | null = null,
): DescribedGroup => ({
  groupId,
  errorCode: errorCode(code),
  errorMessage,
  groupState,
  protocolType: '',
  protocolData: '',
  members: [],
})

function tryDescribe(groupId: string, { broker, node, version }: Context): DescribedGroup {
  try {
    const shard = broker.groups.shard(groupId, node)
    const group = shard.classicGroup(groupId)
    if (group) return describe(group)
    if (version < FIRST_WITH_NOT_FOUND) return undescribed(groupId, 'NONE', 'Dead')
    const reason = shard.groups.has(groupId) ? 'is not a classic group' : 'not found'
    return undescribed(groupId, 'GROUP_ID_NOT_FOUND', 'Dead', `Group ${groupId} ${reason}.`)
  } catch (error) {
    return undescribed(groupId, toKafkaError(error, broker.logger, DescribeGroups.name).code)
  }
}

function describe(group: ClassicGroup): DescribedGroup {
  const { id, state, protocolType, protocolName, members } = group
  // Before that the members have no protocol in common yet.
  const protocolData = state === 'Stable' ? (protocolName ?? '') : ''
  return {
    groupId: id,
    errorCode: 0,
    groupState: state,
    protocolType: protocolType ?? '',
    protocolData,
    members: [...members.values()].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: protocolData === '' ? Buffer.alloc(0) : member.metadata(protocolData),
      memberAssignment: member.assignment,
    })),
  }
}

export const deleteGroups = handle(DeleteGroups, {
  run: ({ groupsNames }, context) => ({
    results: [...new Set(groupsNames)].map((groupId) => ({
      groupId,
      errorCode: errorCode(tryDelete(groupId, context)),
    })),
  }),
  refuse: ({ code }, { groupsNames }) => ({
    results: groupsNames.map((groupId) => ({ groupId, errorCode: errorCode(code) })),
  }),
})

function tryDelete(groupId: string, { broker, node }: Context): KafkaError['code'] {
  try {
    const shard = broker.groups.shard(groupId, node)
    const group = shard.group(groupId)
    group.checkDelete()
    deleteGroup(shard, group)
    return 'NONE'
  } catch (error) {
    return toKafkaError(error, broker.logger, DeleteGroups.name).code
  }
}
