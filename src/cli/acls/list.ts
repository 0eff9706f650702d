import type { Cluster } from '../../client/cluster.ts'
import type { Listing, Row } from '../output/listing.ts'
import { type Acl, byPattern, entryText, sortedAcls } from './acl.ts'
import { type AclOptions, namedResources } from './wanted.ts'
import { describeAcls, EVERY_ACL } from './wire.ts'

/** The ACLs of the resources that options name, or all there are; with principals only theirs. */
export async function listAcls(cluster: Cluster, options: AclOptions): Promise<Listing> {
  const patterns = namedResources(options)
  const filters = patterns.length > 0 ? patterns.map((pattern) => ({ pattern })) : [EVERY_ACL]
  return aclListing(await describeAcls(cluster, filters), [...new Set(options.principal)])
}

export const ACL_COLUMNS = [
  'resourceType',
  'resourceName',
  'patternType',
  'principal',
  'host',
  'operation',
  'permissionType',
] as const

/** What `acls --list` prints; under a title for each principal where some are given. */
export function aclListing(found: readonly Acl[], principals: readonly string[]): Listing {
  const acls = sortedAcls(found).filter(
    ({ principal }) => principals.length === 0 || principals.includes(principal),
  )
  return {
    text() {
      if (principals.length === 0) return aclsText(acls)
      return principals
        .map((name) => {
          const theirs = acls.filter(({ principal }) => principal === name)
          return `ACLs for principal \`${name}\`\n${aclsText(theirs)}`
        })
        .join('')
    },
    columns: ACL_COLUMNS,
    items: acls.map(aclRow),
    names: () => resourceNames(acls),
  }
}

export const aclRow = (acl: Acl): Row => ({ ...acl })

export const resourceNames = (acls: readonly Acl[]): string[] => [
  ...new Set(acls.map(({ resourceName }) => resourceName)),
]

const aclsText = (acls: readonly Acl[]): string =>
  byPattern(acls)
    .map(([pattern, entries]) => {
      const lines = entries.map((entry) => `\t${entryText(entry)}\n`)
      return `Current ACLs for resource \`${pattern}\`:\n${lines.join('')}\n`
    })
    .join('')
