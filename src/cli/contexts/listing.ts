import { padded, widest } from '../groups/padded.ts'
import type { Listing, Row } from '../output/listing.ts'
import type { ChosenContext } from './choose-context.ts'
import type { ContextFile } from './context-file.ts'
import { shownProperties } from './secret-properties.ts'

const COLUMNS = ['name', 'bootstrapServers', 'readOnly', 'description', 'file', 'chosenBy']

/** What `context list` prints: each name once, as it would be found. */
export function contextListing(
  files: readonly ContextFile[],
  chosen: Pick<ChosenContext, 'name' | 'chosenBy'> | null,
): Listing {
  const rows = new Map<string, Row>()
  for (const file of files) {
    for (const [name, entry] of file.contexts) {
      if (rows.has(name)) continue
      rows.set(name, {
        name,
        bootstrapServers: entry.bootstrapServers ?? null,
        readOnly: entry.readOnly,
        description: entry.description ?? null,
        file: file.path,
        chosenBy: chosen?.name === name ? chosen.chosenBy : null,
      })
    }
  }
  const items = [...rows.values()].sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1))
  return {
    text: () => (items.length === 0 ? '' : listText(items)),
    items,
    columns: COLUMNS,
    names: () => items.map(({ name }) => String(name)),
  }
}

function listText(items: readonly Row[]): string {
  const lines = [
    ['', 'NAME', 'BOOTSTRAP-SERVERS', 'READ-ONLY', 'DESCRIPTION', 'FILE'],
    ...items.map((item) => [
      item.chosenBy === null ? '' : '*',
      String(item.name),
      String(item.bootstrapServers ?? '-'),
      item.readOnly ? 'yes' : 'no',
      String(item.description ?? '-'),
      String(item.file),
    ]),
  ]
  const widths = lines[0]!.map((_, at) =>
    widest(
      at === 0 ? 1 : 0,
      lines.map((line) => line[at]!),
    ),
  )
  const text = lines.map((line) => `${padded(line, widths).trimEnd()}\n`).join('')
  const current = items.find(({ chosenBy }) => chosenBy !== null)
  return current === undefined ? text : `${text}\n* is the current one, by ${current.chosenBy}\n`
}

/** What `context show` prints; `properties` are those in effect, with what stands in the file. */
export function detailsListing(
  { name, entry, file, chosenBy }: Omit<ChosenContext, 'chosenBy'> & { readonly chosenBy: string | null },
  properties: ReadonlyMap<string, string>,
): Listing {
  const shown = shownProperties(properties)
  const details = {
    name,
    bootstrapServers: properties.get('bootstrap.servers') ?? null,
    readOnly: entry.readOnly,
    description: entry.description ?? null,
    file: file.path,
    chosenBy,
    propertiesFile: entry.propertiesFile ?? null,
  }
  const rows = [
    ...Object.entries(details).map(([setting, value]) => ({ setting, value })),
    ...shown.map(([setting, value]) => ({ setting, value })),
  ]
  return {
    text: () =>
      [
        ...Object.entries(details)
          .filter(([, value]) => value !== null)
          .map(([setting, value]) => `${setting}: ${value}\n`),
        'properties:\n',
        ...shown.map(([setting, value]) => `  ${setting}=${value}\n`),
      ].join(''),
    items: [{ ...details, properties: Object.fromEntries(shown) }],
    rows,
    columns: ['setting', 'value'],
    names: () => [name],
  }
}

export interface ImportedRow {
  readonly name: string
  readonly bootstrapServers: string | null
  readonly isImported: boolean
  /** Settings of the file that ktool has no place for. */
  readonly leftOut: readonly string[]
  readonly error: string | null
}

/** What `context import` prints. */
export function importListing(rows: readonly ImportedRow[], isDryRun: boolean): Listing {
  const items = rows.map((row) => ({ ...row }))
  const done = isDryRun ? 'Would import' : 'Imported'
  return {
    text: () =>
      rows
        .filter(({ error }) => error === null)
        .map(({ name, bootstrapServers }) => `${done} context ${name} (${bootstrapServers}).\n`)
        .join(''),
    items,
    columns: ['name', 'bootstrapServers', 'isImported', 'leftOut', 'error'],
    names: () => rows.map(({ name }) => name),
  }
}
