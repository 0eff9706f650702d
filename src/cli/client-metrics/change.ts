import { randomUuid } from '../../bytes/uuid.ts'
import type { Cluster } from '../../client/cluster.ts'
import { ApiVersions } from '../../protocol/messages/metadata.ts'
import { GetTelemetrySubscriptions } from '../../protocol/messages/telemetry.ts'
import type { Changes } from '../configs/changes.ts'
import { alterResource } from '../configs/resources.ts'
import type { Context } from '../context.ts'
import type { Listing } from '../output/listing.ts'
import { VERSION } from '../version.ts'
import { settingsOf } from './describe.ts'

/** Makes or changes a subscription, under a new name where none is given. */
export async function alterSubscription(
  cluster: Cluster,
  given: string | undefined,
  changes: Changes,
  dryRun: boolean,
  context: Context,
): Promise<void> {
  const name = given ?? randomUuid(context.io.randomBytes)
  await alterResource(cluster, 'client-metrics', name, changes, dryRun)
  await context.print(alteredListing(name, changes, dryRun))
  if (dryRun) context.say(`dry run: would alter client metrics config for ${name}`)
  else if (!(await collectsMetrics(cluster))) context.say(NOT_COLLECTED)
}

const NOT_COLLECTED =
  'the subscription is kept, but no client is asked for metrics: the broker does not support GetTelemetrySubscriptions'

/** Brokers keep subscriptions in any case, but offer them to clients only if something of theirs takes the metrics. */
async function collectsMetrics(cluster: Cluster): Promise<boolean> {
  const software = { clientSoftwareName: 'ktool', clientSoftwareVersion: VERSION }
  const { apiKeys } = await cluster.request(ApiVersions, (version) => (version < 3 ? {} : software))
  return apiKeys.some(({ apiKey }) => apiKey === GetTelemetrySubscriptions.key)
}

/** Deletes a subscription: it is gone with the last of its settings. */
export async function deleteSubscription(
  cluster: Cluster,
  name: string,
  dryRun: boolean,
  context: Context,
): Promise<void> {
  const remove = [...(await settingsOf(cluster, name)).keys()]
  await alterResource(cluster, 'client-metrics', name, { set: new Map(), remove }, dryRun)
  await context.print(deletedListing(name, dryRun))
  if (dryRun) context.say(`dry run: would delete client metrics config for ${name}`)
}

/** What `client-metrics --alter` prints. */
export const alteredListing = (name: string, { set, remove }: Changes, dryRun: boolean): Listing => ({
  text: () => (dryRun ? '' : `Altered client metrics config for ${name}.\n`),
  columns: ['name', 'set', 'reset', 'isAltered'],
  items: [{ name, set: Object.fromEntries(set), reset: [...remove], isAltered: !dryRun }],
  names: () => [name],
})

/** What `client-metrics --delete` prints. */
export const deletedListing = (name: string, dryRun: boolean): Listing => ({
  text: () => (dryRun ? '' : `Deleted client metrics config for ${name}.\n`),
  columns: ['name', 'isDeleted'],
  items: [{ name, isDeleted: !dryRun }],
  names: () => [name],
})
