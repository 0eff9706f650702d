import { isInternalTopicOf, type StreamsGroupDescription } from '../../client/groups/streams-groups.ts'

/** The topics that a group made for itself: what it repartitions into, and what it keeps its state in. */
export function internalTopicsOf(group: StreamsGroupDescription, onOther: (topic: string) => void): string[] {
  const sources = new Set(group.subtopologies.flatMap(({ sourceTopics }) => sourceTopics))
  const own = group.subtopologies
    .flatMap(({ repartitionSourceTopics, changelogTopics }) => [
      ...repartitionSourceTopics,
      ...changelogTopics,
    ])
    .filter((topic) => !sources.has(topic))
  return [...new Set(own)].filter((topic) => {
    const isInferred = isInternalTopicOf(topic, group.groupId)
    // What its name does not show to belong to the group may belong to somebody else.
    if (!isInferred) onOther(topic)
    return isInferred
  })
}
