import type { Cluster } from '../../client/cluster.ts'
import { answered, failed, type GroupResult } from '../../client/groups/coordinated.ts'
import { deleteGroups as requestDeletion } from '../../client/groups/deletion.ts'
import { describeConsumerGroups } from '../../client/groups/description.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import type { Listing } from '../output.ts'

export interface DeleteOptions {
  readonly timeoutMs: number
  readonly dryRun: boolean
}

/** Deletes groups; Failure when one of them stays. */
export async function deleteGroups(
  cluster: Cluster,
  groups: readonly string[],
  { timeoutMs, dryRun }: DeleteOptions,
  context: Context,
): Promise<void> {
  const results = dryRun
    ? await tryDeletion(cluster, groups, timeoutMs)
    : await requestDeletion(cluster, groups, { timeoutMs })
  const refused = [...results].flatMap(([group, { error }]) => (error === null ? [] : [{ group, error }]))
  await context.print(deletionListing(results, dryRun))
  if (refused.length === 0) return
  const reasons = refused.map(
    ({ group, error }) => `* Group '${group}' could not be deleted due to: ${error.message}`,
  )
  throw new Failure(['Error: Deletion of some consumer groups failed:', ...reasons].join('\n'), {
    code: refused[0]!.error instanceof KafkaError ? refused[0]!.error.code : undefined,
  })
}

/** What would become of the groups: brokers refuse those that have members or do not exist. */
async function tryDeletion(
  cluster: Cluster,
  groups: readonly string[],
  timeoutMs: number,
): Promise<Map<string, GroupResult<true>>> {
  const descriptions = await describeConsumerGroups(cluster, groups, { timeoutMs })
  const results = new Map<string, GroupResult<true>>()
  for (const [group, { answer, error }] of descriptions) {
    const hasMembers = error === null && answer.members.length > 0
    const reason = hasMembers ? new KafkaError('NON_EMPTY_GROUP') : error
    results.set(group, reason === null ? answered(true) : failed(reason))
  }
  return results
}

const COLUMNS = ['group', 'isDeleted', 'error'] as const

/** What `consumer-groups --delete` prints. */
export function deletionListing(results: ReadonlyMap<string, GroupResult<true>>, dryRun: boolean): Listing {
  const deleted = [...results].filter(([, { error }]) => error === null).map(([group]) => group)
  const text = (): string => {
    const names = deleted.map((group) => `'${group}'`).join(', ')
    if (deleted.length === 0) return ''
    if (dryRun) return `Would delete the consumer groups ${names}.\n`
    return deleted.length === results.size
      ? `Deletion of requested consumer groups (${names}) was successful.\n`
      : `\nThese consumer groups were deleted successfully: ${names}\n`
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
