import type { Cell, Row } from '../output/listing.ts'
import { type GroupLag, type PartitionLag, totalsOf } from './group-lag.ts'

/** What a row of the report is about. */
export const VIEWS = ['topic', 'group', 'member', 'partition'] as const
export type View = (typeof VIEWS)[number]

const TOTALS = ['totalLag', 'maxLag', 'partitions', 'uncommitted'] as const

export const LAG_COLUMNS: Readonly<Record<View, readonly string[]>> = {
  topic: ['group', 'topic', ...TOTALS, 'members', 'state', 'error'],
  group: ['group', ...TOTALS, 'members', 'state', 'error'],
  member: ['group', 'consumerId', 'clientId', 'host', ...TOTALS, 'state', 'error'],
  partition: [
    'group',
    'topic',
    'partition',
    'currentOffset',
    'logEndOffset',
    'lag',
    'consumerId',
    'clientId',
    'host',
    'state',
    'error',
  ],
}

/** The rows of a report. A group without partitions has a row as well. */
export function lagRows(groups: readonly GroupLag[], view: View): Row[] {
  return groups.flatMap((group) => ROWS[view](group).map((row) => inOrder(row, LAG_COLUMNS[view])))
}

const inOrder = (row: Row, columns: readonly string[]): Row =>
  Object.fromEntries(columns.map((column): [string, Cell] => [column, row[column] ?? null]))

const ROWS: Readonly<Record<View, (group: GroupLag) => Row[]>> = {
  topic: (group) => {
    const topics = groupBy(group.partitions, ({ topic }) => topic)
    if (topics.size === 0) return [emptyRow(group)]
    return [...topics].map(([topic, partitions]) => ({
      ...summary(group, partitions),
      topic,
      members: new Set(partitions.flatMap(({ member }) => member?.memberId ?? [])).size,
    }))
  },
  group: (group) => [{ ...summary(group, group.partitions), members: memberCount(group) }],
  member: (group) => {
    const owned = groupBy(group.partitions, ({ member }) => member?.memberId ?? '')
    const rows = group.members.map((member) => ({
      ...summary(group, owned.get(member.memberId) ?? []),
      ...memberCells(member),
    }))
    const unowned = owned.get('')
    if (unowned) return [...rows, summary(group, unowned)]
    return rows.length > 0 ? rows : [emptyRow(group)]
  },
  partition: (group) => {
    if (group.partitions.length === 0) return [{ ...emptyRow(group), partitions: null }]
    return group.partitions.map((partition) => ({
      group: group.group,
      topic: partition.topic,
      partition: partition.partition,
      currentOffset: partition.currentOffset,
      logEndOffset: partition.logEndOffset,
      lag: partition.lag,
      ...memberCells(partition.member),
      state: group.state,
      error: partition.error?.message ?? null,
    }))
  },
}

function summary({ group, state, error }: GroupLag, partitions: readonly PartitionLag[]): Row {
  const { totalLag, maxLag, uncommitted, partitions: count } = totalsOf(partitions)
  const first = error ?? partitions.find((partition) => partition.error !== null)?.error
  return { group, totalLag, maxLag, partitions: count, uncommitted, state, error: first?.message ?? null }
}

const emptyRow = (group: GroupLag): Row => ({ ...summary(group, []), members: memberCount(group) })

const memberCount = ({ members, error }: GroupLag): number | null => (error === null ? members.length : null)

const memberCells = (member: PartitionLag['member']): Row => ({
  consumerId: member?.memberId ?? null,
  clientId: member?.clientId ?? null,
  host: member?.host ?? null,
})

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
