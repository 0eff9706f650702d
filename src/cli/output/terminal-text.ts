import { escapeName } from './escape.ts'
import type { Cell, Listing } from './listing.ts'

/**
 * The text of a listing for a terminal, in which names from its items stay on one line. Kafka's layouts are computed
 * by each tool from the names as they are, so the names are found in the finished text.
 */
export function terminalText(listing: Listing): string {
  const names = new Set<string>()
  for (const item of listing.items) collect(item, names)
  for (const name of listing.names()) collect(name, names)
  const text = listing.text()
  // A name may be part of another one.
  const longestFirst = [...names].sort((a, b) => b.length - a.length)
  return longestFirst.reduce((escaped, name) => escaped.replaceAll(name, () => escapeName(name)), text)
}

/** Adds the texts that have a control character, except blank ones: these cannot be told from the layout. */
function collect(cell: Cell | undefined, names: Set<string>): void {
  if (typeof cell === 'string') {
    if (cell.trim() !== '' && escapeName(cell) !== cell) names.add(cell)
  } else if (typeof cell === 'object' && cell !== null) {
    for (const part of Object.values(cell) as (Cell | undefined)[]) collect(part, names)
  }
}
