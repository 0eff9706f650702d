import type { Cluster } from '../../client/cluster.ts'
import { itemError } from '../../protocol/errors.ts'
import { AlterClientQuotas, DescribeClientQuotas } from '../../protocol/messages/configs.ts'
import { Failure } from '../failures.ts'
import { javaDouble } from '../java/double.ts'
import { javaHashOrder } from '../java/order.ts'
import type { Changes } from './changes.ts'
import type { Entities, EntityType } from './entity.ts'
import { bareConfig, type EntityConfigs } from './listing.ts'

export const CLIENT_QUOTAS: ReadonlySet<string> = new Set([
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
])
export const IP_QUOTAS: ReadonlySet<string> = new Set(['connection_creation_rate'])

/** Names of the entity types on the wire, and in Kafka's text, where they stand in this order. */
const ON_THE_WIRE: Partial<Record<EntityType, string>> = { users: 'user', clients: 'client-id', ips: 'ip' }
const IN_TEXT = [
  ['user', 'user-principal'],
  ['client-id', 'client-id'],
  ['ip', 'ip'],
] as const
const IN_JSON: Readonly<Record<string, string>> = { user: 'user', 'client-id': 'clientId', ip: 'ip' }

const EXACTLY = 0
const DEFAULT = 1
const ANY = 2

/** The quotas of entities; where no name is given, of all that have one. */
export async function describeQuotas(cluster: Cluster, { types, names }: Entities): Promise<EntityConfigs[]> {
  if (names.length > types.length) throw new Failure('More entity names specified than entity types')
  const components = types.map((type, at) => {
    const name = names[at]
    const entityType = ON_THE_WIRE[type]!
    if (name === undefined) return { entityType, matchType: ANY, match: null }
    return name === ''
      ? { entityType, matchType: DEFAULT, match: null }
      : { entityType, matchType: EXACTLY, match: name }
  })
  const answer = await cluster.request(DescribeClientQuotas, { components, strict: true })
  return (answer.entries ?? [])
    .map(({ entity, values }) => {
      const named = new Map(entity.map(({ entityType, entityName }) => [entityType, entityName]))
      const parts = IN_TEXT.flatMap(([type, text]) => {
        const name = named.get(type)
        if (name === undefined) return []
        return [name === null ? `the default ${text}` : `${text} '${name}'`]
      })
      const byName = new Map(values.map(({ key, value }) => [key, value]))
      const configs = javaHashOrder([...byName.keys()], byName.size).map((key) =>
        bareConfig(key, javaDouble(byName.get(key)!)),
      )
      return {
        entity: Object.fromEntries([...named].map(([type, name]) => [IN_JSON[type] ?? type, name])),
        line: `Quota configs for ${parts.join(', ')} are ${configs.map(({ name, value }) => `${name}=${value}`).join(', ')}`,
        configs,
      }
    })
    .sort((a, b) => (a.line < b.line ? -1 : 1))
}

/** Sets and removes quotas of one entity. */
export async function alterQuotas(
  cluster: Cluster,
  { types, names }: Entities,
  { set, remove }: Changes,
  validateOnly: boolean,
): Promise<void> {
  await checkRemovals(cluster, { types, names }, remove)
  const entity = types.map((type, at) => ({ entityType: ON_THE_WIRE[type]!, entityName: names[at] || null }))
  const ops = [
    ...[...set].map(([key, text]) => ({ key, value: readQuota(key, text), remove: false })),
    ...remove.map((key) => ({ key, value: 0, remove: true })),
  ]
  const answer = await cluster.request(
    AlterClientQuotas,
    { entries: [{ entity, ops }], validateOnly },
    { node: 'controller' },
  )
  for (const entry of answer.entries) {
    const error = itemError(entry)
    if (error) throw error
  }
}

async function checkRemovals(cluster: Cluster, entities: Entities, remove: readonly string[]): Promise<void> {
  if (remove.length === 0) return
  const known = new Set(
    (await describeQuotas(cluster, entities)).flatMap(({ configs }) => configs.map(({ name }) => name)),
  )
  const unknown = remove.filter((name) => !known.has(name))
  if (unknown.length > 0) throw new Failure(`Invalid config(s): ${unknown.join(',')}`)
}

function readQuota(key: string, text: string): number {
  const value = /^\s*$/.test(text) ? Number.NaN : Number(text)
  if (Number.isNaN(value)) throw new Failure(`Cannot parse quota configuration value for ${key}: ${text}`)
  return value
}
