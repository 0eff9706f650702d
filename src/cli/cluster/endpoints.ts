import type { Listing } from '../output/listing.ts'

export interface EndpointRow {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
  /** Null for a controller. */
  readonly state: 'fenced' | 'unfenced' | null
  readonly endpointType: 'broker' | 'controller'
}

const ENDPOINT_COLUMNS = ['id', 'host', 'port', 'rack', 'state', 'endpointType'] as const
const CLUSTER_ID_COLUMNS = ['clusterId'] as const

/** What list-endpoints prints. */
export function endpointListing(rows: readonly EndpointRow[]): Listing {
  return {
    text: () => {
      if (rows.length === 0) return ''
      const hostWidth = Math.max(...rows.map(({ host }) => host.length), 4)
      const rackWidth = Math.max(...rows.map(({ rack }) => String(rack).length), 10)
      const line = (
        id: string | number,
        host: string,
        port: string | number,
        rack: string,
        state: string | null,
        type: string,
      ) =>
        `${String(id).padEnd(10)} ${host.padEnd(hostWidth)} ${String(port).padEnd(10)} ${rack.padEnd(rackWidth)} ` +
        `${state === null ? '' : `${state.padEnd(10)} `}${type.padEnd(15)}\n`
      const body = rows.map((row) =>
        line(row.id, row.host, row.port, String(row.rack), row.state, row.endpointType),
      )
      const state = rows[0]!.state === null ? null : 'STATE'
      return line('ID', 'HOST', 'PORT', 'RACK', state, 'ENDPOINT_TYPE') + body.join('')
    },
    columns: ENDPOINT_COLUMNS,
    items: rows.map((row) => ({ ...row })),
    names: () => rows.map(({ host, port }) => `${host}:${port}`),
  }
}

/** What cluster-id prints. */
export function clusterIdListing(clusterId: string | null): Listing {
  return {
    text: () =>
      clusterId === null
        ? 'No cluster ID found. The Kafka version is probably too old.\n'
        : `Cluster ID: ${clusterId}\n`,
    columns: CLUSTER_ID_COLUMNS,
    items: [{ clusterId }],
    names: () => (clusterId === null ? [] : [clusterId]),
  }
}
