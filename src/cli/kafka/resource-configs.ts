import type { Cluster } from '../../client/cluster.ts'
import { itemError } from '../../protocol/errors.ts'
import { DescribeConfigs, ListConfigResources } from '../../protocol/messages/configs.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'

/** Kinds of things that have settings, and their numbers on the wire (ConfigResource.Type). */
export const RESOURCE_TYPES = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const

/** Where a setting comes from, by its number on the wire (ConfigEntry.ConfigSource). */
export const CONFIG_SOURCES: Readonly<Record<number, string>> = {
  1: 'DYNAMIC_TOPIC_CONFIG',
  2: 'DYNAMIC_BROKER_CONFIG',
  3: 'DYNAMIC_DEFAULT_BROKER_CONFIG',
  4: 'STATIC_BROKER_CONFIG',
  5: 'DEFAULT_CONFIG',
  6: 'DYNAMIC_BROKER_LOGGER_CONFIG',
  7: 'DYNAMIC_CLIENT_METRICS_CONFIG',
  8: 'DYNAMIC_GROUP_CONFIG',
}

export const sourceName = (source: number): string => CONFIG_SOURCES[source] ?? 'UNKNOWN'

export type ConfigEntry = DecodedResponseOf<typeof DescribeConfigs>['results'][number]['configs'][number]

/** The settings of resources of one type, by name, each with all that the broker tells. */
export async function describeConfigs(
  cluster: Cluster,
  type: keyof typeof RESOURCE_TYPES,
  names: readonly string[],
  { includeSynonyms = false, node }: { includeSynonyms?: boolean; node?: number | undefined } = {},
): Promise<Map<string, ConfigEntry[]>> {
  const resourceType = RESOURCE_TYPES[type]
  const resources = names.map((resourceName) => ({ resourceType, resourceName, configurationKeys: null }))
  const answer = await cluster.request(
    DescribeConfigs,
    { resources, includeSynonyms },
    { node: node ?? 'any' },
  )
  const found = new Map<string, ConfigEntry[]>()
  for (const result of answer.results) {
    const error = itemError(result)
    if (error) throw error
    found.set(result.resourceName, result.configs)
  }
  return found
}

/** The names of the resources of a type that have settings of their own. */
export async function listConfigResources(
  cluster: Cluster,
  type: 'clientMetrics' | 'group',
): Promise<string[]> {
  const resourceType = RESOURCE_TYPES[type]
  const answer = await cluster.request(ListConfigResources, (version) =>
    version === 0 ? {} : { resourceTypes: [resourceType] },
  )
  return answer.configResources
    .filter((resource) => resource.resourceType === resourceType)
    .map(({ resourceName }) => resourceName)
    .sort()
}
