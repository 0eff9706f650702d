import { type ConsumerChange, removal } from './consumer-change.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { hashOfTopics, subscriptionOf } from './consumer-subscription.ts'
import { downgrade, isDowngradeDue } from './downgrade.ts'

/** Takes members out of the group, in an epoch of its own; throws KafkaError when that cannot be written. */
export function removeMembers(group: ConsumerGroup, leaving: readonly ConsumerMember[]): void {
  if (leaving.length === 0) return
  const gone = new Set(leaving.map(({ id }) => id))
  const rest = [...group.members.values()].filter(({ id }) => !gone.has(id))
  if (isDowngradeDue(group, rest)) {
    downgrade(group, rest, true)
    return
  }
  const stillUsed = new Set(rest.map(({ profile }) => profile.subscribedTopicRegex))
  const unused = new Set(leaving.map(({ profile }) => profile.subscribedTopicRegex))
  const changes: ConsumerChange[] = leaving.flatMap(({ id }) => removal(id))
  for (const regex of unused) {
    if (regex !== '' && !stillUsed.has(regex)) changes.push({ of: 'regex', regex, value: null })
  }
  const { topics } = subscriptionOf(rest, group.regexes)
  const metadataHash = hashOfTopics(topics, group.host.image)
  changes.push({ of: 'group', value: { epoch: group.epoch + 1, metadataHash } })
  group.commit(changes)
}
