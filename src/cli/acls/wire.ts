import type { Cluster } from '../../client/cluster.ts'
import { itemError, type KafkaError } from '../../protocol/errors.ts'
import { CreateAcls, DeleteAcls, DescribeAcls } from '../../protocol/messages/acls.ts'
import {
  type Acl,
  type Entry,
  OPERATIONS,
  PATTERN_TYPES,
  type Pattern,
  PERMISSIONS,
  RESOURCE_TYPES,
} from './acl.ts'

/** Which ACLs are meant; a part that is left out matches every one. */
export interface AclFilter {
  readonly pattern?: Pattern | undefined
  readonly entry?: Entry | undefined
}

export const EVERY_ACL: AclFilter = {}

function filterBody({ pattern, entry }: AclFilter) {
  return {
    resourceTypeFilter: RESOURCE_TYPES.indexOf(pattern?.resourceType ?? 'ANY'),
    resourceNameFilter: pattern?.resourceName ?? null,
    patternTypeFilter: PATTERN_TYPES.indexOf(pattern?.patternType ?? 'ANY'),
    principalFilter: entry?.principal ?? null,
    hostFilter: entry?.host ?? null,
    operation: OPERATIONS.indexOf(entry?.operation ?? 'ANY'),
    permissionType: PERMISSIONS.indexOf(entry?.permissionType ?? 'ANY'),
  }
}

interface WirePattern {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
}
interface WireEntry {
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

const readAcl = (pattern: WirePattern, entry: WireEntry): Acl => ({
  resourceType: RESOURCE_TYPES[pattern.resourceType] ?? 'UNKNOWN',
  resourceName: pattern.resourceName,
  patternType: PATTERN_TYPES[pattern.patternType] ?? 'UNKNOWN',
  principal: entry.principal,
  host: entry.host,
  operation: OPERATIONS[entry.operation] ?? 'UNKNOWN',
  permissionType: PERMISSIONS[entry.permissionType] ?? 'UNKNOWN',
})

/** The ACLs that match any of the filters; one that matches several may come several times. */
export async function describeAcls(cluster: Cluster, filters: readonly AclFilter[]): Promise<Acl[]> {
  const answers = await Promise.all(
    filters.map((filter) => cluster.request(DescribeAcls, filterBody(filter))),
  )
  return answers.flatMap(({ resources }) =>
    resources.flatMap((resource) => resource.acls.map((entry) => readAcl(resource, entry))),
  )
}

/** Creates ACLs, each for itself: gives what went wrong with each, in order. */
export async function createAcls(
  cluster: Cluster,
  acls: readonly Acl[],
): Promise<(KafkaError | undefined)[]> {
  const creations = acls.map((acl) => ({
    resourceType: RESOURCE_TYPES.indexOf(acl.resourceType),
    resourceName: acl.resourceName,
    resourcePatternType: PATTERN_TYPES.indexOf(acl.patternType),
    principal: acl.principal,
    host: acl.host,
    operation: OPERATIONS.indexOf(acl.operation),
    permissionType: PERMISSIONS.indexOf(acl.permissionType),
  }))
  const { results } = await cluster.request(CreateAcls, { creations })
  return acls.map((_, at) => results[at] && itemError(results[at]))
}

export interface Deletion {
  /** The ACLs that matched, each with what kept it. */
  readonly matching: readonly { readonly acl: Acl; readonly error: KafkaError | undefined }[]
  /** What went wrong with whole filters. */
  readonly errors: readonly KafkaError[]
}

/** Deletes the ACLs that match any of the filters. */
export async function deleteAcls(cluster: Cluster, filters: readonly AclFilter[]): Promise<Deletion> {
  const { filterResults } = await cluster.request(DeleteAcls, { filters: filters.map(filterBody) })
  return {
    matching: filterResults.flatMap(({ matchingAcls }) =>
      matchingAcls.map((match) => ({ acl: readAcl(match, match), error: itemError(match) })),
    ),
    errors: filterResults.flatMap((result) => itemError(result) ?? []),
  }
}
