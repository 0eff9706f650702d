import { type Int64, subtractInt64 } from '../../bytes/int64.ts'
import { ZERO_UUID } from '../../bytes/uuid.ts'
import { Failure } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import { prettyTable } from '../output/pretty-table.ts'
import type { Quorum, Replica } from './ask.ts'

const STATUS_COLUMNS = [
  'clusterId',
  'leaderId',
  'leaderEpoch',
  'highWatermark',
  'maxFollowerLag',
  'maxFollowerLagTimeMs',
  'voters',
  'observers',
] as const

/** What describe --status prints. */
export function statusListing(quorum: Quorum, clusterId: string | null): Listing {
  const { leader, leaderEpoch, highWatermark, voters, observers } = quorum
  const last = voters.reduce((a, b) => (b.logEndOffset < a.logEndOffset ? b : a))
  const maxFollowerLag = subtractInt64(leader.logEndOffset, last.logEndOffset)
  const maxFollowerLagTimeMs = lagTimeMs(leader, last)
  const flat = {
    clusterId,
    leaderId: leader.id,
    leaderEpoch,
    highWatermark,
    maxFollowerLag,
    maxFollowerLagTimeMs,
  }
  const item = (replicas: readonly Replica[]) =>
    [...replicas]
      .sort((a, b) => a.id - b.id)
      .map(({ id, directoryId, endpoints }) => ({ id, directoryId, endpoints }))
  const ids = (replicas: readonly Replica[]) => item(replicas).map(({ id }) => id)
  return {
    text: () =>
      [
        `ClusterId:              ${clusterId}`,
        `LeaderId:               ${leader.id}`,
        `LeaderEpoch:            ${leaderEpoch}`,
        `HighWatermark:          ${highWatermark}`,
        `MaxFollowerLag:         ${maxFollowerLag}`,
        `MaxFollowerLagTimeMs:   ${maxFollowerLagTimeMs ?? -1}`,
        `CurrentVoters:          ${replicasText(voters)}`,
        `CurrentObservers:       ${replicasText(observers)}`,
        '',
      ].join('\n'),
    columns: STATUS_COLUMNS,
    items: [{ ...flat, voters: item(voters), observers: item(observers) }],
    rows: [{ ...flat, voters: ids(voters), observers: ids(observers) }],
    names: () => ids(voters).map(String),
  }
}

function lagTimeMs(leader: Replica, last: Replica): Int64 | null {
  if (leader === last) return 0
  if (leader.lastCaughtUpMs === null || last.lastCaughtUpMs === null) return null
  return subtractInt64(leader.lastCaughtUpMs, last.lastCaughtUpMs)
}

function replicasText(replicas: readonly Replica[]): string {
  const texts = replicas.map(({ id, directoryId, endpoints }) => {
    const directory = directoryId === null ? 'null' : `"${directoryId}"`
    const where =
      endpoints.length === 0 ? '' : `, "endpoints": [${endpoints.map((text) => `"${text}"`).join(', ')}]`
    return `{"id": ${id}, "directoryId": ${directory}${where}}`
  })
  return `[${texts.join(', ')}]`
}

const REPLICA_COLUMNS = [
  'nodeId',
  'directoryId',
  'logEndOffset',
  'lag',
  'lastFetchTimestamp',
  'lastCaughtUpTimestamp',
  'status',
] as const

const HEADERS = [
  'NodeId',
  'DirectoryId',
  'LogEndOffset',
  'Lag',
  'LastFetchTimestamp',
  'LastCaughtUpTimestamp',
  'Status',
]

/** What describe --replication prints; with `now` the text tells how long ago something was. */
export function replicationListing({ leader, voters, observers }: Quorum, now?: number): Listing {
  const row = (replica: Replica, status: 'Leader' | 'Follower' | 'Observer') => ({
    nodeId: replica.id,
    directoryId: replica.directoryId,
    logEndOffset: replica.logEndOffset,
    lag: subtractInt64(leader.logEndOffset, replica.logEndOffset),
    lastFetchTimestamp: replica.lastFetchMs,
    lastCaughtUpTimestamp: replica.lastCaughtUpMs,
    status,
  })
  const rows = [
    row(leader, 'Leader'),
    ...voters.filter(({ id }) => id !== leader.id).map((voter) => row(voter, 'Follower')),
    ...observers.map((observer) => row(observer, 'Observer')),
  ]
  const cells = (shown: (typeof rows)[number]) => [
    shown.nodeId,
    shown.directoryId ?? ZERO_UUID,
    shown.logEndOffset,
    shown.lag,
    momentText(shown.lastFetchTimestamp, 'last fetch', now),
    momentText(shown.lastCaughtUpTimestamp, 'last caught up', now),
    shown.status,
  ]
  const sorted = [...rows].sort((a, b) => a.nodeId - b.nodeId)
  return {
    text: () => prettyTable(HEADERS, rows.map(cells)),
    columns: REPLICA_COLUMNS,
    items: sorted,
    names: () => [...new Set(sorted.map(({ nodeId }) => String(nodeId)))],
  }
}

function momentText(timestampMs: Int64 | null, what: string, now: number | undefined): string {
  if (timestampMs === null) return '-1'
  if (now === undefined) return String(timestampMs)
  if (timestampMs > 0 && timestampMs <= now) return `${subtractInt64(now, timestampMs)} ms ago`
  throw new Failure(
    'Error while computing relative time, possible drift in system clock.\n' +
      `Current timestamp is ${now}, ${what} timestamp is ${timestampMs}`,
  )
}
