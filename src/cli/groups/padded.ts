import type { Int64 } from '../../bytes/int64.ts'

/** Cells behind each other, each padded to its width, with blanks between them; the last is as long as it is. */
export function padded(cells: readonly (string | Int64)[], widths: readonly number[]): string {
  return cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join(' ')
}

/** The longest of some texts, and at least `least`. */
export const widest = (least: number, texts: Iterable<string>): number => {
  let width = least
  for (const text of texts) width = Math.max(width, text.length)
  return width
}

/** How Kafka's tools write what is missing. */
export const orDash = (value: string | Int64 | null): string =>
  value === null || value === '' ? '-' : String(value)
