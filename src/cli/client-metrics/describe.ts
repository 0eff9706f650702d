import type { Cluster } from '../../client/cluster.ts'
import { Failure } from '../failures.ts'
import { describeConfigs, listConfigResources } from '../kafka/resource-configs.ts'
import type { Listing } from '../output/listing.ts'

/** What clients are asked for under one name: its settings, by name. */
export interface Subscription {
  readonly name: string
  readonly configs: ReadonlyMap<string, string>
}

export const listSubscriptions = (cluster: Cluster): Promise<string[]> =>
  listConfigResources(cluster, 'clientMetrics')

/** One subscription, or all; Failure when it does not exist. */
export async function describeSubscriptions(
  cluster: Cluster,
  name: string | undefined,
): Promise<Subscription[]> {
  const existing = await listSubscriptions(cluster)
  if (name !== undefined && !existing.includes(name)) {
    throw new Failure(`The client metric resource ${name} doesn't exist and doesn't have dynamic config.`, {
      kafkaExit: 0,
    })
  }
  const described: Subscription[] = []
  for (const subscription of name === undefined ? existing : [name]) {
    described.push({ name: subscription, configs: await settingsOf(cluster, subscription) })
  }
  return described
}

/** The settings of a subscription, also those that are at their default. */
export async function settingsOf(cluster: Cluster, name: string): Promise<Map<string, string>> {
  const configs = (await describeConfigs(cluster, 'clientMetrics', [name])).get(name) ?? []
  return new Map(
    configs.map((config) => [config.name, config.value ?? ''] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** What `client-metrics --list` prints. */
export const subscriptionNames = (names: readonly string[]): Listing => ({
  text: () => `${names.join('\n')}\n`,
  columns: ['name'],
  items: names.map((name) => ({ name })),
  names: () => names,
})

/** What `client-metrics --describe` prints. */
export function subscriptionListing(subscriptions: readonly Subscription[]): Listing {
  return {
    text: () => subscriptions.map(subscriptionText).join(''),
    columns: ['name', 'intervalMs', 'match', 'metrics'],
    items: subscriptions.map(({ name, configs }) => ({
      name,
      intervalMs: configs.has('interval.ms') ? Number(configs.get('interval.ms')) : null,
      match: listOf(configs.get('match')),
      metrics: listOf(configs.get('metrics')),
    })),
    names: () => subscriptions.map(({ name }) => name),
  }
}

const listOf = (value: string | undefined): string[] | null =>
  value?.split(',').filter((part) => part !== '') ?? null

function subscriptionText({ name, configs }: Subscription): string {
  const lines = [...configs].map(([setting, value]) => `  ${setting}=${value}\n`)
  return `Client metrics configs for ${name} are:\n${lines.join('')}`
}
