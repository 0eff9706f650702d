import { ZERO_UUID } from '../../bytes/uuid.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import type { Listing } from '../output/listing.ts'

const TOPIC_COLUMNS = ['name', 'topicId', 'isInternal', 'partitionCount', 'replicationFactor'] as const

/** What `--list` prints. */
export function topicListing(topics: readonly TopicMetadata[]): Listing {
  const names = topics.map(({ name }) => name)
  return {
    text: () => `${names.join('\n')}\n`,
    columns: TOPIC_COLUMNS,
    items: topics.map(({ name, topicId, isInternal, partitions }) => ({
      name,
      topicId: topicId === ZERO_UUID ? null : topicId,
      isInternal,
      partitionCount: partitions.length,
      replicationFactor: partitions[0]?.replicas.length ?? null,
    })),
    names: () => names,
  }
}
