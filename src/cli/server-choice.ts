// Which cluster a tool talks to, and with which settings. docs/contexts.md has the order in a table.

import {
  type ChosenContext,
  contextProperties,
  currentContext,
  NO_CONTEXT,
  namedContext,
} from './contexts/choose-context.ts'
import { readContextFiles } from './contexts/context-file.ts'
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
  /** Reported to the user before the first request: the environment overrides a current context. */
  readonly notice: string | undefined
  /** Reported before the first change: the cluster that a context stands for. */
  readonly changeNotice: string | undefined
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
  const chosen = chooseContext(naming, isAddressed, io)
  const inherited = chosen === null ? new Map<string, string>() : await resolved(inheritable(chosen), io)
  for (const name of NOT_INHERITED) inherited.delete(name)
  const server = chooseServer(naming, explicit, chosen, inherited, io.env)
  const notice = isAddressed || naming.context !== undefined ? undefined : overrideNotice(server, io)
  return {
    server,
    properties: new Map([...inherited, ...explicit]),
    inherited: new Set([...inherited.keys()].filter((name) => !explicit.has(name))),
    readOnly: chosen?.entry.readOnly ? `context '${chosen.name}' is read-only` : undefined,
    notice,
    // One line about the cluster is enough.
    changeNotice:
      chosen === null || notice !== undefined
        ? undefined
        : `changing ${server.addresses} (${describeContext(chosen)})`,
  }
}

/** The context whose settings are used; null for none. */
function chooseContext(
  { context }: ServerNaming,
  isAddressed: boolean,
  io: Pick<Io, 'cwd' | 'env'>,
): ChosenContext | null {
  // The settings of one cluster are not for another: an address comes without a context unless one is named.
  if (isAddressed && context === undefined) return null
  const named = namedContext(context, io)
  if (named !== undefined) return named
  return addressOfEnvironment(io.env) === undefined ? currentContext(readContextFiles(io)) : null
}

/** The line about an environment that overrides a current context of another address; undefined when it does not. */
function overrideNotice(server: ServerChoice, io: Pick<Io, 'cwd' | 'env'>): string | undefined {
  const { KTOOL_CONTEXT } = io.env
  // An empty name is a decision against the current context.
  if (KTOOL_CONTEXT === '' || KTOOL_CONTEXT === NO_CONTEXT) return undefined
  if (KTOOL_CONTEXT === undefined && addressOfEnvironment(io.env) === undefined) return undefined
  try {
    const current = currentContext(readContextFiles(io))
    const address = current === null ? undefined : contextProperties(current).get('bootstrap.servers')
    if (current === null || address === undefined || address === server.addresses) return undefined
    return `using ${server.addresses} (${server.source}), not the current context '${current.name}' (${address})`
  } catch {
    // Files of contexts that are not used need not make sense.
    return undefined
  }
}

const describeContext = ({ name, chosenBy }: ChosenContext): string =>
  `context '${name}', named by ${chosenBy}`

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

/** The first that is set of: the options, the properties, the context, two variables, this machine. */
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
    return { addresses, source: describeContext(chosen) }
  }
  return addressOfEnvironment(env) ?? { addresses: 'localhost:9092', source: 'default' }
}

/** The address that a variable of the environment has; undefined when none is set. */
export function addressOfEnvironment(env: Io['env']): ServerChoice | undefined {
  for (const source of ['KTOOL_BOOTSTRAP_SERVERS', 'KAFKA_BOOTSTRAP_SERVERS'] as const) {
    const addresses = env[source]
    if (addresses) return { addresses, source }
  }
  return undefined
}
