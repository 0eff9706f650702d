import type { Cluster } from '../../client/cluster.ts'
import type { Context } from '../context.ts'
import { throwFailures } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import { type Acl, aclText, byPattern, entryText, patternText, sortedAcls } from './acl.ts'
import { distinctErrors } from './errors.ts'
import { ACL_COLUMNS, aclRow, resourceNames } from './list.ts'
import type { ResourceAcls } from './wanted.ts'
import { createAcls, describeAcls } from './wire.ts'

/** What became of one ACL that was to be added. */
export interface Addition {
  readonly acl: Acl
  readonly existed: boolean
  readonly isAdded: boolean
  readonly error: string | null
}

/** Adds ACLs that are not there yet; Failure when one could not be added. */
export async function addAcls(
  cluster: Cluster,
  wanted: readonly ResourceAcls[],
  dryRun: boolean,
  context: Context,
): Promise<void> {
  const patterns = wanted.map(({ pattern }) => ({ pattern }))
  const existing = new Set((await describeAcls(cluster, patterns)).map(aclText))
  const acls = sortedAcls(
    wanted.flatMap(({ pattern, entries }) => entries.map((entry) => ({ ...pattern, ...entry }))),
  )
  const missing = acls.filter((acl) => !existing.has(aclText(acl)))
  const errors = dryRun || missing.length === 0 ? [] : await createAcls(cluster, missing)
  const additions = acls.map((acl): Addition => {
    const at = missing.indexOf(acl)
    const error = errors[at]?.message ?? null
    return { acl, existed: at < 0, isAdded: at >= 0 && !dryRun && error === null, error }
  })
  await context.print(additionListing(additions))
  if (dryRun) {
    for (const acl of missing) context.say(`dry run: would add ${entryText(acl)} for \`${patternText(acl)}\``)
  }
  throwFailures(distinctErrors(errors))
}

const COLUMNS = [...ACL_COLUMNS, 'existed', 'isAdded', 'error'] as const

/** What `acls --add` prints. */
export function additionListing(additions: readonly Addition[]): Listing {
  const items = additions.map(({ acl, ...outcome }) => ({ ...aclRow(acl), ...outcome }))
  const added = additions.filter(({ isAdded }) => isAdded).map(({ acl }) => acl)
  const rows = additions.map((addition) => ({ ...addition.acl, addition }))
  return {
    text: () =>
      byPattern(rows)
        .map(([pattern, group]) =>
          groupText(
            pattern,
            group.map(({ addition }) => addition),
          ),
        )
        .join(''),
    columns: COLUMNS,
    items,
    names: () => resourceNames(added),
  }
}

function groupText(pattern: string, additions: readonly Addition[]): string {
  const existing = additions.filter(({ existed }) => existed)
  const added = additions.filter(({ isAdded }) => isAdded)
  const entries = added.map(({ acl }) => `\t${entryText(acl)}`).join('\n')
  return [
    ...existing.map(({ acl }) => `Acl ${aclText(acl)} already exists.\n`),
    ...(added.length > 0 ? [`Adding ACLs for resource \`${pattern}\`: \n ${entries}\n\n`] : []),
  ].join('')
}
