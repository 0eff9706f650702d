import { MalformedError, Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import { ConsumerProtocolSubscription } from '../../protocol/messages/stored-offsets.ts'
import type { ClassicMember } from './classic-member.ts'

/** Every later version of the subscription begins with what is in this one. */
const FIRST_VERSION = 0

/** The topics that the members say they read; null when one of them does not say it in a way that can be read. */
export function subscribedTopics(
  members: Iterable<ClassicMember>,
  protocol: string,
): ReadonlySet<string> | null {
  const topics = new Set<string>()
  try {
    for (const member of members) {
      const reader = new Reader(member.metadata(protocol))
      if (reader.int16() < FIRST_VERSION) return null
      const subscription = codec(ConsumerProtocolSubscription.message, FIRST_VERSION).decode(reader)
      for (const topic of subscription.topics) topics.add(topic)
    }
  } catch (error) {
    if (error instanceof MalformedError) return null
    throw error
  }
  return topics
}
