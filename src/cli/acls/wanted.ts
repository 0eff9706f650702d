import { UsageError } from '../failures.ts'
import type { Values } from '../option-spec.ts'
import {
  CLUSTER,
  type Entry,
  type Operation,
  type Pattern,
  type Permission,
  patternText,
  SUPPORTED_OPERATIONS,
} from './acl.ts'
import type { ACL_OPTIONS } from './options.ts'

export type AclOptions = Values<typeof ACL_OPTIONS>

/** What the command line says about one resource; no entries when it names nobody. */
export interface ResourceAcls {
  readonly pattern: Pattern
  readonly entries: readonly Entry[]
}

/** The resources that options name. */
export function namedResources(options: AclOptions): Pattern[] {
  const patternType = options.resourcePatternType
  const named = (resourceType: Pattern['resourceType'], names: readonly string[]): Pattern[] =>
    [...new Set(names)].map((resourceName) => ({ resourceType, resourceName, patternType }))
  const isClusterMeant = patternType === 'LITERAL' && (options.cluster || options.idempotent)
  return [
    ...named('TOPIC', options.topic),
    ...(isClusterMeant ? [CLUSTER] : []),
    ...named('GROUP', options.group),
    ...named('TRANSACTIONAL_ID', options.transactionalId),
    ...named('DELEGATION_TOKEN', options.delegationToken),
    ...named('USER', options.userPrincipal),
  ]
}

/** What --add would add: UsageError when that is not one thing or nobody is named. */
export function aclsToAdd(options: AclOptions): ResourceAcls[] {
  const { resourcePatternType: type } = options
  if (type !== 'LITERAL' && type !== 'PREFIXED') {
    throw new UsageError(`A '--resource-pattern-type' value of '${type}' is not valid when adding acls.`)
  }
  const wanted = wantedAcls(options)
  if (wanted.some(({ entries }) => entries.length === 0)) {
    throw new UsageError(
      'You must specify one of: --allow-principal, --deny-principal when trying to add ACLs.',
    )
  }
  return wanted
}

/** The ACLs that options describe, resource by resource. */
export function wantedAcls(options: AclOptions): ResourceAcls[] {
  const resources = namedResources(options)
  if (resources.length === 0) {
    throw new UsageError(
      'You must provide at least one resource: --topic <topic> or --cluster or --group <group> or --delegation-token <Delegation Token ID>',
    )
  }
  const wanted = merged(
    options.producer || options.consumer
      ? roleAcls(options, resources)
      : resources.map((pattern) => ({
          pattern,
          entries: entriesFor(options, options.operation.length > 0 ? options.operation : ['ALL']),
        })),
  )
  for (const acls of wanted) checkOperations(acls)
  return wanted
}

/** What producers and consumers need; resources that they have nothing to do with count for nothing. */
function roleAcls(options: AclOptions, resources: readonly Pattern[]): ResourceAcls[] {
  const onEach = (resourceType: Pattern['resourceType'], operations: readonly Operation[]) =>
    resources
      .filter((resource) => resource.resourceType === resourceType)
      .map((pattern) => ({ pattern, entries: entriesFor(options, operations) }))
  const producer = [
    ...onEach('TOPIC', ['WRITE', 'DESCRIBE', 'CREATE']),
    ...onEach('TRANSACTIONAL_ID', ['WRITE', 'DESCRIBE']),
    ...(options.idempotent ? [{ pattern: CLUSTER, entries: entriesFor(options, ['IDEMPOTENT_WRITE']) }] : []),
  ]
  const consumer = [...onEach('TOPIC', ['READ', 'DESCRIBE']), ...onEach('GROUP', ['READ'])]
  return [...(options.producer ? producer : []), ...(options.consumer ? consumer : [])]
}

function entriesFor(options: AclOptions, operations: readonly Operation[]): Entry[] {
  const hosts = (given: readonly string[]) => (given.length > 0 ? given : ['*'])
  const entries = (
    permissionType: Permission,
    principals: readonly string[],
    from: readonly string[],
  ): Entry[] =>
    principals.flatMap((principal) =>
      from.flatMap((host) => operations.map((operation) => ({ principal, host, operation, permissionType }))),
    )
  return [
    ...entries('ALLOW', options.allowPrincipal, hosts(options.allowHost)),
    ...entries('DENY', options.denyPrincipal, hosts(options.denyHost)),
  ]
}

/** One element for each resource, with what several roles need of it. */
function merged(acls: readonly ResourceAcls[]): ResourceAcls[] {
  const byPattern = new Map<string, ResourceAcls>()
  for (const { pattern, entries } of acls) {
    const key = patternText(pattern)
    byPattern.set(key, { pattern, entries: [...(byPattern.get(key)?.entries ?? []), ...entries] })
  }
  return [...byPattern.values()]
}

function checkOperations({ pattern: { resourceType }, entries }: ResourceAcls): void {
  const valid: readonly Operation[] = [...(SUPPORTED_OPERATIONS[resourceType] ?? []), 'ALL']
  if (entries.every(({ operation }) => valid.includes(operation))) return
  throw new UsageError(`ResourceType ${resourceType} only supports operations [${valid.join(', ')}]`)
}
