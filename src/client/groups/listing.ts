import { ListGroups } from '../../protocol/messages/classic-groups.ts'
import type { Cluster } from '../cluster.ts'

export interface ListedGroup {
  readonly groupId: string
  /** `consumer`, `share`, `connect`, …; empty for a group that only commits offsets. */
  readonly protocol: string
  /** Null before Kafka 2.6. */
  readonly state: string | null
  /** Null before Kafka 3.8. */
  readonly type: GroupType | null
}

export type GroupType = 'Classic' | 'Consumer' | 'Share' | 'Streams'

const TYPES: readonly GroupType[] = ['Classic', 'Consumer', 'Share', 'Streams']

/** A type as a broker or a person writes it, in any case; undefined when there is no such type. */
export const groupType = (text: string): GroupType | undefined =>
  TYPES.find((type) => type.toLowerCase() === text.toLowerCase())

/** Every group that this client may see, by id; rejects when one of the brokers does not tell its groups. */
export async function listGroups(
  cluster: Cluster,
  options: { readonly timeoutMs?: number | undefined } = {},
): Promise<ListedGroup[]> {
  const deadline = cluster.deadline(options.timeoutMs)
  const brokers = await cluster.brokers({ timeoutMs: deadline.leftMs })
  const answers = await Promise.all(
    brokers.map(({ nodeId }) =>
      cluster.request(ListGroups, {}, { node: nodeId, timeoutMs: deadline.leftMs }),
    ),
  )
  const groups = new Map<string, ListedGroup>()
  for (const { groupId, protocolType, groupState, groupType: type } of answers.flatMap(
    ({ groups: listed }) => listed,
  )) {
    groups.set(groupId, {
      groupId,
      protocol: protocolType,
      state: groupState || null,
      type: groupType(type) ?? null,
    })
  }
  return [...groups.values()].sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
}

export const isShareGroup = ({ type }: ListedGroup): boolean => type === 'Share'
export const isStreamsGroup = ({ type }: ListedGroup): boolean => type === 'Streams'

/** Whether a group holds offsets of consumers: the two kinds of consumer groups, and those that only commit. */
export const isConsumerGroup = (group: ListedGroup): boolean =>
  (group.protocol === 'consumer' || group.protocol === '') && !isShareGroup(group) && !isStreamsGroup(group)
