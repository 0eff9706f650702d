import { itemError } from '../../protocol/errors.ts'
import { DeleteGroups } from '../../protocol/messages/classic-groups.ts'
import type { Cluster } from '../cluster.ts'
import { answered, askCoordinators, failed, type GroupResult } from './coordinated.ts'

/** Deletes groups that have no members, with all that they committed; what became of each. */
export function deleteGroups(
  cluster: Cluster,
  groups: readonly string[],
  options: { readonly timeoutMs?: number | undefined } = {},
): Promise<Map<string, GroupResult<true>>> {
  return askCoordinators(
    cluster,
    groups,
    async (node, asked, deadline) => {
      const answer = await cluster.requestOnce(DeleteGroups, { groupsNames: [...asked] }, { node, deadline })
      return new Map(
        answer.results.map((result) => {
          const error = itemError(result)
          return [result.groupId, error ? failed(error) : answered(true as const)]
        }),
      )
    },
    options,
  )
}
