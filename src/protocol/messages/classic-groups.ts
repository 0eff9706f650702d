import { array, bool, bytes, defineApi, int16, int32, string, structs } from '../schema.ts'

// v1 adds rebalanceTimeoutMs. v2 adds throttleTimeMs. v5 adds groupInstanceId. v6 is flexible. v7 adds
// protocolType. v8 adds reason. v9 adds skipAssignment.
export const JoinGroup = defineApi({
  key: 11,
  name: 'JoinGroup',
  versions: '0-9',
  flexible: '6+',
  request: {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32({ versions: '1+', default: -1, ignorable: true }),
    memberId: string(),
    groupInstanceId: string({ versions: '5+', nullable: '0+', default: null }),
    protocolType: string(),
    protocols: structs({
      name: string(),
      metadata: bytes(),
    }),
    reason: string({ versions: '8+', nullable: '0+', default: null, ignorable: true }),
  },
  response: {
    throttleTimeMs: int32({ versions: '2+', default: 0, ignorable: true }),
    errorCode: int16(),
    generationId: int32({ default: -1 }),
    protocolType: string({ versions: '7+', nullable: '0+', default: null, ignorable: true }),
    protocolName: string({ nullable: '7+' }),
    leader: string(),
    skipAssignment: bool({ versions: '9+', default: false }),
    memberId: string(),
    members: structs({
      memberId: string(),
      groupInstanceId: string({ versions: '5+', nullable: '0+', default: null, ignorable: true }),
      metadata: bytes(),
    }),
  },
})

// v1 adds throttleTimeMs. v3 adds groupInstanceId. v4 is flexible. v5 adds protocolType, protocolName.
export const SyncGroup = defineApi({
  key: 14,
  name: 'SyncGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string({ versions: '3+', nullable: '0+', default: null }),
    protocolType: string({ versions: '5+', nullable: '0+', default: null, ignorable: true }),
    protocolName: string({ versions: '5+', nullable: '0+', default: null, ignorable: true }),
    assignments: structs({
      memberId: string(),
      assignment: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32({ versions: '1+', default: 0, ignorable: true }),
    errorCode: int16(),
    protocolType: string({ versions: '5+', nullable: '0+', default: null, ignorable: true }),
    protocolName: string({ versions: '5+', nullable: '0+', default: null, ignorable: true }),
    assignment: bytes(),
  },
})

// v1 adds throttleTimeMs. v3 adds groupInstanceId. v4 is flexible.
export const Heartbeat = defineApi({
  key: 12,
  name: 'Heartbeat',
  versions: '0-4',
  flexible: '4+',
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string({ versions: '3+', nullable: '0+', default: null }),
  },
  response: {
    throttleTimeMs: int32({ versions: '1+', default: 0, ignorable: true }),
    errorCode: int16(),
  },
})

// v1 adds throttleTimeMs. v3 adds members and drops memberId. v4 is flexible. v5 adds reason.
export const LeaveGroup = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string(),
    memberId: string({ versions: '0-2' }),
    members: structs(
      {
        memberId: string(),
        groupInstanceId: string({ nullable: '0+', default: null }),
        reason: string({ versions: '5+', nullable: '0+', default: null, ignorable: true }),
      },
      { versions: '3+' },
    ),
  },
  response: {
    throttleTimeMs: int32({ versions: '1+', default: 0, ignorable: true }),
    errorCode: int16(),
    members: structs(
      {
        memberId: string(),
        groupInstanceId: string({ nullable: '0+' }),
        errorCode: int16(),
      },
      { versions: '3+' },
    ),
  },
})

// v1 adds throttleTimeMs. v3 is flexible. v4 adds statesFilter, groupState. v5 adds typesFilter, groupType.
export const ListGroups = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: '0-5',
  flexible: '3+',
  request: {
    statesFilter: array(string(), { versions: '4+' }),
    typesFilter: array(string(), { versions: '5+' }),
  },
  response: {
    throttleTimeMs: int32({ versions: '1+', default: 0, ignorable: true }),
    errorCode: int16(),
    groups: structs({
      groupId: string(),
      protocolType: string(),
      groupState: string({ versions: '4+', ignorable: true }),
      groupType: string({ versions: '5+', ignorable: true }),
    }),
  },
})

// v1 adds throttleTimeMs. v3 adds includeAuthorizedOperations, authorizedOperations. v4 adds
// groupInstanceId. v5 is flexible. v6 adds errorMessage.
export const DescribeGroups = defineApi({
  key: 15,
  name: 'DescribeGroups',
  versions: '0-6',
  flexible: '5+',
  request: {
    groups: array(string()),
    includeAuthorizedOperations: bool({ versions: '3+' }),
  },
  response: {
    throttleTimeMs: int32({ versions: '1+', default: 0, ignorable: true }),
    groups: structs({
      errorCode: int16(),
      errorMessage: string({ versions: '6+', nullable: '0+', default: null }),
      groupId: string(),
      groupState: string(),
      protocolType: string(),
      protocolData: string(),
      members: structs({
        memberId: string(),
        groupInstanceId: string({ versions: '4+', nullable: '0+', default: null, ignorable: true }),
        clientId: string(),
        clientHost: string(),
        memberMetadata: bytes(),
        memberAssignment: bytes(),
      }),
      authorizedOperations: int32({ versions: '3+', default: -2147483648 }),
    }),
  },
})

// v2 is flexible.
export const DeleteGroups = defineApi({
  key: 42,
  name: 'DeleteGroups',
  versions: '0-2',
  flexible: '2+',
  request: {
    groupsNames: array(string()),
  },
  response: {
    throttleTimeMs: int32({ default: 0 }),
    results: structs({
      groupId: string(),
      errorCode: int16(),
    }),
  },
})
