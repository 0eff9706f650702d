import { dirname, relative, resolve } from 'node:path'
import { parseAddresses } from '../../client/wire/addresses.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../failures.ts'
import { nameValues } from '../properties/name-value.ts'
import { addressOfEnvironment } from '../server-choice.ts'
import {
  type ChosenContext,
  contextProperties,
  currentContext,
  NO_CONTEXT,
  namedContext,
  unknownContext,
} from './choose-context.ts'
import { requireName, withContext, withCurrent, withoutContext } from './context-edit.ts'
import { type ContextEntry, type ContextFile, readContextFiles } from './context-file.ts'
import { changeContextFile } from './context-writer.ts'
import { isSecret } from './secret-properties.ts'
import { type Place, placeOf } from './which-file.ts'

interface Target {
  readonly name: string
  readonly project: boolean
  readonly dryRun: boolean
}

interface Parts {
  readonly bootstrapServer?: string | undefined
  readonly configFile?: string | undefined
  readonly property: readonly string[]
  readonly readOnly: boolean
  readonly description?: string | undefined
}

/** Writes a new context down. */
export async function addContext(
  options: Target & Parts & { readonly force: boolean },
  context: Context,
): Promise<void> {
  const name = requireName(options.name)
  const place = placeOf(options.project, context.io)
  if (place.file?.contexts.has(name) && !options.force) {
    throw new UsageError(`context '${name}' is there already`, {
      hint: `ktool context update ${name} changes it, --force replaces it`,
    })
  }
  const entry = withParts({ properties: {}, readOnly: false }, options, place, context)
  await write(name, entry, place, options.dryRun, 'added', context)
  if (!options.dryRun) context.io.out(`Added context ${name}.\n`)
}

/** Changes what is given of a context, and leaves the rest. */
export async function updateContext(
  options: Target & Parts & { readonly writable: boolean; readonly removeProperty: readonly string[] },
  context: Context,
): Promise<void> {
  const { name, writable, removeProperty } = options
  const place = placeOf(options.project, context.io)
  const before = requireKnown(name, place, context)
  const strangers = removeProperty.filter((property) => !(property in before.properties))
  if (strangers.length > 0) throw new UsageError(`context '${name}' has no property '${strangers[0]}'`)
  const kept = Object.entries(before.properties).filter(([property]) => !removeProperty.includes(property))
  const start = {
    ...before,
    properties: Object.fromEntries(kept),
    readOnly: before.readOnly && !writable,
  }
  const entry = withParts(start, options, place, context)
  await write(name, entry, place, options.dryRun, 'changed', context)
  if (!options.dryRun) context.io.out(`Updated context ${name}.\n`)
}

/** Makes a context the current one of a file. */
export async function useContext({ name, project, dryRun }: Target, context: Context): Promise<void> {
  const { io } = context
  const place = placeOf(project, io)
  const isNone = name === NO_CONTEXT
  const files = readContextFiles(io)
  if (!isNone && !files.some(({ contexts }) => contexts.has(name))) throw unknownContext(name, files)
  // A project that wants none says so, or the user's own would be the current one in it.
  const current = isNone && project ? NO_CONTEXT : isNone ? null : name
  if (dryRun) {
    context.say(isNone ? 'dry run: no context would be current' : `dry run: context ${name} would be current`)
    return
  }
  await changeContextFile(place.path, place.kind, (json) => withCurrent(json, current))
  io.out(isNone ? 'No context is current.\n' : `Context ${name} is current.\n`)
  tellIfOverruled(isNone ? null : name, context)
}

/** Forgets a context. */
export async function removeContext({ name, project, dryRun }: Target, context: Context): Promise<void> {
  const place = placeOf(project, context.io)
  requireKnown(name, place, context)
  if (dryRun) {
    context.say(`dry run: context ${name} would be removed from ${place.path}`)
    return
  }
  await changeContextFile(place.path, place.kind, (json) => withoutContext(json, name))
  context.io.out(`Removed context ${name}.\n`)
  if (place.file?.current === name) context.say('it was the current one; now there is none')
}

