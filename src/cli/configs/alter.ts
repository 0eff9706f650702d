import type { Cluster } from '../../client/cluster.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import { SCRAM_MECHANISMS } from '../kafka/scram-mechanisms.ts'
import type { Changes } from './changes.ts'
import { type Entities, singular } from './entity.ts'
import { alterQuotas, CLIENT_QUOTAS, IP_QUOTAS } from './quotas.ts'
import { alterResource, isResource } from './resources.ts'
import { alterScram } from './scram.ts'

/** Changes the settings of one entity and prints Kafka's sentence. */
export async function alterConfigs(
  cluster: Cluster,
  entities: Entities,
  changes: Changes,
  dryRun: boolean,
  context: Context,
): Promise<void> {
  const type = entities.types[0]!
  const name = entities.names[0]!
  const subject =
    name === '' ? `default config for ${type} in the cluster` : `config for ${singular(type)} ${name}`
  if (isResource(type)) {
    await alterResource(cluster, type, name, changes, dryRun)
  } else if (type === 'ips') {
    checkIpQuotas(changes)
    await alterQuotas(cluster, entities, changes, dryRun)
  } else {
    checkClientSettings(entities, changes)
    const isQuota = [...changes.set.keys(), ...changes.remove].some((key) => CLIENT_QUOTAS.has(key))
    if (isQuota) await alterQuotas(cluster, entities, changes, dryRun)
    else if (!dryRun) await alterScram(cluster, name, changes, context.io.randomBytes)
  }
  if (dryRun) context.say(`dry run: would update ${subject}`)
  else context.io.out(`Completed updating ${subject}.\n`)
}

function checkIpQuotas({ set, remove }: Changes): void {
  const unknown = [...set.keys(), ...remove].filter((key) => !IP_QUOTAS.has(key))
  if (unknown.length === 0) return
  throw new Failure(
    `Only connection quota configs can be added for 'ips' using --bootstrap-server. Unexpected config names: ${unknown.join(',')}`,
  )
}

/** Clients have quotas; users have quotas or credentials, but not both changed at once. */
function checkClientSettings({ types, names }: Entities, { set, remove }: Changes): void {
  const isClient = types[0] === 'clients' || types.length === 2
  const isKnown = (key: string) => CLIENT_QUOTAS.has(key) || (!isClient && SCRAM_MECHANISMS.has(key))
  const [what, whose] = isClient ? ['quota', 'clients'] : ['quota and SCRAM credential', 'users']
  const refuse = (verb: string, unexpected: string) =>
    new Failure(
      `Only ${what} configs can be ${verb} for '${whose}' using --bootstrap-server. Unexpected config names: ${unexpected}`,
    )
  const toAdd = [...set.keys()].filter((key) => !isKnown(key))
  const toDelete = remove.filter((key) => !isKnown(key))
  if (toAdd.length > 0) throw refuse('added', `Set(${toAdd.join(', ')})`)
  if (toDelete.length > 0) throw refuse('deleted', `ArrayBuffer(${toDelete.join(', ')})`)
  const all = [...set.keys(), ...remove]
  if (!all.some((key) => SCRAM_MECHANISMS.has(key))) return
  if (names.includes('')) {
    throw new Failure(
      'The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using --bootstrap-server.',
    )
  }
  if (all.some((key) => CLIENT_QUOTAS.has(key))) {
    throw new Failure(
      "Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using --bootstrap-server.",
    )
  }
}
