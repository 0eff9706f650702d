import type { Context } from '../context.ts'
import { Failure, UsageError } from '../failures.ts'
import { warnOfSecrets } from './change-contexts.ts'
import { requireName, withContext } from './context-edit.ts'
import type { ContextEntry } from './context-file.ts'
import { changeContextFile } from './context-writer.ts'
import type { ImportFormat } from './import/formats.ts'
import type { Imported } from './import/imported.ts'
import { readForeignFile } from './import/read-file.ts'
import { type ImportedRow, importListing } from './listing.ts'
import { placeOf } from './which-file.ts'

export interface ImportOptions {
  readonly file: string
  readonly format?: ImportFormat | undefined
  readonly name?: string | undefined
  readonly force: boolean
  readonly project: boolean
  readonly dryRun: boolean
}

/** Takes over all contexts of another program's file; those that could not be taken are told, and make it fail. */
export async function importContexts(options: ImportOptions, context: Context): Promise<number> {
  const { name, force, dryRun } = options
  const found = await readForeignFile(options.file, { ...options, cwd: context.io.cwd })
  if (found.contexts.length === 0) throw new Failure(`'${options.file}' holds no contexts`)
  if (name !== undefined && found.contexts.length > 1) {
    throw new UsageError(
      `--name is for a file with one context, and '${options.file}' has ${found.contexts.length}`,
    )
  }
  const place = placeOf(options.project, context.io)
  const known = new Set(force ? [] : place.file?.contexts.keys())
  const rows: ImportedRow[] = []
  const entries = new Map<string, ContextEntry>()
  for (const imported of found.contexts) {
    const wanted = requireName(name ?? imported.name.trim().replace(/\s+/g, '-'))
    const error = reasonAgainst(imported, wanted, known)
    known.add(wanted)
    if (error === null) entries.set(wanted, entryOf(imported, place.file?.contexts.get(wanted)))
    rows.push({
      name: wanted,
      bootstrapServers: imported.bootstrapServers,
      isImported: error === null && !dryRun,
      leftOut: [...imported.leftOut],
      error,
    })
  }
  if (!dryRun && entries.size > 0) {
    await changeContextFile(place.path, place.kind, (json) =>
      [...entries].reduce((sofar, [key, entry]) => withContext(sofar, key, entry), json),
    )
    for (const entry of entries.values()) warnOfSecrets(entry, place, context)
  }
  await context.print(importListing(rows, dryRun))
  tell(rows, found.current, context)
  return rows.some(({ error }) => error !== null) ? 1 : 0
}

function reasonAgainst(imported: Imported, name: string, known: ReadonlySet<string>): string | null {
  if (imported.bootstrapServers === null) return 'it names no brokers'
  return known.has(name) ? 'there is a context of that name; --force replaces it' : null
}

/** Other programs know no read-only contexts: one that is replaced keeps its protection. */
const entryOf = (
  { bootstrapServers, properties, description }: Imported,
  replaced: ContextEntry | undefined,
): ContextEntry => ({
  ...(bootstrapServers === null ? {} : { bootstrapServers }),
  properties,
  readOnly: replaced?.readOnly ?? false,
  ...(description === undefined ? {} : { description }),
})

function tell(rows: readonly ImportedRow[], current: string | undefined, context: Context): void {
  for (const { name, leftOut, error } of rows) {
    if (error !== null) context.say(`context ${name} was not imported: ${error}`)
    else if (leftOut.length > 0) context.say(`context ${name} goes without: ${leftOut.join(', ')}`)
  }
  const used = rows.find(({ name, isImported }) => isImported && name === current)
  if (used !== undefined) context.say(`ktool context use ${used.name} makes it the current one here, too`)
}
