import type { Listing, Row } from '../output/listing.ts'
import type { OffsetRow } from './offset-rows.ts'
import { orDash, padded, widest } from './padded.ts'

export interface GroupOffsets {
  readonly group: string
  readonly state: string
  readonly rows: readonly OffsetRow[]
}

const COLUMNS = [
  'group',
  'topic',
  'partition',
  'leaderEpoch',
  'currentOffset',
  'logEndOffset',
  'lag',
  'consumerId',
  'host',
  'clientId',
  'error',
] as const

/** What `consumer-groups --describe` prints; the epoch has a column in the text only if it is `verbose`. */
export function offsetsListing(groups: readonly GroupOffsets[], verbose: boolean): Listing {
  return {
    text: () => groups.map(({ rows }) => groupText(rows, verbose)).join(''),
    items: groups.map(({ group, state, rows }) => ({ group, state, partitions: rows.map(rowItem) })),
    rows: groups.flatMap(({ group, rows }) => rows.map((row) => ({ group, ...rowItem(row) }))),
    columns: COLUMNS,
    names: () => groups.map(({ group }) => group),
  }
}

const rowItem = (row: OffsetRow): Row => ({
  topic: row.topic,
  partition: row.partition,
  leaderEpoch: row.leaderEpoch,
  currentOffset: row.currentOffset,
  logEndOffset: row.logEndOffset,
  lag: row.lag,
  consumerId: row.member?.memberId ?? null,
  host: row.member?.host ?? null,
  clientId: row.member?.clientId ?? null,
  error: row.error?.message ?? null,
})

function groupText(rows: readonly OffsetRow[], verbose: boolean): string {
  if (rows.length === 0) return ''
  const epoch = (cell: string): string[] => (verbose ? [cell] : [])
  const lines = [
    [
      'GROUP',
      'TOPIC',
      'PARTITION',
      ...epoch('LEADER-EPOCH'),
      'CURRENT-OFFSET',
      'LOG-END-OFFSET',
      'LAG',
      'CONSUMER-ID',
      'HOST',
      'CLIENT-ID',
    ],
    ...rows.map((row) => [
      row.group,
      orDash(row.topic),
      orDash(row.partition),
      ...epoch(orDash(row.leaderEpoch)),
      orDash(row.currentOffset),
      orDash(row.logEndOffset),
      orDash(row.lag),
      orDash(row.member?.memberId ?? null),
      orDash(row.member?.host ?? null),
      row.member?.clientId ?? '-',
    ]),
  ]
  const width = (of: (row: OffsetRow) => string | null): number =>
    widest(
      15,
      rows.map((row) => of(row) ?? '-'),
    )
  const widths = [
    width((row) => row.group),
    width((row) => row.topic),
    10,
    ...(verbose ? [15] : []),
    15,
    15,
    15,
    width((row) => row.member?.memberId ?? null),
    width((row) => row.member?.host ?? null),
  ]
  return `\n${lines.map((line) => padded(line, widths)).join('\n')}\n`
}
