import type { Cluster } from '../../client/cluster.ts'
import { confirm } from '../confirm.ts'
import type { Context } from '../context.ts'
import { Failure, throwFailures } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import { type Acl, aclText, entryText, patternText, sortedAcls } from './acl.ts'
import { distinctErrors } from './errors.ts'
import { ACL_COLUMNS, aclRow, resourceNames } from './list.ts'
import type { ResourceAcls } from './wanted.ts'
import { deleteAcls, describeAcls } from './wire.ts'

/** What became of one ACL that matched. */
export interface Removal {
  readonly acl: Acl
  readonly isRemoved: boolean
  readonly error: string | null
}

/** Removes the ACLs that match, at a terminal after a question; Failure when one stays. */
export async function removeAcls(
  cluster: Cluster,
  wanted: readonly ResourceAcls[],
  { dryRun, force }: { readonly dryRun: boolean; readonly force: boolean },
  context: Context,
): Promise<void> {
  const filters = wanted.flatMap(({ pattern, entries }) =>
    entries.length === 0 ? [{ pattern }] : entries.map((entry) => ({ pattern, entry })),
  )
  if (dryRun) {
    const matching = sortedAcls(await describeAcls(cluster, filters))
    await context.print(removalListing(matching.map((acl) => ({ acl, isRemoved: false, error: null }))))
    for (const acl of matching) {
      context.say(`dry run: would remove ${entryText(acl)} from \`${patternText(acl)}\``)
    }
    return
  }
  // A filter is always named, so that without a terminal it is taken at its word.
  if (!force && (await confirm(context, wanted.map(question).join('\n'))) === false) {
    throw new Failure('nothing was removed', { hint: '--force removes without asking' })
  }
  const { matching, errors } = await deleteAcls(cluster, filters)
  const outcomes = new Map(matching.map(({ acl, error }) => [aclText(acl), error]))
  const removals = sortedAcls(matching.map(({ acl }) => acl)).map((acl): Removal => {
    const error = outcomes.get(aclText(acl))?.message ?? null
    return { acl, isRemoved: error === null, error }
  })
  await context.print(removalListing(removals))
  const count = removals.filter(({ isRemoved }) => isRemoved).length
  if (context.isText) context.say(`removed ${count} ${count === 1 ? 'ACL' : 'ACLs'}`)
  throwFailures(distinctErrors([...errors, ...outcomes.values()]))
}

function question({ pattern, entries }: ResourceAcls): string {
  const filter = `resource filter \`${patternText(pattern)}\`?`
  if (entries.length === 0) return `Are you sure you want to delete all ACLs for ${filter}`
  const lines = entries.map((entry) => `\t${entryText(entry)}`).join('\n')
  return `Are you sure you want to remove ACLs: \n ${lines} \n from ${filter}`
}

const COLUMNS = [...ACL_COLUMNS, 'isRemoved', 'error'] as const

/** What `acls --remove` prints: in text nothing, as Kafka's. */
export function removalListing(removals: readonly Removal[]): Listing {
  const removed = removals.filter(({ isRemoved }) => isRemoved).map(({ acl }) => acl)
  return {
    text: () => '',
    columns: COLUMNS,
    items: removals.map(({ acl, ...outcome }) => ({ ...aclRow(acl), ...outcome })),
    names: () => resourceNames(removed),
  }
}