function requireKnown(name: string, { file, kind }: Place, { io }: Context): ContextEntry {
  const entry = file?.contexts.get(name)
  if (entry !== undefined) return entry
  const elsewhere = readContextFiles(io).find(({ contexts }) => contexts.has(name))
  if (elsewhere === undefined) throw unknownContext(name, file === null ? [] : [file])
  const hint = kind === 'user' ? 'name it with --project' : 'leave out --project'
  throw new UsageError(`context '${name}' is in ${elsewhere.path}`, { hint })
}

function withParts(start: ContextEntry, parts: Parts, place: Place, { io }: Context): ContextEntry {
  const { bootstrapServer, configFile, description } = parts
  if (bootstrapServer !== undefined) parseAddresses(bootstrapServer)
  const folder = dirname(place.path)
  const full = configFile === undefined ? undefined : resolve(io.cwd, configFile)
  // What a project holds is for other machines, too.
  const propertiesFile = full !== undefined && place.kind === 'project' ? relative(folder, full) : full
  return {
    ...start,
    ...(bootstrapServer === undefined ? {} : { bootstrapServers: bootstrapServer }),
    ...(propertiesFile === undefined ? {} : { propertiesFile }),
    ...(description === undefined ? {} : { description }),
    properties: { ...start.properties, ...Object.fromEntries(nameValues(parts.property)) },
    readOnly: start.readOnly || parts.readOnly,
  }
}

async function write(
  name: string,
  entry: ContextEntry,
  place: Place,
  isDryRun: boolean,
  done: string,
  context: Context,
): Promise<void> {
  requireAddress(name, entry, place)
  if (isDryRun) {
    context.say(`dry run: context ${name} would be ${done} in ${place.path}`)
    return
  }
  await changeContextFile(place.path, place.kind, (json) => withContext(json, name, entry))
  warnOfSecrets(entry, place, context)
}

/** Also reads the properties file, so that a wrong name is told now and not when it is used. */
function requireAddress(name: string, entry: ContextEntry, { kind, path }: Place): void {
  const file = { kind, path, current: undefined, contexts: new Map(), json: {} }
  const servers = contextProperties({ name, entry, file }).get('bootstrap.servers')
  if (!servers) {
    const hint = 'give --bootstrap-server, or a --config-file with bootstrap.servers'
    throw new UsageError(`context '${name}' would have no address`, { hint })
  }
}

/** A project's file is likely to be handed on. */
export function warnOfSecrets(entry: Pick<ContextEntry, 'properties'>, place: Place, context: Context): void {
  if (place.kind !== 'project') return
  const secrets = Object.entries(entry.properties).filter(([name, value]) => isSecret(name, value))
  if (secrets.length === 0) return
  const names = secrets.map(([name]) => name).join(', ')
  context.say(`warning: ${place.path} holds secrets now (${names}): keep it out of version control`)
}

function tellIfOverruled(wanted: string | null, context: Context): void {
  const chosen = contextInUse(context, readContextFiles(context.io))
  if ((chosen?.name ?? null) !== wanted && chosen !== null) {
    context.say(`here ${chosen.chosenBy} makes '${chosen.name}' the current one`)
  }
  if (chosen !== null) warnOfEnvironment(context)
}

/** Says on standard error which variable goes before the current context. */
export function warnOfEnvironment(context: Context): void {
  if (context.io.env.KTOOL_CONTEXT !== undefined) return
  const server = addressOfEnvironment(context.io.env)
  if (server === undefined) return
  context.say(`here ${server.source} (${server.addresses}) goes before the current context`)
}

/** The context that is current here, null for none; when the named one does not exist, null and a warning. */
export function contextInUse(context: Context, files: readonly ContextFile[]): ChosenContext | null {
  try {
    const named = namedContext(undefined, context.io, () => files)
    return named === undefined ? currentContext(files) : named
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    context.say(`warning: ${error.message}`)
    return null
  }
}
