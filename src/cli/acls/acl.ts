// The words of ACLs, each at the place of its number on the wire (org.apache.kafka.common.resource and .acl).

export const RESOURCE_TYPES = [
  'UNKNOWN',
  'ANY',
  'TOPIC',
  'GROUP',
  'CLUSTER',
  'TRANSACTIONAL_ID',
  'DELEGATION_TOKEN',
  'USER',
] as const
export const PATTERN_TYPES = ['UNKNOWN', 'ANY', 'MATCH', 'LITERAL', 'PREFIXED'] as const
export const OPERATIONS = [
  'UNKNOWN',
  'ANY',
  'ALL',
  'READ',
  'WRITE',
  'CREATE',
  'DELETE',
  'ALTER',
  'DESCRIBE',
  'CLUSTER_ACTION',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
  'IDEMPOTENT_WRITE',
  'CREATE_TOKENS',
  'DESCRIBE_TOKENS',
  'TWO_PHASE_COMMIT',
] as const
/** Before versions that tell, and where it was not asked for, the bits of operations are the least int32. */
const NOT_TOLD = -(2 ** 31)

/** The operations that an answer says are allowed, a bit for each; null when it does not tell. */
export function operationNames(bits: number): string[] | null {
  return bits === NOT_TOLD ? null : OPERATIONS.filter((_, at) => (bits & (1 << at)) !== 0)
}

export const PERMISSIONS = ['UNKNOWN', 'ANY', 'DENY', 'ALLOW'] as const

export type ResourceType = (typeof RESOURCE_TYPES)[number]
export type PatternType = (typeof PATTERN_TYPES)[number]
export type Operation = (typeof OPERATIONS)[number]
export type Permission = (typeof PERMISSIONS)[number]

/** What an ACL is about, or what ACLs are asked for: topics whose names start so, a group, the cluster. */
export interface Pattern {
  readonly resourceType: ResourceType
  readonly resourceName: string
  readonly patternType: PatternType
}

/** Who may or may not do what, and from where. */
export interface Entry {
  readonly principal: string
  readonly host: string
  readonly operation: Operation
  readonly permissionType: Permission
}

export interface Acl extends Pattern, Entry {}

/** The one resource of its type; the name is Kafka's. */
export const CLUSTER: Pattern = {
  resourceType: 'CLUSTER',
  resourceName: 'kafka-cluster',
  patternType: 'LITERAL',
}

/** What can be allowed on a resource; ALL goes with every one. */
export const SUPPORTED_OPERATIONS: Partial<Record<ResourceType, readonly Operation[]>> = {
  TOPIC: ['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  GROUP: ['READ', 'DELETE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  CLUSTER: [
    'CREATE',
    'ALTER',
    'DESCRIBE',
    'CLUSTER_ACTION',
    'DESCRIBE_CONFIGS',
    'ALTER_CONFIGS',
    'IDEMPOTENT_WRITE',
  ],
  TRANSACTIONAL_ID: ['WRITE', 'DESCRIBE', 'TWO_PHASE_COMMIT'],
  DELEGATION_TOKEN: ['DESCRIBE'],
  USER: ['CREATE_TOKENS', 'DESCRIBE_TOKENS'],
}

export const patternText = ({ resourceType, resourceName, patternType }: Pattern): string =>
  `ResourcePattern(resourceType=${resourceType}, name=${resourceName}, patternType=${patternType})`

export const entryText = ({ principal, host, operation, permissionType }: Entry): string =>
  `(principal=${principal}, host=${host}, operation=${operation}, permissionType=${permissionType})`

export const aclText = (acl: Acl): string => `(pattern=${patternText(acl)}, entry=${entryText(acl)})`

/** Each ACL once, by resource, then by operation, then by who it is about. */
export function sortedAcls(acls: readonly Acl[]): Acl[] {
  const byText = new Map(acls.map((acl) => [aclText(acl), acl]))
  return [...byText.values()].sort((a, b) => {
    const [left, right] = [sortKey(a), sortKey(b)]
    const at = left.findIndex((part, index) => part !== right[index])
    if (at < 0) return 0
    return left[at]! < right[at]! ? -1 : 1
  })
}

const sortKey = (acl: Acl): (string | number)[] => [
  RESOURCE_TYPES.indexOf(acl.resourceType),
  acl.resourceName,
  acl.patternType,
  OPERATIONS.indexOf(acl.operation),
  acl.principal,
  acl.host,
  acl.permissionType,
]

/** ACLs of one resource behind each other. */
export function byPattern<T extends Pattern>(acls: readonly T[]): [pattern: string, acls: T[]][] {
  const groups = new Map<string, T[]>()
  for (const acl of acls) {
    const pattern = patternText(acl)
    const group = groups.get(pattern)
    if (group) group.push(acl)
    else groups.set(pattern, [acl])
  }
  return [...groups]
}
