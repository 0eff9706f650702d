// What a consumer group aims for: the result of an assignor, and what of it has changed.
import { type Assignment, isSameAssignment, NOTHING_ASSIGNED } from './assignment.ts'
import type { AssignorInput } from './assignor.ts'
import { allowedAssignors, assignorNamed } from './assignors.ts'
import type { ConsumerChange } from './consumer-change.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { existingTopics, topicsOf } from './consumer-subscription.ts'
import type { GroupSettings } from './group-host.ts'

export interface NewTarget {
  readonly changes: readonly ConsumerChange[]
  readonly targets: ReadonlyMap<string, Assignment>
}

/** The assignor for those who ask for none. */
export const defaultAssignor = (settings: GroupSettings): string =>
  allowedAssignors(settings.list('group.consumer.assignors'))[0] ?? 'uniform'

/** The assignor that most members ask for. */
export function preferredAssignor(members: Iterable<ConsumerMember>, settings: GroupSettings): string {
  const votes = new Map<string, number>()
  for (const { profile } of members) {
    const { serverAssignor } = profile
    if (serverAssignor !== null) votes.set(serverAssignor, (votes.get(serverAssignor) ?? 0) + 1)
  }
  let elected: string | null = null
  for (const [name, count] of votes) if (elected === null || count > votes.get(elected)!) elected = name
  return elected ?? defaultAssignor(settings)
}

/** Finds a target for `members`, who are the group once its changes are made. */
export function newTarget(
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
  epoch: number,
  isHomogeneous: boolean,
): NewTarget {
  const { clock, settings } = group.host
  const assignor = assignorNamed(preferredAssignor(members, settings))
  const found = assignor(assignorInput(group, members, isHomogeneous))
  const targets = new Map(members.map(({ id }) => [id, found.get(id) ?? NOTHING_ASSIGNED]))
  const changes: ConsumerChange[] = []
  for (const [memberId, value] of targets) {
    const earlier = group.targets.get(memberId)
    if (!earlier || !isSameAssignment(earlier, value)) changes.push({ of: 'target', memberId, value })
  }
  changes.push({ of: 'assignment', value: { epoch, timestamp: clock.now() } })
  return { changes, targets }
}

function assignorInput(
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
  isHomogeneous: boolean,
): AssignorInput {
  const { image } = group.host
  const partitionCounts = new Map<string, number>()
  const resolved = new Map<ReadonlySet<string>, string[]>()
  const idsOf = (names: ReadonlySet<string>): string[] => {
    let ids = resolved.get(names)
    if (!ids) {
      const topics = existingTopics(names, image)
      for (const { id, partitions } of topics) partitionCounts.set(id, partitions.length)
      ids = topics.map(({ id }) => id)
      resolved.set(names, ids)
    }
    return ids
  }
  return {
    isHomogeneous,
    partitionCounts,
    members: members.map((member) => ({
      id: member.id,
      instanceId: member.profile.instanceId,
      topics: idsOf(topicsOf(member, group.regexes)),
      previous: group.targetOf(member),
    })),
  }
}
