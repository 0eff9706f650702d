import type { Int64 } from '../../bytes/int64.ts'
import { escapeName } from './escape.ts'

export type Format = 'text' | 'table' | 'json' | 'jsonl' | 'csv' | 'name' | 'prometheus'

export const ALL_FORMATS = [
  'text',
  'table',
  'json',
  'jsonl',
  'csv',
  'name',
] as const satisfies readonly Format[]

export type Cell =
  | string
  | Int64
  | boolean
  | null
  | readonly Cell[]
  | { readonly [key: string]: Cell | undefined }
export type Row = Readonly<Record<string, Cell>>

/** Data that a tool prints, before it is known how. */
export interface Listing {
  /** Kafka's own text, to the byte. */
  text(): string
  /** The objects of json and jsonl. */
  readonly items: readonly Row[]
  /** The flat rows of table and csv; the items where they are flat already. */
  readonly rows?: readonly Row[]
  /** The columns of table and csv, in order. */
  readonly columns: readonly string[]
  /** The bare names for xargs, in order, without repetition. */
  names(): readonly string[]
  /** The numbers as Prometheus reads them, of tools that offer that format. */
  prometheus?(): string
}

/** How far a table may dress up. */
export interface Terminal {
  /** Lines between the cells, where a person looks at them. */
  readonly borders: boolean
  readonly color: boolean
}

/** A listing as text in one format. */
export async function render(format: Format, listing: Listing, terminal: Terminal): Promise<string> {
  switch (format) {
    case 'text':
      return listing.text()
    case 'json':
      return `${JSON.stringify(listing.items.map(plainItem), null, 2)}\n`
    case 'jsonl':
      return listing.items.map((item) => `${JSON.stringify(plainItem(item))}\n`).join('')
    case 'csv':
      return csv(listing)
    case 'name':
      return listing
        .names()
        .map((name) => `${escapeName(name)}\n`)
        .join('')
    case 'prometheus':
      return listing.prometheus?.() ?? ''
    case 'table':
      return terminal.borders ? borderedTable(listing, terminal.color) : plainTable(listing)
  }
}

/** Numbers that JavaScript cannot hold exactly become strings, for readers in other languages as well. */
const plainItem = (item: Row): unknown => JSON.parse(JSON.stringify(item, exactValue))

function exactValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'number' ? exactNumber(value) : value
}

function exactNumber(value: number): number | string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? String(BigInt(value)) : value
}

function csv({ columns, items, rows = items }: Listing): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => cellText(row[column])))]
  return lines.map((cells) => `${cells.map(quoteCsv).join(',')}\n`).join('')
}

function quoteCsv(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A cell as text on a single line. */
const cellText = (cell: Cell | undefined): string => escapeName(plainText(cell))

function plainText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return ''
  if (Array.isArray(cell) && cell.every((part) => typeof part !== 'object' || part === null))
    return cell.join(' ')
  if (typeof cell === 'number') return String(exactNumber(cell))
  return typeof cell === 'object' ? JSON.stringify(cell, exactValue) : String(cell)
}

function plainTable({ columns, items, rows = items }: Listing): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => cellText(row[column])))]
  const widths = columns.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)))
  const numeric = numericColumns(columns, rows)
  const padded = (cells: readonly string[]) =>
    cells.map((cell, at) => (numeric[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))).join('  ')
  return lines.map((cells) => `${padded(cells).trimEnd()}\n`).join('')
}

const numericColumns = (columns: readonly string[], rows: readonly Row[]): boolean[] =>
  columns.map((column) => rows.some((row) => isNumeric(row[column])))

const isNumeric = (cell: Cell | undefined): boolean => typeof cell === 'number' || typeof cell === 'bigint'

async function borderedTable({ columns, items, rows = items }: Listing, color: boolean): Promise<string> {
  const [{ default: Table }, { Chalk }] = await Promise.all([import('cli-table3'), import('chalk')])
  // Whether there is colour was decided by whoever calls; the packages would look at the environment again.
  const { bold } = new Chalk({ level: color ? 1 : 0 })
  const printed = new Table({
    head: columns.map((column) => bold(column)),
    colAligns: numericColumns(columns, rows).map((numeric) => (numeric ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) printed.push(columns.map((column) => cellText(row[column])))
  return `${printed.toString()}\n`
}
