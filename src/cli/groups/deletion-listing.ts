import type { GroupResult } from '../../client/groups/coordinated.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { Failure } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import type { GroupKind } from './sentence.ts'

const COLUMNS = ['group', 'isDeleted', 'error'] as const

export interface Deletion {
  readonly dryRun: boolean
  readonly kind: GroupKind
}

/** What `--delete` prints about groups. */
export function deletionListing(
  results: ReadonlyMap<string, GroupResult<true>>,
  { dryRun, kind }: Deletion,
): Listing {
  const deleted = [...results].filter(([, { error }]) => error === null).map(([group]) => group)
  const text = (): string => {
    const names = deleted.map((group) => `'${group}'`).join(', ')
    if (deleted.length === 0) return ''
    if (dryRun) return `Would delete the ${kind} groups ${names}.\n`
    return deleted.length === results.size
      ? `Deletion of requested ${kind} groups (${names}) was successful.\n`
      : `\nThese ${kind} groups were deleted successfully: ${names}${kind === 'streams' ? '.' : ''}\n`
  }
  return {
    text,
    columns: COLUMNS,
    items: [...results].map(([group, { error }]) => ({
      group,
      isDeleted: error === null && !dryRun,
      error: error?.message ?? null,
    })),
    names: () => deleted,
  }
}

/** What is said when some groups were not deleted; null when all were. */
export function deletionFailure(
  results: ReadonlyMap<string, GroupResult<true>>,
  kind: GroupKind,
): Failure | null {
  const refused = [...results].flatMap(([group, { error }]) => (error === null ? [] : [{ group, error }]))
  const [first] = refused
  if (first === undefined) return null
  const reasons = refused.map(
    ({ group, error }) => `* Group '${group}' could not be deleted due to: ${error.message}`,
  )
  return new Failure([`Error: Deletion of some ${kind} groups failed:`, ...reasons].join('\n'), {
    code: first.error instanceof KafkaError ? first.error.code : undefined,
  })
}
