import { ZERO_UUID } from '../../bytes/uuid.ts'
import type { Cluster } from '../../client/cluster.ts'
import { isInternalTopicOf, type StreamsGroupDescription } from '../../client/groups/streams-groups.ts'
import { itemError } from '../../protocol/errors.ts'
import { DeleteTopics } from '../../protocol/messages/topics.ts'

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

/** Deletes topics; what went wrong, by topic. */
export async function deleteTopics(
  cluster: Cluster,
  names: readonly string[],
  timeoutMs: number,
): Promise<Map<string, Error>> {
  if (names.length === 0) return new Map()
  const answer = await cluster.request(
    DeleteTopics,
    (version) => ({
      ...(version >= 6
        ? { topics: names.map((name) => ({ name, topicId: ZERO_UUID })) }
        : { topicNames: [...names] }),
      timeoutMs,
    }),
    { node: 'controller', timeoutMs },
  )
  return new Map(
    answer.responses.flatMap((response) => {
      const error = itemError(response)
      return error ? [[response.name ?? '', error] as const] : []
    }),
  )
}
