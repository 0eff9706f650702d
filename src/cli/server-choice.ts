// Which cluster a tool talks to, and with which settings. docs/contexts.md has the order in a table.

import { type ChosenContext, chooseContext, contextProperties } from './contexts/choose-context.ts'
import { Failure } from './failures.ts'
import type { Io } from './io.ts'
import { mergedProperties } from './properties/name-value.ts'

/** What a command line says about the cluster. */
export interface ServerNaming {
  readonly bootstrapServer?: string | undefined
  /** Controllers to ask in place of brokers. */
  readonly bootstrapController?: string | undefined
  readonly commandConfig?: string | undefined
  /** `name=value` texts, which win over the file. */
  readonly commandProperty?: readonly string[] | undefined
  readonly context?: string | undefined
}

/** Where the addresses of a cluster came from, for the message when it does not answer. */
export interface ServerChoice {
  readonly addresses: string
  /** The option, property, variable or context; `default` when nothing names a server. */
  readonly source: string
}

export interface ServerSettings {
  readonly server: ServerChoice
  /** Client properties: those of the command line over those of the context. */
  readonly properties: Map<string, string>
  /** Those that the context alone has. It is meant for clients of all kinds, so each takes what it knows. */
  readonly inherited: ReadonlySet<string>
  /** Why nothing may be changed there. */
  readonly readOnly: string | undefined
}

/** What a context does not decide: which group reads is for each command line to say. */
const NOT_INHERITED = ['group.id', 'group.instance.id']

export async function serverSettings(
  naming: ServerNaming,
  io: Pick<Io, 'cwd' | 'env'>,
): Promise<ServerSettings> {
  const explicit = await resolved(mergedProperties(naming.commandConfig, naming.commandProperty ?? []), io)
  const isAddressed =
    (naming.bootstrapServer ?? naming.bootstrapController ?? explicit.get('bootstrap.servers') ?? '') !== ''
  // The settings of a cluster are not for another one: whoever gives an address gets a context only by naming it.
  const chosen = isAddressed && naming.context === undefined ? null : chooseContext(naming.context, io)
  const inherited = chosen === null ? new Map<string, string>() : await resolved(inheritable(chosen), io)
  for (const name of NOT_INHERITED) inherited.delete(name)
  return {
    server: chooseServer(naming, explicit, chosen, inherited, io.env),
    properties: new Map([...inherited, ...explicit]),
    inherited: new Set([...inherited.keys()].filter((name) => !explicit.has(name))),
    readOnly: chosen?.entry.readOnly ? `context '${chosen.name}' is read-only` : undefined,
  }
}

/** The properties with the variables that their config providers know. */
async function resolved(
  properties: Map<string, string>,
  { env }: Pick<Io, 'env'>,
): Promise<Map<string, string>> {
  if (!properties.has('config.providers')) return properties
  const { resolveVariables } = await import('./properties/config-providers.ts')
  return resolveVariables(properties, env)
}

// A project's file may be a stranger's: it must not send what stands in variables and files of this user's.
function inheritable(chosen: ChosenContext): Map<string, string> {
  const properties = contextProperties(chosen)
  if (chosen.file.kind === 'project' && properties.has('config.providers')) {
    throw new Failure(
      `context '${chosen.name}' of a project names config providers, which would read files of yours`,
    )
  }
  return properties
}

/** The first that is there of: the options, the properties, the context, two variables, this machine. */
function chooseServer(
  { bootstrapServer, bootstrapController }: ServerNaming,
  explicit: ReadonlyMap<string, string>,
  chosen: ChosenContext | null,
  inherited: ReadonlyMap<string, string>,
  env: Io['env'],
): ServerChoice {
  if (bootstrapController !== undefined) {
    return { addresses: bootstrapController, source: '--bootstrap-controller' }
  }
  if (bootstrapServer !== undefined) {
    if (bootstrapServer.trim() === '')
      throw new Failure('No resolvable bootstrap urls given in bootstrap.servers')
    return { addresses: bootstrapServer, source: '--bootstrap-server' }
  }
  const fromProperties = explicit.get('bootstrap.servers')
  if (fromProperties) return { addresses: fromProperties, source: 'bootstrap.servers' }
  if (chosen !== null) {
    const addresses = inherited.get('bootstrap.servers')
    if (!addresses) throw new Failure(`context '${chosen.name}' has no bootstrapServers`)
    return { addresses, source: `context '${chosen.name}', named by ${chosen.chosenBy}` }
  }
  for (const source of ['KTOOL_BOOTSTRAP_SERVERS', 'KAFKA_BOOTSTRAP_SERVERS'] as const) {
    const addresses = env[source]
    if (addresses) return { addresses, source }
  }
  return { addresses: 'localhost:9092', source: 'default' }
}
