import { Failure } from '../failures.ts'

/** What formatting needs to know of a server.properties file. */
export interface ServerConfig {
  readonly nodeId: number
  readonly roles: readonly string[]
  /** In order, each once. */
  readonly directories: readonly string[]
  readonly metadataDirectory: string
  readonly controllerListenerName: string
  /** Where the controller is reached, if this node is one. */
  readonly controllerEndpoint: { readonly host: string; readonly port: number } | null
  readonly hasStaticVoters: boolean
}

type Properties = ReadonlyMap<string, string>

const items = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Reads the settings; Failure in Kafka's words where one is missing. */
export function readServerConfig(properties: Properties): ServerConfig {
  const roles = items(need(properties, 'process.roles'))
  const unknown = roles.find((role) => role !== 'broker' && role !== 'controller')
  if (unknown !== undefined || roles.length === 0) {
    throw new Failure(
      `Invalid value ${unknown ?? ''} for configuration process.roles: String must be one of: broker, controller`,
    )
  }
  const [controllerListenerName] = items(need(properties, 'controller.listener.names'))
  const logDirectories = items(properties.get('log.dirs') ?? properties.get('log.dir') ?? '/tmp/kafka-logs')
  const metadataDirectory = properties.get('metadata.log.dir') ?? logDirectories[0]!
  return {
    nodeId: nodeIdOf(need(properties, 'node.id')),
    roles,
    directories: [...new Set([...logDirectories, metadataDirectory])].sort(),
    metadataDirectory,
    controllerListenerName: controllerListenerName ?? '',
    controllerEndpoint: endpointOf(properties, controllerListenerName),
    hasStaticVoters: items(properties.get('controller.quorum.voters')).length > 0,
  }
}

function need(properties: Properties, name: string): string {
  const value = properties.get(name)
  if (value === undefined) {
    throw new Failure(`Missing required configuration "${name}" which has no default value.`)
  }
  return value
}

function nodeIdOf(text: string): number {
  if (/^\d{1,9}$/.test(text.trim())) return Number(text)
  throw new Failure(`Invalid value ${text} for configuration node.id: Not a number of type INT of at least 0`)
}

function endpointOf(properties: Properties, name: string | undefined): ServerConfig['controllerEndpoint'] {
  const listeners = [...items(properties.get('advertised.listeners')), ...items(properties.get('listeners'))]
  for (const listener of listeners) {
    const [, found, host, port] = /^(.*):\/\/\[?([^\]]*?)\]?:(\d+)$/.exec(listener) ?? []
    // Java takes an empty host for any address, and the voters then name this machine.
    if (found?.toUpperCase() === name?.toUpperCase() && port !== undefined) {
      return { host: host || 'localhost', port: Number(port) }
    }
  }
  return null
}
