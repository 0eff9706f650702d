import type { Cluster } from '../../client/cluster.ts'
import { type ListedGroup, listGroups } from '../../client/groups/listing.ts'

export interface GroupChoice {
  readonly group: readonly string[]
  readonly allGroups: boolean
  readonly timeout: number
}

/** The groups that are named, each once; or with --all-groups those of the tool's kind. */
export async function chosenGroups(
  cluster: Cluster,
  { group, allGroups, timeout: timeoutMs }: GroupChoice,
  isOfKind: (group: ListedGroup) => boolean,
): Promise<string[]> {
  if (!allGroups) return [...new Set(group)]
  return (await listGroups(cluster, { timeoutMs })).filter(isOfKind).map(({ groupId }) => groupId)
}
