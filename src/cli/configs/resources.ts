import type { Cluster } from '../../client/cluster.ts'
import { itemError } from '../../protocol/errors.ts'
import { ListGroups } from '../../protocol/messages/classic-groups.ts'
import { IncrementalAlterConfigs } from '../../protocol/messages/configs.ts'
import { Failure } from '../failures.ts'
import {
  describeConfigs,
  listConfigResources,
  RESOURCE_TYPES,
  sourceName,
} from '../kafka/resource-configs.ts'
import type { Changes } from './changes.ts'
import { type EntityType, singular } from './entity.ts'
import type { EntityConfigs } from './listing.ts'

/** Entities whose settings are those of a "config resource" on the wire, and where their own settings come from. */
const RESOURCES = {
  topics: { type: 'topic', source: 'DYNAMIC_TOPIC_CONFIG' },
  brokers: { type: 'broker', source: 'DYNAMIC_BROKER_CONFIG' },
  'broker-loggers': { type: 'brokerLogger', source: null },
  'client-metrics': { type: 'clientMetrics', source: 'DYNAMIC_CLIENT_METRICS_CONFIG' },
  groups: { type: 'group', source: 'DYNAMIC_GROUP_CONFIG' },
} as const satisfies Partial<Record<EntityType, { type: keyof typeof RESOURCE_TYPES; source: string | null }>>

export type ResourceEntity = keyof typeof RESOURCES

export const isResource = (type: EntityType): type is ResourceEntity => type in RESOURCES

/** Settings of one entity, or of all of a type; only those of its own unless `all`. */
export async function describeResources(
  cluster: Cluster,
  type: ResourceEntity,
  name: string | undefined,
  all: boolean,
): Promise<EntityConfigs[]> {
  const names = name === undefined ? await listNames(cluster, type) : [name]
  if (name !== undefined && name !== '' && !all && !(await listNames(cluster, type)).includes(name)) {
    throw new Failure(`The ${singular(type)} '${name}' doesn't exist and doesn't have dynamic config.`)
  }
  const described: EntityConfigs[] = []
  for (const entity of names) {
    const configs = await describeConfigs(cluster, RESOURCES[type].type, [entity], {
      includeSynonyms: true,
      node: brokerOf(type, entity),
    })
    const source =
      type === 'brokers' && entity === '' ? 'DYNAMIC_DEFAULT_BROKER_CONFIG' : RESOURCES[type].source
    const shown = (configs.get(entity) ?? [])
      .map((config) => ({
        name: config.name,
        value: config.value,
        source: sourceName(config.configSource),
        isSensitive: config.isSensitive,
        isReadOnly: config.readOnly,
        synonyms: config.synonyms.map((synonym) => ({ ...synonym, source: sourceName(synonym.source) })),
      }))
      .filter((config) => all || source === null || config.source === source)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    const title =
      entity === ''
        ? `Default configs for ${type} in the cluster`
        : `${all ? 'All' : 'Dynamic'} configs for ${singular(type)} ${entity}`
    described.push({ entity: { [singular(type)]: entity === '' ? null : entity }, title, configs: shown })
  }
  return described
}

/** A broker answers for its own settings only. */
function brokerOf(type: ResourceEntity, name: string): number | undefined {
  return (type === 'brokers' || type === 'broker-loggers') && name !== '' ? Number(name) : undefined
}

/** Every entity of the type; '' is the default one. */
async function listNames(cluster: Cluster, type: ResourceEntity): Promise<string[]> {
  switch (type) {
    case 'topics':
      return [...(await cluster.allTopics()).keys()].sort()
    case 'brokers':
    case 'broker-loggers':
      return [...(await cluster.brokers()).map(({ nodeId }) => String(nodeId)), '']
    case 'client-metrics':
      return await listConfigResources(cluster, 'clientMetrics')
    case 'groups':
      return [
        ...new Set([...(await listGroups(cluster)), ...(await listConfigResources(cluster, 'group'))]),
      ].sort()
  }
}

async function listGroups(cluster: Cluster): Promise<string[]> {
  const brokers = await cluster.brokers()
  const answers = await Promise.all(
    brokers.map(({ nodeId }) => cluster.request(ListGroups, {}, { node: nodeId })),
  )
  return answers.flatMap(({ groups }) => groups.map(({ groupId }) => groupId))
}

const SET = 0
const DELETE = 1

/** Changes settings of one entity, all of them or none. */
export async function alterResource(
  cluster: Cluster,
  type: ResourceEntity,
  name: string,
  { set, remove }: Changes,
  validateOnly: boolean,
): Promise<void> {
  if (type === 'broker-loggers') await checkLoggers(cluster, name, [...remove, ...set.keys()])
  const configs = [
    ...remove.map((config) => ({ name: config, configOperation: DELETE, value: '' })),
    ...[...set].map(([config, value]) => ({ name: config, configOperation: SET, value })),
  ]
  const resourceType = RESOURCE_TYPES[RESOURCES[type].type]
  const answer = await cluster.request(
    IncrementalAlterConfigs,
    { resources: [{ resourceType, resourceName: name, configs }], validateOnly },
    { node: (cluster.controllers ? undefined : brokerOf(type, name)) ?? 'controller' },
  )
  for (const response of answer.responses) {
    const error = itemError(response)
    if (error) throw error
  }
}

async function checkLoggers(cluster: Cluster, broker: string, loggers: readonly string[]): Promise<void> {
  const known = await describeConfigs(cluster, 'brokerLogger', [broker], { node: Number(broker) })
  const names = new Set((known.get(broker) ?? []).map(({ name }) => name))
  const unknown = loggers.filter((logger) => !names.has(logger))
  if (unknown.length > 0) throw new Failure(`Invalid broker logger(s): ${unknown.join(',')}`)
}
