import type { Cluster } from '../../client/cluster.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import { describeConfigs, sourceName } from '../kafka/resource-configs.ts'
import type { TopicSpec } from './manifest.ts'

/** The topics as they are: with the settings that are theirs alone. */
export async function currentTopics(
  cluster: Cluster,
  topics: readonly TopicMetadata[],
): Promise<TopicSpec[]> {
  const names = topics.map(({ name }) => name)
  const configs = names.length === 0 ? new Map() : await describeConfigs(cluster, 'topic', names)
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.length,
    replicationFactor: partitions[0]?.replicas.length ?? null,
    configs: new Map(
      (configs.get(name) ?? [])
        .filter(({ configSource }: { configSource: number }) => sourceName(configSource) === OWN)
        .map(({ name: key, value }: { name: string; value: string | null }) => [key, value ?? ''] as const)
        .sort(([a]: readonly [string, string], [b]: readonly [string, string]) => (a < b ? -1 : 1)),
    ),
  }))
}

const OWN = 'DYNAMIC_TOPIC_CONFIG'
