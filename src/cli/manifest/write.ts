import { stringify } from 'yaml'
import type { Listing } from '../output/listing.ts'
import type { TopicSpec } from './manifest.ts'

/** The topics as a file that `apply` reads; in JSON, as the list that it reads as well. */
export function manifestListing(topics: readonly TopicSpec[]): Listing {
  const items = topics.map(({ name, partitions, replicationFactor, configs }) => ({
    name,
    partitions,
    replicationFactor,
    configs: Object.fromEntries(configs ?? []),
  }))
  return {
    text: () => stringify({ topics: Object.fromEntries(items.map(({ name, ...topic }) => [name, topic])) }),
    items,
    columns: ['name', 'partitions', 'replicationFactor', 'configs'],
    names: () => topics.map(({ name }) => name),
  }
}
