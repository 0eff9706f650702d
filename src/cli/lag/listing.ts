import { padded, widest } from '../groups/padded.ts'
import type { Cell, Listing, Row } from '../output/listing.ts'
import type { GroupLag } from './group-lag.ts'
import { prometheusText } from './prometheus.ts'
import { LAG_COLUMNS, lagRows, type View } from './rows.ts'

/** What `lag` prints. */
export function lagListing(groups: readonly GroupLag[], view: View): Listing {
  const items = lagRows(groups, view)
  return {
    text: () => text(items, LAG_COLUMNS[view]),
    items,
    columns: LAG_COLUMNS[view],
    names: () => groups.map(({ group }) => group),
    prometheus: () => prometheusText(groups),
  }
}

function text(rows: readonly Row[], columns: readonly string[]): string {
  // Errors are rare, and a column of dashes tells nothing.
  const shown = columns.filter((column) => column !== 'error' || rows.some(({ error }) => error !== null))
  const lines = [shown.map(title), ...rows.map((row) => shown.map((column) => cellText(row[column])))]
  const widths = shown.map(
    (_, at) =>
      widest(
        0,
        lines.map((line) => line[at]!),
      ) + 1,
  )
  return lines.map((line) => `${padded(line, widths).trimEnd()}\n`).join('')
}

const title = (column: string): string => column.replace(/[A-Z]/g, (letter) => `-${letter}`).toUpperCase()

const cellText = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '-' : String(cell)
