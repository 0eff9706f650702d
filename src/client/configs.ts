import { errorName, KafkaError } from '../protocol/errors.ts'
import { DescribeConfigs } from '../protocol/messages/configs.ts'
import type { Decoded } from '../protocol/schema.ts'
import type { Cluster } from './cluster.ts'

/** Kinds of things that have settings (org.apache.kafka.common.config.ConfigResource.Type). */
export const RESOURCE_TYPES = {
  topic: 2,
  broker: 4,
  'broker-logger': 8,
  'client-metrics': 16,
  group: 32,
} as const

export interface ConfigResource {
  readonly type: keyof typeof RESOURCE_TYPES
  /** The name of a topic or group, or the id of a broker; empty for the defaults of all brokers. */
  readonly name: string
}

export type ConfigEntry = Decoded<
  typeof DescribeConfigs.response.fields
>['results'][number]['configs'][number]

export interface ConfigDescription {
  readonly resource: ConfigResource
  readonly error: KafkaError | null
  readonly entries: readonly ConfigEntry[]
}

/** The broker that must be asked about this resource; null when any can answer. */
export const configNode = ({ type, name }: ConfigResource): number | null =>
  (type === 'broker' || type === 'broker-logger') && name !== '' ? Number(name) : null

/** The settings of each resource, in the order asked for. */
export async function describeConfigs(
  cluster: Cluster,
  resources: readonly ConfigResource[],
  options: {
    readonly includeSynonyms?: boolean | undefined
    readonly includeDocumentation?: boolean | undefined
    /** Only these settings. */
    readonly keys?: readonly string[] | undefined
    readonly timeoutMs?: number | undefined
  } = {},
): Promise<ConfigDescription[]> {
  const { includeSynonyms = false, includeDocumentation = false, keys = null, timeoutMs } = options
  const byNode = new Map<number | null, ConfigResource[]>()
  for (const resource of resources) {
    const node = configNode(resource)
    if (!byNode.get(node)?.push(resource)) byNode.set(node, [resource])
  }
  const found = new Map<string, ConfigDescription>()
  const key = (type: number, name: string): string => `${type}:${name}`
  const ask = async (node: number | null, asked: ConfigResource[]): Promise<void> => {
    const body = {
      resources: asked.map(({ type, name }) => ({
        resourceType: RESOURCE_TYPES[type],
        resourceName: name,
        configurationKeys: keys,
      })),
      includeSynonyms,
      // Brokers before version 3 have no documentation to give.
      ...(includeDocumentation ? { includeDocumentation } : {}),
    }
    const { results } = await cluster.request(DescribeConfigs, body, { node: node ?? 'any', timeoutMs })
    for (const { errorCode, errorMessage, resourceType, resourceName, configs } of results) {
      const resource = asked.find(
        ({ type, name }) => name === resourceName && RESOURCE_TYPES[type] === resourceType,
      )
      if (resource === undefined) continue
      const error = errorCode === 0 ? null : new KafkaError(errorName(errorCode), errorMessage)
      found.set(key(resourceType, resourceName), { resource, error, entries: configs })
    }
  }
  await Promise.all([...byNode].map(([node, asked]) => ask(node, asked)))
  return resources.map(
    (resource) =>
      found.get(key(RESOURCE_TYPES[resource.type], resource.name)) ?? {
        resource,
        error: new KafkaError('UNKNOWN_SERVER_ERROR', `no answer for ${resource.type} '${resource.name}'`),
        entries: [],
      },
  )
}
