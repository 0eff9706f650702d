// Members that read whatever topics match a regular expression. Matching is not done while somebody waits for the
// answer to a heartbeat: the member learns what it gets with the next one, as in Kafka.

import { KafkaError } from '../../protocol/errors.ts'
import type { ConsumerChange, ResolvedRegex } from './consumer-change.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { type ConsumerMember, isSameSet } from './consumer-member.ts'
import { hashOfTopics, subscriptionOf } from './consumer-subscription.ts'
import { compileTopicRegex, loadRegexEngine } from './topic-regex.ts'

/** The expressions of a group are not matched more often than this. */
const MIN_REFRESH_INTERVAL_MS = 10_000

/** Whether a member uses another expression now; 'resolved' when it is known by now which topics it has. */
export type RegexUpdate = 'same' | 'changed' | 'resolved'

/** Notes what else changes with the expression of a member; throws INVALID_REGULAR_EXPRESSION. */
export function updateRegex(
  group: ConsumerGroup,
  before: ConsumerMember,
  now: ConsumerMember,
  changes: ConsumerChange[],
): RegexUpdate {
  const earlier = before.profile.subscribedTopicRegex
  const regex = now.profile.subscribedTopicRegex
  if (earlier === regex) return 'same'
  if (earlier !== '' && group.usersOf(earlier) === 1)
    changes.push({ of: 'regex', regex: earlier, value: null })
  if (regex === '') return 'resolved'
  if (group.usersOf(regex) === 0) compileTopicRegex(regex)
  return group.usersOf(regex) > 0 && group.regexes.has(regex) ? 'resolved' : 'changed'
}

/** Matches the expressions of the group with the topics there are, if it is time to. */
export function refreshRegexes(group: ConsumerGroup): void {
  if (group.isResolving || !isRefreshDue(group)) return
  group.isResolving = true
  loadRegexEngine()
    .then(() => {
      if (!group.isUnloaded) resolveRegexes(group)
    })
    .catch((error: unknown) => {
      group.host.logger.error(`group ${group.id}: regular expressions could not be matched`, error)
    })
    .finally(() => {
      group.isResolving = false
    })
}

function isRefreshDue(group: ConsumerGroup): boolean {
  const { regexUsers, regexes, host } = group
  if (regexUsers.size === 0) return false
  if (regexes.size === 0) return true
  const ageMs = host.clock.monotonicMs() - group.resolvedAtMs
  if (ageMs <= MIN_REFRESH_INTERVAL_MS) return false
  return (
    regexUsers.size !== regexes.size ||
    group.mayMatchNewTopics ||
    ageMs > host.settings.number('group.consumer.regex.refresh.interval.ms')
  )
}

function resolveRegexes(group: ConsumerGroup): void {
  const { image, clock } = group.host
  const changes: ConsumerChange[] = []
  const regexes = new Map(group.regexes)
  let isOther = false
  for (const regex of group.regexUsers.keys()) {
    const value: ResolvedRegex = {
      topics: matchingTopics(regex, image.topics.keys()),
      version: image.lastOffset,
      timestamp: clock.now(),
    }
    if (!isSameSet(regexes.get(regex)?.topics ?? new Set(), value.topics)) isOther = true
    regexes.set(regex, value)
    changes.push({ of: 'regex', regex, value })
  }
  const metadataHash = hashOfTopics(subscriptionOf(group.members.values(), regexes).topics, image)
  if (isOther || metadataHash !== group.metadataHash) {
    changes.push({ of: 'group', value: { epoch: group.epoch + 1, metadataHash } })
  }
  group.commit(changes)
  group.mayMatchNewTopics = false
}

function matchingTopics(regex: string, names: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>()
  try {
    const pattern = compileTopicRegex(regex)
    for (const name of names) if (pattern.matches(name)) found.add(name)
  } catch (error) {
    // It was checked when a member brought it, but a log may come from elsewhere: then it matches nothing.
    if (!(error instanceof KafkaError)) throw error
  }
  return found
}
