import { APIS } from '../../protocol/apis.ts'
import type { Listing, Row } from '../output/listing.ts'
import type { ApiRange, BrokerVersions } from './ask.ts'

const API_VERSION_COLUMNS = [
  'broker',
  'host',
  'port',
  'rack',
  'api',
  'apiKey',
  'minVersion',
  'maxVersion',
  'usable',
] as const

/** What broker-api-versions prints: each API that either side knows. */
export function apiVersionListing(brokers: readonly BrokerVersions[]): Listing {
  const answered = brokers.filter(({ error }) => error === null)
  return {
    text: () => answered.map(brokerText).join(''),
    columns: API_VERSION_COLUMNS,
    rows: answered.flatMap(({ nodeId, host, port, rack, apis }) =>
      compare(apis).map((api) => ({ broker: nodeId, host, port, rack, ...apiItem(api) })),
    ),
    items: brokers.map(({ nodeId, host, port, rack, isFenced, apis, error }) => ({
      broker: nodeId,
      host,
      port,
      rack,
      isFenced,
      error,
      apis: error === null ? compare(apis).map(apiItem) : null,
    })),
    names: () => [...new Set(answered.flatMap(({ apis }) => compare(apis).map(({ name }) => name)))],
  }
}

interface Compared {
  readonly name: string
  readonly apiKey: number
  /** What the broker offers; null when it lacks the API. */
  readonly range: ApiRange | null
  /** The highest version that both know; null when there is none. */
  readonly usable: number | null
  readonly isBrokerOlder: boolean
}

function compare(offered: readonly ApiRange[]): Compared[] {
  const ours = APIS.map((api) => {
    const range = offered.find(({ apiKey }) => apiKey === api.key) ?? null
    const highest = range === null ? -1 : Math.min(range.maxVersion, api.maxVersion)
    const isUsable = range !== null && highest >= Math.max(range.minVersion, api.minVersion)
    const isBrokerOlder = range !== null && range.maxVersion < api.minVersion
    return { name: api.name, apiKey: api.key, range, usable: isUsable ? highest : null, isBrokerOlder }
  })
  const others = offered
    .filter(({ apiKey }) => !APIS.some(({ key }) => key === apiKey))
    .map((range) => ({ name: 'UNKNOWN', apiKey: range.apiKey, range, usable: null, isBrokerOlder: false }))
  return [...ours, ...others].sort((a, b) => a.apiKey - b.apiKey)
}

function brokerText({ host, port, nodeId, rack, isFenced, apis }: BrokerVersions): string {
  const lines = compare(apis).map((api) => `\t${api.name}(${api.apiKey}): ${rangeText(api)}`)
  return `${host}:${port} (id: ${nodeId} rack: ${rack} isFenced: ${isFenced}) -> (\n${lines.join(',\n')}\n)\n`
}

function rangeText({ name, range, usable, isBrokerOlder }: Compared): string {
  if (range === null) return 'UNSUPPORTED'
  const { minVersion, maxVersion } = range
  const versions = minVersion === maxVersion ? `${minVersion}` : `${minVersion} to ${maxVersion}`
  if (name === 'UNKNOWN') return versions
  return `${versions} [${usable === null ? `unusable: node too ${isBrokerOlder ? 'old' : 'new'}` : `usable: ${usable}`}]`
}

function apiItem({ name, apiKey, range, usable }: Compared): Row {
  return {
    api: name,
    apiKey,
    minVersion: range?.minVersion ?? null,
    maxVersion: range?.maxVersion ?? null,
    usable,
  }
}
