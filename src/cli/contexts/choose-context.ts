import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { closest } from '../did-you-mean.ts'
import { Failure, UsageError } from '../failures.ts'
import type { Io } from '../io.ts'
import { readProperties } from '../properties/java-properties.ts'
import { type ContextEntry, type ContextFile, readContextFiles } from './context-file.ts'

/** The name that stands for no context at all. */
export const NO_CONTEXT = '-'

/** A context, and what made it the one. */
export interface ChosenContext {
  readonly name: string
  readonly entry: ContextEntry
  readonly file: ContextFile
  /** `--context`, `KTOOL_CONTEXT`, or the file that names it as the current one. */
  readonly chosenBy: string
}

/** The context that --context or else KTOOL_CONTEXT names, null for none at all; undefined when neither is set. */
export function namedContext(
  option: string | undefined,
  io: Pick<Io, 'cwd' | 'env'>,
  files = (): readonly ContextFile[] => readContextFiles(io),
): ChosenContext | null | undefined {
  if (option === '') {
    throw new UsageError('--context has an empty value', { hint: '--context - stands for no context' })
  }
  const name = option ?? io.env.KTOOL_CONTEXT
  if (name === undefined) return undefined
  if (name === '' || name === NO_CONTEXT) return null
  return find(name, files(), option === undefined ? 'KTOOL_CONTEXT' : '--context')
}

/** The current context of the project's file, or else of the user's; null when none is current. */
export function currentContext(files: readonly ContextFile[]): ChosenContext | null {
  const choosing = files.find(({ current }) => current !== undefined)
  if (choosing === undefined || choosing.current === NO_CONTEXT) return null
  return find(choosing.current!, files, choosing.path)
}

function find(name: string, files: readonly ContextFile[], chosenBy: string): ChosenContext {
  const file = files.find(({ contexts }) => contexts.has(name))
  if (file !== undefined) return { name, entry: file.contexts.get(name)!, file, chosenBy }
  throw unknownContext(name, files, chosenBy)
}

export function unknownContext(name: string, files: readonly ContextFile[], chosenBy?: string): UsageError {
  const near = closest(
    name,
    files.flatMap(({ contexts }) => [...contexts.keys()]),
  )
  const by = chosenBy === undefined ? '' : `, which ${chosenBy} names`
  const hint = near === undefined ? 'ktool context list lists them' : `did you mean ${near}?`
  return new UsageError(`there is no context '${name}'${by}`, { hint })
}

/** The names of all contexts, for completions: none when their files cannot be read. */
export function contextNames(io: Pick<Io, 'cwd' | 'env'>): string[] {
  try {
    return [...new Set(readContextFiles(io).flatMap(({ contexts }) => [...contexts.keys()]))].sort()
  } catch {
    return []
  }
}

/** The settings of a context, its address among them: those it lists over those of its file. */
export function contextProperties({
  name,
  entry,
  file,
}: Omit<ChosenContext, 'chosenBy'>): Map<string, string> {
  const folder = dirname(file.path)
  const properties = new Map<string, string>()
  if (entry.propertiesFile !== undefined) {
    const path = resolve(folder, entry.propertiesFile)
    if (file.kind === 'project') requireWithin(folder, path, name)
    for (const [key, value] of readProperties(path)) properties.set(key, pathFrom(dirname(path), key, value))
  }
  for (const [key, value] of Object.entries(entry.properties)) {
    properties.set(key, pathFrom(folder, key, value))
  }
  if (entry.bootstrapServers !== undefined) properties.set('bootstrap.servers', entry.bootstrapServers)
  if (file.kind === 'project') refuseFileAddresses(properties, name)
  return properties
}

/** A context is used from any folder, so what it says of files is relative to where it says it. */
function pathFrom(folder: string, key: string, value: string): string {
  return /^ssl\.(?:key|trust)store\.location$/.test(key) && value !== '' ? resolve(folder, value) : value
}

// A project's file may be a stranger's. It runs nothing; but it could have the credentials of another file of this
// user's sent to the address that it names.
function requireWithin(folder: string, path: string, name: string): void {
  let inner = relative(folder, path)
  try {
    inner = relative(realpathSync(folder), realpathSync(path))
  } catch {
    // Whoever reads the file says that it is missing.
  }
  if (inner !== '..' && !inner.startsWith(`..${sep}`) && !isAbsolute(inner)) return
  throw new Failure(`context '${name}' of a project names a properties file outside of its folder: '${path}'`)
}

function refuseFileAddresses(properties: ReadonlyMap<string, string>, name: string): void {
  for (const [key, value] of properties) {
    if (!/^\s*file:/i.test(value)) continue
    throw new Failure(`context '${name}' of a project names a file by its address: '${key}'`)
  }
}
