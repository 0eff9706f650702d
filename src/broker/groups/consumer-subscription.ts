// What the members of a consumer group read, all in all.
import type { Int64 } from '../../bytes/int64.ts'
import type { MetadataImage, TopicState } from '../metadata/image.ts'
import type { ResolvedRegex } from './consumer-change.ts'
import { type ConsumerMember, isSameSet } from './consumer-member.ts'
import { metadataHash } from './metadata-hash.ts'

export interface Subscription {
  /** Names of topics, whether they exist or not. */
  readonly topics: ReadonlySet<string>
  /** Whether everybody reads the same. */
  readonly isHomogeneous: boolean
}

type ResolvedRegexes = ReadonlyMap<string, ResolvedRegex>

const NO_TOPICS: ReadonlySet<string> = new Set()

/** The topics that a regular expression stands for; none as long as nobody has looked. */
const matched = (regex: string, resolved: ResolvedRegexes): ReadonlySet<string> =>
  regex === '' ? NO_TOPICS : (resolved.get(regex)?.topics ?? NO_TOPICS)

/** Names of the topics that a member reads. */
export function topicsOf({ profile }: ConsumerMember, resolved: ResolvedRegexes): ReadonlySet<string> {
  const { subscribedTopicNames, subscribedTopicRegex } = profile
  const found = matched(subscribedTopicRegex, resolved)
  if (found.size === 0) return subscribedTopicNames
  return subscribedTopicNames.size === 0 ? found : new Set([...subscribedTopicNames, ...found])
}

export function subscriptionOf(members: Iterable<ConsumerMember>, resolved: ResolvedRegexes): Subscription {
  const topics = new Set<string>()
  const regexes = new Set<string>()
  let first: ConsumerMember | null = null
  let isHomogeneous = true
  for (const member of members) {
    const { subscribedTopicNames, subscribedTopicRegex } = member.profile
    first ??= member
    if (
      subscribedTopicRegex !== first.profile.subscribedTopicRegex ||
      !isSameSet(subscribedTopicNames, first.profile.subscribedTopicNames)
    ) {
      isHomogeneous = false
    }
    // The first one's topics stand for those of all who read the same.
    if (member === first || !isHomogeneous) for (const name of subscribedTopicNames) topics.add(name)
    regexes.add(subscribedTopicRegex)
  }
  for (const regex of regexes) for (const name of matched(regex, resolved)) topics.add(name)
  return { topics, isHomogeneous }
}

/** The topics of these names that exist. */
export function existingTopics(names: Iterable<string>, image: MetadataImage): TopicState[] {
  const topics: TopicState[] = []
  for (const name of names) {
    const topic = image.topics.get(name)
    if (topic) topics.push(topic)
  }
  return topics
}

/** A number that changes when one of these topics appears, goes, or gets partitions. */
export const hashOfTopics = (names: Iterable<string>, image: MetadataImage): Int64 =>
  metadataHash(existingTopics(names, image), image)
