import type { Cluster } from '../../client/cluster.ts'
import { answered, failed, type GroupResult } from '../../client/groups/coordinated.ts'
import { deleteGroups } from '../../client/groups/deletion.ts'
import { type ListedGroup, listGroups } from '../../client/groups/listing.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { DeleteOptions } from './delete.ts'

/** Groups of one type, and what Kafka's tool says of those that it does not even try to delete. */
const KINDS = {
  share: {
    type: 'Share',
    title: 'Share group',
    unlisted: (group: string) => `Group '${group}' is not a share group.`,
  },
  streams: {
    type: 'Streams',
    title: 'Streams group',
    unlisted: (group: string) => `Group '${group}' does not exist or is not a streams group.`,
  },
} as const

/** Deletes groups that the cluster lists as empty ones of this kind; what became of each. */
export async function deleteListedGroups(
  cluster: Cluster,
  kind: keyof typeof KINDS,
  groups: readonly string[],
  { timeoutMs, dryRun }: DeleteOptions,
): Promise<Map<string, GroupResult<true>>> {
  const { type } = KINDS[kind]
  const listed = (await listGroups(cluster, { timeoutMs })).filter((group) => group.type === type)
  const byId = new Map(listed.map((group) => [group.groupId, group]))
  const refusals = new Map(groups.map((group) => [group, refusal(kind, group, byId.get(group))]))
  const deletable = [...refusals].filter(([, reason]) => reason === null).map(([group]) => group)
  const deleted =
    dryRun || deletable.length === 0 ? null : await deleteGroups(cluster, deletable, { timeoutMs })
  return new Map(
    [...refusals].map(([group, reason]) => [
      group,
      reason === null ? (deleted?.get(group) ?? answered(true as const)) : failed(reason),
    ]),
  )
}

function refusal(kind: keyof typeof KINDS, group: string, listed: ListedGroup | undefined): Error | null {
  const { title, unlisted } = KINDS[kind]
  if (listed === undefined) return new KafkaError('GROUP_ID_NOT_FOUND', unlisted(group))
  if (listed.state === 'Dead') return new Error(`${title} '${group}' group state is DEAD.`)
  if (listed.state === 'Empty') return null
  return new KafkaError('NON_EMPTY_GROUP', `${title} '${group}' is not EMPTY.`)
}
